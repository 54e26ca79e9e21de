//go:build !((linux && !android) || freebsd || openbsd || netbsd || dragonfly)

package network

import (
	"context"
	"errors"
)

var errUnsupported = errors.New("network: this system is not asked yet")

func ask(context.Context) (Cost, error) { return Unknown, errUnsupported }

func follow(context.Context, func(state)) error { return errUnsupported }
