package trial

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func value[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// leap is a clock that also goes on when it is told to.
type leap struct {
	mu stdsync.Mutex
	by time.Duration
}

func (l *leap) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.by)
}

func (l *leap) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by += d
}

// slowFrom is how long a body is, in bytes, that arrives slowly.
const slowFrom = 512 << 10

// slow lets bodies arrive slowly enough for something to happen meanwhile.
type slow struct{ *http.Transport }

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.Transport.RoundTrip(r)
	if err == nil && resp.ContentLength > slowFrom {
		resp.Body = slowBody{resp.Body}
	}
	return resp, err
}

type slowBody struct{ io.ReadCloser }

func (b slowBody) Read(p []byte) (int, error) {
	time.Sleep(300 * time.Microsecond)
	return b.ReadCloser.Read(p)
}

// device is the library of a player and what keeps it in step.
type device struct {
	*library.Library
	sync *sync.Syncer
	coop *api.Client
	done func()
}

// openDevice opens the library in a folder as a player does at its start.
func openDevice(ctx context.Context, folder, address, token string, now func() time.Time) (*device, error) {
	l, err := library.Open(folder, library.Options{Now: now, Timeout: 10 * time.Second})
	if err != nil {
		return nil, err
	}
	if err := l.Sweep(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	c, done, err := client(address, token, now)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s := sync.New(sync.Config{Library: l, CoOp: c, Now: now})
	return &device{Library: l, sync: s, coop: c, done: done}, nil
}

func (d *device) close() error {
	d.done()
	return d.Library.Close()
}

// do does one thing. errRefused is the library's word that it did not happen.
func (d *device) do(a action, now time.Time) error {
	switch a.Do {
	case "play":
		_, err := d.Play(a.Track, now, time.Minute)
		return err
	case "buy":
		tr, err := d.Track(a.Track)
		if err != nil {
			return err
		}
		_, err = d.Buy(a.Track, tr.ToOwn())
		return err
	case "star":
		return d.SetFavourite(a.Track, a.On)
	case "pin":
		return d.Pin(a.Track, a.On)
	case "forget":
		return d.forget(a.Track)
	case "waveform":
		return d.SaveMeasured(a.Track, library.Measured{Peaks: make([]byte, a.To)})
	case "create":
		_, err := d.CreatePlaylist(a.Title, a.List, true)
		return err
	}
	p, err := d.list(a.List)
	if err != nil {
		return err
	}
	switch a.Do {
	case "rename":
		return d.UpdatePlaylist(p.ID, a.Title, p.About, true)
	case "add":
		return d.AddToPlaylist(p.ID, a.Tracks...)
	case "remove":
		return d.RemoveFromPlaylist(p.ID, p.Items[a.From].ID)
	case "move":
		return d.MovePlaylistItem(p.ID, p.Items[a.From].ID, a.To)
	case "delete":
		return d.DeletePlaylist(p.ID)
	}
	return fmt.Errorf("nobody knows how to %s", a.Do)
}

// forget removes the bytes of a track, unless they are arriving.
func (d *device) forget(track string) error {
	release, ok := d.Claim(track)
	if !ok {
		return nil
	}
	defer release()
	return d.Library.Forget(track)
}

// list finds a playlist of the trial by its text.
func (d *device) list(about string) (library.Playlist, error) {
	all, err := d.Playlists(0, 1000)
	if err != nil {
		return library.Playlist{}, err
	}
	for _, p := range all.Items {
		if p.Own && p.About == about {
			return d.Playlist(p.ID)
		}
	}
	return library.Playlist{}, fmt.Errorf("playlist %s: %w", about, library.ErrNotFound)
}

// shown is what the library shows of the trial's tracks and playlists.
func (d *device) shown(cat catalogue, run string) (state, error) {
	s := state{Paid: map[string]int{}, Heard: map[string]int{}, Starred: map[string]bool{}, Lists: map[string]list{}}
	for _, id := range cat.tracks {
		tr, err := d.Track(id)
		if err != nil {
			return s, err
		}
		if s.Paid[id] = tr.Plays; tr.Owned {
			s.Paid[id] = credits.PlaysToOwn
		}
		if tr.Favourite {
			s.Starred[id] = true
		}
	}
	history, err := d.History(0, 1<<20)
	if err != nil {
		return s, err
	}
	for _, e := range history.Items {
		if slices.Contains(cat.tracks, e.Track.ID) {
			s.Heard[e.Track.ID]++
		}
	}
	all, err := d.Playlists(0, 1000)
	if err != nil {
		return s, err
	}
	for _, p := range all.Items {
		if !p.Own || !strings.HasPrefix(p.About, run) {
			continue
		}
		full, err := d.Playlist(p.ID)
		if err != nil {
			return s, err
		}
		l := list{Title: full.Title}
		for _, it := range full.Items {
			l.Items = append(l.Items, it.Track.ID)
		}
		if _, twice := s.Lists[p.About]; twice {
			return s, fmt.Errorf("playlist %s is there twice", p.About)
		}
		s.Lists[p.About] = l
	}
	a, err := d.Account()
	s.Credits = a.Credits
	return s, err
}

// there is what the co-op has, asked anew.
func there(ctx context.Context, c *api.Client, cat catalogue, run string) (state, error) {
	s := state{Heard: map[string]int{}, Starred: map[string]bool{}, Lists: map[string]list{}}
	p, err := c.Profile(ctx)
	if err != nil {
		return s, err
	}
	s.Credits = p.Credits
	if s.Paid, err = c.PlaysOf(ctx, cat.tracks); err != nil {
		return s, err
	}
	starred, err := c.FavouritesOf(ctx, cat.tracks)
	if err != nil {
		return s, err
	}
	maps.DeleteFunc(starred, func(_ string, on bool) bool { return !on })
	s.Starred = starred
	for tr, err := range c.AllHistory(ctx) {
		if err != nil {
			return s, err
		}
		if slices.Contains(cat.tracks, tr.ID) {
			s.Heard[tr.ID]++
		}
	}
	for p, err := range c.AllOwnPlaylists(ctx) {
		if err != nil {
			return s, err
		}
		if !strings.HasPrefix(p.About, run) {
			continue
		}
		full, err := c.OwnPlaylist(ctx, p.ID)
		if err != nil {
			return s, err
		}
		l := list{Title: full.Title}
		for _, it := range full.Items {
			l.Items = append(l.Items, it.Track.ID)
		}
		if _, twice := s.Lists[p.About]; twice {
			return s, fmt.Errorf("playlist %s is there twice", p.About)
		}
		s.Lists[p.About] = l
	}
	return s, nil
}

// checkFiles reads every file that is called whole, and tells how many there
// are and of how many it is not known beforehand what is in them.
func (d *device) checkFiles(t *testing.T, cat catalogue) (whole, unknown int) {
	t.Helper()
	for _, f := range value[library.Page[library.File]](t)(d.Files(0, 1<<20)).Items {
		if !f.Complete {
			continue
		}
		whole++
		raw, err := os.ReadFile(d.Full(f.Path))
		sum := sha256.Sum256(raw)
		want, known := cat.sums[f.TrackID]
		if !known {
			unknown++
		}
		if err != nil || int64(len(raw)) != f.Size || !slices.Equal(sum[:], f.SHA256) || known && sum != want {
			t.Errorf("%s is called whole: %d of %d bytes, %v", f.Path, len(raw), f.Size, err)
		}
	}
	return whole, unknown
}

// checkFolder finds what should not be there once everything is done: any file
// but the database, its backups, whole tracks, covers, and the beginnings of
// tracks that were wanted and are not any more, which the rolling cache keeps.
func (d *device) checkFolder(t *testing.T) {
	t.Helper()
	named := map[string]bool{"ninth.db": true}
	wanted := map[string]bool{}
	for _, w := range value[[]library.Wanted](t)(d.Wanted()) {
		wanted[w.TrackID] = true
	}
	for _, stored := range value[library.Page[library.Stored]](t)(d.Stored(0, 1<<20)).Items {
		if f := value[library.File](t)(d.File(stored.Track.ID)); f.Complete || !wanted[f.TrackID] {
			named[f.Path] = true
		}
	}
	for _, file := range left(t, d.Folder()) {
		cover := strings.HasPrefix(file, "covers/") && !strings.Contains(file, ".")
		if !named[file] && !cover && !strings.HasSuffix(file, ".bak") {
			t.Errorf("left behind: %s", file)
		}
	}
}
