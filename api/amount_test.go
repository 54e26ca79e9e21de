package api

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/credits"
)

func TestParseCredits(t *testing.T) {
	good := map[string]credits.Milli{"8.4660": 8466, "0.0010": 1, "7": 7000, "-0.5": -500, "12.48": 12480, "0.": 0}
	for s, want := range good {
		if got, err := parseCredits(s); err != nil || got != want {
			t.Errorf("parseCredits(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", ".5", "1.0005", "1e3", "+1", "--1", "1.-5", "NaN", "99999999999999999999"} {
		if got, err := parseCredits(s); err == nil {
			t.Errorf("parseCredits(%q) = %d, want an error", s, got)
		}
	}
}

func TestCreditsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := credits.Milli(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "milli"))
		if got, err := parseCredits(m.String()); err != nil || got != m {
			t.Errorf("%s reads as %d, %v", m, got, err)
		}
	})
}
