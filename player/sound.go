package player

import (
	"context"
	"math"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/dsp"
)

// Loudness is what is done about tracks that are not equally loud.
type Loudness int

const (
	LoudnessOff   Loudness = iota // they stay as they are
	LoudnessTrack                 // each is as loud as the others
	LoudnessAlbum                 // each release is as loud as the others
	// LoudnessAuto is LoudnessAlbum for an entry that is heard among those of
	// its release (Item.Among), else LoudnessTrack.
	LoudnessAuto
)

// Sound is how tracks are played. The zero Sound plays them as they are, with
// a cut where the person makes one.
type Sound struct {
	Loudness Loudness
	// Preamp is added to every gain that Loudness gives, in dB, −15 to 15. A
	// track of which no gain is known stays as it is.
	Preamp float64
	// Crossfade is how long the end of an entry and the beginning of the next
	// are heard together, 0 to MaxCrossfade. Tracks that follow each other on
	// a release are joined without (Item.Album, Item.Number), and so is an
	// entry that repeats itself. No more than half of a track is faded.
	Crossfade time.Duration
	// PauseFade is how long a pause takes to fall silent, and Play to come
	// back, 0 to MaxPauseFade; 5 ms at least, so that nothing clicks.
	PauseFade time.Duration
	// Speed, 0.5 to 2, changes the tempo and keeps the pitch; 0 means 1.
	Speed float64
}

// Bounds of a Sound.
const (
	MaxCrossfade = 12 * time.Second
	MaxPauseFade = 2 * time.Second
	MaxPreamp    = 15.0
	MinSpeed     = dsp.MinSpeed
	MaxSpeed     = dsp.MaxSpeed
)

// held returns s within its bounds.
func (s Sound) held() Sound {
	if s.Loudness < LoudnessOff || s.Loudness > LoudnessAuto {
		s.Loudness = LoudnessOff
	}
	if s.Preamp = max(-MaxPreamp, min(s.Preamp, MaxPreamp)); math.IsNaN(s.Preamp) {
		s.Preamp = 0
	}
	s.Crossfade = max(0, min(s.Crossfade, MaxCrossfade))
	s.PauseFade = max(0, min(s.PauseFade, MaxPauseFade))
	if s.Speed == 0 || math.IsNaN(s.Speed) {
		s.Speed = 1
	}
	s.Speed = max(MinSpeed, min(s.Speed, MaxSpeed))
	return s
}

// gain is the factor for a track, by its own tags or else by what its item
// says.
func (s Sound) gain(item Item, tags codec.Gains) float64 {
	if s.Loudness == LoudnessOff {
		return 1
	}
	track, album := item.Gains.Track, item.Gains.Album
	if tags.Track.Known {
		track = tags.Track
	}
	if tags.Album.Known {
		album = tags.Album
	}
	wanted, other := track, album
	if s.Loudness == LoudnessAlbum || s.Loudness == LoudnessAuto && item.Among {
		wanted, other = album, track
	}
	if !wanted.Known {
		wanted = other
	}
	if !wanted.Known {
		return 1
	}
	return dsp.Linear(wanted.DB + s.Preamp)
}

// among reports whether a neighbour of the deck's entry belongs to it.
func (d *deck) among(ctx context.Context, item Item) bool {
	if item.Album == "" || item.Number == 0 {
		return false
	}
	if e := d.beside.before; e != (Entry{}) {
		if before, err := d.config.Resolve(ctx, e); err == nil && item.follows(before) {
			return true
		}
	}
	if e := d.beside.after; e != (Entry{}) {
		after, err := d.config.Resolve(ctx, e)
		return err == nil && after.follows(item)
	}
	return false
}

// follows reports whether i comes right after other on their release.
func (i Item) follows(other Item) bool {
	return i.Album != "" && i.Album == other.Album && i.Number == other.Number+1
}

// SetSound changes how tracks are played. A change of loudness, preamp or
// speed is heard at once, from the place where the player is.
func (p *Player) SetSound(s Sound) {
	p.mail.post(command{coalesce: "sound", do: func(e *engine) { e.setSound(s.held()) }})
}

func (e *engine) setSound(s Sound) {
	before := e.sound
	e.sound = s
	e.outlet.setPauseFade(s.PauseFade)
	if s.Loudness != before.Loudness || s.Preamp != before.Preamp || s.Speed != before.Speed {
		e.again()
	}
}

// again decodes anew what has been decoded and not heard yet.
func (e *engine) again() {
	if e.current != nil && e.failure == nil && e.seek == nil {
		e.seekTo(e.position())
	}
}

// fadeInto is for how long next is heard together with the end of last.
func (e *engine) fadeInto(next, last *play) time.Duration {
	if e.sound.Crossfade == 0 || next.listen.Entry.ID == last.listen.Entry.ID || e.loop.of(last) {
		return 0
	}
	a, _, _ := last.deck.state()
	b, _, _ := next.deck.state()
	if b.item.follows(a.item) {
		return 0
	}
	fade := e.sound.Crossfade
	for _, length := range []time.Duration{duration(a), duration(b)} {
		if length > 0 {
			fade = min(fade, time.Duration(float64(length)/2/e.sound.Speed))
		}
	}
	return fade
}

// Level is what is heard of music at this moment, the left and the right
// channel, behind the volume.
func (p *Player) Level() dsp.Level { return p.levels.Level() }
