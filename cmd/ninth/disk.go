package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

type diskCmd struct {
	Keep     []string `placeholder:"WHAT" sep:"none" help:"Keep a track, release or playlist on this machine: an id, or words to search for."`
	Unkeep   []string `placeholder:"WHAT" sep:"none" help:"Keep it no longer."`
	LetGo    []string `placeholder:"TRACK" sep:"none" help:"Take a track off the disk; it is not fetched again until it is kept."`
	Limit    string   `placeholder:"SIZE|PERCENT" help:"How large the rolling cache may grow: 4GB, 500MB, 10%, or both as 4GB,10%."`
	Download string   `enum:",always,wifi,never" default:"" placeholder:"always|wifi|never" help:"When owned tracks are fetched by themselves."`
}

// Run does what the flags say; without any it lists what is on disk, and why.
func (c *diskCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	err = c.change(e, s)
	if err == nil && len(c.Keep)+len(c.Unkeep)+len(c.LetGo) == 0 && c.Limit == "" && c.Download == "" {
		err = c.list(e, s)
	}
	return errors.Join(err, closing())
}

func (c *diskCmd) change(e *environment, s *app.Session) error {
	for on, what := range map[bool][]string{true: c.Keep, false: c.Unkeep} {
		for _, w := range what {
			title, err := keep(s, w, on)
			if err != nil {
				return err
			}
			fmt.Fprintln(e.out, title+map[bool]string{true: " is kept here; 'ninth sync' fetches it.", false: " is kept no longer."}[on])
		}
	}
	for _, w := range c.LetGo {
		t, err := findTrack(s.Library(), w)
		if err != nil {
			return err
		}
		if _, err := s.LetGo(t.ID); err != nil {
			return err
		}
		fmt.Fprintln(e.out, t.Title+" is off the disk.")
	}
	if c.Limit != "" {
		limit, err := parseLimit(c.Limit)
		if err != nil {
			return err
		}
		if err := s.SetCacheLimit(limit); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "The cache may grow to "+limitWords(limit)+".")
	}
	if c.Download == "" {
		return nil
	}
	rule := app.DownloadRule(c.Download)
	if c.Download == "wifi" {
		rule = app.DownloadUnmetered
	}
	if err := s.SetDownloadRule(rule); err != nil {
		return err
	}
	fmt.Fprintln(e.out, ruleWords(rule))
	return nil
}

// list prints everything on disk, the largest first, with its reasons.
func (c *diskCmd) list(e *environment, s *app.Session) error {
	const window = 200
	var total int
	for offset := 0; ; offset += window {
		p, err := s.Library().Stored(offset, window)
		if err != nil {
			return err
		}
		for _, x := range p.Items {
			name := x.Track.Title
			if x.Track.Artist != "" {
				name += " · " + x.Track.Artist
			}
			if name == "" {
				name = x.Track.ID
			}
			fmt.Fprintf(e.out, "%9s  %s  %s  %s\n", size(x.Bytes), name, "("+reasonWords(x)+")", x.Track.ID)
		}
		if total = p.Total; offset+window >= total {
			break
		}
	}
	bytes, whole, err := s.Library().DiskUse()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%9s  in all: %d whole tracks, %d unfinished. The cache may grow to %s. %s\n",
		size(bytes), whole, total-whole, limitWords(s.CacheLimit()), ruleWords(s.DownloadRule()))
	return nil
}

// reasonWords says why something is on disk.
func reasonWords(x library.Stored) string {
	var words []string
	for _, r := range x.Reasons {
		words = append(words, map[library.Why]string{
			library.WhyOwned: "owned", library.WhyPinned: "kept", library.WhyRelease: "kept with the release " + r.Title,
			library.WhyPlaylist: "kept with the playlist " + r.Title, library.WhyStreamed: "streamed lately",
		}[r.Why])
	}
	if !x.Whole {
		words = append(words, "not whole yet")
	}
	return strings.Join(words, ", ")
}

func ruleWords(r app.DownloadRule) string {
	switch r {
	case app.DownloadAlways:
		return "Owned tracks are fetched on any network."
	case app.DownloadNever:
		return "Owned tracks are not fetched by themselves."
	default:
		return "Owned tracks are fetched by themselves, but not on a metered network."
	}
}

func limitWords(l app.CacheLimit) string {
	var words []string
	if l.Bytes > 0 {
		words = append(words, size(l.Bytes))
	}
	if l.Percent > 0 {
		words = append(words, fmt.Sprintf("%d %% of the disk", l.Percent))
	}
	return strings.Join(words, " and ")
}

// errLimit: --limit is no limit.
type errLimit string

func (l errLimit) Error() string { return fmt.Sprintf("ninth: no limit %q", string(l)) }

// Sentence is what app.Explain says of it.
func (l errLimit) Sentence() string {
	return fmt.Sprintf("%q is no limit: write it as 4GB, 500MB, 10%%, or both as 4GB,10%%.", string(l))
}

// parseLimit reads a size, a percentage, or both with a comma between.
func parseLimit(text string) (l app.CacheLimit, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.ToUpper(strings.ReplaceAll(part, " ", ""))
		if number, ok := strings.CutSuffix(part, "%"); ok {
			l.Percent, err = strconv.Atoi(number)
			if err != nil || l.Percent < 1 || l.Percent > 100 {
				return l, errLimit(text)
			}
			continue
		}
		unit := int64(0)
		for _, u := range []struct {
			suffix string
			bytes  int64
		}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}} {
			if number, ok := strings.CutSuffix(part, u.suffix); ok {
				part, unit = number, u.bytes
				break
			}
		}
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || unit == 0 || !(n > 0) || n*float64(unit) > 1e15 {
			return l, errLimit(text)
		}
		l.Bytes = int64(n * float64(unit))
	}
	return l, nil
}

// keep pins what a person named, or lets go of its pin, and says what that is.
func keep(s *app.Session, what string, on bool) (title string, err error) {
	lib := s.Library()
	if t, err := lib.Track(what); err == nil {
		return t.Title, s.SetPinned(t.ID, on)
	}
	if r, err := lib.Release(what); err == nil {
		_, err = s.KeepRelease(r.ID, on)
		return r.Title, err
	}
	if p, err := lib.Playlist(what); err == nil {
		return p.Title, s.KeepPlaylist(p.ID, on)
	}
	found, err := lib.Search(what, 20)
	switch {
	case err != nil:
		return "", err
	case len(found.Releases) > 0:
		return keep(s, found.Releases[0].ID, on)
	case len(found.Playlists) > 0:
		return keep(s, found.Playlists[0].ID, on)
	case len(found.Tracks) > 0:
		return keep(s, found.Tracks[0].ID, on)
	}
	return "", errNothing(what)
}

// findTrack is the track of an id, or the best that words find.
func findTrack(lib *library.Library, what string) (library.Track, error) {
	t, err := lib.Track(what)
	if !errors.Is(err, library.ErrNotFound) {
		return t, err
	}
	found, err := lib.Search(what, 20)
	if err != nil {
		return t, err
	}
	for _, t := range found.Tracks {
		if strings.EqualFold(t.Title, what) {
			return t, nil
		}
	}
	if len(found.Tracks) == 0 {
		return t, errNothing(what)
	}
	return found.Tracks[0], nil
}
