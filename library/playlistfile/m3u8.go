package playlistfile

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxSeconds bounds a duration: a month.
const maxSeconds = 31 * 24 * 3600

func decodeM3U8(raw []byte, l *List) error {
	if bytes.IndexByte(raw, 0) >= 0 || bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<")) {
		return fmt.Errorf("%w: not a text of lines", ErrSyntax)
	}
	if !utf8.Valid(raw) {
		var err error
		if raw, err = charmap.Windows1252.NewDecoder().Bytes(raw); err != nil {
			return fmt.Errorf("%w: neither UTF-8 nor Windows-1252", ErrSyntax)
		}
	}
	var e m3u8Entry
	for line := range strings.Lines(strings.ReplaceAll(string(raw), "\r", "\n")) {
		line = strings.TrimSpace(line)
		tag, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			continue
		case tag == "#EXTINF":
			// The one before had no location.
			if err := e.flush(l, ""); err != nil {
				return err
			}
			e.describe(value)
		case tag == "#EXTART":
			e.artist = value
		case tag == "#EXTALB":
			e.release = value
		case tag == "#PLAYLIST":
			l.Title = cmp.Or(l.Title, value)
		case tag == "#EXTIMG":
			l.Image = cmp.Or(l.Image, value)
		case strings.HasPrefix(tag, "#EXT-X-"):
			return fmt.Errorf("%w: the pieces of a stream, not a playlist of tracks", ErrSyntax)
		case strings.HasPrefix(line, "#"):
			continue
		default:
			if err := e.flush(l, line); err != nil {
				return err
			}
		}
	}
	return e.flush(l, "")
}

// m3u8Entry gathers what stands above a location.
type m3u8Entry struct {
	described       bool
	duration        time.Duration
	shown           string // "artist - title", or the title alone
	artist, release string
}

// describe takes the value of an #EXTINF: seconds, attributes, and after the
// first comma outside quotes what is shown.
func (e *m3u8Entry) describe(value string) {
	quoted := false
	at := strings.IndexFunc(value, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
	head := value
	if at >= 0 {
		head, e.shown = value[:at], strings.TrimSpace(value[at+1:])
	}
	e.described = true
	number, _, _ := strings.Cut(strings.TrimSpace(head), " ")
	if s, err := strconv.ParseFloat(number, 64); err == nil && s > 0 && s < maxSeconds {
		e.duration = time.Duration(math.Round(s * float64(time.Second)))
	}
}

// flush ends an entry with its location, which may be "" for one that is only
// described.
func (e *m3u8Entry) flush(l *List, location string) error {
	if location == "" && !e.described {
		return nil
	}
	out := Entry{Duration: e.duration, Artist: text(e.artist, maxText), Release: e.release}
	out.Title = text(e.shown, maxText)
	if out.Artist != "" {
		out.Title = strings.TrimPrefix(out.Title+" ", out.Artist+" - ") // the title may be empty
	} else if artist, title, ok := strings.Cut(out.Title, " - "); ok {
		out.Artist, out.Title = artist, title
	}
	if location != "" {
		out.Locations = []string{location}
	}
	*e = m3u8Entry{}
	return l.add(out)
}

func encodeM3U8(w io.Writer, l List) error {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	line("#EXTM3U")
	if l.Title != "" {
		line("#PLAYLIST:", l.Title)
	}
	if l.Image != "" {
		line("#EXTIMG:", l.Image)
	}
	for _, e := range l.Entries {
		seconds := -1
		if e.Duration > 0 {
			seconds = int(math.Round(e.Duration.Seconds()))
		}
		shown := e.Title
		if e.Artist != "" {
			shown = e.Artist + " - " + e.Title
		}
		line("#EXTINF:", strconv.Itoa(seconds), ",", shown)
		if e.Artist != "" {
			line("#EXTART:", e.Artist)
		}
		if e.Release != "" {
			line("#EXTALB:", e.Release)
		}
		if len(e.Locations) > 0 {
			location := e.Locations[0]
			if strings.HasPrefix(location, "#") {
				location = "./" + location // not a comment
			}
			line(location)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
