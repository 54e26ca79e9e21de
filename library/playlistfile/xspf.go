package playlistfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

const xspfSpace = "http://xspf.org/ns/0/"

// decodeXSPF walks over the tokens, so that nothing is built of what is not
// looked at.
func decodeXSPF(raw []byte, l *List) error {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = westernReader
	x := xspfReader{list: l}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = x.take(token)
		}
		if errors.Is(err, ErrTooLarge) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSyntax, err)
		}
	}
	if !x.begun || len(x.path) > 0 {
		return fmt.Errorf("%w: no whole <playlist>", ErrSyntax)
	}
	return nil
}

// westernReader reads the one other encoding that playlists are met in.
func westernReader(charset string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "windows-1252", "us-ascii":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("an encoding that is not read: %.20q", charset)
}

// xspfReader is where a walk over an XSPF file is.
type xspfReader struct {
	list  *List
	begun bool
	path  []string // the open elements, without their prefixes
	value strings.Builder
	entry Entry
}

func (x *xspfReader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return errors.New("a document type")
	case xml.StartElement:
		return x.open(t.Name.Local)
	case xml.EndElement:
		return x.close(t.Name.Local)
	case xml.CharData:
		if room := 2*maxAddress - x.value.Len(); room > 0 {
			x.value.Write(t[:min(room, len(t))])
		}
	}
	return nil
}

func (x *xspfReader) open(name string) error {
	if len(x.path) == 0 && (x.begun || name != "playlist") {
		return fmt.Errorf("a <%.20s> at the outside", name)
	}
	if len(x.path) == maxDepth {
		return errors.New("nested too deep")
	}
	x.begun = true
	x.path = append(x.path, name)
	x.value.Reset()
	if x.at("playlist", "trackList", "track") {
		x.entry = Entry{}
	}
	return nil
}

// at tells the path of the innermost element.
func (x *xspfReader) at(path ...string) bool {
	if len(path) != len(x.path) {
		return false
	}
	for i := range path {
		if path[i] != x.path[i] {
			return false
		}
	}
	return true
}

func (x *xspfReader) close(name string) error {
	if len(x.path) == 0 || x.path[len(x.path)-1] != name {
		return fmt.Errorf("a </%.20s> that closes nothing", name)
	}
	value := x.value.String()
	x.value.Reset()
	var err error
	switch {
	case x.at("playlist", "trackList", "track"):
		err = x.list.add(x.entry)
	case x.at("playlist", "trackList", "track", name):
		x.entry.set(name, value)
	case x.at("playlist", name):
		x.list.set(name, value)
	}
	x.path = x.path[:len(x.path)-1]
	return err
}

func (l *List) set(name, value string) {
	switch name {
	case "title":
		l.Title = value
	case "creator":
		l.Creator = value
	case "annotation":
		l.About = value
	case "image":
		l.Image = value
	}
}

func (e *Entry) set(name, value string) {
	switch name {
	case "title":
		e.Title = value
	case "creator":
		e.Artist = value
	case "album":
		e.Release = value
	case "location":
		if len(e.Locations) < maxPerItem {
			e.Locations = append(e.Locations, value)
		}
	case "identifier":
		if len(e.Identifiers) < maxPerItem {
			e.Identifiers = append(e.Identifiers, value)
		}
	case "trackNum":
		e.Number = int(number(value, math.MaxInt32))
	case "duration":
		e.Duration = milliseconds(number(value, maxSeconds*1000))
	}
}

func milliseconds(n float64) time.Duration { return time.Duration(math.Round(n)) * time.Millisecond }

// number is a number between 0 and most, or 0.
func number(value string, most float64) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(n > 0 && n <= most) {
		return 0
	}
	return n
}

// xspfFile and xspfTrack are what is written, in the order of the standard.
type xspfFile struct {
	XMLName xml.Name `xml:"playlist"`
	Space   string   `xml:"xmlns,attr"`
	Version string   `xml:"version,attr"`
	Title   string   `xml:"title,omitempty"`
	Creator string   `xml:"creator,omitempty"`
	About   string   `xml:"annotation,omitempty"`
	Image   string   `xml:"image,omitempty"`
	Tracks  struct { // there even when it is empty
		List []xspfTrack `xml:"track"`
	} `xml:"trackList"`
}

type xspfTrack struct {
	Locations   []string `xml:"location" json:"location,omitempty"`
	Identifiers []string `xml:"identifier" json:"identifier,omitempty"`
	Title       string   `xml:"title,omitempty" json:"title,omitempty"`
	Creator     string   `xml:"creator,omitempty" json:"creator,omitempty"`
	Album       string   `xml:"album,omitempty" json:"album,omitempty"`
	Number      int      `xml:"trackNum,omitempty" json:"trackNum,omitempty"`
	Duration    int64    `xml:"duration,omitempty" json:"duration,omitempty"` // ms
}

func xspfTracks(entries []Entry) []xspfTrack {
	out := make([]xspfTrack, len(entries))
	for i, e := range entries {
		out[i] = xspfTrack{
			Identifiers: e.Identifiers, Title: e.Title, Creator: e.Artist, Album: e.Release,
			Number: e.Number, Duration: e.Duration.Milliseconds(),
		}
		for _, location := range e.Locations {
			out[i].Locations = append(out[i].Locations, uri(location))
		}
	}
	return out
}

// uriPattern is what begins as a URI does. A scheme of one letter is a drive.
var uriPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:\S*$`)

// uri is a location as a URI: a path of Unix or Windows is made one.
func uri(location string) string {
	if uriPattern.MatchString(location) {
		return location
	}
	u := url.URL{Path: location}
	drive := len(location) > 2 && location[1] == ':'
	if drive || !strings.Contains(location, "/") {
		u.Path = strings.ReplaceAll(location, `\`, "/")
	}
	if drive {
		u.Path = "/" + u.Path
	}
	if strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

func encodeXSPF(w io.Writer, l List) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	file := xspfFile{
		Space: xspfSpace, Version: "1", Title: l.Title, Creator: l.Creator, About: l.About, Image: l.Image,
	}
	file.Tracks.List = xspfTracks(l.Entries)
	if err := e.Encode(file); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
