package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/source"
)

// ErrNotHere: a track is not on this machine and there is no co-op to stream
// it from, because nobody is signed in.
var ErrNotHere = errors.New("app: the track is not on this machine")

// resolve makes a queue entry playable. It reads only the library; the network
// is asked when the player opens the item.
func (s *Session) resolve(_ context.Context, e player.Entry) (player.Item, error) {
	if path, ok := fileOf(e.Key); ok {
		return s.fileItem(e, path), nil
	}
	id, ok := trackOf(e.Key)
	if !ok {
		return player.Item{}, errBadKey(e.Key)
	}
	t, err := s.library.Track(id)
	if err != nil {
		return player.Item{}, fmt.Errorf("app: preparing a track: %w", err)
	}
	item, err := s.itemOf(e, t)
	if err != nil {
		return player.Item{}, err
	}
	if t.Local {
		return s.localItem(item, t)
	}
	item.Open = func(ctx context.Context) (source.Source, error) { return s.openTrack(ctx, t) }
	item.Stale = func() bool { return s.unpaid(id) }
	item.Index, item.OnIndex = s.seekIndex(id), func(index []byte) { s.keepSeekIndex(id, index) }
	return item, nil
}

// unpaid reports whether the credits do not suffice for a track any more, or
// nobody can tell: what was opened while they did is not to be heard then.
func (s *Session) unpaid(trackID string) bool {
	t, err := s.library.Track(trackID)
	if err != nil {
		return true
	}
	short, err := s.creditsShort(t)
	return err != nil || short
}

// seekIndex is what earlier plays have learned of a track; nil if nothing.
func (s *Session) seekIndex(trackID string) []byte {
	index, err := s.library.SeekIndex(trackID)
	if err != nil {
		s.log.Error("reading a seek index", "track", trackID, "error", err)
	}
	return index
}

// keepSeekIndex keeps what a play has learned.
func (s *Session) keepSeekIndex(trackID string, index []byte) {
	if err := s.library.SaveSeekIndex(trackID, index); err != nil {
		s.log.Error("keeping a seek index", "track", trackID, "error", err)
	}
}

// fileItem is a file of the person's own; its tags say what it is called and
// where it belongs.
func (s *Session) fileItem(e player.Entry, path string) player.Item {
	tags := local.ReadTags(path)
	item := player.Item{
		Key: e.Key, Title: tags.Title, Artist: tags.Artist, Release: tags.Release, Number: tags.Number,
		Open: func(context.Context) (source.Source, error) { return openLocal(path) },
	}
	if tags.Release != "" {
		item.Album = fmt.Sprintf("%s/%s/%d", filepath.Dir(path), tags.Release, tags.Disc)
	}
	return item
}

func openLocal(path string) (source.Source, error) {
	f, err := source.OpenFile(path)
	if err != nil {
		return nil, err // not (*File)(nil) in the interface
	}
	return f, nil
}

