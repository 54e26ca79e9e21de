package playlistfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// words are what JSPF has as a string or as a list of strings, and others
// write as a number or null.
type words []string

// UnmarshalJSON takes whatever there is that can be read as text.
func (w *words) UnmarshalJSON(raw []byte) error {
	*w = nil
	if len(raw) > maxPerItem*maxAddress {
		return nil // nobody's title
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, v := range list {
		switch v := v.(type) {
		case string:
			*w = append(*w, v)
		case json.Number:
			*w = append(*w, v.String())
		}
		if len(*w) == maxPerItem {
			break
		}
	}
	return nil
}

func (w words) first() string {
	if len(w) == 0 {
		return ""
	}
	return w[0]
}

// jspfFile is what is read; what is written is an xspfTrack each.
type jspfFile struct {
	Playlist *struct {
		Title      words      `json:"title"`
		Creator    words      `json:"creator"`
		Annotation words      `json:"annotation"`
		Image      words      `json:"image"`
		Tracks     jspfTracks `json:"track"`
	} `json:"playlist"`
}

// jspfTracks are read one by one, so that no more are built than are kept.
type jspfTracks struct{ List }

// UnmarshalJSON reads a list of tracks.
func (l *jspfTracks) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if token, err := d.Token(); err != nil || token != json.Delim('[') {
		return err // null, or nothing that could be read
	}
	for d.More() {
		var t struct {
			Locations   words `json:"location"`
			Identifiers words `json:"identifier"`
			Title       words `json:"title"`
			Creator     words `json:"creator"`
			Album       words `json:"album"`
			Number      words `json:"trackNum"`
			Duration    words `json:"duration"`
		}
		if err := d.Decode(&t); err != nil {
			return err
		}
		err := l.add(Entry{
			Locations: t.Locations, Identifiers: t.Identifiers,
			Title: t.Title.first(), Artist: t.Creator.first(), Release: t.Album.first(),
			Number: int(number(t.Number.first(), math.MaxInt32)), Duration: milliseconds(number(t.Duration.first(), maxSeconds*1000)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func decodeJSPF(raw []byte, l *List) error {
	if err := checkDepth(raw); err != nil {
		return err
	}
	var f jspfFile
	err := json.Unmarshal(raw, &f)
	if errors.Is(err, ErrTooLarge) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if f.Playlist == nil {
		return fmt.Errorf("%w: no \"playlist\"", ErrSyntax)
	}
	p := f.Playlist
	*l = List{
		Title: p.Title.first(), Creator: p.Creator.first(), About: p.Annotation.first(), Image: p.Image.first(),
		Entries: p.Tracks.Entries,
	}
	return nil
}

// checkDepth refuses what is nested too deep, before anything is built of it.
func checkDepth(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSyntax, err)
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			if depth++; depth > maxDepth {
				return fmt.Errorf("%w: nested too deep", ErrSyntax)
			}
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
}

func encodeJSPF(w io.Writer, l List) error {
	type playlist struct {
		Title   string      `json:"title,omitempty"`
		Creator string      `json:"creator,omitempty"`
		About   string      `json:"annotation,omitempty"`
		Image   string      `json:"image,omitempty"`
		Tracks  []xspfTrack `json:"track"`
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]playlist{"playlist": {l.Title, l.Creator, l.About, l.Image, xspfTracks(l.Entries)}})
}
