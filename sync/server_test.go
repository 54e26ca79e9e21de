package sync_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

var _ sync.CoOp = (*api.Client)(nil)

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

// coop is the demo co-op behind a network that can lose answers.
type coop struct {
	url  string
	http *http.Client
	net  *network
}

// network is a transport that loses the answers to some requests after the
// server has acted, or is down.
type network struct {
	http.RoundTripper
	mu   stdsync.Mutex
	lose func(*http.Request) bool
	down bool
}

var errLost = errors.New("the connection broke")

func (n *network) set(fn func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fn()
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	down, lose := n.down, n.lose != nil && n.lose(r)
	n.mu.Unlock()
	if down {
		return nil, errLost
	}
	resp, err := n.RoundTripper.RoundTrip(r)
	if err != nil || !lose {
		return resp, err
	}
	_, _ = io.Copy(io.Discard, resp.Body) // the server has done it by then
	_ = resp.Body.Close()
	return nil, errLost
}

func startCoop(t *testing.T, change ...func(*server.Config)) *coop {
	t.Helper()
	cfg := value[server.Config](t)(demo.Config(t.TempDir()))
	for _, fn := range change {
		fn(&cfg)
	}
	s := value[*server.Server](t)(server.New(t.Context(), cfg))
	ts := httptest.NewServer(s.Handler())
	c := &coop{url: ts.URL, net: &network{RoundTripper: ts.Client().Transport}}
	c.http = &http.Client{Transport: c.net}
	t.Cleanup(func() {
		ts.Close()
		must(t, s.Close())
	})
	return c
}

// client is a client of someone who has signed in as one does.
func (c *coop) client(t *testing.T, p demo.Person) *api.Client {
	t.Helper()
	provider := value[*auth.Provider](t)(auth.Discover(t.Context(), auth.Config{Issuer: c.url, ClientID: demo.ClientID, HTTP: c.http}))
	tokens := value[auth.Tokens](t)(provider.SignIn(t.Context(), auth.FormBrowser(c.http, p.Email, p.Password), auth.SignInOptions{}))
	client := value[*api.Client](t)(api.New(api.Config{
		BaseURL: c.url, HTTP: c.http, Token: func(context.Context) (string, error) { return tokens.Access, nil },
	}))
	t.Cleanup(client.Close)
	return client
}

// device is one installation of the player.
type device struct {
	*library.Library
	sync *sync.Syncer
	coop *api.Client
	skew time.Duration // of its clock: how a test lets time pass
}

func (c *coop) device(t *testing.T, p demo.Person) *device {
	t.Helper()
	d := &device{coop: c.client(t, p)}
	now := func() time.Time { return time.Now().Add(d.skew) }
	d.Library = value[*library.Library](t)(library.Open(t.TempDir(), library.Options{Now: now, Volatile: true}))
	d.sync = sync.New(sync.Config{Library: d.Library, CoOp: d.coop, Now: now})
	t.Cleanup(func() { must(t, d.Close()) })
	return d
}

func (d *device) refresh(t *testing.T) sync.Report {
	t.Helper()
	r := value[sync.Report](t)(d.sync.Refresh(t.Context()))
	must(t, r.Unsent)
	return r
}

// paid is a track that the listener has paid for n times and can go on with.
func (d *device) paid(t *testing.T, n int) library.Track {
	t.Helper()
	for _, r := range value[library.Page[library.Release]](t)(d.Releases(library.ByTitle, 0, 100)).Items {
		for _, tr := range value[library.Release](t)(d.Release(r.ID)).Tracks {
			if tr.Plays == n && !tr.Owned && !tr.Own && tr.Status == library.Paid {
				return tr
			}
		}
	}
	t.Fatalf("the demo has no track with %d plays", n)
	return library.Track{}
}

func TestWithTheServer(t *testing.T) {
	c := startCoop(t)
	t.Run("offline and back, with two devices", func(t *testing.T) { offlineAndBack(t, c) })
	t.Run("answers get lost", func(t *testing.T) { answersGetLost(t, c) })
	t.Run("too few credits", func(t *testing.T) { tooFewCredits(t, c) })
	t.Run("drafts", func(t *testing.T) { drafts(t, c) })
}

