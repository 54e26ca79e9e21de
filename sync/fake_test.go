package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
)

// fault is what goes wrong with one request.
type fault int

const (
	none      fault = iota
	offline         // it never leaves
	lostFirst       // the connection breaks before the server acts
	lostAfter       // the server acts and its answer is lost
	busy            // 429
	broken          // 500 before the server acts
	brokeLate       // 500 after it has acted
	webPage         // HTML, from something in between
	expired         // the token is not known any more
	faults          // how many there are
)

// fakeCoop is a co-op in memory. As the reference server it knows no keys,
// stores the ninth play without charging it and fails, and forgets that
// something was bought.
type fakeCoop struct {
	reference bool
	shy       bool                  // does not say that it knows keys
	versions  bool                  // names the state of its lists
	faultOf   func(op string) fault // nil: nothing goes wrong

	mu        stdsync.Mutex
	credits   credits.Milli
	plays     map[string]int
	keys      map[string]api.PlayResult
	acts      map[string]int // by key: how often a play or purchase took effect
	charged   credits.Milli
	favourite map[string]bool
	lists     []*api.Playlist
	made      int
	created   map[string]*api.Playlist // by key
	covered   map[string]bool          // by key
	releases  []api.Release
	ownRel    []api.Release
	history   []string
	media     map[string]*fakeMedia
	asked     []string // every request, by its name
	user      string
}

type fakeMedia struct {
	bytes   []byte
	etag    string
	ranges  bool
	preview bool
	noSize  bool
	cutAt   int64 // the connection breaks here; 0 is never
}

func newFake() *fakeCoop {
	return &fakeCoop{
		credits: 100_000, plays: map[string]int{}, keys: map[string]api.PlayResult{}, acts: map[string]int{},
		favourite: map[string]bool{}, media: map[string]*fakeMedia{}, user: "me", created: map[string]*api.Playlist{},
		covered: map[string]bool{},
	}
}

var errBroken = errors.New("the connection broke")

// before is the error of a request that fails before the server acts, and
// after the one of a request whose answer gets lost.
func (f *fakeCoop) fault(op string) (before, after error) {
	f.asked = append(f.asked, op)
	if f.faultOf == nil {
		return nil, nil
	}
	switch f.faultOf(op) {
	case offline:
		return &api.NetworkError{Err: errBroken}, nil
	case lostFirst:
		return &api.NetworkError{Err: errBroken, Sent: true}, nil
	case lostAfter:
		return nil, &api.NetworkError{Err: errBroken, Sent: true}
	case busy:
		return &api.RateLimitError{After: 7 * time.Second}, nil
	case broken:
		return &api.StatusError{Code: 500}, nil
	case brokeLate:
		return nil, &api.StatusError{Code: 500}
	case webPage:
		return api.ErrNotCoop, nil
	case expired:
		return api.ErrExpired, nil
	}
	return nil, nil
}

// do runs a request under its fault.
func do[T any](f *fakeCoop, op string, act func() (T, error)) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var zero T
	before, after := f.fault(op)
	if before != nil {
		return zero, before
	}
	v, err := act()
	if after != nil {
		return zero, after
	}
	return v, err
}

// charge is do for money: the api package calls every outcome unknown unless
// it knows better.
func (f *fakeCoop) charge(op, key string, act func() (api.PlayResult, error)) (api.PlayResult, error) {
	r, err := do(f, op, func() (api.PlayResult, error) {
		if r, ok := f.keys[key]; ok && !f.reference {
			return r, nil
		}
		f.acts[key]++
		r, err := act()
		if err == nil {
			f.keys[key] = r
		}
		return r, err
	})
	var network *api.NetworkError
	var limited *api.RateLimitError
	if err == nil || errors.Is(err, api.ErrExpired) || errors.As(err, &limited) || errors.As(err, &network) && !network.Sent {
		return r, err
	}
	return r, fmt.Errorf("%w: %w", api.ErrOutcomeUnknown, err)
}

