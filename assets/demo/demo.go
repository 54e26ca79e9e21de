// Package demo carries the catalogue of the demo co-op: music written for this
// project, its covers, and a machine-readable list of both.
//
// It is a package of its own, apart from assets, because it is large (tens of
// megabytes): only a program that serves or seeds the demo co-op links it. How
// the music is made, and how to make it again, stands in README.md. Everything
// here is dedicated to the public domain under CC0 1.0.
//
// The list is catalogue.json. It names every file by its path inside [FS], so a
// server can seed its tables and copy its media from here without knowing how
// the folder is laid out.
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"
)

// FS holds catalogue.json and every file it names.
//
//go:embed catalogue.json audio covers avatars
var FS embed.FS

// SampleRate is the rate of every audio file of the catalogue, in frames per
// second. A frame is one sample for each of the two channels.
const SampleRate = 48000

// Catalogue is the whole list.
type Catalogue struct {
	Artists  []Artist  `json:"artists"`
	Releases []Release `json:"releases"` // in the order in which a shop window would show them
}

// Artist is one artist or band. IDs are random (version 4) UUIDs in lower case
// and never change.
type Artist struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Kind     Kind    `json:"kind"`
	ShortBio string  `json:"shortBio"` // one sentence
	Bio      string  `json:"bio"`      // two or three sentences
	Country  string  `json:"country"`  // ISO 3166-1 alpha-2
	Links    []Link  `json:"links"`
	Avatar   Picture `json:"avatar"`
}

// Kind tells one person from several.
type Kind string

// The kinds of artist in the catalogue.
const (
	KindArtist Kind = "artist"
	KindBand   Kind = "band"
)

// Link is an artist's page elsewhere. All demo links lead to example.org, a
// domain reserved for examples.
type Link struct {
	Platform string `json:"platform"`
	URI      string `json:"uri"`
}

// Picture is one square image as JPEG files in three sizes. ID is its own UUID,
// which the address of a served image is made of.
type Picture struct {
	ID     string `json:"id"`
	Large  string `json:"large"`  // 1500 by 1500 pixels
	Medium string `json:"medium"` // 600 by 600 pixels
	Small  string `json:"small"`  // 120 by 120 pixels
}

// Release is one release of one artist.
type Release struct {
	ID       string   `json:"id"`
	ArtistID string   `json:"artistId"`
	Title    string   `json:"title"`
	Type     string   `json:"type"` // "lp", "ep" or "single"
	About    string   `json:"about"`
	Tags     []string `json:"tags"`

	// ReleaseDate is YYYY-MM-DD. For a scheduled release it is empty and
	// ReleaseInDays counts from the day the co-op is seeded, so that the demo
	// has something to look forward to on whatever day it runs.
	ReleaseDate   string `json:"releaseDate,omitempty"`
	ReleaseInDays int    `json:"releaseInDays,omitempty"`

	// A release is heard by others when it is enabled, not private, and its
	// date has come. A draft is private and not enabled.
	Private bool `json:"private"`
	Enabled bool `json:"enabled"`

	// Continuous says that each track runs into the next: their samples, put
	// end to end, are one piece of music without a gap.
	Continuous bool `json:"continuous,omitempty"`

	Cover  Picture `json:"cover"`
	Tracks []Track `json:"tracks"` // in playing order
}

// Date gives the day of release as YYYY-MM-DD for a co-op seeded on the given
// day.
func (r Release) Date(seeded time.Time) string {
	if r.ReleaseDate != "" {
		return r.ReleaseDate
	}
	return seeded.AddDate(0, 0, r.ReleaseInDays).Format(time.DateOnly)
}

// Track is one track of a release.
type Track struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status Status `json:"status"`
	Year   int    `json:"year"`

	// Frames is the exact length once encoder delay and padding are trimmed;
	// Duration is the same in seconds, Frames / SampleRate.
	Frames   int64   `json:"frames"`
	Duration float64 `json:"duration"`

	// Audio is what the co-op streams: AAC-LC in MP4, stereo, moov before mdat.
	Audio File `json:"audio"`
	// Original is the lossless upload where there is one: FLAC, 16 bits, stereo.
	Original *File `json:"original,omitempty"`
}

// Status is what a play of a track costs a listener.
type Status string

// The statuses of the tracks API.
const (
	StatusPaid     Status = "paid"      // the nine-step price
	StatusFree     Status = "free"      // nothing
	StatusFreePaid Status = "free+paid" // as paid; may be given away as well
	StatusHidden   Status = "hidden"    // only its artist sees it
)

// File is one file of FS.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hexadecimal
}

// Load reads the catalogue. The caller owns the result. It fails only if the
// program was built with a damaged catalogue.json.
func Load() (Catalogue, error) {
	data, err := FS.ReadFile("catalogue.json")
	if err != nil {
		return Catalogue{}, fmt.Errorf("demo: reading the catalogue: %w", err)
	}
	var c Catalogue
	if err := json.Unmarshal(data, &c); err != nil {
		return Catalogue{}, fmt.Errorf("demo: parsing the catalogue: %w", err)
	}
	return c, nil
}