func offlineAndBack(t *testing.T, c *coop) {
	d := c.device(t, demo.Mara())
	r := d.refresh(t)
	if r.Releases < 2 || r.Owned < 1 {
		t.Fatalf("report %+v", r)
	}
	a := value[library.Account](t)(d.Account())
	if a.Name != "Mara" || a.Credits != demo.Mara().Credits || !a.Known {
		t.Errorf("account %+v", a)
	}

	// Everything owned comes, and is what the server has.
	must(t, d.sync.DownloadOwned(t.Context()))
	owned := value[library.Page[library.Track]](t)(d.Collection(0, 100))
	for _, tr := range owned.Items {
		f := value[library.File](t)(d.File(tr.ID))
		raw := value[[]byte](t)(os.ReadFile(d.Full(f.Path)))
		sum := sha256.Sum256(raw)
		if !f.Complete || tr.Offline != library.Pinned && tr.Title == "" || f.ETag != fmt.Sprintf(`"%x"`, sum) {
			t.Errorf("%s: whole %v, tag %s, bytes %x", tr.Title, f.Complete, f.ETag, sum)
		}
	}
	for _, address := range value[[]string](t)(d.WantedCovers(100)) {
		if address != owned.Items[0].Cover { // one will do: the server draws each size when it is first asked
			must(t, d.DropCover(address))
		}
	}
	must(t, d.sync.FetchCovers(t.Context()))
	if _, ok, err := d.Cover(owned.Items[0].Cover); !ok || err != nil {
		t.Errorf("no cover at %q: %v", owned.Items[0].Cover, err)
	}

	// Offline: plays, a favourite and a playlist wait; nothing is lost.
	c.net.set(func() { c.net.down = true })
	nearly, zero := value[library.Page[library.Track]](t)(d.NearlyOwned(5, 0, 1)).Items[0], d.paid(t, 0)
	for range credits.PlaysToOwn - nearly.Plays {
		_ = value[library.Intent](t)(d.Play(nearly.ID, time.Now(), time.Minute))
	}
	_ = value[library.Intent](t)(d.Play(zero.ID, time.Now(), time.Minute))
	must(t, d.SetFavourite(zero.ID, true))
	p := value[library.Playlist](t)(d.CreatePlaylist("Made offline", "in a tunnel", true))
	must(t, d.AddToPlaylist(p.ID, nearly.ID, zero.ID, nearly.ID))
	if err := d.sync.SendOutbox(t.Context()); err == nil {
		t.Error("sent without a network")
	}
	if st := d.sync.Status(); st.Online || st.OfflineSince.IsZero() {
		t.Errorf("status %+v", st)
	}
	c.net.set(func() { c.net.down = false })
	must(t, d.sync.SendOutbox(t.Context()))
	want := demo.Mara().Credits - nearly.ToOwn() - credits.Cost(0)
	there := value[api.Profile](t)(d.coop.Profile(t.Context()))
	if here := value[library.Account](t)(d.Account()); there.Credits != want || here.Credits != want {
		t.Errorf("credits here %s, there %s, want %s", here.Credits, there.Credits, want)
	}

	// A second installation sees all of it.
	other := c.device(t, demo.Mara())
	other.refresh(t)
	if tr := value[library.Track](t)(other.Track(nearly.ID)); !tr.Owned {
		t.Errorf("on the other device: %+v", tr)
	}
	if tr := value[library.Track](t)(other.Track(zero.ID)); !tr.Favourite || tr.Plays != 1 {
		t.Errorf("on the other device: %+v", tr)
	}
	named := value[library.Playlist](t)(d.Playlist(p.ID))
	copied := value[library.Playlist](t)(other.Playlist(named.ID))
	if copied.Title != "Made offline" || copied.Count != 3 || copied.Items[2].Track.ID != nearly.ID {
		t.Errorf("on the other device: %+v", copied)
	}

	// Both edit it, and nothing that was added is lost.
	must(t, d.MovePlaylistItem(named.ID, named.Items[0].ID, 2))
	must(t, other.AddToPlaylist(copied.ID, zero.ID))
	must(t, other.sync.SendOutbox(t.Context()))
	must(t, d.sync.SendOutbox(t.Context()))
	other.refresh(t)
	one, two := value[library.Playlist](t)(d.Playlist(named.ID)), value[library.Playlist](t)(other.Playlist(copied.ID))
	if one.Count != 4 || fmt.Sprint(order(one)) != fmt.Sprint(order(two)) || one.Items[0].Track.ID != zero.ID {
		t.Errorf("here %v, there %v", order(one), order(two))
	}
}

func order(p library.Playlist) []string {
	var out []string
	for _, it := range p.Items {
		out = append(out, it.Track.ID)
	}
	return out
}

