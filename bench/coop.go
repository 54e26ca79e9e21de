package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/identity"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
)

// The size of the co-op that the library is measured with.
const (
	coopReleases  = 10_000
	coopPerOne    = 10 // tracks of a release
	coopArtists   = 2_000
	coopPlaylists = 500
	coopOnList    = 50 // tracks of a playlist
	coopOwned     = 8  // tracks that the listener owns: those that are downloaded
	coopAudio     = 48 << 20

	coopListener = "listener@example.coop"
	coopPassword = "plays-it-nine-times"
)

func coopID(kind string, i int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "https://bench.example/%s/%d", kind, i)).String()
}

// titles makes titles of a vocabulary like a real one: few words are in many
// titles, many in few.
type titles struct{ *rand.Rand }

func (t titles) title(n int) string {
	words := make([]string, n)
	for i := range words {
		x := t.Float64()
		words[i] = coopWord(int(x * x * x * 20_000))
	}
	return strings.Join(words, " ")
}

// coopWord is the nth word of a made-up language.
func coopWord(n int) string {
	syllables := []string{"ka", "lo", "mi", "ré", "su", "ta", "ven", "or", "el", "ga", "zu", "bri", "ño", "shi", "um", "qua"}
	var b strings.Builder
	for n++; n > 0; n /= len(syllables) {
		b.WriteString(syllables[n%len(syllables)])
	}
	return b.String()
}

// serveCoop is a co-op of that size in a process of its own, with its data in a
// folder. It prints its address when it is ready, and ends with its standard
// input.
func serveCoop(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("coop takes a folder")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, os.Stdin) // it only ever ends
	}()
	files := filepath.Join(args[0], "media")
	if err := makeAudio(files); err != nil {
		return err
	}
	s, err := server.New(ctx, server.Config{DataDir: filepath.Join(args[0], "data"), Media: os.DirFS(files), Seed: seedCoop})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	fmt.Printf("http://%s\n", l.Addr())
	return errors.Join(s.Serve(ctx, l), s.Close())
}

func audioPath(i int) string { return fmt.Sprintf("%d.m4a", i) }

func makeAudio(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for i := range coopOwned {
		name := filepath.Join(folder, audioPath(i))
		if _, err := os.Stat(name); err == nil {
			continue
		}
		b := make([]byte, coopAudio)
		_, _ = rand.NewChaCha8([32]byte{byte(i)}).Read(b) // never fails
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// seedCoop fills the co-op when it is empty.
func seedCoop(ctx context.Context, st *store.Store, lib *media.Library) error {
	return st.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.User(ctx, coopID("user", 0)); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		err := errors.Join(
			tx.PutUser(ctx, store.User{
				ID: coopID("user", 0), Email: coopListener, DisplayName: "Listener", RoleID: store.RoleUser,
				PasswordHash: identity.HashPassword(coopPassword),
			}),
			tx.TopUp(ctx, coopID("user", 0), 1_000_000),
			tx.PutUser(ctx, store.User{ID: coopID("user", 1), Email: "artist@example.coop", DisplayName: "Artist", RoleID: store.RoleArtist, PasswordHash: "none"}),
		)
		s := coopSeeder{tx, titles{rand.New(rand.NewPCG(1, 2))}}
		for i := 0; i < coopArtists && err == nil; i++ {
			err = tx.PutArtist(ctx, store.Artist{
				ID: coopID("artist", i), OwnerID: coopID("user", 1), TypeID: store.TypeArtist, DisplayName: "Artist " + coopWord(i),
			})
		}
		for i := 0; i < coopOwned && err == nil; i++ {
			err = s.file(ctx, lib, i)
		}
		for i := 0; i < coopReleases && err == nil; i++ {
			err = s.release(ctx, i)
		}
		for i := 0; i < coopPlaylists && err == nil; i++ {
			err = s.playlist(ctx, i)
		}
		for i := 0; i < coopOwned && err == nil; i++ {
			err = s.own(ctx, i)
		}
		return err
	})
}

