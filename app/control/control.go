// Package control lets the system's media controls steer a running player:
// media keys, the panel of the desktop, the lock screen, headphones, and
// programs such as playerctl.
//
//	err := control.Serve(ctx, session, control.Options{Raise: raise, Quit: quit})
//	if err != nil && !errors.Is(err, control.ErrNoBus) && !errors.Is(err, control.ErrUnsupported) {
//		logger.Warn("media controls", "error", err)
//	}
//
// What there is, by system:
//
//   - Linux and the BSDs: MPRIS 2.2, the interfaces org.mpris.MediaPlayer2 and
//     org.mpris.MediaPlayer2.Player, on the session bus. The track list and
//     playlist interfaces, which are optional, are not there.
//   - Windows and macOS: nothing yet; Serve returns ErrUnsupported.
//   - Android and iOS: Serve returns ErrUnsupported. There the media controls
//     are the shells' part, see cmd/mobile; [Describe] and [Belief], which know
//     of no system, say what to show and when.
//
// A control shows what is true: a change that it asks for is seen on the bus
// when the player has made it, never before.
package control

import (
	"context"
	"errors"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// Session is what media controls need of the app's session, *app.Session. Its
// methods are safe for concurrent use and return at once.
type Session interface {
	Library() *library.Library
	Cover(address string, px int) (path string, ok bool)
	Now() player.Snapshot
	// Follow's channel is closed when the context or the session ends.
	Follow(ctx context.Context) <-chan player.Snapshot

	Play()
	Pause()
	Toggle()
	Stop()
	Next()
	Previous()
	Seek(to time.Duration)
	SeekBy(d time.Duration)
	SetSpeed(speed float64)   // player.MinSpeed to player.MaxSpeed
	SetVolume(volume float64) // 0 to 1
	SetMuted(muted bool)
	SetShuffle(on bool)
	SetRepeat(r player.Repeat)
}

var _ Session = (*app.Session)(nil)

// Options says what the controls can do beyond the music. The functions are
// called on goroutines of their own, perhaps several at once. A nil one is told
// to the system as something that this player cannot do.
type Options struct {
	Raise func() // brings the window to the front
	Quit  func() // ends the program
}

// Errors that callers decide on. Neither needs to trouble the person: the
// player works without media controls.
var (
	// ErrNoBus: there is no session bus, as on a bare terminal, or it went away.
	ErrNoBus = errors.New("control: there is no session bus")
	// ErrUnsupported: Ninth has no media controls for this system.
	ErrUnsupported = errors.New("control: no media controls on this system")
)

// Serve offers the session to the system's media controls until the context or
// the session ends; then it returns nil. It returns early, with ErrUnsupported
// or an error that wraps ErrNoBus, where there is nobody to offer it to.
// Several may run in one process or on one bus: the later ones take a name of
// their own.
func Serve(ctx context.Context, s Session, o Options) error {
	err := serve(ctx, s, o)
	select {
	case <-ctx.Done():
		return nil // whatever failed, failed of that
	default:
		return err
	}
}