// answersGetLost loses every first answer to what changes something, after
// the server has acted.
func answersGetLost(t *testing.T, c *coop) {
	d := c.device(t, demo.Mara())
	d.refresh(t)
	before := value[library.Account](t)(d.Account()).Credits
	four, bought := d.paid(t, 4), d.paid(t, 0)
	lost := map[string]bool{}
	c.net.set(func() {
		c.net.lose = func(r *http.Request) bool {
			key := r.Method + r.URL.Path
			if r.Method == http.MethodGet || lost[key] || !strings.HasPrefix(r.URL.Path, "/api/") {
				return false
			}
			lost[key] = true
			return true
		}
	})
	_ = value[library.Intent](t)(d.Play(four.ID, time.Now(), time.Minute))
	_ = value[library.Intent](t)(d.Play(four.ID, time.Now(), time.Minute))
	_ = value[library.Intent](t)(d.Buy(bought.ID, bought.ToOwn()))
	must(t, d.SetFavourite(four.ID, !four.Favourite))
	p := value[library.Playlist](t)(d.CreatePlaylist("Once", "", true))
	must(t, d.AddToPlaylist(p.ID, four.ID, bought.ID))
	for range 12 {
		if d.sync.SendOutbox(t.Context()) == nil {
			break
		}
		d.skew += sync.SettleAfter
	}
	if out := value[[]library.Intent](t)(d.Outbox()); len(out) != 0 {
		t.Fatalf("left: %+v", out)
	}
	if len(lost) < 5 {
		t.Fatalf("only these were lost: %v", lost)
	}
	want := before - credits.Cost(4) - credits.Cost(5) - bought.ToOwn()
	there := value[api.Profile](t)(d.coop.Profile(t.Context()))
	if here := value[library.Account](t)(d.Account()); there.Credits != want || here.Credits != want {
		t.Errorf("credits here %s, there %s, want %s", here.Credits, there.Credits, want)
	}
	plays := value[map[string]int](t)(d.coop.PlaysOf(t.Context(), []string{four.ID, bought.ID}))
	if plays[four.ID] != 6 || plays[bought.ID] != 9 {
		t.Errorf("plays there: %v", plays)
	}
	lists := 0
	for l, err := range d.coop.AllOwnPlaylists(t.Context()) {
		must(t, err)
		if l.Title == "Once" {
			lists++
		}
	}
	if full := value[api.Playlist](t)(d.coop.OwnPlaylist(t.Context(), value[library.Playlist](t)(d.Playlist(p.ID)).ID)); lists != 1 || len(full.Items) != 2 {
		t.Errorf("%d playlists, %d items", lists, len(full.Items))
	}
	if on := value[map[string]bool](t)(d.coop.FavouritesOf(t.Context(), []string{four.ID})); on[four.ID] == four.Favourite {
		t.Error("the favourite did not change there")
	}
}

func tooFewCredits(t *testing.T, c *coop) {
	tom := c.device(t, demo.Tom())
	tom.refresh(t)
	one := tom.paid(t, 0)
	for range 4 { // 2, 4, then 8 of the 4 that are left
		_ = value[library.Intent](t)(tom.Play(one.ID, time.Now(), time.Minute))
		must(t, tom.sync.SendOutbox(t.Context()))
	}
	here, there := value[library.Account](t)(tom.Account()), value[api.Profile](t)(tom.coop.Profile(t.Context()))
	tr := value[library.Track](t)(tom.Track(one.ID))
	if here.Credits != 4 || there.Credits != 4 || tr.Plays != 2 {
		t.Errorf("credits here %s, there %s, plays %d", here.Credits, there.Credits, tr.Plays)
	}
	if spent := value[credits.Milli](t)(tom.SpentThisMonth()); spent != 6 {
		t.Errorf("spent %s", spent)
	}
	must(t, tom.Pin(one.ID, true))
	if err := tom.sync.DownloadOwned(t.Context()); !errors.Is(err, sync.ErrPreview) {
		t.Errorf("a track that the credits do not cover: %v", err)
	}
}

func drafts(t *testing.T, c *coop) {
	ines := c.device(t, demo.Ines())
	r := ines.refresh(t)
	unheard := 0
	for _, rel := range value[library.Page[library.Release]](t)(ines.OwnReleases(0, 50)).Items {
		full := value[library.Release](t)(ines.Release(rel.ID))
		if rel.Draft {
			unheard++
		}
		if len(full.Tracks) == 0 || !full.Tracks[0].Own || full.Tracks[0].Price() != 0 {
			t.Errorf("own release %+v", full)
		}
	}
	if r.Own < 2 || unheard != 2 {
		t.Errorf("%d own releases, %d drafts", r.Own, unheard)
	}
}
