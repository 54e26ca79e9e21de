package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
)

type playlistImportCmd struct {
	Files []string `arg:"" type:"path" help:"M3U8, M3U, XSPF or JSPF files."`
}

// Run makes a private playlist of each file, and tells what was not found.
func (c *playlistImportCmd) Run(ctx context.Context, e *environment) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		for _, name := range c.Files {
			in, err := importFile(s, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s is made: %d of %s found. %s\n",
				in.Playlist.Title, in.Found, count(in.Found+len(in.Unfound), "track"), in.Playlist.ID)
			e.tellUnfound(in.Unfound)
		}
		return nil
	})
}

func importFile(s *app.Session, name string) (in library.Imported, err error) {
	f, err := os.Open(name)
	if err != nil {
		return in, fmt.Errorf("ninth: opening a playlist: %w", err)
	}
	defer f.Close()
	return s.ImportPlaylist(filepath.Base(name), f)
}

// listedKeys are the files on this machine that a playlist names. How many of
// its entries are none is told.
func (e *environment) listedKeys(name string) (keys []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("ninth: opening a playlist: %w", err)
	}
	defer f.Close()
	list, err := playlistfile.DecodeNamed(f, name)
	if err != nil {
		return nil, fmt.Errorf("ninth: reading a playlist: %w", err)
	}
	for _, entry := range list.Entries {
		for _, path := range entry.Paths(filepath.Dir(name)) {
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				keys = append(keys, app.FileKey(path))
				break
			}
		}
	}
	if len(keys) == 0 {
		return nil, errNoneListed(name)
	}
	if missing := len(list.Entries) - len(keys); missing > 0 {
		fmt.Fprintf(e.err, "%d of %s on %s are no files on this machine.\n", missing, count(len(list.Entries), "track"), filepath.Base(name))
	}
	return keys, nil
}

// errNoneListed: no file of a playlist is on this machine.
type errNoneListed string

func (n errNoneListed) Error() string { return fmt.Sprintf("ninth: no file of %q is here", string(n)) }

// Sentence is what app.Explain says of it.
func (n errNoneListed) Sentence() string {
	return fmt.Sprintf("None of the files that %s names is on this machine: 'ninth playlist import' finds its tracks in the co-op.", filepath.Base(string(n)))
}

func setCover(s *app.Session, playlistID, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("ninth: opening a picture: %w", err)
	}
	defer f.Close()
	return s.SetPlaylistCover(playlistID, f)
}

// tellUnfound lists what an import did not find.
func (e *environment) tellUnfound(unfound []library.Unfound) {
	if len(unfound) == 0 {
		return
	}
	fmt.Fprintln(e.out, "Not found, and kept with the playlist; 'ninth playlist look' looks again:")
	for _, u := range unfound {
		fmt.Fprintf(e.out, "%4d  %s\n", u.At+1, u.Words())
	}
}

type playlistExportCmd struct {
	Name   string `arg:"" help:"Its title, or its id."`
	File   string `arg:"" optional:"" type:"path" help:"Where to write it; to standard output when left out."`
	Format string `enum:",m3u8,xspf,jspf" default:"" placeholder:"m3u8|xspf|jspf" help:"As the file's name says, else m3u8, when left out."`
}

// Run writes a playlist. What an import did not find is written too, at its
// place.
func (c *playlistExportCmd) Run(ctx context.Context, e *environment) error {
	format := playlistfile.Format(c.Format)
	if format == "" {
		format = playlistfile.M3U8
		if c.File != "" {
			var err error
			if format, err = playlistfile.FormatOf(c.File); err != nil {
				return err
			}
		}
	}
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		if c.File == "" {
			_, err := s.ExportPlaylist(p.ID, format, e.out)
			return err
		}
		n := 0
		err := writeFile(c.File, func(w io.Writer) (err error) {
			n, err = s.ExportPlaylist(p.ID, format, w)
			return err
		})
		if err == nil {
			fmt.Fprintf(e.out, "%s is in %s: %s.\n", p.Title, c.File, count(n, "track"))
		}
		return err
	})
}

// writeFile writes a file whole or not at all; one that was there stays until
// then.
func writeFile(name string, write func(w io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(name), ".ninth-*"+filepath.Ext(name))
	if err != nil {
		return fmt.Errorf("ninth: writing a playlist: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := errors.Join(write(temp), temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return fmt.Errorf("ninth: writing a playlist: %w", err)
	}
	return nil
}

type playlistLookCmd struct {
	Name   string `arg:"" help:"Its title, or its id."`
	Forget bool   `help:"Forget what is not found instead."`
}

// Run looks for what an import did not find, and puts it where it was in its
// file.
func (c *playlistLookCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		lib := s.Library()
		if c.Forget {
			return lib.ForgetUnfound(p.ID)
		}
		n, err := lib.LookAgain(p.ID)
		if err != nil {
			return err
		}
		p, err = lib.Playlist(p.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s found for %s.\n", count(n, "more track"), strings.TrimSpace(p.Title))
		e.tellUnfound(p.Unfound)
		return nil
	})
}
