package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/library"
)

// What a listener of years has.
const (
	lifeOwned      = 5_000
	lifePlays      = 3_000 // tracks with some plays
	lifeHeard      = 5_000
	lifeFavourites = 2_000
	lifeFollowed   = 200
)

// liveWithLibrary does to a library what years of listening do.
func liveWithLibrary(_ context.Context, args []string) (err error) {
	if len(args) != 1 {
		return errors.New("library-live takes a folder")
	}
	lib, err := library.Open(args[0], library.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lib.Close()) }()
	tracks := coopReleases * coopPerOne
	some := func(n, from int) []string {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = coopID("track", (from+i*tracks/n)%tracks)
		}
		return ids
	}
	plays := map[string]int{}
	for i, id := range some(lifePlays, 1) {
		plays[id] = 1 + i%8
	}
	var heard []library.HistoryEntry
	now := time.Now()
	for i, id := range some(lifeHeard, 2) {
		heard = append(heard, library.HistoryEntry{Track: library.Track{ID: id}, At: now.Add(-time.Duration(i) * time.Hour)})
	}
	var errs []error
	for _, id := range some(lifeFollowed, 3) {
		t, err := lib.Track(id)
		errs = append(errs, err, lib.SetFollowed(t.ArtistID, true))
	}
	return errors.Join(append(errs,
		lib.PutOwned(some(lifeOwned, 0)...), lib.PutPlays(plays), lib.PutHistory(heard...), lib.PutFavourites(some(lifeFavourites, 4)...))...)
}

type namedRule struct {
	name string
	rule library.Rule
}

// rules are lists by rules: such as people make, and the dearest of each kind.
func rules() []namedRule {
	one := func(f library.Field, r library.Relation, text string, number int) library.Match {
		return library.Match{Field: f, Relation: r, Text: text, Number: number}
	}
	both := func(parts ...library.Match) library.Match { return library.Match{Parts: parts} }
	return []namedRule{
		{"never played", library.NeverPlayed()},
		{"all by artist", library.Rule{}},
		{"all by title, from the end", library.Rule{Sort: library.SortTitle, Descending: true}},
		{"all by year", library.Rule{Sort: library.SortYear}},
		{"all by last heard", library.Rule{Sort: library.SortLastHeard, Descending: true}},
		{"all by chance", library.Rule{Sort: library.Shuffled}},
		{"owned, by artist", library.Rule{Match: one(library.FieldOwned, library.Is, "", 0)}},
		{"favourites not heard for a year", library.Rule{Match: both(
			one(library.FieldFavourite, library.Is, "", 0), one(library.FieldLastHeard, library.NotWithin, "", 365))}},
		{"of followed artists, not owned", library.Rule{Match: both(
			one(library.FieldFollowed, library.Is, "", 0), one(library.FieldOwned, library.IsNot, "", 0)), Sort: library.SortTitle}},
		{"artist contains what all have", library.Rule{Match: one(library.FieldArtist, library.Contains, "artist", 0)}},
		{"artist without it", library.Rule{Match: one(library.FieldArtist, library.ContainsNot, "artist ka", 0)}},
		{"release begins", library.Rule{Match: one(library.FieldRelease, library.Begins, "lo", 0), Sort: library.SortDuration}},
		{"title contains", library.Rule{Match: one(library.FieldTitle, library.Contains, "k", 0), Sort: library.SortTitle}},
		{"a tag", library.Rule{Match: one(library.FieldTag, library.Is, coopWord(0), 0)}},
		{"a playlist", library.Rule{Match: one(library.FieldPlaylist, library.Is, coopID("playlist", 1), 0)}},
	}
}

// readPages reads 64 entries, which is what a screen asks for, at many places
// of every list.
func readPages(lib *library.Library) error {
	type list struct {
		name string
		read func(offset int) (total int, err error)
	}
	lists := []list{
		{"releases by date", pageOf(func(o, n int) (library.Page[library.Release], error) { return lib.Releases(library.Newest, o, n) })},
		{"releases by title", pageOf(func(o, n int) (library.Page[library.Release], error) { return lib.Releases(library.ByTitle, o, n) })},
		{"releases by artist", pageOf(func(o, n int) (library.Page[library.Release], error) { return lib.Releases(library.ByArtist, o, n) })},
		{"artists", pageOf(lib.Artists)},
		{"playlists", pageOf(lib.Playlists)},
		{"collection", pageOf(lib.Collection)},
		{"history", pageOf(lib.History)},
		{"on disk", pageOf(lib.Stored)},
		{"recently played", pageOf(lib.RecentlyPlayed)},
		{"most played", pageOf(lib.MostPlayed)},
		{"nearly owned", pageOf(func(o, n int) (library.Page[library.Track], error) { return lib.NearlyOwned(7, o, n) })},
		{"favourites", pageOf(lib.Favourites)},
		{"new from followed", pageOf(lib.NewFromFollowed)},
	}
	for _, r := range rules() {
		lists = append(lists, list{r.name, pageOf(func(o, n int) (library.Page[library.Track], error) { return lib.Matching(r.rule, o, n) })})
	}
	for _, l := range lists {
		begin := time.Now()
		total, err := l.read(0)
		first := time.Since(begin)
		if err != nil {
			return err
		}
		taken, err := times(readings, 100, func(i int) error {
			_, err := l.read(total * i / 100)
			return err
		})
		if err != nil {
			return err
		}
		row(fmt.Sprintf("page of %s (%d)", l.name, total), figures(taken)+fmt.Sprintf(", first %.1f ms", float64(first)/float64(time.Millisecond)), "p99 ≤ 5 ms")
	}
	return nil
}

const (
	pageSize = 64
	readings = 5 // of each page and each search
)

func pageOf[T any](list func(offset, limit int) (library.Page[T], error)) func(int) (int, error) {
	return func(offset int) (int, error) {
		p, err := list(offset, pageSize)
		return p.Total, err
	}
}
