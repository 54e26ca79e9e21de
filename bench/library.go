package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// benchLibrary measures a library of 100,000 tracks: its first refresh from a
// co-op on loopback, one that brings nothing, and then, in a process of its
// own and after years of use, opening it, lists, and a search at each key that
// is typed.
func benchLibrary(ctx context.Context, b *bench) (err error) {
	folder := b.files.dir
	coop, err := startCoop(ctx, b.self, filepath.Join(folder, "coop"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, coop.close()) }()
	lib := filepath.Join(folder, "library")
	if err := os.RemoveAll(lib); err != nil {
		return err
	}
	heading := fmt.Sprintf("Library: %d tracks, %d releases, %d playlists", coopReleases*coopPerOne, coopReleases, coopPlaylists)
	b.out.begin(heading, "what", "measured", "to reach")
	if err := b.measured(ctx, []string{"library-refresh", lib, coop.address, coop.token}); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, b.self, "library-live", lib).CombinedOutput(); err != nil {
		return fmt.Errorf("library-live: %w: %s", err, out)
	}
	if err := b.measured(ctx, []string{"library-read", lib}); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(lib, "ninth.db"))
	if err != nil {
		return err
	}
	b.out.row("file", megabytes(info.Size()), "")
	return b.out.end()
}

// measured runs a part of this program, which prints rows, and adds what it
// used of the processors, without which the times of a busy machine say little,
// and the most memory that it held.
func (b *bench) measured(ctx context.Context, part []string) error {
	cmd := exec.CommandContext(ctx, b.self, part...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	c, err := spent(cmd)
	if err != nil {
		return fmt.Errorf("%s: %w", part[0], err)
	}
	for line := range strings.Lines(out.String()) {
		b.out.row(strings.Split(strings.TrimSpace(line), "\t")...)
	}
	b.out.row("processor of that", fmt.Sprintf("%.1f s", c.cpu.Seconds()), "")
	b.out.row("memory of that", megabytes(c.memory), "≤ 150 MB")
	return nil
}

func row(cells ...string) { fmt.Println(strings.Join(cells, "\t")) }

// refreshLibrary fills a library from a co-op, and refreshes it again.
func refreshLibrary(ctx context.Context, args []string) (err error) {
	app.SaveMemory()
	if len(args) != 3 {
		return errors.New("library-refresh takes a folder, an address and a token")
	}
	lib, err := library.Open(args[0], library.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lib.Close()) }()
	s, client, err := syncerOf(lib, args[1], args[2])
	if err != nil {
		return err
	}
	defer client.Close()
	for _, pass := range []struct{ what, reach string }{{"first refresh", "≤ 60 s"}, {"refresh without news", "≤ 1 s"}, {"and another", "≤ 1 s"}} {
		began := time.Now()
		r, err := s.Refresh(ctx)
		took := time.Since(began)
		if err != nil {
			return err
		}
		if r.Releases != coopReleases || r.Playlists != coopPlaylists {
			return fmt.Errorf("%d releases and %d playlists came", r.Releases, r.Playlists)
		}
		if err := allThere(lib); err != nil {
			return err
		}
		row(pass.what, fmt.Sprintf("%.2f s", took.Seconds()), pass.reach)
	}
	return nil
}

// allThere fails when the library does not have the whole catalogue: the last
// track of each release, and the last playlist.
func allThere(lib *library.Library) error {
	for i := range coopReleases {
		if _, err := lib.Track(coopID("track", i*coopPerOne+coopPerOne-1)); err != nil {
			return err
		}
	}
	p, err := lib.Playlist(coopID("playlist", coopPlaylists-1))
	if err == nil && p.Count != coopOnList {
		err = fmt.Errorf("a playlist has %d tracks", p.Count)
	}
	return err
}

func syncerOf(lib *library.Library, address, token string) (*sync.Syncer, *api.Client, error) {
	client, err := api.New(api.Config{BaseURL: address, Token: func(context.Context) (string, error) { return token, nil }})
	if err != nil {
		return nil, nil, err
	}
	return sync.New(sync.Config{Library: lib, CoOp: client}), client, nil
}

// readLibrary opens a library and reads it as a person does.
func readLibrary(_ context.Context, args []string) (err error) {
	app.SaveMemory()
	if len(args) != 1 {
		return errors.New("library-read takes a folder")
	}
	var opened []time.Duration
	for range 9 {
		began := time.Now()
		lib, err := library.Open(args[0], library.Options{})
		if err != nil {
			return err
		}
		_, err = lib.Releases(library.Newest, 0, 50)
		opened = append(opened, time.Since(began))
		if err = errors.Join(err, lib.Close()); err != nil {
			return err
		}
	}
	row("open, and the first page", figures(opened), "≤ 150 ms")
	lib, err := library.Open(args[0], library.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lib.Close()) }()
	if err := typeSearches(lib); err != nil {
		return err
	}
	return readPages(lib)
}

// times measures each of several things as often, and gives the median of each:
// what another process had the core for is no part of it.
func times(often, things int, do func(i int) error) ([]time.Duration, error) {
	taken := make([][]time.Duration, things)
	for range often {
		for i := range things {
			began := time.Now()
			if err := do(i); err != nil {
				return nil, err
			}
			taken[i] = append(taken[i], time.Since(began))
		}
	}
	out := make([]time.Duration, things)
	for i := range out {
		out[i] = median(taken[i])
	}
	return out, nil
}

// figures are the median and the worst but one in a hundred.
func figures(times []time.Duration) string {
	slices.Sort(times)
	p99 := times[min(len(times)*99/100, len(times)-1)]
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
	return ms(median(times)) + ", p99 " + ms(p99)
}

// typeSearches types words key by key: those of titles, in two orders, with a
// mistake, and the word that every artist has.
func typeSearches(lib *library.Library) error {
	var queries []string
	p, err := lib.Releases(library.ByTitle, coopReleases/3, 40)
	if err != nil {
		return err
	}
	for i, r := range p.Items {
		first, second, _ := strings.Cut(r.Title, " ")
		queries = append(queries, r.Title, second+" "+first)
		if i%4 == 0 && utf8.RuneCountInString(second) > 4 {
			queries = append(queries, second[1:])
		}
	}
	queries = append(queries, "artist ka", "Artist "+coopWord(1234))
	var typed []string
	for _, q := range queries {
		for end := range q {
			typed = append(typed, q[:end])
		}
	}
	typed = slices.DeleteFunc(typed, func(q string) bool { return q == "" })
	taken, err := times(readings, len(typed), func(i int) error {
		_, err := lib.Search(typed[i], 20)
		return err
	})
	row(fmt.Sprintf("search, %d keys", len(typed)), figures(taken), "p99 ≤ 10 ms")
	return err
}
