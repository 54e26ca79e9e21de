package api

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPrices(t *testing.T) {
	costs := []Milli{2, 4, 8, 16, 32, 64, 128, 256, 512, 0}
	left := []Milli{1022, 1020, 1016, 1008, 992, 960, 896, 768, 512, 0}
	for plays := range costs {
		if got := Cost(plays); got != costs[plays] {
			t.Errorf("Cost(%d) = %d, want %d", plays, got, costs[plays])
		}
		if got := Remaining(plays); got != left[plays] {
			t.Errorf("Remaining(%d) = %d, want %d", plays, got, left[plays])
		}
	}
}

func TestPricesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plays := rapid.IntRange(-3, 20).Draw(t, "plays")
		if plays >= 0 && Remaining(plays) != Cost(plays)+Remaining(plays+1) {
			t.Errorf("after %d plays, what remains is not the next price and the rest", plays)
		}
		if plays < 0 && (Cost(plays) != Cost(0) || Remaining(plays) != Remaining(0)) {
			t.Errorf("%d plays do not count as none", plays)
		}
	})
}

func TestMilliString(t *testing.T) {
	for m, want := range map[Milli]string{0: "0.000", 32: "0.032", 12480: "12.480", -5: "-0.005", -1 << 63: "-9223372036854775.808"} {
		if got := m.String(); got != want {
			t.Errorf("Milli(%d) = %q, want %q", int64(m), got, want)
		}
	}
}

func TestParseCredits(t *testing.T) {
	good := map[string]Milli{"8.4660": 8466, "0.0010": 1, "7": 7000, "-0.5": -500, "12.48": 12480, "0.": 0}
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
		m := Milli(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "milli"))
		if got, err := parseCredits(m.String()); err != nil || got != m {
			t.Errorf("%s reads as %d, %v", m, got, err)
		}
	})
}
