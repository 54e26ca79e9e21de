package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

// playlistCmd is what can be done with playlists. A change is in the library
// at once, and reaches the co-op with the next sync.
type playlistCmd struct {
	List   playlistListCmd   `cmd:"" default:"1" help:"List the playlists."`
	Show   playlistShowCmd   `cmd:"" help:"List what is on a playlist, and what was not found of its file."`
	Import playlistImportCmd `cmd:"" help:"Make playlists of M3U8, XSPF or JSPF files."`
	Export playlistExportCmd `cmd:"" help:"Write a playlist as a file."`
	Look   playlistLookCmd   `cmd:"" help:"Look again for what an import did not find."`
	New    playlistNewCmd    `cmd:"" help:"Make a playlist."`
	Change playlistChangeCmd `cmd:"" help:"Rename a playlist, describe it, give it a cover, or choose who sees it."`
	Add    playlistAddCmd    `cmd:"" help:"Add tracks, releases or playlists to the end."`
	Remove playlistRemoveCmd `cmd:"" help:"Take places off a playlist."`
	Move   playlistMoveCmd   `cmd:"" help:"Move a track to another place."`
	Delete playlistDeleteCmd `cmd:"" help:"Delete a playlist. The tracks stay where they are."`
}

// withLibrary runs a command that needs nothing but what this machine knows.
func (e *environment) withLibrary(ctx context.Context, do func(s *app.Session) error) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	return errors.Join(do(s), closing())
}

// withPlaylist is withLibrary for a command about a playlist that a person
// named.
func (e *environment) withPlaylist(ctx context.Context, name string, do func(s *app.Session, p library.Playlist) error) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		p, err := findPlaylist(s.Library(), name)
		if err != nil {
			return err
		}
		return do(s, p)
	})
}

// errNoOnePlaylist: a name is of no playlist, or of several.
type errNoOnePlaylist struct {
	name string
	ids  []string // of those that it could be
}

func (n errNoOnePlaylist) Error() string {
	return fmt.Sprintf("ninth: %d playlists are called %q", len(n.ids), n.name)
}

// Sentence is what app.Explain says of it.
func (n errNoOnePlaylist) Sentence() string {
	if len(n.ids) == 0 {
		return fmt.Sprintf("There is no playlist %q: see 'ninth playlist'.", n.name)
	}
	return fmt.Sprintf("Several playlists are called %q: name it by its id, %s.", n.name, strings.Join(n.ids, " or "))
}

// findPlaylist is the playlist of an id, or the one of a title; the person's
// own come before those of others.
func findPlaylist(lib *library.Library, name string) (library.Playlist, error) {
	p, err := lib.Playlist(name)
	if !errors.Is(err, library.ErrNotFound) {
		return p, err
	}
	var own, others []string
	err = eachPlaylist(lib, func(p library.Playlist) {
		switch {
		case !strings.EqualFold(p.Title, name):
		case p.Own:
			own = append(own, p.ID)
		default:
			others = append(others, p.ID)
		}
	})
	if err != nil {
		return p, err
	}
	if len(own) == 0 {
		own = others
	}
	if len(own) != 1 {
		return p, errNoOnePlaylist{name, own}
	}
	return lib.Playlist(own[0])
}

func eachPlaylist(lib *library.Library, do func(p library.Playlist)) error {
	const window = 200
	for offset := 0; ; offset += window {
		page, err := lib.Playlists(offset, window)
		if err != nil {
			return err
		}
		for _, p := range page.Items {
			do(p)
		}
		if offset+window >= page.Total {
			return nil
		}
	}
}

type playlistListCmd struct{}

// Run lists the playlists: the person's own first, by title.
func (c *playlistListCmd) Run(ctx context.Context, e *environment) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		return eachPlaylist(s.Library(), func(p library.Playlist) {
			fmt.Fprintf(e.out, "%s  %s  %s\n", p.Title, aboutPlaylist(p), p.ID)
		})
	})
}

// aboutPlaylist is what is said of a playlist beside its title.
func aboutPlaylist(p library.Playlist) string {
	words := fmt.Sprintf("(%s, %s", count(p.Count, "track"), clock(p.Duration))
	if !p.Own && p.Owner != "" {
		words += ", by " + p.Owner
	}
	if p.Private {
		words += ", private"
	}
	return words + ")"
}

// count is "1 track", "2 tracks".
func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

type playlistShowCmd struct {
	Name string `arg:"" help:"Its title, or its id."`
}

// Run prints a playlist, a line for each place, numbered as remove and move
// count them.
func (c *playlistShowCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(_ *app.Session, p library.Playlist) error {
		fmt.Fprintf(e.out, "%s  %s  %s\n", p.Title, aboutPlaylist(p), p.ID)
		if p.About != "" {
			fmt.Fprintln(e.out, p.About)
		}
		for i, it := range p.Items {
			fmt.Fprintf(e.out, "%4d  %s · %s  %s  %s\n", i+1, it.Track.Title, it.Track.Artist, clock(it.Track.Duration), price(it.Track))
		}
		e.tellUnfound(p.Unfound)
		return nil
	})
}

type playlistNewCmd struct {
	Title  string `arg:"" help:"What it is called."`
	About  string `placeholder:"TEXT" help:"What it is about."`
	Public bool   `help:"Let everybody at the co-op see it."`
}

// Run makes an empty playlist.
func (c *playlistNewCmd) Run(ctx context.Context, e *environment) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		p, err := s.Library().CreatePlaylist(c.Title, c.About, !c.Public)
		if err == nil {
			fmt.Fprintf(e.out, "%s is made: %s\n", p.Title, p.ID)
		}
		return err
	})
}

type playlistChangeCmd struct {
	Name    string  `arg:"" help:"Its title, or its id."`
	Title   *string `placeholder:"TEXT" help:"Call it this."`
	About   *string `placeholder:"TEXT" help:"Say this about it."`
	Cover   string  `type:"existingfile" placeholder:"FILE" help:"Give it this picture, a JPEG or PNG."`
	Public  bool    `xor:"who" help:"Let everybody at the co-op see it."`
	Private bool    `xor:"who" help:"Keep it to yourself."`
}

// Run changes what was asked for, and leaves the rest.
func (c *playlistChangeCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		if c.Title != nil {
			p.Title = *c.Title
		}
		if c.About != nil {
			p.About = *c.About
		}
		p.Private = (p.Private || c.Private) && !c.Public
		if err := s.Library().UpdatePlaylist(p.ID, p.Title, p.About, p.Private); err != nil {
			return err
		}
		if c.Cover != "" {
			if err := setCover(s, p.ID, c.Cover); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "%s  %s\n", p.Title, aboutPlaylist(p))
		return nil
	})
}

type playlistDeleteCmd struct {
	Name string `arg:"" help:"Its title, or its id."`
}

// Run deletes a playlist; naming it is the confirmation.
func (c *playlistDeleteCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		if err := s.Library().DeletePlaylist(p.ID); err != nil {
			return err
		}
		fmt.Fprintln(e.out, p.Title+" is deleted.")
		return nil
	})
}
