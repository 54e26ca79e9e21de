package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// CoOp is the part of [api.Client] that this package uses.
type CoOp interface {
	BaseURL() string
	KnowsKeys() bool
	catalogue
	ledger
	lists
	media
}

// catalogue is what everyone can read.
type catalogue interface {
	CatalogueVersion(ctx context.Context) (string, error)
	AllReleases(ctx context.Context) iter.Seq2[api.Release, error]
	AllArtists(ctx context.Context) iter.Seq2[api.Artist, error]
	AllPlaylists(ctx context.Context) iter.Seq2[api.Playlist, error]
	Release(ctx context.Context, id string) (api.Release, error)
	Playlist(ctx context.Context, id string) (api.Playlist, error)
	Search(ctx context.Context, words string) (api.SearchResult, error)
}

// ledger is what the person has paid and owns.
type ledger interface {
	Profile(ctx context.Context) (api.Profile, error)
	PlaysOf(ctx context.Context, trackIDs []string) (map[string]int, error)
	PlayAt(ctx context.Context, trackID, key string, at time.Time) (api.PlayResult, error)
	Buy(ctx context.Context, trackID, key string) (api.PlayResult, error)
	AllCollection(ctx context.Context) iter.Seq2[api.Track, error]
	History(ctx context.Context, o api.ListOptions) (api.Page[api.Track], error)
	AllHistory(ctx context.Context) iter.Seq2[api.Track, error]
}

// lists is what the person keeps at the co-op, and has made.
type lists interface {
	AllFavourites(ctx context.Context) iter.Seq2[api.Track, error]
	SetFavourite(ctx context.Context, trackID string, on bool) error
	PlaylistsVersion(ctx context.Context) (string, error)
	AllOwnPlaylists(ctx context.Context) iter.Seq2[api.Playlist, error]
	OwnPlaylist(ctx context.Context, id string) (api.Playlist, error)
	CreatePlaylist(ctx context.Context, e api.PlaylistEdit) (api.Playlist, error)
	UpdatePlaylistIf(ctx context.Context, id, version string, e api.PlaylistEdit) (api.Playlist, error)
	DeletePlaylistIf(ctx context.Context, id, version string) error
	AddToPlaylist(ctx context.Context, id string, trackIDs ...string) ([]api.PlaylistItem, error)
	ReorderPlaylistIf(ctx context.Context, id, version string, trackIDs []string) ([]api.PlaylistItem, error)
	SetPlaylistCoverIf(ctx context.Context, id, version string, picture []byte) (address string, err error)
	OwnReleases(ctx context.Context) ([]api.Release, error)
}

// media is bytes.
type media interface {
	Stream(ctx context.Context, trackID string, want api.StreamRequest) (*api.Stream, error)
	Image(ctx context.Context, address string) (io.ReadCloser, error)
}

// ErrOtherAccount: the library holds what belongs to someone else. Sign out of
// the library first; until then nothing is read and nothing is sent.
var ErrOtherAccount = errors.New("the library belongs to another account")

// Config is what New needs. Library and CoOp must be set.
type Config struct {
	Library *library.Library
	CoOp    CoOp
	Now     func() time.Time // time.Now when nil
	Logger  *slog.Logger     // silent when nil
	// Random gives numbers in [0, 1) that spread retries; math/rand when nil.
	Random func() float64
	// MayDownload is asked before each download, and again while it runs
	// whenever bytes are recorded. It says no on a metered network, or when the
	// person wants none; pinned tells what was asked for from what is fetched
	// by itself because it is owned. Nil is always yes.
	MayDownload func(pinned bool) bool
	// Quota is how many bytes of audio the rolling cache may grow to, all
	// audio counted; 0 or nil is no limit.
	Quota func() int64
	// FreeSpace is how many bytes the disk has left; the library's own when nil.
	FreeSpace func() (int64, error)
}

// Times of the workers.
const (
	// RefreshEvery is how long the library goes without asking what is new.
	RefreshEvery = 15 * time.Minute
	// SettleAfter is how long a request whose answer was lost may still be on
	// its way: longer than the api package waits for an answer.
	SettleAfter = 35 * time.Second
)

