// Package playlistfile reads and writes playlists as files, so that they can
// be taken to other players and brought from them: M3U8, XSPF and JSPF. It
// knows nothing of the library: what an entry stands for is found by its
// caller.
//
// What is read comes from anywhere. It is bounded in bytes, entries, depth and
// length of each text; XML with a document type is refused, so there are no
// entities beyond the five of XML itself, and nothing is ever fetched.
//
// # Formats
//
//   - M3U8 is the "extended M3U" of Winamp in UTF-8: a line per location, under
//     lines that begin with "#". Known are #PLAYLIST, #EXTINF, #EXTART, #EXTALB
//     and #EXTIMG. An #EXTINF that no location follows is an entry without one.
//     Files that are not UTF-8 are taken for Windows-1252, as .m3u files are.
//   - XSPF is version 1 of https://xspf.org/spec, in XML.
//   - JSPF is the same in JSON, https://xspf.org/jspf.
//
// All functions may be called from any goroutine.
package playlistfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is read.
const (
	MaxBytes   = 32 << 20 // of a file
	MaxEntries = 10_000   // of a playlist; no co-op takes more
	maxText    = 2000     // bytes of a title, name or the like; the rest is cut off
	maxAbout   = 5000     // bytes of a playlist's text
	maxAddress = 8000     // bytes of a location; a longer one is left out
	maxPerItem = 8        // locations, and identifiers, of one entry
	maxDepth   = 32       // of elements in XML, or of values in JSON
)

// Errors of Decode, besides those of its reader.
var (
	ErrTooLarge = errors.New("the playlist is too large")
	ErrSyntax   = errors.New("this is no playlist of its format")
	ErrFormat   = errors.New("the format is not known")
)

// List is a playlist in a file.
type List struct {
	Title   string
	About   string
	Creator string
	Image   string // URI of a picture
	Entries []Entry
}

// Entry is a track as a file names it. All of it may be empty.
type Entry struct {
	Locations   []string // URIs or paths, as they are written; the best first
	Identifiers []string // URIs that name the track and need not lead to it
	Title       string
	Artist      string
	Release     string
	Number      int           // on the release, from 1; 0 when unknown
	Duration    time.Duration // 0 when unknown
}

// Format is a way to write a playlist, by the ending of its files.
type Format string

// The formats.
const (
	M3U8 Format = "m3u8"
	XSPF Format = "xspf"
	JSPF Format = "jspf"
)

// Formats are all formats, the most common first.
func Formats() []Format { return []Format{M3U8, XSPF, JSPF} }

// FormatOf is the format of a file by its name; ErrFormat.
func FormatOf(name string) (Format, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".m3u", ".m3u8":
		return M3U8, nil
	case ".xspf":
		return XSPF, nil
	case ".jspf", ".json":
		return JSPF, nil
	}
	return "", fmt.Errorf("playlistfile: %w: %.60q", ErrFormat, path.Ext(name))
}

// Decode reads a playlist.
func Decode(r io.Reader, f Format) (List, error) {
	decode, ok := map[Format]func([]byte, *List) error{M3U8: decodeM3U8, XSPF: decodeXSPF, JSPF: decodeJSPF}[f]
	if !ok {
		return List{}, fmt.Errorf("playlistfile: reading %.20q: %w", string(f), ErrFormat)
	}
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(raw) > MaxBytes {
		err = fmt.Errorf("%w: more than %d MiB", ErrTooLarge, MaxBytes>>20)
	}
	var l List
	if err == nil {
		err = decode(bytes.TrimPrefix(raw, []byte("\ufeff")), &l)
	}
	if err != nil {
		return List{}, fmt.Errorf("playlistfile: reading %s: %w", f, err)
	}
	l.tidy()
	return l, nil
}

// Encode writes a playlist. What a format has no place for is left out, and
// line breaks become spaces.
func Encode(w io.Writer, f Format, l List) error {
	encode, ok := map[Format]func(io.Writer, List) error{M3U8: encodeM3U8, XSPF: encodeXSPF, JSPF: encodeJSPF}[f]
	if !ok {
		return fmt.Errorf("playlistfile: writing %.20q: %w", string(f), ErrFormat)
	}
	l.Entries = append([]Entry(nil), l.Entries...)
	l.tidy()
	buffered := bufio.NewWriter(w)
	if err := errors.Join(encode(buffered, l), buffered.Flush()); err != nil {
		return fmt.Errorf("playlistfile: writing %s: %w", f, err)
	}
	return nil
}

// tidy holds a playlist to the bounds.
func (l *List) tidy() {
	l.Title, l.Creator = text(l.Title, maxText), text(l.Creator, maxText)
	l.About, l.Image = text(l.About, maxAbout), address(l.Image)
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Title, e.Artist, e.Release = text(e.Title, maxText), text(e.Artist, maxText), text(e.Release, maxText)
		e.Locations, e.Identifiers = addresses(e.Locations), addresses(e.Identifiers)
		e.Number, e.Duration = max(e.Number, 0), max(e.Duration, 0)
	}
}

// add appends an entry.
func (l *List) add(e Entry) error {
	if len(l.Entries) == MaxEntries {
		return fmt.Errorf("%w: more than %d entries", ErrTooLarge, MaxEntries)
	}
	l.Entries = append(l.Entries, e)
	return nil
}

// text is a text in one line of at most n bytes, with single spaces.
func text(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufffe' || r == '\uffff'
	}), " ")
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " ")
}

// address is a location that can be written in one line, or "".
func address(s string) string {
	s = strings.TrimSpace(s)
	bad := strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff'
	})
	if bad || len(s) > maxAddress || !utf8.ValidString(s) {
		return ""
	}
	return s
}

func addresses(list []string) (out []string) {
	for _, s := range list {
		if s = address(s); s != "" && len(out) < maxPerItem {
			out = append(out, s)
		}
	}
	return out
}
