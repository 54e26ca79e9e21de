package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/library"
)

// Errors of a download, in Download.Err.
var (
	// ErrPreview: the co-op sends only the first 45 seconds, because the
	// credits do not cover the next play. Nothing was kept.
	ErrPreview = errors.New("the co-op sends only the preview")
	// ErrDiskFull: there is not enough space for the track.
	ErrDiskFull = errors.New("the disk is full")
	// ErrCorrupt: what came is not what the co-op said it would be.
	ErrCorrupt = errors.New("the download came damaged")
)

const (
	parallelDownloads = 2
	// reserve is what a download leaves free on the disk.
	reserve = 64 << 20
	// step is after how many bytes a download may be told to stop, and ranges
	// are recorded when the last record is older than recordEvery. What came
	// after the last record is downloaded again after a crash; to record more
	// often than a person can tell would only keep a fast network waiting for
	// the disk.
	step        = 4 << 20
	recordEvery = time.Second
	// chunk is read at a time.
	chunk = 256 << 10
)

// DownloadOwned fetches pinned and owned tracks that are not here whole, then
// evicts from the rolling cache what is over the quota. A track that someone
// plays right now is left to its player. It tries every track, also those
// that failed a moment ago, and returns all failures.
func (s *Syncer) DownloadOwned(ctx context.Context) error {
	s.downloads.forget()
	return wrap("downloading", s.downloadWanted(ctx))
}

// downloadDue is DownloadOwned for the worker: tracks that failed wait for
// their time without holding up others.
func (s *Syncer) downloadDue(ctx context.Context) error {
	err := s.downloadWanted(ctx)
	if err != nil && (stopsAll(err) || ctx.Err() != nil) {
		return err
	}
	if after, ok := s.downloads.next(s.cfg.Now()); ok {
		return &laterError{"some tracks could not be fetched", after}
	}
	return err
}

func (s *Syncer) downloadWanted(ctx context.Context) error {
	wanted, err := s.lib.Wanted()
	if err != nil {
		return err
	}
	s.status.keepDownloads(wanted)
	var g group
	for _, w := range wanted {
		if !s.downloads.due(w.TrackID, s.cfg.Now()) {
			continue
		}
		g.run(func() error { return s.try(ctx, w) })
	}
	err = g.wait()
	if quota := s.cfg.Quota(); quota > 0 && ctx.Err() == nil {
		_, evictErr := s.lib.Evict(ctx, quota)
		err = errors.Join(err, evictErr)
	}
	return err
}

// try downloads a track unless it may not, and notes a failure.
func (s *Syncer) try(ctx context.Context, w library.Wanted) error {
	id := w.TrackID
	if ctx.Err() != nil || !s.cfg.MayDownload(w.Pinned) {
		return ctx.Err()
	}
	err := s.download(ctx, w)
	switch {
	case err == nil:
		s.downloads.succeeded(id)
	case errors.Is(err, errNotNow):
		s.status.downloaded(id)
		return nil
	case ctx.Err() == nil:
		s.heardOfDownload(err)
		s.status.download(Download{TrackID: id, Err: err})
		if !stopsAll(err) {
			s.downloads.failed(id, s.cfg.Now(), func(tries int) time.Duration { return s.pause(err, tries) })
		}
	}
	return err
}

// heardOfDownload is heard, without what is about one track.
func (s *Syncer) heardOfDownload(err error) {
	var network *api.NetworkError
	if errors.As(err, &network) || needsSignIn(err) {
		s.heard(err)
	}
}

// errNotNow ends a download that may not go on: the network has become a
// metered one, or the person wants none any more.
var errNotNow = errors.New("not over this network")

// download fetches one track, from where an earlier attempt ended.
func (s *Syncer) download(ctx context.Context, want library.Wanted) error {
	id := want.TrackID
	release, ok := s.lib.Claim(id)
	if !ok {
		return nil
	}
	defer release()
	f, err := s.lib.File(id)
	if err != nil || f.Complete && !f.Preview {
		return err
	}
	if f.Preview {
		if err := s.lib.Forget(id); err != nil {
			return err
		}
		f = library.File{TrackID: id, Pinned: f.Pinned}
	}
	if f.ETag == "" || !s.there(f) {
		f.Ranges = nil // nothing tells whether the rest would be of the same file
	}
	tracks, err := s.lib.Tracks(id)
	if err != nil {
		return err
	}
	as := terms{pinned: want.Pinned}
	if len(tracks) == 1 {
		as.free, as.segments = tracks[0].Status == library.Free, tracks[0].Segments
	}
	for f.Size == 0 || f.Have() < f.Size {
		before := f.Have()
		f, err = s.fetch(ctx, f, as)
		if errors.Is(err, hls.ErrChanged) {
			// The playlist, by which versions are told apart, is still the same.
			return errors.Join(fmt.Errorf("%w: %w", ErrCorrupt, err), s.lib.Forget(id))
		}
		if err != nil {
			return err
		}
		if f.Have() <= before {
			// What is here does not fit what the co-op has: begin anew.
			return errors.Join(fmt.Errorf("%w: it ends too early", ErrCorrupt), s.lib.Forget(id))
		}
	}
	if err := s.lib.Complete(id, f.Size, api.ContentHash(f.ETag)); err != nil {
		if errors.Is(err, library.ErrIncomplete) {
			return errors.Join(fmt.Errorf("%w: %w", ErrCorrupt, err), s.lib.Forget(id))
		}
		return err
	}
	s.status.downloaded(id)
	return nil
}

