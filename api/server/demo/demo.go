// Package demo makes a co-op to try things with: the catalogue of assets/demo,
// two listeners and an artist.
//
// [Config] gives everything that a server needs. Seeding can run at every
// start: what is there already, and what people have done since, stays.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/google/uuid"

	catalogue "github.com/ninth-coop/ninth/assets/demo"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/identity"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/credits"
)

// ClientID is the public client of the Ninth player.
const ClientID = "ninth"

// The confidential client that every reference server is seeded with, so that
// clients made for it can try themselves here. Its secret is public knowledge:
// it belongs on demo servers only.
const (
	ReferenceClientID     = "81b4671a-f40a-4479-a449-c87499904ddf"
	ReferenceClientSecret = "matron-fling-raging-send-herself-ninth"
	ReferenceRedirect     = "http://localhost:8080"
)

// Person is someone of the demo. The passwords are meant to be known.
type Person struct {
	ID       string // UUID
	Name     string
	Email    string
	Password string
	Credits  credits.Milli
}

// Mara is a listener with 12.480 credits, some tracks owned and some on the
// way.
func Mara() Person {
	return Person{"5f0c3c1e-6a0f-4d5e-9a57-0d9b6f3f1a01", "Mara", "mara@example.coop", "nine-plays", 12_480}
}

// Tom is a listener with 0.010 credits: two first plays and a second one, no
// more.
func Tom() Person {
	return Person{"5f0c3c1e-6a0f-4d5e-9a57-0d9b6f3f1a02", "Tom", "tom@example.coop", "nine-plays", 10}
}

// Ines is the artist Ines Aguiar, who has a draft and a scheduled release, and
// no wallet.
func Ines() Person {
	return Person{"5f0c3c1e-6a0f-4d5e-9a57-0d9b6f3f1a03", "Ines", "ines@example.coop", "nine-plays", 0}
}

// inesArtist is the name of the artist that Ines owns.
const inesArtist = "Ines Aguiar"

// coop owns the other artists. Nobody signs in as the co-op.
func coop() Person {
	return Person{ID: "5f0c3c1e-6a0f-4d5e-9a57-0d9b6f3f1a04", Name: "Demo co-op", Email: "house@example.coop"}
}

// Config returns a server configuration for the demo co-op with the data in
// dir. Its media come from the program itself; a caller may put another file
// system with the same files in its place.
func Config(dir string) (server.Config, error) {
	list, err := catalogue.Load()
	if err != nil {
		return server.Config{}, err
	}
	return server.Config{
		DataDir:  dir,
		Media:    catalogue.FS,
		DemoShop: true,
		Clients: []identity.Client{identity.Ninth(), {
			ID: ReferenceClientID, Name: "A player for the tracks API", SecretHash: identity.HashSecret(ReferenceClientSecret),
			RedirectURIs: []string{ReferenceRedirect},
		}},
		Seed: func(ctx context.Context, st *store.Store, lib *media.Library) error { return Seed(ctx, st, lib, list) },
	}, nil
}

// ErrMissingFile means that the media folder lacks a file of the catalogue.
var ErrMissingFile = errors.New("demo: the media folder lacks a file of the catalogue")

// Seed puts a catalogue and the people into a store, all of it or nothing.
func Seed(ctx context.Context, st *store.Store, lib *media.Library, list catalogue.Catalogue) error {
	return st.Update(ctx, func(tx *store.Tx) error {
		s := seeder{tx, lib, list}
		for _, p := range []Person{Mara(), Tom(), Ines(), coop()} {
			_, err := tx.User(ctx, p.ID)
			if errors.Is(err, store.ErrNotFound) {
				err = s.person(ctx, p)
			}
			if err != nil {
				return err
			}
		}
		if err := s.artists(ctx); err != nil {
			return err
		}
		for i, r := range list.Releases {
			if err := s.release(ctx, i, r); err != nil {
				return fmt.Errorf("demo: seeding %q: %w", r.Title, err)
			}
		}
		return s.past(ctx)
	})
}

type seeder struct {
	tx   *store.Tx
	lib  *media.Library
	list catalogue.Catalogue
}

func (s seeder) person(ctx context.Context, p Person) error {
	u := store.User{ID: p.ID, Email: p.Email, DisplayName: p.Name, RoleID: store.RoleUser, PasswordHash: "none"}
	if p.Password != "" {
		u.PasswordHash = identity.HashPassword(p.Password)
	}
	if p.ID == Ines().ID {
		u.RoleID = store.RoleArtist
	}
	return s.tx.PutUser(ctx, u)
}

