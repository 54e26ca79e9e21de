//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package network

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// Names of NetworkManager's D-Bus API, version 1.2 and later.
const (
	managerName  = "org.freedesktop.NetworkManager"
	managerPath  = dbus.ObjectPath("/org/freedesktop/NetworkManager")
	managerFace  = "org.freedesktop.NetworkManager"
	metered      = "Metered"
	reach        = "Connectivity"
	primary      = "PrimaryConnection"
	propsFace    = "org.freedesktop.DBus.Properties"
	propsChanged = "PropertiesChanged"
	busFace      = "org.freedesktop.DBus"
	ownerChanged = "NameOwnerChanged"
)

// costOf reads NetworkManager's NMMetered: 0 unknown, 1 yes, 2 no, 3 guessed
// yes, 4 guessed no.
func costOf(nm uint32) Cost {
	switch nm {
	case 1, 3:
		return Metered
	case 2, 4:
		return Free
	}
	return Unknown
}

var errBusGone = errors.New("the bus went away")

func ask(ctx context.Context) (Cost, error) {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return Unknown, fmt.Errorf("network: connecting to the system bus: %w", err)
	}
	defer conn.Close()
	now, err := askManager(ctx, conn)
	return now.cost, err
}

// askManager does not start a NetworkManager that does not run: then something
// else looks after the network.
func askManager(ctx context.Context, conn *dbus.Conn) (state, error) {
	var all map[string]dbus.Variant
	err := conn.Object(managerName, managerPath).
		CallWithContext(ctx, propsFace+".GetAll", dbus.FlagNoAutoStart, managerFace).Store(&all)
	if err != nil {
		return state{}, fmt.Errorf("network: asking NetworkManager: %w", err)
	}
	nm, ok := all[metered].Value().(uint32)
	if !ok {
		return state{}, fmt.Errorf("network: NetworkManager answers with a %T", all[metered].Value())
	}
	return state{costOf(nm), fmt.Sprint(all[primary].Value(), all[reach].Value())}, nil
}

// follow asks again whenever NetworkManager tells of a change, or comes or goes.
func follow(ctx context.Context, tell func(state)) error {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("network: connecting to the system bus: %w", err)
	}
	defer conn.Close()
	// Whatever fills the buffer, what is read afterwards is what holds then.
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{
			dbus.WithMatchSender(managerName), dbus.WithMatchObjectPath(managerPath),
			dbus.WithMatchInterface(propsFace), dbus.WithMatchMember(propsChanged), dbus.WithMatchArg(0, managerFace),
		},
		{dbus.WithMatchInterface(busFace), dbus.WithMatchMember(ownerChanged), dbus.WithMatchArg(0, managerName)},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			return fmt.Errorf("network: watching NetworkManager: %w", err)
		}
	}
	for {
		asking, cancel := context.WithTimeout(ctx, patience)
		now, err := askManager(asking, conn)
		cancel()
		if err != nil {
			now = state{} // it does not run now; a signal tells when it does
		}
		tell(now)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-signals:
			if !ok {
				return fmt.Errorf("network: watching NetworkManager: %w", errBusGone)
			}
		}
	}
}
