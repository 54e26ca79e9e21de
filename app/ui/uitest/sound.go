package uitest

import (
	"strconv"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

// Now is what the test says is heard.
func (s *Session) Now() player.Snapshot { return get(s, &s.snap) }

// Peaks is the waveform of every track.
func (s *Session) Peaks(string) []byte { return s.peaks }

// Queue is the queue of the snapshot.
func (s *Session) Queue() (app.QueueView, error) {
	snap := s.Now()
	v := app.QueueView{Current: -1}
	for i, e := range snap.Queue.InOrder() {
		t, err := s.lib.Track(e.Key[len(app.TrackKey("")):])
		if err != nil {
			return v, err
		}
		if e.ID == snap.Entry.ID {
			v.Current = i
		} else if v.Current >= 0 {
			v.Upcoming++
			v.Duration += t.Duration
			v.Cost += t.Price()
		}
		v.Rows = append(v.Rows, app.QueueRow{Entry: e.ID, Track: t, Price: t.Price()})
	}
	return v, nil
}

// What follows writes down what the window asks for, and does the simplest
// thing that shows.

func (s *Session) PlayTracks(ids []string, start int) { s.called("play " + ids[start]) }
func (s *Session) PlayRelease(release, track string) error {
	s.called("play " + release + " from " + track)
	return nil
}
func (s *Session) Enqueue(ids ...string)      { s.called("enqueue " + ids[0]) }
func (s *Session) PlayNext(ids ...string)     { s.called("play next " + ids[0]) }
func (s *Session) PlayEntry(player.EntryID)   { s.called("play entry") }
func (s *Session) RemoveEntry(player.EntryID) { s.called("remove entry") }
func (s *Session) MoveEntry(id, before player.EntryID) {
	s.called("move entry")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Queue = snap.Queue.Move(id, before) })
}
func (s *Session) ClearQueue()             { s.called("clear") }
func (s *Session) Toggle()                 { s.called("toggle") }
func (s *Session) Play()                   { s.called("go on") }
func (s *Session) Pause()                  { s.called("pause") }
func (s *Session) Next()                   { s.called("next") }
func (s *Session) Previous()               { s.called("previous") }
func (s *Session) Seek(to time.Duration)   { s.called("seek " + to.Round(time.Second).String()) }
func (s *Session) SetVolume(float64)       { s.called("volume") }
func (s *Session) SetMuted(bool)           { s.called("mute") }
func (s *Session) SetShuffle(bool)         { s.called("shuffle") }
func (s *Session) SetRepeat(player.Repeat) { s.called("repeat") }

// Devices are speakers and headphones.
func (s *Session) Devices() (app.Devices, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return app.Devices{Chosen: s.device, Sinks: []output.Sink{
		{ID: "speakers", Name: "Speakers", Default: true}, {ID: "worn", Name: "Headphones", Personal: true},
	}}, nil
}

// ChooseDevice remembers the choice.
func (s *Session) ChooseDevice(id string) error {
	s.called("device " + id)
	set(s, &s.device, id)
	return nil
}

// SleepIn remembers when, by the test's clock.
func (s *Session) SleepIn(d time.Duration) {
	s.called("sleep " + d.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sleep = Now().Add(d); d <= 0 {
		s.sleep = time.Time{}
	}
}

// SleepAt is what SleepIn remembers.
func (s *Session) SleepAt() time.Time { return get(s, &s.sleep) }

// SleepAfterTrack, SetLoop and ClearLoop change what is heard as the player does.
func (s *Session) SleepAfterTrack() {
	s.called("sleep after the track")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.StopAfter = true })
}

func (s *Session) SetLoop(l player.Loop) {
	s.called("loop " + l.From.String() + " " + l.To.String())
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Loop = l })
}

func (s *Session) ClearLoop() {
	s.called("no loop")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Loop = player.Loop{} })
}

// SetSleepFinishes and SetSound remember what they are given.
func (s *Session) SetSleepFinishes(on bool) error {
	set(s, &s.finish, on)
	return nil
}

func (s *Session) SleepFinishes() (bool, error) { return get(s, &s.finish), nil }

func (s *Session) SetSound(sound player.Sound) error {
	s.called("sound")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Sound = sound })
	return nil
}

func (s *Session) SetSpeed(speed float64) {
	s.called("speed " + strconv.FormatFloat(speed, 'g', -1, 64))
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Sound.Speed = speed })
}

func (s *Session) Sound() player.Sound { return s.Now().Sound }

// Level is that of music not very loud.
func (s *Session) Level() dsp.Level { return dsp.Level{Peak: [2]float64{0.5, 0.3}} }

// Ahead is what SetAhead remembers.
func (s *Session) Ahead() app.Ahead { return get(s, &s.ahead) }

// SetAhead remembers the choice.
func (s *Session) SetAhead(a app.Ahead) error {
	set(s, &s.ahead, a)
	return nil
}

// Equaliser is what was tried or set last.
func (s *Session) Equaliser() app.Equaliser { return get(s, &s.eq) }

// TryEqualiser and SetEqualiser remember the setting.
func (s *Session) TryEqualiser(e app.Equaliser) { set(s, &s.eq, e) }

// SetEqualiser is also written down.
func (s *Session) SetEqualiser(e app.Equaliser) error {
	s.called("equaliser")
	s.TryEqualiser(e)
	return nil
}
