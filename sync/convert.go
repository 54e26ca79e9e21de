package sync

import (
	"cmp"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

func account(p api.Profile, coop string) library.Account {
	return library.Account{
		ID: p.ID, Name: p.Name, Email: p.Email, CoOp: coop, Artist: p.IsArtist(),
		Credits: p.Credits, Known: true,
	}
}

func track(t api.Track) library.Track {
	return library.Track{
		ID: t.ID, Title: t.Title, Artist: t.Artist, ArtistID: t.ArtistID, Release: t.ReleaseTitle,
		ReleaseID: t.ReleaseID, Number: t.Index, Duration: t.Duration, Year: t.Year,
		Status: library.Status(t.Status), Cover: t.CoverURL, Segments: t.HLS,
	}
}

// loose is a track from a list that is no release: its number is a place on
// that list and says nothing of the release.
func loose(t api.Track) library.Track {
	out := track(t)
	out.Number = 0
	return out
}

// listed is a release as a list shows it, without its tracks.
func listed(r api.Release) library.Release {
	return library.Release{
		ID: r.ID, Title: r.Title, Artist: cmp.Or(r.DisplayArtist, r.Artist), ArtistID: r.ArtistID,
		Kind: r.Type, Date: r.Date, About: r.About, Tags: r.Tags, Cover: r.CoverURL, Updated: r.UpdatedAt,
	}
}

// whole is a release with its tracks, which are then not nil.
func whole(r api.Release) library.Release {
	out := listed(r)
	out.Tracks = make([]library.Track, 0, len(r.Tracks))
	for _, t := range r.Tracks {
		out.Tracks = append(out.Tracks, track(t))
	}
	return out
}

// own is a release of the person's own, which is a draft unless everyone can
// see it today.
func own(r api.Release, now time.Time) library.Release {
	out := whole(r)
	out.Own = true
	out.Draft = r.Private || !r.Enabled || r.Date > now.UTC().Format(time.DateOnly)
	return out
}

func artist(a api.Artist) library.Artist {
	return library.Artist{ID: a.ID, Name: a.Name, About: a.About, Avatar: a.AvatarURL}
}

func playlist(p api.Playlist, own bool) library.Playlist {
	out := library.Playlist{
		ID: p.ID, Title: p.Title, About: p.About, Owner: p.Owner, Own: own, Private: p.Private, Cover: p.CoverURL,
	}
	if p.Items != nil {
		out.Items = make([]library.PlaylistItem, 0, len(p.Items))
	}
	for _, it := range p.Items {
		out.Items = append(out.Items, library.PlaylistItem{Track: loose(it.Track)})
	}
	return out
}

// met are the tracks of a list of which it says more than the id.
func met(items []api.PlaylistItem) []library.Track {
	var out []library.Track
	for _, it := range items {
		if it.Track.Title != "" {
			out = append(out, loose(it.Track))
		}
	}
	return out
}

// itemIDs are the ids that the co-op gives to the places on a list.
func itemIDs(items []api.PlaylistItem) []string {
	ids := make([]string, 0, len(items))
	for _, it := range items {
		ids = append(ids, it.ID)
	}
	return ids
}

func trackIDs(items []api.PlaylistItem) []string {
	ids := make([]string, 0, len(items))
	for _, it := range items {
		ids = append(ids, it.Track.ID)
	}
	return ids
}
