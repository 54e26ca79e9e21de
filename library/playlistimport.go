package library

import (
	"cmp"
	"crypto/rand"
	"slices"

	"github.com/ninth-coop/ninth/library/playlistfile"
)

// How many bytes a co-op takes for the title of a playlist, and for its text.
const (
	MaxPlaylistTitle = 300
	MaxPlaylistAbout = 5000
)

// Unfound is an entry of a playlist's file for which there is no track here.
// It stays with the playlist until it is found or forgotten.
type Unfound struct {
	At int // its place in the file, from 0
	playlistfile.Entry
}

// Words names the entry to a person: title and artist, else where its file is.
func (u Unfound) Words() string {
	if e := u.FromName(); e.Title != "" && e.Artist != "" {
		return e.Title + " · " + e.Artist
	} else if e.Title != "" {
		return e.Title
	}
	if len(u.Locations) > 0 {
		return u.Locations[0]
	}
	return "?"
}

// Imported tells what became of a playlist's file.
type Imported struct {
	Playlist Playlist // without its items
	Found    int
	Unfound  []Unfound
}

// ImportPlaylist makes a private playlist of the person's own of one that was
// read from a file; name is its title if it has none. Entries are found by the
// ids in their addresses, else by title, artist and duration. What is not
// found is told, and kept with the playlist.
func (l *Library) ImportPlaylist(list playlistfile.List, name string) (Imported, error) {
	var out Imported
	found, unfound, err := l.look(list.Entries)
	if err != nil {
		return out, err
	}
	err = l.update("importing a playlist", func(tx *txn) error {
		a, err := tx.account()
		if err != nil {
			return err
		}
		r := playlistRecord{
			Title: cut(cmp.Or(list.Title, name, "?"), MaxPlaylistTitle), About: cut(list.About, MaxPlaylistAbout), Owner: a.Name, Own: true,
			Private: true, Items: itemsOf(found), Unfound: unfound,
		}
		id := localPrefix + rand.Text()
		if err := tx.savePlaylist(id, nil, r); err != nil {
			return err
		}
		out = Imported{Found: len(found), Unfound: unfound}
		if out.Playlist, err = tx.playlist(id); err != nil {
			return err
		}
		return tx.enqueueNew(id, r)
	})
	return out, err
}

// look finds the tracks of entries, and tells which have none.
func (l *Library) look(entries []playlistfile.Entry) (found []string, unfound []Unfound, err error) {
	err = l.view("finding what is on a playlist", func(tx *txn) error {
		for i, e := range entries {
			id, err := tx.standsFor(e)
			if err != nil {
				return err
			}
			if id == "" {
				unfound = append(unfound, Unfound{At: i, Entry: e})
			} else {
				found = append(found, id)
			}
		}
		return nil
	})
	return found, unfound, err
}

func itemsOf(trackIDs []string) []itemRecord {
	items := make([]itemRecord, len(trackIDs))
	for i, t := range trackIDs {
		items[i] = itemRecord{ID: rand.Text(), TrackID: t}
	}
	return items
}

// LookAgain looks for what an import did not find, which a co-op may have had
// since, and puts what it finds where it was in the file, as far as the
// playlist still is as it was. It tells how many it found. ErrNotFound,
// ErrReadOnly.
func (l *Library) LookAgain(playlistID string) (found int, err error) {
	err = l.editItems("looking again for a playlist's tracks", playlistID, func(tx *txn, r *playlistRecord) error {
		var left []Unfound
		for _, m := range r.Unfound {
			id, err := tx.standsFor(m.Entry)
			if err != nil {
				return err
			}
			if id == "" {
				left = append(left, m)
				continue
			}
			// Before it stood all that came earlier and is not missing still.
			at := min(max(m.At-len(left), 0), len(r.Items))
			r.Items = slices.Insert(r.Items, at, itemRecord{ID: rand.Text(), TrackID: id})
			found++
		}
		r.Unfound = left
		return nil
	})
	return found, err
}

// ForgetUnfound forgets what an import did not find. ErrNotFound, ErrReadOnly.
func (l *Library) ForgetUnfound(playlistID string) error {
	return l.editPlaylist("forgetting what was not found", playlistID, func(_ *txn, _ string, r *playlistRecord) error {
		r.Unfound = nil
		return nil
	})
}

// ExportPlaylist is a playlist as it is written to a file. Tracks go by their
// TrackURI; what an import did not find is where it was in its file.
func (l *Library) ExportPlaylist(id string) (playlistfile.List, error) {
	p, err := l.Playlist(id)
	if err != nil {
		return playlistfile.List{}, err
	}
	list := playlistfile.List{Title: p.Title, About: p.About, Creator: p.Owner, Image: p.Cover}
	for _, it := range p.Items {
		t := it.Track
		list.Entries = append(list.Entries, playlistfile.Entry{
			Locations: []string{TrackURI(t.ID)}, Identifiers: []string{TrackURI(t.ID)},
			Title: t.Title, Artist: t.Artist, Release: t.Release, Number: t.Number, Duration: t.Duration,
		})
	}
	for _, m := range p.Unfound {
		list.Entries = slices.Insert(list.Entries, min(m.At, len(list.Entries)), m.Entry)
	}
	return list, nil
}
