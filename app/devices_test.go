package app

import (
	"errors"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/player/output"
)

// desk is a device with speakers and headphones to choose from.
type desk struct {
	output.Device
	chosen []string
	err    error
}

func (d *desk) Sinks() ([]output.Sink, error) {
	return []output.Sink{{ID: "speakers", Name: "Speakers", Default: true}, {ID: "worn", Name: "Headphones", Personal: true}}, d.err
}

func (d *desk) Choose(id string) error {
	if d.err == nil {
		d.chosen = append(d.chosen, id)
	}
	return d.err
}

func (d *desk) HeadphonesLeft() bool { return false }

func newDesk() *desk { return &desk{Device: output.Null(output.System{}, output.DefaultRate, nil)} }

func openAt(t *testing.T, home string, device output.Device) *Session {
	t.Helper()
	s, err := Open(t.Context(), Config{Home: home, Device: device, Tokens: &auth.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheChosenDeviceIsKept(t *testing.T) {
	home, d := t.TempDir(), newDesk()
	s := openAt(t, home, d)
	if len(d.chosen) != 0 {
		t.Errorf("chosen at the first start: %v", d.chosen)
	}
	if err := s.ChooseDevice("worn"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Devices()
	if err != nil || got.Chosen != "worn" || len(got.Sinks) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	shut(t, s, d)

	d = newDesk()
	s = openAt(t, home, d)
	if !slices.Equal(d.chosen, []string{"worn"}) {
		t.Errorf("chosen at the next start: %v", d.chosen)
	}
	d.err = errors.New("gone")
	if s.ChooseDevice("speakers") == nil {
		t.Error("a choice that failed is no error")
	}
	if _, err := s.Devices(); !errors.Is(err, d.err) {
		t.Errorf("error %v", err)
	}
	shut(t, s, d)

	// What is gone does not keep Ninth from starting, and stays chosen.
	d = newDesk()
	d.err = errors.New("gone")
	s = openAt(t, home, d)
	d.err = nil
	if got, err := s.Devices(); err != nil || got.Chosen != "worn" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.ChooseDevice(""); err != nil {
		t.Fatal(err)
	}
	shut(t, s, d)
	d = newDesk()
	s = openAt(t, home, d)
	if len(d.chosen) != 0 {
		t.Errorf("chosen after going back to the system's: %v", d.chosen)
	}
	shut(t, s, d)
}

func TestNoChoiceOfDevice(t *testing.T) {
	d := output.Null(output.System{}, output.DefaultRate, nil)
	s := openAt(t, t.TempDir(), d)
	defer shut(t, s, d)
	if got, err := s.Devices(); err != nil || len(got.Sinks) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.ChooseDevice("speakers"); err != nil {
		t.Error(err)
	}
}

func shut(t *testing.T, s *Session, d output.Device) {
	t.Helper()
	if err := errors.Join(s.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
}
