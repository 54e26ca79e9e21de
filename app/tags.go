package app

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhowden/tag"
)

// tags is what a file says of itself.
type tags struct{ title, artist, release string }

// readTags reads the tags of a file. Without a readable title the file's own
// name stands for it: what is wrong with a file is told when it is played.
func readTags(path string) (t tags) {
	base := filepath.Base(path)
	t.title = strings.TrimSuffix(base, filepath.Ext(base))
	f, err := os.Open(path)
	if err != nil {
		return t
	}
	defer f.Close()
	m := safeTags(f)
	if m == nil {
		return t
	}
	return tags{
		title:  cmp.Or(oneLine(m.Title()), t.title),
		artist: cmp.Or(oneLine(m.Artist()), oneLine(m.AlbumArtist())), release: oneLine(m.Album()),
	}
}

// safeTags reads tags of a file that may have been made to hurt: the library
// that does it can panic on one.
func safeTags(f *os.File) (m tag.Metadata) {
	defer func() {
		if recover() != nil {
			m = nil
		}
	}()
	m, err := tag.ReadFrom(f)
	if err != nil {
		return nil
	}
	return m
}

// oneLine makes a tag fit for a row of a list.
func oneLine(s string) string {
	const longest = 300 // runes
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}
