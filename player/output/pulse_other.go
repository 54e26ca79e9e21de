//go:build !linux || android

package output

import "context"

// Pulse finds no server of its kind here.
func Pulse(context.Context, string) (Device, error) { return nil, ErrNoDevice }
