//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/godbus/dbus/v5"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// The names of the MPRIS specification, version 2.2.
const (
	busName     = "org.mpris.MediaPlayer2.ninth"
	objectPath  = dbus.ObjectPath("/org/mpris/MediaPlayer2")
	rootFace    = "org.mpris.MediaPlayer2"
	playerFace  = "org.mpris.MediaPlayer2.Player"
	propsFace   = "org.freedesktop.DBus.Properties"
	desktopFile = "coop.ninth.player" // as the package installs it, without .desktop
)

// mpris is one player on one bus. The goroutine of run owns what is below the
// line; the goroutines of the bus, one for each call, only read shown and
// command the session.
type mpris struct {
	session Session
	options Options
	conn    *dbus.Conn
	shown   atomic.Pointer[properties]
	// --
	last   player.Snapshot
	track  Track
	of     source
	belief Belief
}

// source is what the description of a track was made from: an entry, and the key
// of its item once it has one.
type source struct {
	entry player.Entry
	item  string
}

// serve implements Serve with MPRIS.
func serve(ctx context.Context, s Session, o Options) error {
	address, err := sessionBus()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("control: connecting to the session bus: %w", errors.Join(ErrNoBus, err))
	}
	defer conn.Close()
	m := &mpris{session: s, options: o, conn: conn}
	m.take(s.Now())
	if err := m.export(); err != nil {
		return fmt.Errorf("control: offering the player: %w", err)
	}
	if err := m.claimName(ctx); err != nil {
		return fmt.Errorf("control: taking a name on the bus: %w", err)
	}
	return m.run(ctx)
}

// sessionBus finds the session bus that is there. Unlike the library's own
// search it never starts one: a bus without a desktop has no media controls.
func sessionBus() (address string, err error) {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && !strings.HasPrefix(a, "autolaunch:") {
		return a, nil
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		return "", ErrNoBus
	}
	socket := filepath.Join(dir, "bus")
	info, err := os.Stat(socket) //nolint:gosec // the person's own environment names it
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return "", ErrNoBus
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(socket), nil
}

// claimName takes the player's name, or, if another player has it, the one that
// the specification gives to further instances.
func (m *mpris) claimName(ctx context.Context) error {
	for _, name := range []string{busName, fmt.Sprintf("%s.instance%d", busName, os.Getpid())} {
		var reply dbus.RequestNameReply
		err := m.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.RequestName", 0,
			name, dbus.NameFlagDoNotQueue).Store(&reply)
		if err != nil {
			return err
		}
		if reply == dbus.RequestNameReplyPrimaryOwner {
			return nil
		}
	}
	return errors.New("control: another player has it")
}

// run tells the bus what changes until the context, the session or the bus ends.
func (m *mpris) run(ctx context.Context) error {
	snaps, changes := m.session.Follow(ctx), m.session.Library().Watch(ctx)
	for {
		select {
		case snap, ok := <-snaps:
			if !ok {
				return nil
			}
			m.tell(snap)
		case c, ok := <-changes:
			if !ok {
				changes = nil
			} else if c&(library.Catalogue|library.Files) != 0 {
				m.of = source{} // the cover may be here now
				m.tell(m.last)
			}
		case <-m.conn.Context().Done():
			return fmt.Errorf("control: the session bus went away: %w", ErrNoBus)
		}
	}
}

// tell shows a snapshot and signals what is new about it. An error of sending
// means that the bus has gone, which run notices by itself.
func (m *mpris) tell(snap player.Snapshot) {
	before := m.shown.Load()
	m.take(snap)
	if changed := m.shown.Load().changedFrom(before); len(changed) > 0 {
		_ = m.conn.Emit(objectPath, propsFace+".PropertiesChanged", playerFace, changed, []string{})
	}
	if m.belief.Correct(snap) {
		_ = m.conn.Emit(objectPath, playerFace+".Seeked", snap.Position.Microseconds())
	}
}

// take makes a snapshot what is shown.
func (m *mpris) take(snap player.Snapshot) {
	m.last = snap
	if of := (source{snap.Entry, snap.Item.Key}); m.of != of {
		m.of, m.track = of, Describe(m.session, snap)
	}
	p := playerProperties(snap, m.track)
	m.shown.Store(&p)
}