// Syncer keeps one library in step with one co-op, for one account. Its
// methods may be called from any goroutine.
type Syncer struct {
	cfg    Config
	lib    *library.Library
	coop   CoOp
	status statusBoard

	// personal is held by whoever speaks with the co-op about the account, so
	// that no old total overwrites a newer one. It is a channel so that
	// waiting for it can be cancelled.
	personal chan struct{}
	greeted  bool       // the library is this account's; guarded by personal
	view     ledgerView // guarded by personal

	downloads retries

	wake    map[worker]chan struct{} // try now, whatever happened before
	changed map[worker]chan struct{} // the library has something to do
}

// worker names a long-lived task.
type worker string

const (
	refresher  worker = "refresh"
	sender     worker = "outbox"
	downloader worker = "downloads"
	painter    worker = "covers"
	prober     worker = "connection"
)

// New makes a Syncer. It does nothing until one of its methods is called.
func New(cfg Config) *Syncer {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	if cfg.MayDownload == nil {
		cfg.MayDownload = func(bool) bool { return true }
	}
	if cfg.FreeSpace == nil {
		cfg.FreeSpace = cfg.Library.FreeSpace
	}
	if cfg.Quota == nil {
		cfg.Quota = func() int64 { return 0 }
	}
	s := &Syncer{
		cfg: cfg, lib: cfg.Library, coop: cfg.CoOp,
		personal: make(chan struct{}, 1), wake: map[worker]chan struct{}{}, changed: map[worker]chan struct{}{},
	}
	for _, w := range []worker{refresher, sender, downloader, painter, prober} {
		s.wake[w], s.changed[w] = make(chan struct{}, 1), make(chan struct{}, 1)
	}
	return s
}

// Serve runs the workers until the context ends, which it returns nil for. It
// sends what is in the outbox as soon as it is there, refreshes at once and
// every RefreshEvery, downloads what is wanted, and notices within ProbeEvery
// that the co-op is away.
func (s *Syncer) Serve(ctx context.Context) error {
	s.status.spoke(s.cfg.Now()) // the refresher begins
	g, ctx := errgroup.WithContext(ctx)
	// Before the workers begin, or what one of them changes first might reach
	// none of the others.
	changes := s.lib.Watch(ctx)
	g.Go(func() error { return s.serve(ctx, refresher, s.refreshOnce, RefreshEvery) })
	g.Go(func() error { return s.serve(ctx, sender, s.SendOutbox, 0) })
	g.Go(func() error { return s.serve(ctx, downloader, s.downloadDue, 0) })
	g.Go(func() error { return s.serve(ctx, painter, s.FetchCovers, 0) })
	g.Go(func() error { return s.serve(ctx, prober, s.probe, ProbeEvery) })
	g.Go(func() error { return s.follow(changes) })
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}

func (s *Syncer) refreshOnce(ctx context.Context) error {
	_, err := s.refresh(ctx, refresher)
	return err
}

// follow wakes the workers that have something to do after a change of the
// library.
func (s *Syncer) follow(changes <-chan library.Change) error {
	for change := range changes {
		if change&library.Outbox != 0 {
			ring(s.changed[sender])
		}
		if change&(library.Files|library.Ownership) != 0 {
			ring(s.changed[downloader])
		}
		if change&(library.Catalogue|library.Playlists) != 0 {
			ring(s.changed[painter])
		}
	}
	return nil
}

// Wake has every worker try at once: the network is back, or the person has
// signed in again.
func (s *Syncer) Wake() {
	s.status.change(func(st *Status) { st.SignedOut = false })
	s.downloads.forget()
	s.wakeAllBut("")
}

// WakeCovers has pictures fetched now: something names new ones.
func (s *Syncer) WakeCovers() { ring(s.wake[painter]) }

// WakeDownloads has downloads tried now: the rule for them, the network or the
// quota is another one.
func (s *Syncer) WakeDownloads() { ring(s.wake[downloader]) }

