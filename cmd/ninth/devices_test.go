package main

import (
	"errors"
	"testing"

	"github.com/ninth-coop/ninth/player/output"
)

// desk is a device with sinks to choose from.
type desk struct {
	output.Device
	chosen string
}

func (d *desk) Sinks() ([]output.Sink, error) {
	return []output.Sink{{ID: "a", Name: "Speakers"}, {ID: "b", Name: "Headphones, left"}, {ID: "c", Name: "Headphones, right"}}, nil
}

func (d *desk) Choose(id string) error { d.chosen = id; return nil }
func (d *desk) HeadphonesLeft() bool   { return false }

func TestChooseDevice(t *testing.T) {
	for _, test := range []struct {
		named, want string
		fails       bool
	}{
		{"", "", false}, {"b", "b", false}, {"speak", "a", false}, {"RIGHT", "c", false},
		{"headphones", "", true}, {"a screen", "", true},
	} {
		d := &desk{}
		err := choose(d, test.named)
		var unknown errDevice
		if d.chosen != test.want || errors.As(err, &unknown) != test.fails {
			t.Errorf("%q chooses %q, %v", test.named, d.chosen, err)
		}
	}
	if err := choose(silent(), "speakers"); err == nil {
		t.Error("the clock has speakers")
	}
}
