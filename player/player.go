// Package player is the engine: a queue goes in, sound comes out. It knows
// nothing of co-ops, files or screens.
//
//	source → codec → gain → join → resample → stretch → crossfade → limit → ring → output
//
// One goroutine, Player.Serve, owns the state; commands go in and never block,
// immutable snapshots come out. Each track decodes in a goroutine of its own
// (deck); one more joins the tracks, changes their rate and fills a ring of
// two seconds (line); the device empties it and never waits for it (outlet).
//
// # What is heard
//
// Position and heard time are those of the loudspeaker: frames that the device
// has taken minus those it still holds. The current entry changes when the
// next one is heard, not when it is decoded.
//
// # Buffering
//
// An entry begins when 100 ms of it are decoded, likewise after a seek; the ring
// is filled once the device has begun with that. When
// the ring runs dry its last 5 ms fade, the device gets silence, the state is
// Buffering, and it goes on when one second is decoded, or all that is left.
// Nothing is skipped for want of bytes: a source that is still trying is waited
// for, for as long as the person does, and Snapshot.Waiting and
// Snapshot.Trouble say for how long and why. A join is not waited for: when the
// next entry is not there 300 ms before the current one's end, that one is
// played to its end and the next one begins as any other.
//
// The next entry is opened when the current one has been fetched, or 30 s
// before its end; those after it when everything before them has been fetched,
// one at a time and as many as SetPrefetch says. So what is heard now never
// shares the network with what is only heard later.
//
// # Failure
//
// An entry that cannot be played and was reached by itself is skipped:
// Config.OnSkip is told, and the entry after it is tried. One that a person
// chose stays current in Failed, and Play tries it again. So does the last one
// of the queue, and one that repeats itself; and when every entry of the queue
// has been skipped without a sound in between, the player stays in Failed, so
// that a queue of broken entries does not run for ever.
package player

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/latest"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

// Config sets up a Player. Device, Codecs and Resolve are required.
type Config struct {
	// Device is where the sound goes. The player closes it.
	Device output.Device
	Codecs codec.Registry
	// Resolve makes an entry playable. It may take its time (it has a
	// goroutine of its own); the context ends when the answer is not wanted
	// any more.
	Resolve func(ctx context.Context, e Entry) (Item, error)

	// OnListen is told about a listen about once a second while its heard
	// time grows, and once more, with Done, at its end. OnSkip is told why an
	// entry was passed over. Both are called on the player's goroutine and
	// must not block. Either may be nil.
	OnListen func(Listen)
	OnSkip   func(e Entry, why error)

	Clock  output.Clock // nil is the machine's own
	Logger *slog.Logger // nil is silent

	// Volume to begin with, as SetVolume takes it; 0 means 1.
	Volume float64
	Sound  Sound // to begin with

	// Limit, if not 0, ends Serve when exactly this much music has gone to
	// the device. EndWithQueue ends it when the queue has been heard to its
	// end, or has failed; a Limit implies that. Together with an unpaced
	// device this is an offline render.
	Limit        time.Duration
	EndWithQueue bool
}

// Player plays a queue. Its methods are safe for concurrent use; commands take
// effect in the order in which they are given, once Serve runs, and are
// dropped when it has returned.
type Player struct {
	config Config
	mail   *mailbox
	levels *dsp.Levels
	latest latest.Value[Snapshot]
	served atomic.Bool
}