func (s seeder) artists(ctx context.Context) error {
	for _, a := range s.list.Artists {
		if err := s.picture(ctx, a.Avatar); err != nil {
			return err
		}
		owner, kind := coop().ID, store.TypeArtist
		if a.Name == inesArtist {
			owner = Ines().ID
		}
		if a.Kind == catalogue.KindBand {
			kind = store.TypeBand
		}
		links := make([]store.Link, len(a.Links))
		for i, l := range a.Links {
			links[i] = store.Link{Platform: l.Platform, URI: l.URI}
		}
		err := s.tx.PutArtist(ctx, store.Artist{
			ID: a.ID, OwnerID: owner, TypeID: kind, DisplayName: a.Name, Description: a.Bio, ShortBio: a.ShortBio,
			Country: a.Country, Links: links, Avatar: a.Avatar.ID, Featured: true,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s seeder) picture(ctx context.Context, p catalogue.Picture) error {
	files := map[int]string{120: p.Small, 600: p.Medium, 1500: p.Large}
	for _, path := range files {
		if _, err := s.lib.Stat(path); err != nil {
			return missing(path, err)
		}
	}
	return s.tx.PutImage(ctx, p.ID, files)
}

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrMissingFile, path)
	}
	return err
}

// featured is how many releases, from the first, the shop window shows.
const featured = 3

func (s seeder) release(ctx context.Context, place int, r catalogue.Release) error {
	if err := s.picture(ctx, r.Cover); err != nil {
		return err
	}
	g := store.Release{
		ID: r.ID, ArtistID: r.ArtistID, Title: r.Title, Slug: server.Slug(r.Title), Type: r.Type, About: r.About,
		ReleaseDate: r.Date(s.tx.Now()), Private: r.Private, Enabled: r.Enabled,
		Featured: place < featured && r.Enabled, Cover: r.Cover.ID, Tags: r.Tags,
	}
	if was, err := s.tx.Release(ctx, r.ID); err == nil {
		// The artist may have changed these since, and a day that counts from
		// the first start must not move on with every further one.
		g.ReleaseDate, g.Private, g.Enabled, g.Title, g.About, g.Tags = was.ReleaseDate, was.Private, was.Enabled, was.Title, was.About, was.Tags
	}
	if err := s.tx.PutRelease(ctx, g); err != nil {
		return err
	}
	items := make([]store.NewItem, len(r.Tracks))
	for i, t := range r.Tracks {
		if err := s.track(ctx, r, t); err != nil {
			return err
		}
		items[i] = store.NewItem{ID: derived("item", r.ID, t.ID), TrackID: t.ID}
	}
	return s.tx.SetReleaseItems(ctx, r.ID, items)
}

func (s seeder) track(ctx context.Context, r catalogue.Release, t catalogue.Track) error {
	status, ok := store.ParseStatus(string(t.Status))
	if !ok {
		return fmt.Errorf("demo: track %q has the unknown status %q", t.Title, t.Status)
	}
	track := store.Track{
		ID: t.ID, ArtistID: r.ArtistID, Title: t.Title, Duration: t.Duration, Status: status, Year: t.Year, Tags: r.Tags,
	}
	var err error
	if track.FileID, err = s.file(ctx, t.Audio, "audio/mp4"); err != nil {
		return err
	}
	if t.Original != nil {
		if track.FlacID, err = s.file(ctx, *t.Original, "audio/flac"); err != nil {
			return err
		}
	}
	return s.tx.PutTrack(ctx, track)
}

// file records a media file and returns its id. The catalogue's digest is taken
// for that of a file of the same size; the server hashes again what changes.
func (s seeder) file(ctx context.Context, f catalogue.File, mime string) (string, error) {
	info, err := s.lib.Stat(f.Path)
	if err != nil {
		return "", missing(f.Path, err)
	}
	id := derived("file", f.Path)
	file := store.File{ID: id, Path: f.Path, Mime: mime, Size: info.Size(), Modified: media.Time(info.ModTime()), SHA256: f.SHA256}
	if info.Size() != f.Bytes {
		if file.SHA256, err = s.lib.Hash(f.Path); err != nil {
			return "", err
		}
	}
	return id, s.tx.PutFile(ctx, file)
}

// derived makes an id that is the same at every start.
func derived(parts ...string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://ninth.example/demo"))
	for _, p := range parts {
		space = uuid.NewSHA1(space, []byte(p))
	}
	return space.String()
}
