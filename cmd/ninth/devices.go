package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ninth-coop/ninth/player/output"
)

type devicesCmd struct{}

// Run lists where the sound can go, the system's choice marked.
func (c *devicesCmd) Run(ctx context.Context, e *environment) (err error) {
	device := systemOutput(ctx)
	defer func() { err = errors.Join(err, device.Close()) }()
	chooser, ok := device.(output.Chooser)
	if !ok {
		info := device.Info()
		if info.Reason != nil {
			return info.Reason
		}
		fmt.Fprintf(e.out, "* %s\n", info.Name)
		return nil
	}
	sinks, err := chooser.Sinks()
	if err != nil {
		return err
	}
	for _, s := range sinks {
		mark := " "
		if s.Default {
			mark = "*"
		}
		fmt.Fprintf(e.out, "%s %s  (%s)\n", mark, s.Name, s.ID)
	}
	return nil
}

// choose sends the sound of a device to the sink that a person named: by its
// ID, or by part of its name where that is of one sink only.
func choose(device output.Device, named string) error {
	if named == "" {
		return nil
	}
	chooser, ok := device.(output.Chooser)
	if !ok {
		return errDevice(named)
	}
	sinks, err := chooser.Sinks()
	if err != nil {
		return err
	}
	var found []string
	for _, s := range sinks {
		if s.ID == named {
			return chooser.Choose(s.ID)
		}
		if strings.Contains(strings.ToLower(s.Name), strings.ToLower(named)) {
			found = append(found, s.ID)
		}
	}
	if len(found) != 1 {
		return errDevice(named)
	}
	return chooser.Choose(found[0])
}

// errDevice: --device names no one device.
type errDevice string

func (d errDevice) Error() string { return fmt.Sprintf("ninth: no one sound device %q", string(d)) }

// Sentence is what app.Explain says of it.
func (d errDevice) Sentence() string {
	return fmt.Sprintf("There is not exactly one sound device %q: see 'ninth devices'.", string(d))
}
