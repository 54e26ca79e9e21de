package ui

import (
	"cmp"
	"errors"
	"io"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
)

// importPlaylist asks for a file and makes a playlist of it, which it shows:
// with it stands what was not found.
func (s *shell) importPlaylist() {
	s.files.open(s, []string{".m3u8", ".m3u", ".xspf", ".jspf", ".json"}, func(name string, content io.ReadCloser, err error) {
		if !s.try(err) {
			return
		}
		read(s, func() (library.Imported, error) {
			in, err := s.session.ImportPlaylist(name, content)
			return in, errors.Join(err, content.Close())
		}, func(in library.Imported) {
			s.visit(place{atPlaylist, in.Playlist.ID})
			all := in.Found + len(in.Unfound)
			s.toast(lang.N("{{.Found}} of {{.N}} tracks were found.", all, with{"Found": in.Found, "N": all}), len(in.Unfound) > 0, nil)
		})
	})
}

// exportItems are the formats to write a playlist in.
func (s *shell) exportItems(p library.Playlist) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, f := range playlistfile.Formats() {
		items = append(items, fyne.NewMenuItem(strings.ToUpper(string(f)), func() { s.exportPlaylist(p, f) }))
	}
	return items
}

// exportPlaylist asks where to write a playlist, and writes it.
func (s *shell) exportPlaylist(p library.Playlist, f playlistfile.Format) {
	s.files.save(s, fileName(p.Title, f), func(name string, content io.WriteCloser, err error) {
		if !s.try(err) {
			return
		}
		read(s, func() (int, error) {
			n, err := s.session.ExportPlaylist(p.ID, f, content)
			return n, errors.Join(err, content.Close())
		}, func(n int) {
			s.toast(lang.N("{{.N}} tracks are in {{.File}}.", n, with{"N": n, "File": name}), false, nil)
		})
	})
}

// chooseCover asks for a picture, and gives it to a playlist.
func (s *shell) chooseCover(p library.Playlist) {
	s.files.open(s, []string{".jpg", ".jpeg", ".png"}, func(_ string, content io.ReadCloser, err error) {
		if !s.try(err) {
			return
		}
		s.wish(func() error {
			return errors.Join(s.session.SetPlaylistCover(p.ID, content), content.Close())
		}, nil)
	})
}

// fileName is what a playlist's file is called, on any system.
func fileName(title string, f playlistfile.Format) string {
	const longest = 80 // runes
	clean := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, title))
	name := strings.Trim(string(clean[:min(len(clean), longest)]), " .")
	return cmp.Or(name, "playlist") + "." + string(f)
}