// openTrack gives the bytes of a co-op's track: the whole file where it is
// here, else a download that fills it.
func (s *Session) openTrack(ctx context.Context, t library.Track) (source.Source, error) {
	f, err := s.library.File(t.ID)
	if err != nil {
		return nil, fmt.Errorf("app: opening a track: %w", err)
	}
	short, err := s.creditsShort(t)
	if err != nil {
		return nil, fmt.Errorf("app: opening a track: %w", err)
	}
	if f.Complete && !f.Preview && !short {
		whole, err := source.OpenFile(s.library.Full(f.Path))
		if err == nil {
			return whole, s.library.Touch(t.ID)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		// Somebody removed the file: what the library says of it is no longer
		// true, and the track is streamed as if it had never been here.
		if err := s.library.Forget(t.ID); err != nil {
			return nil, fmt.Errorf("app: opening a track: %w", err)
		}
		f = library.File{TrackID: t.ID}
	}
	c := s.connection()
	switch {
	case c == nil && short:
		return nil, fmt.Errorf("app: opening a track: %w", library.ErrCredits)
	case c == nil:
		return nil, ErrNotHere
	}
	return s.stream(ctx, c, t, f, !short)
}

// creditsShort reports whether the next play of a track costs more than there
// is. It is not heard in full then, not even from the cache: a play that cannot
// be paid is the preview.
func (s *Session) creditsShort(t library.Track) (bool, error) {
	a, err := s.library.Account()
	return a.Known && t.Price() > a.Credits, err
}

// stream begins a download of t, which goes on from what is here of it and is
// kept, if keep is set. The first request is made here, because only its answer
// tells a track from its preview, and the two never share a file.
func (s *Session) stream(ctx context.Context, c *connection, t library.Track, f library.File, keep bool) (source.Source, error) {
	d := &download{session: s, track: t.ID, client: c.client}
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	d.release = func() {}
	if keep {
		d.release, keep = s.library.Claim(t.ID)
	}
	state := source.State{}
	if keep && !f.Preview {
		state = stateOf(f)
	}
	fetch := &fetcher{client: c.client, doubt: s.doubt, track: t}
	unlink := context.AfterFunc(ctx, stop)
	first, err := fetch.open(live, state.Ranges.Reach(0), state.ETag)
	linked := unlink()
	again, _ := api.Retryable(err)
	switch {
	case err == nil && !linked:
		_ = first.Body.Close() // nobody wants it any more
		return nil, errors.Join(ctx.Err(), d.abandon())
	case err == nil:
		fetch.first = first
		fetch.preview = first.Preview
	case !again || len(state.Ranges) == 0:
		return nil, errors.Join(err, d.abandon())
	}

	opts := source.Options{State: state, Fetcher: fetch, Retryable: api.Retryable}
	if keep && !fetch.preview {
		d.kept = true
		opts.Save = d.save
		opts.Path, err = s.library.AudioPath(t.ID)
	} else {
		opts.State = source.State{}
		opts.Path, err = s.scratchFile()
		d.scratch = opts.Path
	}
	if err == nil {
		d.Progressive, err = source.OpenProgressive(opts)
	}
	if err != nil {
		return nil, errors.Join(err, fetch.drop(), d.abandon())
	}
	go d.completeWhenDone()
	return d, nil
}

// scratchFile makes an empty file for bytes that are not kept: previews, and a
// second download of what is being fetched already.
func (s *Session) scratchFile() (string, error) {
	f, err := os.CreateTemp(s.scratch, "stream-*")
	if err != nil {
		return "", fmt.Errorf("app: making a temporary file: %w", err)
	}
	return f.Name(), f.Close()
}

// download is a track that plays while it comes.
type download struct {
	*source.Progressive
	session *Session
	client  *api.Client
	track   string
	kept    bool   // its bytes belong to the library
	scratch string // the file to remove at the end, if they do not
	stop    context.CancelFunc
	release func()

	completing sync.Once
}

// save records in the library which bytes are on disk.
func (d *download) save(state source.State) {
	f := library.File{
		TrackID: d.track, Path: library.PartPath(d.track),
		Size: state.Size, ETag: state.ETag, Used: d.session.now(),
	}
	for _, r := range state.Ranges {
		f.Ranges = append(f.Ranges, library.Range{From: r.Start, To: r.End})
	}
	if err := d.session.library.SaveFile(f); err != nil {
		d.session.log.Error("recording a download", "track", d.track, "error", err)
	}
}

// completeWhenDone calls the track whole as soon as it is, so that the screens
// show it and the next start needs no network.
func (d *download) completeWhenDone() {
	<-d.Done()
	d.complete()
}

func (d *download) complete() {
	d.completing.Do(func() {
		state := d.State()
		if !d.kept || !state.Complete() {
			return
		}
		d.save(state)
		err := d.session.library.Complete(d.track, state.Size, api.ContentHash(state.ETag))
		if err != nil {
			d.session.log.Error("completing a download", "track", d.track, "error", err)
			return
		}
		d.session.measure.put(TrackKey(d.track))
	})
}

// Place implements source.Placer for a track that comes in segments. Where the
// co-op cannot tell now, the decoder looks for the place itself, and waits for
// the bytes.
func (d *download) Place(ctx context.Context, t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	if d.Complete() {
		return 0, 0, false, nil
	}
	off, begins, ok, err = d.client.Place(ctx, d.track, d.ETag(), t)
	if err != nil {
		return 0, 0, false, ctx.Err()
	}
	return off, begins, ok, nil
}

// Close ends the download and keeps what has come. Of a track whose segments
// changed under their playlist nothing is kept, for no tag tells old from new.
func (d *download) Close() error {
	err := d.Progressive.Close()
	d.complete()
	if d.kept && errors.Is(d.Err(), hls.ErrChanged) {
		err = errors.Join(err, d.session.library.Forget(d.track))
	}
	return errors.Join(err, d.abandon())
}

// abandon lets go of everything but the download itself.
func (d *download) abandon() error {
	d.stop()
	d.release()
	if d.scratch == "" {
		return nil
	}
	if err := os.Remove(d.scratch); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("app: removing a temporary file: %w", err)
	}
	return nil
}

