package trial

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/conform"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/identity"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/credits"
)

// catalogue is the music that a person has to do with.
type catalogue struct {
	tracks []string
	free   map[string]bool
	sums   map[string][sha256.Size]byte // of the whole tracks; nil when not known
}

// The co-op of these tests: releases of a dozen tracks, most of some KiB, and
// a few that take long enough to be interrupted, some of which are real music
// that a co-op can cut into segments. All of it fits on the small disk.
const (
	ownReleases = 10
	perRelease  = 12
	freeEvery   = 11
	bigEvery    = 29
	bigSize     = 3 << 20
	realEvery   = 20
	smallSize   = 48 << 10
	wallet      = credits.Milli(1_000_000)

	listenerEmail    = "listener@example.coop"
	listenerPassword = "plays-it-nine-times"
)

// behind is how far the player's clock is behind at first: it goes on in leaps,
// and a co-op refuses plays of the future.
const behind = 48 * time.Hour

func idOf(kind string, i int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "https://trial.example/%s/%d", kind, i)).String()
}

// isMusic is whether a track is music, of the demo's.
func isMusic(i int) bool { return i%realEvery == realEvery-1 }

// realSound is the content of such a track.
func realSound(i int) ([]byte, error) {
	names, err := fs.Glob(demo.FS, "audio/*/0[12]-*.m4a")
	if err != nil {
		return nil, err
	}
	return demo.FS.ReadFile(names[i/realEvery%len(names)])
}

func sound(i int) ([]byte, error) {
	if isMusic(i) {
		return realSound(i)
	}
	size := 1 + i*977%smallSize
	if i%bigEvery == bigEvery-1 {
		size = bigSize + i
	}
	b := make([]byte, size)
	_, err := rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(b)
	return b, err
}

func soundPath(i int) string { return fmt.Sprintf("%d.m4a", i) }

// writeMedia fills the co-op's media folder.
func writeMedia(folder string) error {
	err := os.WriteFile(filepath.Join(folder, "cover.jpg"), []byte("a picture, as far as anybody looks"), 0o600)
	for i := range ownReleases * perRelease {
		b, soundErr := sound(i)
		err = errors.Join(err, soundErr, os.WriteFile(filepath.Join(folder, soundPath(i)), b, 0o600))
	}
	return err
}

// ownCatalogue is what there is. Of what comes in segments no sum is known; what
// they join to is held to the co-op's.
func ownCatalogue(t *testing.T, segments bool) catalogue {
	t.Helper()
	c := catalogue{free: map[string]bool{}, sums: map[string][sha256.Size]byte{}}
	for i := range ownReleases * perRelease {
		id := idOf("track", i)
		c.tracks = append(c.tracks, id)
		if !segments || !isMusic(i) {
			c.sums[id] = sha256.Sum256(value[[]byte](t)(sound(i)))
		}
		c.free[id] = i%freeEvery == freeEvery-1
	}
	return c
}

