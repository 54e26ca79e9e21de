package app

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/dsp"
)

// settingSound is a keptSound in JSON.
const settingSound = "sound"

// keptSound is what of a player.Sound outlives the session. Speed does not:
// what is heard tomorrow is not what was learnt by ear today.
type keptSound struct {
	Loudness  player.Loudness `json:"loudness,omitempty"`
	Preamp    float64         `json:"preamp,omitempty"`    // dB
	Crossfade time.Duration   `json:"crossfade,omitempty"` // ns
	PauseFade time.Duration   `json:"pauseFade,omitempty"` // ns
}

// Sound is how tracks are played.
func (s *Session) Sound() player.Sound {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sound
}

// change changes how tracks are played in this session.
func (s *Session) change(how func(*player.Sound)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(&s.sound)
	s.player.SetSound(s.sound)
}

// SetSound changes how tracks are played, now and, the speed apart, in later
// sessions.
func (s *Session) SetSound(sound player.Sound) error {
	s.change(func(now *player.Sound) { *now = sound })
	return keepSetting(s, settingSound, keptSound{sound.Loudness, sound.Preamp, sound.Crossfade, sound.PauseFade})
}

// soundKept is the sound of the last session. What is written to a file is
// played as it was recorded.
func (s *Session) soundKept(paced bool) (player.Sound, error) {
	if !paced {
		return player.Sound{}, nil
	}
	k, err := keptSetting[keptSound](s, settingSound)
	return player.Sound{Loudness: k.Loudness, Preamp: k.Preamp, Crossfade: k.Crossfade, PauseFade: k.PauseFade}, err
}

// SetSpeed changes how fast tracks are played, 0.5 to 2, until the session
// ends. The pitch stays.
func (s *Session) SetSpeed(speed float64) {
	s.change(func(now *player.Sound) { now.Speed = speed })
}

// SetLoop plays a stretch of the current track again and again: see
// player.Player.SetLoop.
func (s *Session) SetLoop(l player.Loop) { s.player.SetLoop(l) }

// ClearLoop goes on to the end.
func (s *Session) ClearLoop() { s.player.ClearLoop() }

// Level is how loud the music is at this moment.
func (s *Session) Level() dsp.Level { return s.player.Level() }

// itemOf is what the library says of a track, without its bytes.
func (s *Session) itemOf(e player.Entry, t library.Track) (player.Item, error) {
	gains, err := s.gainsOf(t)
	if err != nil {
		return player.Item{}, fmt.Errorf("app: preparing a track: %w", err)
	}
	return player.Item{
		Key: e.Key, Title: t.Title, Artist: t.Artist, Release: t.Release, Duration: t.Duration,
		Album: t.ReleaseID, Number: t.Number, Gains: gains,
	}, nil
}

// mostOnRelease bounds how many tracks are looked up for one: what has more is
// no release.
const mostOnRelease = 500

// gainsOf is what was measured of a track, and of its release if all of it was.
func (s *Session) gainsOf(t library.Track) (g codec.Gains, err error) {
	f, err := s.library.File(t.ID)
	if err != nil || !f.Loud {
		return g, err
	}
	g.Track = codec.MeasuredGain(f.LUFS, f.TruePeak)
	if t.ReleaseID == "" {
		return g, nil
	}
	r, err := s.library.Release(t.ReleaseID)
	if err != nil {
		if errors.Is(err, library.ErrNotFound) {
			err = nil
		}
		return g, err
	}
	var all releaseLoudness
	if len(r.Tracks) > mostOnRelease {
		return g, nil
	}
	for _, t := range r.Tracks {
		f, err := s.library.File(t.ID)
		if err != nil || !measured(f.Measured) {
			return g, err
		}
		all.add(f.Measured, t.Duration)
	}
	g.Album = all.gain()
	return g, nil
}

// releaseLoudness puts the tracks of a release together: the mean of their
// power, each for as long as it lasts. Against a measurement of all of them in
// one run (EBU R 128) it errs only in what the relative gate would leave out.
type releaseLoudness struct {
	power, seconds float64
	peak           float64
}

func (l *releaseLoudness) add(m library.Measured, length time.Duration) {
	l.peak = max(l.peak, m.TruePeak)
	if m.Loud && length > 0 {
		l.power += math.Pow(10, m.LUFS/10) * length.Seconds()
		l.seconds += length.Seconds()
	}
}

func (l *releaseLoudness) gain() codec.Gain {
	if l.seconds == 0 {
		return codec.Gain{}
	}
	return codec.MeasuredGain(10*math.Log10(l.power/l.seconds), l.peak)
}

// measured reports whether a track's loudness was measured with its waveform.
// The first Ninth measured the waveform only.
func measured(m library.Measured) bool {
	if m.Loud || m.TruePeak > 0 {
		return true
	}
	for _, p := range m.Peaks {
		if p > 0 {
			return false
		}
	}
	return len(m.Peaks) > 0 // silence
}