// there tells whether the file is as long as its record says.
func (s *Syncer) there(f library.File) bool {
	info, err := os.Stat(s.lib.Full(f.Path))
	n := len(f.Ranges)
	return n == 0 || err == nil && info.Size() >= f.Ranges[n-1].To
}

// missing is the first gap of a file; length 0 is to the end.
func missing(f library.File) (from, length int64) {
	if len(f.Ranges) == 0 {
		return 0, 0
	}
	if first := f.Ranges[0]; first.From > 0 {
		return 0, first.From
	}
	from = f.Ranges[0].To
	if len(f.Ranges) > 1 {
		length = f.Ranges[1].From - from
	}
	return from, length
}

// terms are on what a track is fetched.
type terms struct {
	free     bool // it costs nothing, to nobody
	segments bool // it is likely to be had in segments only
	pinned   bool
}

// fetch asks for the first stretch that is missing and writes what comes. A
// server without ranges begins at 0 again, and so does one whose track is
// another by now.
func (s *Syncer) fetch(ctx context.Context, f library.File, as terms) (library.File, error) {
	from, length := missing(f)
	stream, err := s.coop.Stream(ctx, f.TrackID, api.StreamRequest{Offset: from, Length: length, ETag: f.ETag, Free: as.free, HLS: as.segments})
	if err != nil {
		return f, err
	}
	defer stream.Body.Close()
	if stream.Preview {
		return f, ErrPreview
	}
	again := stream.Offset == 0 && (from > 0 || len(f.Ranges) == 0 || stream.ETag != f.ETag)
	if !again && stream.Offset != from {
		return f, fmt.Errorf("%w: another part than asked", ErrCorrupt)
	}
	if again {
		f.Ranges, f.Size, f.ETag = nil, 0, stream.ETag
	}
	if stream.Size > 0 {
		f.Size = stream.Size
	}
	if err := s.room(ctx, f); err != nil {
		return f, err
	}
	out, err := s.open(&f, again)
	if err != nil {
		return f, err
	}
	w := &writer{s: s, f: f, out: out, at: stream.Offset, pinned: as.pinned, free: step, noted: s.cfg.Now()}
	err = w.copy(ctx, stream.Body)
	if err == nil && length == 0 && w.f.Size == 0 {
		w.f.Size = w.at // of a server that did not say, the end is the end
	}
	return w.f, errors.Join(err, w.record(), out.Close())
}

// open opens the file of a track. Before it is emptied, the library forgets
// what was in it.
func (s *Syncer) open(f *library.File, empty bool) (*os.File, error) {
	full, err := s.lib.AudioPath(f.TrackID)
	if err != nil {
		return nil, err
	}
	if f.Path == "" {
		f.Path = library.PartPath(f.TrackID)
	}
	flag := os.O_RDWR | os.O_CREATE
	if empty {
		flag |= os.O_TRUNC
		if err := s.lib.SaveFile(*f); err != nil {
			return nil, err
		}
	}
	out, err := os.OpenFile(full, flag, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening its file: %w", err)
	}
	return out, nil
}

// room fails with ErrDiskFull when the rest of a file does not fit, nor would
// without what may go of the rolling cache.
func (s *Syncer) room(ctx context.Context, f library.File) error {
	free, err := s.cfg.FreeSpace()
	if err != nil {
		return err
	}
	short := f.Size - f.Have() + reserve - free
	if short <= 0 {
		return nil
	}
	spare, err := s.lib.Evictable()
	if err == nil && spare < short {
		return ErrDiskFull // and nothing goes for nothing
	}
	used, _, useErr := s.lib.DiskUse()
	if err := errors.Join(err, useErr); err != nil {
		return err
	}
	freed, err := s.lib.Evict(ctx, max(used-short, 0))
	if err == nil && freed < short {
		return ErrDiskFull
	}
	return err
}

// writer puts arriving bytes into a file and records what is safely there.
type writer struct {
	s       *Syncer
	f       library.File
	out     *os.File
	at      int64 // where the next byte goes
	pending int64 // bytes since the last record
	free    int64 // bytes until MayDownload is asked again
	noted   time.Time
	told    time.Time
	pinned  bool
}

func (w *writer) copy(ctx context.Context, body io.Reader) error {
	buf := make([]byte, chunk)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if w.f.Size > 0 && w.at+int64(n) > w.f.Size {
				return fmt.Errorf("%w: more bytes than it has", ErrCorrupt)
			}
			if err := w.write(buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return api.NewNetworkError(err)
		}
	}
}

func (w *writer) write(p []byte) error {
	if _, err := w.out.WriteAt(p, w.at); err != nil {
		return diskError(err)
	}
	w.f.Add(library.Range{From: w.at, To: w.at + int64(len(p))})
	w.at += int64(len(p))
	w.pending += int64(len(p))
	if now := w.s.cfg.Now(); now.Sub(w.told) > 100*time.Millisecond {
		w.told = now
		w.s.status.download(Download{TrackID: w.f.TrackID, Got: w.f.Have(), Size: w.f.Size})
	}
	if w.free -= int64(len(p)); w.free > 0 {
		return nil
	}
	w.free = step
	if !w.s.cfg.MayDownload(w.pinned) {
		return errNotNow
	}
	if w.s.cfg.Now().Sub(w.noted) < recordEvery {
		return nil
	}
	return w.record()
}

// record makes the bytes last before it says that they are there.
func (w *writer) record() error {
	if w.pending == 0 {
		return nil
	}
	w.pending, w.noted = 0, w.s.cfg.Now()
	if err := w.out.Sync(); err != nil {
		return diskError(err)
	}
	w.f.Used = w.s.cfg.Now()
	return w.s.lib.SaveFile(w.f)
}

// diskError names a full disk.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}