func stateOf(f library.File) source.State {
	state := source.State{Size: f.Size, ETag: f.ETag}
	for _, r := range f.Ranges {
		state.Ranges = append(state.Ranges, source.Range{Start: r.From, End: r.To})
	}
	return state
}

// fetcher asks the co-op for the bytes of one track.
type fetcher struct {
	client *api.Client
	doubt  func() // is told when the co-op could not be reached
	track  library.Track

	mu      sync.Mutex
	first   *api.Stream // an answer that is there already, or nil
	preview bool        // what the first answer was; later ones must be the same
}

// errNowPreview: the co-op began to send the track and goes on with its
// preview, as it does when the credits have run out meanwhile.
var errNowPreview = errors.New("app: the co-op now sends only a preview")

func (f *fetcher) open(ctx context.Context, off int64, etag string) (*api.Stream, error) {
	stream, err := f.client.Stream(ctx, f.track.ID, api.StreamRequest{
		Offset: off, ETag: etag, Free: f.track.Status == library.Free, HLS: f.track.Segments,
	})
	var network *api.NetworkError
	if errors.As(err, &network) && ctx.Err() == nil {
		f.doubt()
	}
	return stream, err
}

// Fetch implements source.Fetcher.
func (f *fetcher) Fetch(ctx context.Context, off int64, etag string) (source.Response, error) {
	f.mu.Lock()
	first, preview := f.first, f.preview
	f.first = nil
	f.mu.Unlock()
	if first != nil && first.Offset <= off {
		return response(first), nil
	}
	if first != nil {
		_ = first.Body.Close() // only read from
	}
	s, err := f.open(ctx, off, etag)
	if err != nil {
		return source.Response{}, err
	}
	if s.Preview != preview {
		_ = s.Body.Close() // only read from
		return source.Response{}, errNowPreview
	}
	return response(s), nil
}

// drop closes an answer that nobody fetched.
func (f *fetcher) drop() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		return nil
	}
	return f.first.Body.Close()
}

func response(s *api.Stream) source.Response {
	return source.Response{
		Body: s.Body, Offset: s.Offset, Size: s.Size, ETag: s.ETag,
		Ranged: s.Ranged, Preview: s.Preview,
	}
}

// emptyScratch makes the folder for temporary files, without what a crash has
// left there.
func emptyScratch(home string) (string, error) {
	dir := filepath.Join(home, "scratch")
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("app: clearing temporary files: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("app: making a folder for temporary files: %w", err)
	}
	return dir, nil
}
