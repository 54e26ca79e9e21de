package library

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/library/playlistfile"
)

// trackURI begins the URI of a track, which our playlist files name it by.
const trackURI = "ninth:track:"

// TrackURI names a track outside of Ninth.
func TrackURI(id string) string { return trackURI + url.PathEscape(id) }

const (
	// durationSlack is how far the durations of the same recording may be
	// apart: encoders add silence, and files round.
	durationSlack = 3 * time.Second
	// lookalikes is how many tracks with the words of an entry are looked at.
	lookalikes = 200
)

// standsFor is the track that an entry of a file stands for: the one that it
// names by our URI or an address of the co-op, else the one of the same title,
// artist and, as far as they are known, duration, all folded. Of several the
// one on the release that it names comes first, then the nearest in duration,
// then one that is owned. It is "" when there is none, or when the artist is
// not said and there are several.
func (tx *txn) standsFor(e playlistfile.Entry) (string, error) {
	for _, address := range slices.Concat(e.Identifiers, e.Locations) {
		for _, id := range idsIn(address) {
			if t, err := tx.listed(id); err != nil || placeable(t) {
				return id, err
			}
		}
	}
	e = e.FromName()
	found, err := tx.alike(e)
	if err != nil || len(found) == 0 {
		return "", err
	}
	if sortable(e.Artist) == "" && slices.ContainsFunc(found, func(t Track) bool {
		return sortable(t.Artist) != sortable(found[0].Artist)
	}) {
		return "", nil
	}
	release := sortable(e.Release)
	apart := func(t Track) time.Duration {
		if e.Duration == 0 || t.Duration == 0 {
			return durationSlack
		}
		return (t.Duration - e.Duration).Abs()
	}
	best := slices.MinFunc(found, func(a, b Track) int {
		return cmp.Or(
			falseFirst(sortable(a.Release) != release, sortable(b.Release) != release),
			cmp.Compare(apart(a), apart(b)), falseFirst(!a.Owned, !b.Owned), cmp.Compare(a.ID, b.ID))
	})
	return best.ID, nil
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// placeable tells a track that the co-op lets on a playlist.
func placeable(t Track) bool {
	return !t.Gone && !t.Local && t.Status != Deleted && (t.Status != Hidden || t.Own)
}

// idsIn are what can be the id of a track in an address: of our URI what
// follows it, of a web address each part of its path.
func idsIn(address string) []string {
	if rest, ok := strings.CutPrefix(address, trackURI); ok {
		if id, err := url.PathUnescape(rest); err == nil && checkID(id) == nil {
			return []string{id}
		}
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	var ids []string
	for part := range strings.SplitSeq(u.Path, "/") {
		if part = strings.TrimSuffix(part, path.Ext(part)); checkID(part) == nil && len(ids) < maxWords {
			ids = append(ids, part)
		}
	}
	return ids
}

// alike are the tracks of an entry's title and artist whose duration does not
// speak against them.
func (tx *txn) alike(e playlistfile.Entry) ([]Track, error) {
	title, artist := sortable(e.Title), sortable(e.Artist)
	words := queryTokens(e.Title + " " + e.Artist)
	words = words[:min(len(words), maxWords)]
	if title == "" || len(words) == 0 {
		return nil, nil
	}
	tiers, err := tx.match(kindTrack, words)
	if err != nil {
		return nil, err
	}
	docs := tx.bucket(kindTrack.docs())
	var found []Track
	for _, s := range tiers {
		for _, n := range s.first(lookalikes) {
			id := docs.Get(be64(n))
			if id == nil {
				continue
			}
			t, err := tx.track(string(id))
			if err != nil {
				return nil, err
			}
			same := sortable(t.Title) == title && (artist == "" || sortable(t.Artist) == artist)
			timed := e.Duration > 0 && t.Duration > 0
			if same && placeable(t) && !(timed && (t.Duration-e.Duration).Abs() > durationSlack) {
				found = append(found, t)
			}
		}
	}
	return found, nil
}