// New returns a player that waits for Serve.
func New(config Config) *Player {
	if config.Clock == nil {
		config.Clock = output.System{}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.OnListen == nil {
		config.OnListen = func(Listen) {}
	}
	if config.OnSkip == nil {
		config.OnSkip = func(Entry, error) {}
	}
	if config.Volume <= 0 || config.Volume > 1 {
		config.Volume = 1
	}
	config.Sound = config.Sound.held()
	p := &Player{config: config, mail: newMailbox()}
	p.levels = dsp.NewLevels(beep.SampleRate(config.Device.Info().Rate))
	p.latest.Set(Snapshot{
		Volume: config.Volume,
		Sound:  config.Sound,
		Device: deviceInfo(config.Device),
		At:     config.Clock.Now(),
	})
	return p
}

// Serve runs the player until the context ends, or until Limit or
// EndWithQueue ends it, and closes the device. It returns nil unless the
// device could not be closed, a file device failed, or the queue ended by
// failing. It is called once.
func (p *Player) Serve(ctx context.Context) error {
	if p.served.Swap(true) {
		panic("player: Serve called twice")
	}
	err := newEngine(p).run(ctx)
	p.mail.close()
	p.latest.End()
	return err
}

// SetQueue replaces the queue. An entry that plays and is in the new queue too
// (same id and key) plays on.
func (p *Player) SetQueue(q Queue) {
	p.post(func(e *engine) { e.setQueue(q) })
}

// EditQueue changes the queue by a function, so that nobody's change is lost.
// It is called on the player's goroutine and must not block. If the current
// entry is taken out, the one that was to follow it takes its place.
func (p *Player) EditQueue(edit func(Queue) Queue) {
	p.post(func(e *engine) { e.setQueue(edit(e.queue)) })
}

// Play goes on, begins the current entry, tries a failed one again, or begins
// the queue.
func (p *Player) Play() { p.post((*engine).play) }

// Pause keeps the place and falls silent.
func (p *Player) Pause() { p.post((*engine).pause) }

// Toggle is Pause while something is meant to be heard, else Play.
func (p *Player) Toggle() {
	p.post(func(e *engine) {
		if e.want == wantSound && e.failure == nil {
			e.pause()
		} else {
			e.play()
		}
	})
}

// Stop ends the listen. The current entry stays where it is.
func (p *Player) Stop() { p.post((*engine).stop) }

// PlayEntry plays an entry of the queue from its beginning, as a new listen.
func (p *Player) PlayEntry(id EntryID) {
	p.post(func(e *engine) { e.playEntry(id) })
}

// Seek moves within the current entry, to a position in [0, Duration]. It does
// nothing while Stopped or Failed.
func (p *Player) Seek(pos time.Duration) {
	p.mail.post(command{coalesce: "seek", do: func(e *engine) { e.seekTo(pos) }})
}

// SeekBy moves by d, backwards if negative.
func (p *Player) SeekBy(d time.Duration) {
	p.post(func(e *engine) { e.seekTo(e.position() + d) })
}

// Next goes to the next entry. Paused or stopped, the player remains so. After
// the last entry it stops.
func (p *Player) Next() { p.post((*engine).next) }

// Previous goes to the previous entry, or to the beginning of this one if more
// than 3 s of it are played or none comes before it. Paused or stopped, the
// player remains so.
func (p *Player) Previous() { p.post((*engine).previous) }

// SetVolume sets the volume, 0 to 1. It is meant for a slider: the amplitude
// goes with its cube, which the ear takes for even steps.
func (p *Player) SetVolume(v float64) {
	p.mail.post(command{coalesce: "volume", do: func(e *engine) { e.setVolume(v, e.muted) }})
}

// SetMuted silences the sound and keeps the volume.
func (p *Player) SetMuted(muted bool) {
	p.post(func(e *engine) { e.setVolume(e.volume, muted) })
}

func (p *Player) post(do func(*engine)) { p.mail.post(command{do: do}) }

// Snapshot returns the latest snapshot.
func (p *Player) Snapshot() Snapshot { return p.latest.Get() }

// Subscribe returns a channel with the latest snapshot, now and after every
// change, about ten times a second while playing. A slow reader misses the
// snapshots in between, never the last one. The channel closes when the
// context or Serve ends.
func (p *Player) Subscribe(ctx context.Context) <-chan Snapshot { return p.latest.Follow(ctx) }