// wakeAllBut wakes every worker but one that is awake; "" is none.
func (s *Syncer) wakeAllBut(awake worker) {
	for w, bell := range s.wake {
		if w != awake {
			ring(bell)
		}
	}
}

// ring wakes whoever waits at the bell, or who will next.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// serve runs one task again and again: when woken, when every has passed (0:
// only when woken), and after a pause when it failed in a way that may pass.
func (s *Syncer) serve(ctx context.Context, w worker, task func(context.Context) error, every time.Duration) error {
	tries := 0
	for {
		err := task(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of the context ends the worker, whatever it was at
		}
		wait, failed := every, false
		var later *laterError
		switch {
		case err == nil:
			tries = 0
		case errors.As(err, &later):
			tries, wait = 0, later.after
		default:
			wait, failed = s.pause(err, tries), true
			if w != refresher && s.away(err) {
				wait = 0 // the refresher asks for all, and wakes them
			}
			tries++
			s.cfg.Logger.Info("sync failed", "worker", string(w), "error", err, "again", wait)
		}
		if !s.sleep(ctx, w, wait, failed) {
			return nil
		}
	}
}

// sleep waits until the worker is woken or the time has passed; 0 is for
// ever. After a failure a change of the library does not end the pause: the
// failure itself may have been written there. It reports whether to go on.
func (s *Syncer) sleep(ctx context.Context, w worker, wait time.Duration, failed bool) bool {
	var over <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		over = t.C
	}
	changed := s.changed[w]
	if failed {
		changed = nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-over:
	case <-changed:
	case <-s.wake[w]:
	}
	return true
}

// The pauses after failures.
const (
	firstPause = 2 * time.Second
	// lastPause is short enough that a network that is back is noticed
	// within a minute without being told.
	lastPause = time.Minute
	// longPause follows what asking again soon will not change: an address
	// that is no co-op, an answer that makes no sense.
	longPause = 10 * time.Minute
)

// pause is how long to wait after an error, for the tries-th time in a row
// from 0; 0 is until woken.
func (s *Syncer) pause(err error, tries int) time.Duration {
	if needsSignIn(err) || errors.Is(err, ErrOtherAccount) {
		return 0
	}
	retry, after := api.Retryable(err)
	if after > 0 {
		return after + time.Duration(s.cfg.Random()*float64(time.Second))
	}
	if !retry && !errors.Is(err, api.ErrOutcomeUnknown) && !errors.Is(err, api.ErrConflict) {
		return longPause
	}
	p := min(firstPause<<min(tries, 10), lastPause)
	return p/2 + time.Duration(s.cfg.Random()*float64(p/2))
}

// laterError is what has to wait for its time: an answer to settle, a track
// that could not be fetched. It is no failure of the worker.
type laterError struct {
	what  string
	after time.Duration
}

func (e *laterError) Error() string {
	return fmt.Sprintf("%s; again in %s", e.what, e.after.Round(time.Second))
}

func needsSignIn(err error) bool {
	return errors.Is(err, api.ErrSignedOut) || errors.Is(err, api.ErrExpired)
}

// speak takes hold of the conversation about the account. The release must be
// called.
func (s *Syncer) speak(ctx context.Context) (release func(), err error) {
	select {
	case s.personal <- struct{}{}:
		return func() { <-s.personal }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// greet asks who is signed in, once, and refuses to mix two accounts.
func (s *Syncer) greet(ctx context.Context) error {
	if s.greeted {
		return nil
	}
	_, err := s.readProfile(ctx)
	return err
}

// readProfile stores who is signed in, and their credits. The caller holds
// the conversation.
func (s *Syncer) readProfile(ctx context.Context) (api.Profile, error) {
	p, err := s.coop.Profile(ctx)
	if err != nil {
		return p, err
	}
	a, err := s.lib.Account()
	if err != nil {
		return p, err
	}
	if a.Known && (a.ID != p.ID || a.CoOp != s.coop.BaseURL()) {
		return p, ErrOtherAccount
	}
	if err := s.lib.PutAccount(account(p, s.coop.BaseURL())); err != nil {
		return p, err
	}
	s.greeted = true
	return p, nil
}