func (f *fakeCoop) PlayAt(_ context.Context, id, key string, _ time.Time) (api.PlayResult, error) {
	return f.charge("play", key, func() (api.PlayResult, error) {
		f.history = append([]string{id}, f.history...)
		n := f.plays[id]
		cost := credits.Cost(n)
		r := api.PlayResult{TrackID: id, Count: n, Cost: cost, Total: f.credits}
		switch {
		case cost == 0:
		case f.credits < cost:
			r.Short = true
		case f.reference && n == 8:
			f.plays[id] = 9
			return r, &api.StatusError{Code: 404, Message: `invalid input value for enum: "play"`}
		default:
			f.plays[id]++
			f.credits -= cost
			f.charged += cost
			r.Count, r.Total, r.Charged = n+1, f.credits, true
		}
		return r, nil
	})
}

func (f *fakeCoop) Buy(_ context.Context, id, key string) (api.PlayResult, error) {
	return f.charge("buy", key, func() (api.PlayResult, error) {
		cost := credits.Remaining(f.plays[id])
		if f.credits < cost {
			return api.PlayResult{TrackID: id, Count: f.plays[id], Cost: cost, Total: f.credits, Short: true}, nil
		}
		f.credits -= cost
		f.charged += cost
		if !f.reference {
			f.plays[id] = 9
		}
		return api.PlayResult{TrackID: id, Count: 9, Cost: cost, Total: f.credits, Charged: cost > 0}, nil
	})
}

func (f *fakeCoop) KnowsKeys() bool { return !f.reference && !f.shy }

func (f *fakeCoop) BaseURL() string { return "https://coop.example" }

func (f *fakeCoop) Profile(context.Context) (api.Profile, error) {
	return do(f, "profile", func() (api.Profile, error) {
		return api.Profile{ID: f.user, Name: "Listener", Credits: f.credits}, nil
	})
}

func (f *fakeCoop) PlaysOf(_ context.Context, ids []string) (map[string]int, error) {
	return do(f, "plays", func() (map[string]int, error) {
		out := map[string]int{}
		for _, id := range ids {
			out[id] = f.plays[id]
		}
		return out, nil
	})
}