type coopSeeder struct {
	tx *store.Tx
	titles
}

func (s coopSeeder) file(ctx context.Context, lib *media.Library, i int) error {
	info, err := lib.Stat(audioPath(i))
	if err != nil {
		return err
	}
	sum, err := lib.Hash(audioPath(i))
	if err != nil {
		return err
	}
	return s.tx.PutFile(ctx, store.File{
		ID: coopID("file", i), Path: audioPath(i), Mime: "audio/mp4", Size: info.Size(), Modified: media.Time(info.ModTime()), SHA256: sum,
	})
}

func (s coopSeeder) release(ctx context.Context, i int) error {
	artist := coopID("artist", s.IntN(coopArtists))
	err := s.tx.PutRelease(ctx, store.Release{
		ID: coopID("release", i), ArtistID: artist, Title: s.title(2), Type: "lp", Enabled: true, Tags: []string{s.title(1)},
		ReleaseDate: fmt.Sprintf("%d-%02d-%02d", 1990+s.IntN(36), 1+s.IntN(12), 1+s.IntN(28)),
	})
	var items []store.NewItem
	for j := i * coopPerOne; j < (i+1)*coopPerOne && err == nil; j++ {
		t := store.Track{ID: coopID("track", j), ArtistID: artist, Title: s.title(3), Duration: 200, Status: store.Paid}
		if j < coopOwned {
			t.FileID = coopID("file", j)
		}
		err = s.tx.PutTrack(ctx, t)
		items = append(items, store.NewItem{ID: coopID("item", j), TrackID: t.ID})
	}
	return errors.Join(err, s.tx.SetReleaseItems(ctx, coopID("release", i), items))
}

// playlist makes the listener's playlists.
func (s coopSeeder) playlist(ctx context.Context, i int) error {
	p := store.Playlist{ID: coopID("playlist", i), UserID: coopID("user", 0), Title: s.title(2), Private: true}
	var items []store.NewItem
	for j := range coopOnList {
		items = append(items, store.NewItem{
			ID: coopID("entry", i*coopOnList+j), TrackID: coopID("track", s.IntN(coopReleases*coopPerOne)),
		})
	}
	return errors.Join(s.tx.PutPlaylist(ctx, p), s.tx.SetPlaylistItems(ctx, p.ID, items))
}

func (s coopSeeder) own(ctx context.Context, i int) error {
	t, err := s.tx.Track(ctx, coopID("track", i))
	if err != nil {
		return err
	}
	_, err = s.tx.Buy(ctx, coopID("user", 0), t)
	return err
}

// bigCoop is serveCoop in its process, and someone who is signed in there.
type bigCoop struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	address string
	token   string
}

func startCoop(ctx context.Context, self, folder string) (*bigCoop, error) {
	c := &bigCoop{cmd: exec.CommandContext(ctx, self, "coop", folder)}
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.stdin = in
	line, err := bufio.NewReader(out).ReadString('\n')
	c.address = strings.TrimSpace(line)
	if err == nil {
		err = c.signIn(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the co-op: %w", err), c.close())
	}
	return c, nil
}

// signIn signs the listener in as a player does.
func (c *bigCoop) signIn(ctx context.Context) error {
	provider, err := auth.Discover(ctx, auth.Config{Issuer: c.address, ClientID: "ninth", HTTP: http.DefaultClient})
	if err != nil {
		return err
	}
	tokens, err := provider.SignIn(ctx, auth.FormBrowser(http.DefaultClient, coopListener, coopPassword), auth.SignInOptions{})
	c.token = tokens.Access
	return err
}

func (c *bigCoop) close() error { return errors.Join(c.stdin.Close(), c.cmd.Wait()) }

// sumOf is the SHA-256 of a file.
func sumOf(name string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), errors.Join(err, f.Close())
}
