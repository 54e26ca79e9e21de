//go:build linux && !android

package output

import (
	"fmt"
	"slices"

	"github.com/jfreymuth/pulse/proto"
)

// look finds out which sink plays, goes back to the chosen one if that has
// returned, and notes whether headphones have left. mu is held.
func (d *pulseDevice) look() error {
	sinks, err := d.link.sinks()
	if err != nil {
		return err
	}
	playing, back, err := d.settle(sinks)
	if err != nil {
		return err
	}
	d.sink = Sink{}
	for _, s := range sinks {
		if s.index == playing || playing == proto.Undefined && s.Default {
			d.sink = s.Sink
		}
	}
	if d.sink.ID == "" && len(sinks) > 0 && d.stream == nil {
		d.sink = sinks[0].Sink // the usual one is not there
	}
	if d.sink.ID == "" {
		return errNoSink
	}
	if d.stream == nil {
		return nil // where it will be is known when it is there
	}
	if d.worn && !d.sink.Personal && !back {
		d.left = true
	}
	d.worn = d.sink.Personal
	return nil
}

// settle sees to it that the stream is in the chosen sink from when that comes
// back, or is plugged in again, and is not in it while it is unplugged. It does
// not undo what a person does in the system's mixer. It returns where the stream
// is, proto.Undefined if there is none, and whether it has gone back. mu is held.
func (d *pulseDevice) settle(sinks []indexedSink) (playing uint32, back bool, err error) {
	if d.stream == nil {
		return proto.Undefined, false, nil
	}
	if playing, err = d.stream.on(); err != nil || d.choice == "" {
		d.away = false
		return playing, false, err
	}
	at := slices.IndexFunc(sinks, func(s indexedSink) bool { return s.ID == d.choice })
	usual := slices.IndexFunc(sinks, func(s indexedSink) bool { return s.Default && !s.unplugged })
	before := d.away
	d.away = at < 0 || sinks[at].unplugged
	switch {
	case before && !d.away && playing != sinks[at].index:
		return sinks[at].index, true, d.stream.move(d.choice)
	case d.away && at >= 0 && usual >= 0 && playing == sinks[at].index:
		return sinks[usual].index, false, d.stream.move(sinks[usual].ID)
	}
	return playing, false, nil
}

// HeadphonesLeft implements Chooser.
func (d *pulseDevice) HeadphonesLeft() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	left := d.left
	d.left = false
	return left
}

// Sinks implements Chooser.
func (d *pulseDevice) Sinks() ([]Sink, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link == nil {
		return nil, d.lost
	}
	all, err := d.link.sinks()
	if err != nil {
		return nil, fmt.Errorf("output: listing the sound devices: %w", err)
	}
	var sinks []Sink
	for _, s := range all {
		if !s.unplugged || s.ID == d.choice || s.ID == d.sink.ID {
			sinks = append(sinks, s.Sink)
		}
	}
	return sinks, nil
}

// Choose implements Chooser.
func (d *pulseDevice) Choose(id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.choice, d.away = id, false
	if d.stream == nil {
		return nil // it begins there
	}
	if err := d.stream.move(id); err != nil {
		d.away = true // until it is there
		return fmt.Errorf("output: changing the sound device: %w", err)
	}
	left := d.left
	err := d.look()
	d.left = left // a person has taken the sound elsewhere
	return err
}
