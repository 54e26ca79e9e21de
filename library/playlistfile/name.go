package playlistfile

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// leadingNumber is the track number that file names begin with.
var leadingNumber = regexp.MustCompile(`^\d{1,3}(?:\s*[.\-_]\s*|\s+)`)

// FromName is the entry with title and artist as its file is called, if it
// says nothing of them: "03 - Low Tide - Harbour.mp3" is Harbour by Low Tide.
func (e Entry) FromName() Entry {
	if e.Title != "" || len(e.Locations) == 0 {
		return e
	}
	name := e.Locations[0]
	if uriPattern.MatchString(name) {
		u, err := url.Parse(name)
		if err != nil || u.Path == "" {
			return e
		}
		name = u.Path
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = text(strings.ReplaceAll(leadingNumber.ReplaceAllString(name, ""), "_", " "), maxText)
	if artist, title, ok := strings.Cut(name, " - "); ok && e.Artist == "" {
		e.Artist, name = artist, title
	}
	e.Title = name
	return e
}
