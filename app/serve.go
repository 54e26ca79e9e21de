package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/source"
)

// skipped is told by the player that an entry was passed over. It does not
// block.
func (s *Session) skipped(e player.Entry, why error) {
	title := e.Key
	if id, ok := trackOf(e.Key); ok {
		if t, err := s.library.Track(id); err == nil {
			title = t.Title
		}
	} else if path, ok := fileOf(e.Key); ok {
		title = path
	}
	s.notices.post(Notice{Kind: Skipped, Title: title, Err: why})
}

// serveListens records plays as they become due. It ends when the player has,
// after the last listen.
func (s *Session) serveListens(served <-chan struct{}) error {
	var k counter
	var last player.EntryID
	record := func() {
		for _, l := range s.listens.take() {
			if l.Item.Preview && l.Entry.ID != last {
				last = l.Entry.ID
				s.notices.post(Notice{Kind: PreviewOnly, Title: l.Item.Title})
			}
			if k.observe(l) {
				s.recordPlay(l)
			}
		}
	}
	for {
		select {
		case <-s.listens.ready:
			record()
		case <-served:
			record()
			return nil
		}
	}
}

// recordPlay puts a play into history and outbox.
func (s *Session) recordPlay(l player.Listen) {
	id, _ := trackOf(l.Entry.Key)
	before, err := s.library.Track(id)
	if err == nil {
		_, err = s.library.Play(id, l.Began, l.Heard)
	}
	if err != nil {
		s.log.Error("recording a play", "track", id, "error", err)
		s.notices.post(Notice{Kind: Failure, Title: l.Item.Title, Err: fmt.Errorf("app: recording a play: %w", err)})
		return
	}
	if after, err := s.library.Track(id); err == nil && after.Owned && !before.Owned {
		s.notices.post(Notice{Kind: NowOwned, Title: after.Title})
	}
}

// saveEvery bounds how much of the place in a track a crash can lose.
const saveEvery = 10 * time.Second

// serveQueue keeps the queue and the place in it in the library.
func (s *Session) serveQueue(ctx context.Context, served <-chan struct{}) error {
	var saved player.Snapshot
	var at time.Time
	save := func(snap player.Snapshot) {
		saved, at = snap, s.now()
		if err := s.library.SaveQueue(queueOf(snap)); err != nil {
			s.log.Error("saving the queue", "error", err)
		}
	}
	first := true
	for snap := range s.player.Subscribe(ctx) {
		if first {
			saved, at, first = snap, s.now(), false
			continue
		}
		due := snap.State == player.Playing && s.now().Sub(at) >= saveEvery
		if due || snap.Queue.Version != saved.Queue.Version || snap.Entry.ID != saved.Entry.ID ||
			snap.State != saved.State || snap.Volume != saved.Volume {
			save(snap)
		}
	}
	<-served
	save(s.player.Snapshot())
	return nil
}

func queueOf(snap player.Snapshot) library.Queue {
	q := library.Queue{
		Repeat: int(snap.Queue.Repeat), Current: uint64(snap.Entry.ID), Position: snap.Position,
		NextID: uint64(snap.Queue.LastID), Volume: snap.Volume,
	}
	for _, e := range snap.Queue.Entries {
		q.Entries = append(q.Entries, library.QueueEntry{ID: uint64(e.ID), Key: e.Key})
	}
	for _, id := range snap.Queue.Order {
		q.Order = append(q.Order, uint64(id))
	}
	return q
}

func queueFrom(saved library.Queue) player.Queue {
	q := player.Queue{Repeat: player.Repeat(saved.Repeat), LastID: player.EntryID(saved.NextID), Version: 1}
	for _, e := range saved.Entries {
		q.Entries = append(q.Entries, player.Entry{ID: player.EntryID(e.ID), Key: e.Key})
	}
	for _, id := range saved.Order {
		q.Order = append(q.Order, player.EntryID(id))
	}
	return q
}

// waveBuckets is how many peaks a waveform has; more than any screen has room
// for bars.
const waveBuckets = 1000

// serveWaveforms measures waveforms, one track at a time: those of tracks that
// have just become whole, and of the current one.
func (s *Session) serveWaveforms(ctx context.Context) error {
	snaps := s.player.Subscribe(ctx)
	var current string
	for {
		select {
		case <-ctx.Done():
			return nil
		case snap, ok := <-snaps:
			if !ok {
				return nil
			}
			if snap.Entry.Key == current || snap.State == player.Loading {
				continue
			}
			current = snap.Entry.Key
			s.measureWave(ctx, current)
		case <-s.measure.ready:
			for _, key := range s.measure.take() {
				s.measureWave(ctx, key)
			}
		}
	}
}

// measureWave decodes a whole file once for its waveform and its loudness,
// unless they are known or the file is not here. It does not wait for the track
// to be heard: a waveform is wanted before the end.
func (s *Session) measureWave(ctx context.Context, key string) {
	id, isTrack := trackOf(key)
	if s.Peaks(key) != nil && !(isTrack && s.unmeasured(id)) {
		return
	}
	path, ok := fileOf(key)
	switch {
	case isTrack && library.IsLocalTrack(id):
		f, err := s.library.LocalFile(id)
		path, ok = f.Path, err == nil
	case isTrack:
		f, err := s.library.File(id)
		ok = err == nil && f.Complete && !f.Preview
		path = s.library.Full(f.Path)
	}
	if !ok {
		return
	}
	m, err := s.analyse(ctx, path)
	if err == nil && isTrack {
		err = s.library.SaveMeasured(id, m)
	}
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			s.log.Warn("measuring a waveform", "key", key, "error", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waves.put(key, m.Peaks)
}

// unmeasured reports whether a track's loudness is not known.
func (s *Session) unmeasured(id string) bool {
	f, err := s.library.File(id)
	return err == nil && !measured(f.Measured)
}

func (s *Session) analyse(ctx context.Context, path string) (m library.Measured, err error) {
	src, err := source.OpenFile(path)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dec, err := s.codecs.Open(ctx, src)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, dec.Close()) }()
	a, err := dsp.Analyse(ctx, dec, dec.Format().SampleRate, waveBuckets)
	return library.Measured{Peaks: a.Peaks, Loud: a.Loud, LUFS: a.LUFS, TruePeak: a.TruePeak}, err
}

// Peaks is the waveform of a queue key: 1000 peaks that share the time of the
// track evenly, 0 for silence and 255 for full scale; nil while it is not
// known. The current track's is measured as soon as it is whole on disk.
func (s *Session) Peaks(key string) []byte {
	s.mu.Lock()
	peaks := s.waves.get(key)
	s.mu.Unlock()
	if peaks != nil {
		return peaks
	}
	id, ok := trackOf(key)
	if !ok {
		return nil
	}
	f, err := s.library.File(id)
	if err != nil || f.Preview {
		return nil
	}
	return f.Peaks
}

// waveCache holds the waveforms measured last, so that files which are not in
// the library need not be decoded again. The zero value is ready.
type waveCache struct {
	keys  []string // oldest first
	peaks map[string][]byte
}

// maxWaves bounds the cache; one waveform is 1000 bytes.
const maxWaves = 64

func (c *waveCache) get(key string) []byte { return c.peaks[key] }

func (c *waveCache) put(key string, peaks []byte) {
	if c.peaks == nil {
		c.peaks = make(map[string][]byte)
	}
	if _, known := c.peaks[key]; !known {
		c.keys = append(c.keys, key)
	}
	c.peaks[key] = peaks
	if len(c.keys) > maxWaves {
		delete(c.peaks, c.keys[0])
		c.keys = c.keys[1:]
	}
}
