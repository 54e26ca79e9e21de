package app

import (
	"fmt"

	"github.com/ninth-coop/ninth/player/output"
)

// settingSink is the id of the chosen sound device; none follows the system.
const settingSink = "sound.device"

// Devices is where the sound can go, and where a person wants it to.
type Devices struct {
	Sinks  []output.Sink // none where the system leaves no choice
	Chosen string        // ID of the chosen one, there or not; "" follows the system
}

// Devices lists where the sound can go now. It asks the system, which may take
// a moment.
func (s *Session) Devices() (Devices, error) {
	chooser, ok := s.device.(output.Chooser)
	if !ok {
		return Devices{}, nil
	}
	chosen, err := s.library.Setting(settingSink)
	if err != nil {
		return Devices{}, fmt.Errorf("app: reading the choice of sound device: %w", err)
	}
	sinks, err := chooser.Sinks()
	if err != nil {
		return Devices{}, fmt.Errorf("app: listing the sound devices: %w", err)
	}
	return Devices{Sinks: sinks, Chosen: chosen}, nil
}

// ChooseDevice sends the sound to a sink by its ID, now and in later sessions;
// "" follows the system. Where there is no choice it does nothing.
func (s *Session) ChooseDevice(id string) error {
	chooser, ok := s.device.(output.Chooser)
	if !ok {
		return nil
	}
	if err := chooser.Choose(id); err != nil {
		return fmt.Errorf("app: choosing the sound device: %w", err)
	}
	if err := s.library.SetSetting(settingSink, id); err != nil {
		return fmt.Errorf("app: keeping the choice of sound device: %w", err)
	}
	return nil
}

// restoreDevice takes up the choice of the last session. A device that is not
// there any more is no reason not to start.
func (s *Session) restoreDevice() error {
	chooser, ok := s.device.(output.Chooser)
	if !ok {
		return nil
	}
	id, err := s.library.Setting(settingSink)
	if err != nil {
		return fmt.Errorf("app: reading the choice of sound device: %w", err)
	}
	if id == "" {
		return nil
	}
	if err := chooser.Choose(id); err != nil {
		s.log.Warn("app: the chosen sound device cannot be used", "device", id, "error", err)
	}
	return nil
}
