package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// Now is what is heard at this moment.
func (s *Session) Now() player.Snapshot { return s.player.Snapshot() }

// Follow returns a channel with what is heard, now and after every change,
// about ten times a second while playing. A slow reader misses what is in
// between. The channel is closed when the context or Serve ends.
func (s *Session) Follow(ctx context.Context) <-chan player.Snapshot { return s.player.Subscribe(ctx) }

// PlayKeys replaces the queue with these keys and plays from the one at index
// start. What was to come can be had back by the notice's Undo.
func (s *Session) PlayKeys(keys []string, start int) {
	if len(keys) == 0 {
		return
	}
	start = min(max(start, 0), len(keys)-1)
	before := s.player.Snapshot()
	s.player.EditQueue(func(q player.Queue) player.Queue {
		shuffled := q.Shuffled()
		q = q.Clear().Unshuffle().Append(keys...)
		first := q.Entries[start].ID
		if shuffled {
			q = q.Shuffle(newRand(), first)
		}
		s.player.PlayEntry(first)
		return q
	})
	if left := len(before.Queue.Upcoming(before.Entry.ID)); left > 0 {
		s.notices.post(Notice{Kind: QueueReplaced, Count: left, Undo: func() { s.player.SetQueue(before.Queue) }})
	}
}

// PlayTracks is PlayKeys for tracks of the co-op.
func (s *Session) PlayTracks(trackIDs []string, start int) { s.PlayKeys(trackKeys(trackIDs), start) }

// PlayRelease plays a release from one of its tracks; from its beginning when
// fromTrackID is empty or not on it.
func (s *Session) PlayRelease(releaseID, fromTrackID string) error {
	r, err := s.library.Release(releaseID)
	if err != nil {
		return fmt.Errorf("app: playing a release: %w", err)
	}
	ids, start := make([]string, len(r.Tracks)), 0
	for i, t := range r.Tracks {
		ids[i] = t.ID
		if t.ID == fromTrackID {
			start = i
		}
	}
	s.PlayTracks(ids, start)
	return nil
}

// Enqueue puts tracks at the end of the queue.
func (s *Session) Enqueue(trackIDs ...string) {
	s.player.EditQueue(func(q player.Queue) player.Queue { return q.Append(trackKeys(trackIDs)...) })
}

// PlayNext puts tracks right behind the current entry.
func (s *Session) PlayNext(trackIDs ...string) {
	s.player.EditQueue(func(q player.Queue) player.Queue {
		return q.InsertAfter(s.player.Snapshot().Entry.ID, trackKeys(trackIDs)...)
	})
}

// PlayEntry plays an entry of the queue from its beginning.
func (s *Session) PlayEntry(id player.EntryID) { s.player.PlayEntry(id) }

// RemoveEntry takes an entry out of the queue.
func (s *Session) RemoveEntry(id player.EntryID) {
	s.player.EditQueue(func(q player.Queue) player.Queue { return q.Remove(id) })
}

// MoveEntry puts an entry before another, or at the end when before is 0.
func (s *Session) MoveEntry(id, before player.EntryID) {
	s.player.EditQueue(func(q player.Queue) player.Queue { return q.Move(id, before) })
}

// ClearQueue takes everything out of the queue but the current entry.
func (s *Session) ClearQueue() {
	s.player.EditQueue(func(q player.Queue) player.Queue {
		return q.KeepOnly(s.player.Snapshot().Entry.ID)
	})
}

// Play goes on, or begins the queue.
func (s *Session) Play() { s.player.Play() }

// Pause keeps the place and falls silent.
func (s *Session) Pause() { s.player.Pause() }

// Toggle is Pause while something is meant to be heard, else Play.
func (s *Session) Toggle() { s.player.Toggle() }

// Stop ends the listen; the current entry stays where it is.
func (s *Session) Stop() { s.player.Stop() }

// Next goes to the next entry.
func (s *Session) Next() { s.player.Next() }

// Previous goes to the previous entry, or to the beginning of this one.
func (s *Session) Previous() { s.player.Previous() }

