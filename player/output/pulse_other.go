//go:build !linux || android

package output

import "context"

// Pulse finds no server of its kind here.
func Pulse(context.Context, string) (Device, error) { return nil, ErrNoDevice }

// awaitPulse returns a device that stays lost.
func awaitPulse(_ string, err error) Device { return absent{err} }

// absent is a device that has never been there. It pulls nothing.
type absent struct{ err error }

func (absent) Info() Info       { return Info{Name: "System output", Rate: DefaultRate, Paced: true} }
func (absent) Start(Feed) error { return nil }
func (absent) Pause()           {}
func (absent) Resume()          {}
func (absent) Flush() int       { return 0 }
func (absent) Held() int        { return 0 }
func (d absent) Err() error     { return d.err }
func (absent) Close() error     { return nil }