// all is a list as an iterator that fails as a whole, or at its end.
func all[T any](f *fakeCoop, op string, list func() []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := do(f, op, func() ([]T, error) { return list(), nil })
		for _, v := range items {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func tracksNamed(ids []string) []api.Track {
	var out []api.Track
	for _, id := range ids {
		out = append(out, api.Track{ID: id, Title: "Track " + id})
	}
	return out
}

func (f *fakeCoop) AllCollection(context.Context) iter.Seq2[api.Track, error] {
	return all(f, "collection", func() []api.Track {
		var ids []string
		for id, n := range f.plays {
			if n == 9 {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return tracksNamed(ids)
	})
}

func (f *fakeCoop) History(_ context.Context, o api.ListOptions) (api.Page[api.Track], error) {
	return do(f, "history page", func() (api.Page[api.Track], error) {
		return api.Page[api.Track]{Items: tracksNamed(f.history[:min(o.Limit, len(f.history))]), Total: len(f.history)}, nil
	})
}

func (f *fakeCoop) AllHistory(context.Context) iter.Seq2[api.Track, error] {
	return all(f, "history", func() []api.Track { return tracksNamed(f.history) })
}

func (f *fakeCoop) AllFavourites(context.Context) iter.Seq2[api.Track, error] {
	return all(f, "favourites", func() []api.Track {
		var ids []string
		for id, on := range f.favourite {
			if on {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return tracksNamed(ids)
	})
}

func (f *fakeCoop) SetFavourite(_ context.Context, id string, on bool) error {
	_, err := do(f, "favourite", func() (struct{}, error) {
		f.favourite[id] = on
		return struct{}{}, nil
	})
	return err
}

func (f *fakeCoop) AllOwnPlaylists(context.Context) iter.Seq2[api.Playlist, error] {
	return all(f, "own playlists", func() []api.Playlist {
		var out []api.Playlist
		for _, p := range f.lists {
			out = append(out, *p)
		}
		return out
	})
}

func (f *fakeCoop) AllPlaylists(context.Context) iter.Seq2[api.Playlist, error] {
	return all(f, "playlists", func() []api.Playlist { return nil })
}

var errNoList = &api.StatusError{Code: 404, Message: "Playlist not found"}

func (f *fakeCoop) list(id string) (*api.Playlist, error) {
	for _, p := range f.lists {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, errNoList
}

// listIf is the list if it is in the state that version names, at a server
// that looks at it.
func (f *fakeCoop) listIf(id, version string) (*api.Playlist, error) {
	p, err := f.list(id)
	if err == nil && !f.reference && version != versionOf(p) {
		return nil, api.ErrConflict
	}
	return p, err
}

func versionOf(p *api.Playlist) string {
	return fmt.Sprint(p.Title, p.About, p.Private, p.CoverURL, trackIDs(p.Items))
}

func (f *fakeCoop) OwnPlaylist(_ context.Context, id string) (api.Playlist, error) {
	return do(f, "own playlist", func() (api.Playlist, error) {
		p, err := f.list(id)
		if err != nil {
			return api.Playlist{}, err
		}
		out := *p
		out.Version = versionOf(p)
		return out, nil
	})
}

func (f *fakeCoop) Playlist(ctx context.Context, id string) (api.Playlist, error) {
	return f.OwnPlaylist(ctx, id)
}

func (f *fakeCoop) CreatePlaylist(ctx context.Context, e api.PlaylistEdit) (api.Playlist, error) {
	return do(f, "create", func() (api.Playlist, error) {
		key := api.Operation(ctx)
		if p, ok := f.created[key]; ok && !f.reference {
			return *p, nil
		}
		f.made++
		p := &api.Playlist{ID: fmt.Sprint("list-", f.made), Title: e.Title, About: e.About, Private: e.Private}
		f.lists, f.created[key] = append(f.lists, p), p
		return *p, nil
	})
}

func (f *fakeCoop) UpdatePlaylistIf(_ context.Context, id, version string, e api.PlaylistEdit) (api.Playlist, error) {
	return do(f, "update", func() (api.Playlist, error) {
		p, err := f.listIf(id, version)
		if err != nil {
			return api.Playlist{}, err
		}
		p.Title, p.About, p.Private = e.Title, e.About, e.Private
		return *p, nil
	})
}

func (f *fakeCoop) DeletePlaylistIf(_ context.Context, id, version string) error {
	_, err := do(f, "delete", func() (struct{}, error) {
		if _, err := f.listIf(id, version); err != nil {
			return struct{}{}, err
		}
		f.lists = slices.DeleteFunc(f.lists, func(p *api.Playlist) bool { return p.ID == id })
		return struct{}{}, nil
	})
	return err
}

// coverOf is the address that the co-op gives a picture.
func coverOf(picture string) string {
	return fmt.Sprintf("https://coop.example/%x.jpg", sha256.Sum256([]byte(picture)))
}

func (f *fakeCoop) SetPlaylistCoverIf(ctx context.Context, id, version string, picture []byte) (string, error) {
	return do(f, "cover", func() (string, error) {
		address := coverOf(string(picture))
		key := fmt.Sprint(api.Operation(ctx), version, address)
		if f.covered[key] && !f.reference {
			return address, nil
		}
		p, err := f.listIf(id, version)
		if err == nil {
			p.CoverURL, f.covered[key] = address, true
		}
		return address, err
	})
}

func items(ids []string) []api.PlaylistItem {
	out := []api.PlaylistItem{}
	for i, t := range tracksNamed(ids) {
		out = append(out, api.PlaylistItem{Index: i + 1, Track: t})
	}
	return out
}

// items are items of which those that were on the list before keep their id.
func (f *fakeCoop) items(before []api.PlaylistItem, ids []string) []api.PlaylistItem {
	out, free := items(ids), slices.Clone(before)
	for i := range out {
		at := slices.IndexFunc(free, func(it api.PlaylistItem) bool { return it.Track.ID == out[i].Track.ID })
		if at < 0 {
			f.made++
			out[i].ID = fmt.Sprint("item-", f.made)
			continue
		}
		out[i].ID = free[at].ID
		free = slices.Delete(free, at, at+1)
	}
	return out
}

func (f *fakeCoop) AddToPlaylist(_ context.Context, id string, ids ...string) ([]api.PlaylistItem, error) {
	return do(f, "add", func() ([]api.PlaylistItem, error) {
		p, err := f.list(id)
		if err != nil {
			return nil, err
		}
		p.Items = f.items(p.Items, append(trackIDs(p.Items), ids...))
		return p.Items, nil
	})
}

func (f *fakeCoop) ReorderPlaylistIf(_ context.Context, id, version string, ids []string) ([]api.PlaylistItem, error) {
	return do(f, "reorder", func() ([]api.PlaylistItem, error) {
		p, err := f.listIf(id, version)
		if err != nil {
			return nil, err
		}
		p.Items = f.items(p.Items, ids)
		return p.Items, nil
	})
}

func (f *fakeCoop) AllReleases(context.Context) iter.Seq2[api.Release, error] {
	return all(f, "releases", func() []api.Release {
		var out []api.Release
		for _, r := range f.releases {
			r.Tracks = nil
			out = append(out, r)
		}
		return out
	})
}

func (f *fakeCoop) Release(_ context.Context, id string) (api.Release, error) {
	return do(f, "release", func() (api.Release, error) {
		for _, r := range f.releases {
			if r.ID == id {
				return r, nil
			}
		}
		return api.Release{}, &api.StatusError{Code: 404, Message: "Release not found"}
	})
}

func (f *fakeCoop) OwnReleases(context.Context) ([]api.Release, error) {
	return do(f, "own releases", func() ([]api.Release, error) { return f.ownRel, nil })
}

func (f *fakeCoop) AllArtists(context.Context) iter.Seq2[api.Artist, error] {
	return all(f, "artists", func() []api.Artist { return []api.Artist{{ID: "artist", Name: "The Artist", About: "Plays."}} })
}

func (f *fakeCoop) Image(_ context.Context, address string) (io.ReadCloser, error) {
	return do(f, "image", func() (io.ReadCloser, error) {
		if !strings.HasSuffix(address, ".jpg") {
			return nil, api.ErrNotFound
		}
		return io.NopCloser(strings.NewReader("picture at " + address)), nil
	})
}

// cutReader breaks off after its bytes.
type cutReader struct{ io.Reader }

func (r cutReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (f *fakeCoop) Stream(_ context.Context, id string, want api.StreamRequest) (*api.Stream, error) {
	return do(f, "stream", func() (*api.Stream, error) {
		m := f.media[id]
		if m == nil {
			return nil, &api.StatusError{Code: 404, Message: "Track not found"}
		}
		from, size := int64(0), int64(len(m.bytes))
		if m.ranges && (want.ETag == "" || want.ETag == m.etag) {
			from = want.Offset
		}
		to := size
		if from == want.Offset && want.Length > 0 && m.ranges {
			to = min(size, from+want.Length)
		}
		var body io.Reader = bytes.NewReader(m.bytes[from:to])
		if m.cutAt > from {
			body = cutReader{bytes.NewReader(m.bytes[from:min(m.cutAt, to)])}
		}
		if m.noSize {
			size = -1
		}
		return &api.Stream{
			Body: io.NopCloser(body), Offset: from, Size: size, ETag: m.etag, Preview: m.preview, Ranged: m.ranges,
		}, nil
	})
}

// hashed is an ETag as coopd makes it.
func hashed(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func (f *fakeCoop) count(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, a := range f.asked {
		if a == op {
			n++
		}
	}
	return n
}

// total is how many requests were made.
func (f *fakeCoop) total() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

func (f *fakeCoop) set(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}