// Seek moves within the current track.
func (s *Session) Seek(to time.Duration) { s.player.Seek(to) }

// SeekBy moves within the current track by d, back if negative.
func (s *Session) SeekBy(d time.Duration) { s.player.SeekBy(d) }

// SetVolume sets the volume, 0 to 1.
func (s *Session) SetVolume(v float64) { s.player.SetVolume(v) }

// SetMuted silences the sound and keeps the volume.
func (s *Session) SetMuted(muted bool) { s.player.SetMuted(muted) }

// SetShuffle shuffles what comes after the current entry, or goes back to the
// order in which the queue was put together.
func (s *Session) SetShuffle(on bool) {
	s.player.EditQueue(func(q player.Queue) player.Queue {
		if on {
			return q.Shuffle(newRand(), s.player.Snapshot().Entry.ID)
		}
		return q.Unshuffle()
	})
}

// SetRepeat says what follows the last entry.
func (s *Session) SetRepeat(r player.Repeat) {
	s.player.EditQueue(func(q player.Queue) player.Queue { return q.WithRepeat(r) })
}

// newRand is a source of shuffles. They need no secrecy, only variety.
func newRand() *rand.Rand {
	return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
}

func trackKeys(ids []string) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = TrackKey(id)
	}
	return keys
}

// QueueView is the queue as a screen shows it.
type QueueView struct {
	Rows    []QueueRow // in play order
	Current int        // index of the current row; −1 when there is none
	// Of what comes after the current row:
	Upcoming int
	Duration time.Duration
	Cost     credits.Milli
}

// QueueRow is one entry of the queue.
type QueueRow struct {
	Entry player.EntryID
	Track library.Track // of a file of one's own: title, artist and release only
	Local bool          // a file of one's own
	// Price is what this entry will cost when its turn comes: a second copy
	// of a track costs the step after the first.
	Price credits.Milli
}

// Queue is the queue as it stands, with what it will cost.
func (s *Session) Queue() (QueueView, error) {
	return s.queueView(s.player.Snapshot())
}

func (s *Session) queueView(snap player.Snapshot) (QueueView, error) {
	entries := snap.Queue.InOrder()
	tracks, err := s.queueTracks(entries)
	if err != nil {
		return QueueView{}, err
	}
	v := QueueView{Current: -1, Rows: make([]QueueRow, 0, len(entries))}
	planned := make(map[string]int) // plays of a track by earlier rows
	for i, e := range entries {
		row := QueueRow{Entry: e.ID}
		if id, ok := trackOf(e.Key); ok {
			row.Track = tracks[id]
			row.Local = row.Track.Local
		} else {
			row.Local = true
			row.Track = localTrack(e.Key)
		}
		if e.ID == snap.Entry.ID {
			v.Current = i
		}
		later := v.Current >= 0 && i > v.Current || snap.Entry.ID == 0
		row.Price = row.Track.Price()
		if row.Price > 0 && later {
			row.Price = credits.Cost(row.Track.Plays + planned[row.Track.ID])
			planned[row.Track.ID]++
		}
		if later {
			v.Upcoming++
			v.Duration += row.Track.Duration
			v.Cost += row.Price
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

func (s *Session) queueTracks(entries []player.Entry) (map[string]library.Track, error) {
	var ids []string
	for _, e := range entries {
		if id, ok := trackOf(e.Key); ok {
			ids = append(ids, id)
		}
	}
	known, err := s.library.Tracks(ids...)
	if err != nil {
		return nil, fmt.Errorf("app: reading the queue: %w", err)
	}
	tracks := make(map[string]library.Track, len(known))
	for _, t := range known {
		tracks[t.ID] = t
	}
	return tracks, nil
}

// localTrack describes a file of one's own by its tags.
func localTrack(key string) library.Track {
	path, _ := fileOf(key)
	t := local.ReadTags(path)
	return library.Track{Title: t.Title, Artist: t.Artist, Release: t.Release, Own: true, Local: true, Offline: library.Pinned}
}
