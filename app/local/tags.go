package local

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhowden/tag"

	"github.com/ninth-coop/ninth/library"
)

const (
	maxPicture = 16 << 20 // bytes of a cover; a larger one is none
	longestTag = 300      // runes of a tag that are shown
)

// Tags is what a file says of itself.
type Tags struct {
	Title               string // of the tags, or else the name of the file
	Artist, AlbumArtist string
	Release, Genre      string
	Disc, Number, Year  int // 0 when unknown
	Picture             bool
}

// ReadTags reads the tags of a file. What cannot be read is empty: what is
// wrong with a file is told when it is played.
func ReadTags(path string) Tags {
	base := filepath.Base(path)
	t := Tags{Title: oneLine(strings.TrimSuffix(base, filepath.Ext(base)))}
	err := withTags(path, func(m tag.Metadata) {
		t.Title = cmp.Or(oneLine(m.Title()), t.Title)
		t.AlbumArtist = oneLine(m.AlbumArtist())
		t.Artist = cmp.Or(oneLine(m.Artist()), t.AlbumArtist)
		t.Release, t.Genre = oneLine(m.Album()), oneLine(genre(m))
		t.Number, _ = m.Track()
		t.Disc, _ = m.Disc()
		t.Year = m.Year()
		t.Picture = picture(m) != nil
	})
	if err != nil {
		return t
	}
	const most = 1 << 15 // more than any number of a track, disc or year that means something
	for _, n := range []*int{&t.Number, &t.Disc, &t.Year} {
		if *n < 0 || *n > most {
			*n = 0
		}
	}
	return t
}

// genre is the genre, unless it is so long that working it out would take for
// ever: numbers in it are replaced one by one.
func genre(m tag.Metadata) string {
	for _, frame := range []string{"TCON", "TCO"} {
		if text, ok := m.Raw()[frame].(string); ok && len(text) > longestTag {
			return ""
		}
	}
	return m.Genre()
}

// Picture is the cover in a file; nil when there is none.
func Picture(path string) (p []byte, err error) {
	err = withTags(path, func(m tag.Metadata) { p = picture(m) })
	return p, err
}

func picture(m tag.Metadata) []byte {
	if p := m.Picture(); p != nil && isPicture(p.Data) {
		return p.Data
	}
	return nil
}

// isPicture tells the two kinds that covers are shown of, by their first
// bytes.
func isPicture(p []byte) bool {
	return len(p) <= maxPicture && (bytes.HasPrefix(p, []byte("\xff\xd8\xff")) || bytes.HasPrefix(p, []byte("\x89PNG\r\n\x1a\n")))
}

// withTags hands the tags of a file to read. The file may have been made to
// hurt, and the library that reads it may panic on one.
func withTags(path string, read func(tag.Metadata)) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("local: reading tags: %w", err)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return fmt.Errorf("local: reading tags: %w: %s is not a file", errNoTags, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("local: reading tags: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("local: reading tags: %w: %v", errNoTags, p)
		}
		err = errors.Join(err, f.Close())
	}()
	r, err := guarded(f, info.Size())
	if err != nil {
		return fmt.Errorf("local: reading tags: %w", err)
	}
	m, err := tag.ReadFrom(r)
	if err != nil {
		return fmt.Errorf("local: reading tags: %w", err)
	}
	read(m)
	return nil
}

// oneLine makes a tag fit for a row of a list.
func oneLine(s string) string {
	s = s[:min(len(s), 16*longestTag)] // what follows would not be seen
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, " ")), " ")
	if r := []rune(s); len(r) > longestTag {
		return string(r[:longestTag-1]) + "…"
	}
	return s
}

// coverTracks is how many tracks of a release are asked for its cover.
const coverTracks = 12

// Cover is the cover of a local track or release: the picture in one of its
// files, or beside one. It is nil when there is none.
func Cover(lib *library.Library, id string) ([]byte, error) {
	ids := []string{id}
	if r, err := lib.Release(id); err == nil {
		ids = nil
		for _, t := range r.Tracks[:min(len(r.Tracks), coverTracks)] {
			ids = append(ids, t.ID)
		}
	} else if !errors.Is(err, library.ErrNotFound) {
		return nil, err
	}
	var beside []byte
	for _, id := range ids {
		f, err := lib.LocalFile(id)
		if err != nil {
			continue // gone since
		}
		if p, err := Picture(f.Path); err == nil && p != nil {
			return p, nil
		}
		if beside == nil {
			beside, _ = coverBeside(f.Path) // a cover that cannot be read is none
		}
	}
	return beside, nil
}