// seed fills the co-op when it is empty.
func seed(ctx context.Context, st *store.Store, lib *media.Library) error {
	return st.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.User(ctx, idOf("user", 0)); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		artist := store.Artist{ID: idOf("artist", 0), OwnerID: idOf("user", 1), TypeID: store.TypeArtist, DisplayName: "The Artist"}
		err := errors.Join(
			tx.PutUser(ctx, store.User{
				ID: idOf("user", 0), Email: listenerEmail, DisplayName: "Listener", RoleID: store.RoleUser,
				PasswordHash: identity.HashPassword(listenerPassword),
			}),
			tx.TopUp(ctx, idOf("user", 0), wallet),
			tx.PutUser(ctx, store.User{ID: idOf("user", 1), Email: "artist@example.coop", DisplayName: "Artist", RoleID: store.RoleArtist, PasswordHash: "none"}),
			tx.PutArtist(ctx, artist),
			tx.PutImage(ctx, idOf("cover", 0), map[int]string{120: "cover.jpg", 600: "cover.jpg", 1500: "cover.jpg"}),
		)
		if err != nil {
			return err
		}
		for r := range ownReleases {
			if err := seedRelease(ctx, tx, lib, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func seedRelease(ctx context.Context, tx *store.Tx, lib *media.Library, r int) error {
	err := tx.PutRelease(ctx, store.Release{
		ID: idOf("release", r), ArtistID: idOf("artist", 0), Title: fmt.Sprint("Release ", r), Type: "lp",
		ReleaseDate: "2025-01-01", Enabled: true, Cover: idOf("cover", 0),
	})
	if err != nil {
		return err
	}
	var items []store.NewItem
	for i := r * perRelease; i < (r+1)*perRelease; i++ {
		info, err := lib.Stat(soundPath(i))
		if err != nil {
			return err
		}
		b, err := sound(i)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		status := store.Paid
		if i%freeEvery == freeEvery-1 {
			status = store.Free
		}
		err = errors.Join(
			tx.PutFile(ctx, store.File{
				ID: idOf("file", i), Path: soundPath(i), Mime: "audio/mp4", Size: info.Size(),
				Modified: media.Time(info.ModTime()), SHA256: fmt.Sprintf("%x", sum),
			}),
			tx.PutTrack(ctx, store.Track{
				ID: idOf("track", i), ArtistID: idOf("artist", 0), Title: fmt.Sprint("Track ", i), Duration: 60, Status: status,
				FileID: idOf("file", i),
			}),
		)
		if err != nil {
			return err
		}
		items = append(items, store.NewItem{ID: idOf("item", i), TrackID: idOf("track", i)})
	}
	return tx.SetReleaseItems(ctx, idOf("release", r), items)
}

// furnish makes the data of a co-op of our own.
func furnish(ctx context.Context, data, folder string) error {
	if err := errors.Join(os.MkdirAll(folder, 0o700), writeMedia(folder)); err != nil {
		return err
	}
	s, err := server.New(ctx, server.Config{DataDir: data, Media: os.DirFS(folder), Seed: seed})
	if err != nil {
		return err
	}
	return s.Close()
}

// coop is the server under trial, and someone who is signed in there.
type coop struct {
	url   string // as it calls itself
	token string
	cat   catalogue
	who   conform.Account
	ours  *process // nil where the environment names the server
}

// startCoop is the server that the environment names, or a coopd of our own. Of
// those every second one has its music in segments only.
func startCoop(t *testing.T, done int) *coop {
	t.Helper()
	if target, ok := conform.FromEnv(); ok {
		c := &coop{url: target.Addr, who: target.Listener}
		c.signIn(t, auth.Config{Issuer: target.Addr, ClientID: target.ClientID, ClientSecret: target.ClientSecret, Redirect: target.Redirect})
		return c
	}
	segments := done/perWorld%2 == 1
	p := startProcess(t, segments)
	c := &coop{url: p.URL, cat: ownCatalogue(t, segments), who: conform.Account{Email: listenerEmail, Password: listenerPassword}, ours: p}
	c.signIn(t, auth.Config{Issuer: c.url, ClientID: "ninth"})
	return c
}

// signIn signs the listener in as a player does.
func (c *coop) signIn(t *testing.T, cfg auth.Config) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	cfg.HTTP = &http.Client{Transport: transport}
	provider := value[*auth.Provider](t)(auth.Discover(t.Context(), cfg))
	tokens := value[auth.Tokens](t)(provider.SignIn(t.Context(), auth.FormBrowser(cfg.HTTP, c.who.Email, c.who.Password), auth.SignInOptions{}))
	c.token = tokens.Access
}

// client is a client of the listener by way of an address, which may be that
// of a network in front of the co-op.
func client(address, token string, now func() time.Time) (c *api.Client, done func(), err error) {
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, MaxIdleConnsPerHost: 8}
	c, err = api.New(api.Config{
		BaseURL: address, HTTP: &http.Client{Transport: slow{transport}}, Now: now,
		Token: func(context.Context) (string, error) { return token, nil },
	})
	return c, transport.CloseIdleConnections, err
}

// audit kills the co-op, if it is ours, and checks its books.
func (c *coop) audit(t *testing.T) {
	t.Helper()
	if c.ours == nil {
		t.Log("not checked: the books of a server that is not ours; its credits and plays are")
		return
	}
	c.ours.Kill()
	st := value[*store.Store](t)(store.Open(t.Context(), c.ours.data, time.Now))
	defer func() { must(t, st.Close()) }()
	must(t, st.Audit(t.Context()))
}

// tempDir is a folder in memory where there is one: what counts here is where
// a process is killed, not how long a disk takes.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ninth-trial-") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// left are the files in a folder, relative to it.
func left(t *testing.T, folder string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		out = append(out, filepath.ToSlash(rel))
		return err
	}))
	return out
}
