package app

import (
	"encoding/json"
	"fmt"
)

// keepSetting stores a choice of the person's as JSON; the zero T is stored as nothing.
func keepSetting[T comparable](s *Session, setting string, choice T) error {
	var zero T
	text := ""
	if choice != zero {
		data, err := json.Marshal(choice)
		if err != nil {
			return fmt.Errorf("app: keeping %s: %w", setting, err)
		}
		text = string(data)
	}
	if err := s.library.SetSetting(setting, text); err != nil {
		return fmt.Errorf("app: keeping %s: %w", setting, err)
	}
	return nil
}

// keptSetting is what keepSetting stored; the zero T where there is nothing, or what cannot be
// read.
func keptSetting[T comparable](s *Session, setting string) (choice T, err error) {
	text, err := s.library.Setting(setting)
	if err != nil {
		return choice, fmt.Errorf("app: reading %s: %w", setting, err)
	}
	if text == "" {
		return choice, nil
	}
	if err := json.Unmarshal([]byte(text), &choice); err != nil {
		s.log.Warn("app: a setting that was kept cannot be read", "setting", setting, "error", err)
		var zero T
		return zero, nil
	}
	return choice, nil
}
