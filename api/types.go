package api

import (
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// Status says who hears a track in full, and at what price.
type Status string

// The statuses of the tracks API.
const (
	StatusFree        Status = "free"      // costs nothing
	StatusPaid        Status = "paid"      // costs credits.Cost of the paid plays
	StatusFreeAndPaid Status = "free+paid" // costs as StatusPaid does
	StatusHidden      Status = "hidden"    // its artist's only
	StatusDeleted     Status = "deleted"
)

// Track is a track as the catalogue describes it. Fields that a route leaves
// out are zero: a list may lack the duration, a collection the artist's name.
type Track struct {
	ID           string
	Title        string
	ReleaseID    string
	ReleaseTitle string
	ArtistID     string
	Artist       string        // the name to show
	Index        int           // position in its release or list, from 1; 0 outside one
	Duration     time.Duration // 0 when not known
	Year         int           // 0 when not known
	Status       Status
	HLS          bool   // streamed as HLS segments rather than as one file
	CoverURL     string // the largest cover; empty when there is none
	Covers       []Image

	// Personal tells that the server knew the listener, and that Plays and
	// Favourite are therefore meant.
	Personal bool
	// Plays counts every play of this listener, those without charge
	// included. Ownership goes by paid plays: ask [Client.PlaysOf].
	Plays     int
	Favourite bool
}

// Image is one size of a picture. Width and Height are pixels, 0 when not
// known.
type Image struct {
	URL           string
	Width, Height int
}

// Release is a release with or without its tracks: lists leave them out.
type Release struct {
	ID            string
	Title         string
	Type          string // "lp", "ep", "single", "compilation", "collection", "podcast" or empty
	About         string
	Tags          []string
	ArtistID      string
	Artist        string // the artist's name; empty where a list leaves it out
	DisplayArtist string // the name to show; Artist where the release gives none
	Date          string // YYYY-MM-DD, or empty
	Private       bool   // shown to its artist only
	Enabled       bool   // let into the catalogue; always true in public lists
	CoverURL      string // the largest cover; empty when there is none
	Covers        []Image
	Tracks        []Track   // in the order of the release
	UpdatedAt     time.Time // zero when not given
}

// ArtistKind tells what stands behind an artist's page.
type ArtistKind string

// The kinds of the tracks API.
const (
	KindArtist      ArtistKind = "artist"
	KindBand        ArtistKind = "band"
	KindLabel       ArtistKind = "label"
	KindDistributor ArtistKind = "distributor"
)

// Link is an artist's page elsewhere.
type Link struct{ Platform, URL string }

// Artist is an artist, band, label or distributor.
type Artist struct {
	ID        string
	Name      string
	Kind      ArtistKind
	About     string // the short biography where there is one
	AvatarURL string // the largest; empty when there is none
	BannerURL string
	Links     []Link
	Releases  []Release // only where the route gives them
	UpdatedAt time.Time
}

// Playlist is a playlist with or without its items.
type Playlist struct {
	ID        string
	Title     string
	About     string
	Tags      []string
	Private   bool
	OwnerID   string
	Owner     string // name; empty where a list leaves it out
	CoverURL  string
	Items     []PlaylistItem
	UpdatedAt time.Time
	// Version names this state of one's own playlist to
	// [Client.ReorderPlaylistIf]; only OwnPlaylist gives it.
	Version string
}

// PlaylistItem is one entry; two copies of a track are two items.
type PlaylistItem struct {
	ID    string // the server's, empty where it gives none; a reorder replaces it
	Index int    // position, from 1
	Track Track
}

// PlaylistEdit is what a listener can set on a playlist. All of it is sent.
type PlaylistEdit struct {
	Title   string // must not be empty
	About   string
	Private bool
}

// Profile is the signed-in listener.
type Profile struct {
	ID        string
	Name      string
	Email     string
	Country   string
	Role      string // "user", "artist", "label", "admin" …
	Member    bool   // of the co-op, as listener or as musician
	Credits   credits.Milli
	Artists   []Artist // the listener's own, for whom there is a studio
	AvatarURL string
}

// IsArtist tells whether there is a studio for this listener.
func (p Profile) IsArtist() bool { return len(p.Artists) > 0 || p.Role == "artist" }

// PlayResult is the answer to a play or a purchase.
type PlayResult struct {
	TrackID string
	Count   int           // paid plays after it, 0 to credits.PlaysToOwn
	Cost    credits.Milli // what was charged, or would have been had there been enough
	Total   credits.Milli // credits left
	Charged bool          // Cost was taken
	Short   bool          // there were not enough credits; nothing was taken
	Own     bool          // the listener's own track: nothing counts, nothing costs; Count and Total are 0
}

// SearchResult is what a search or a tag finds.
type SearchResult struct {
	Artists  []Artist // labels and bands among them
	Releases []Release
	Tracks   []Track
}

// ListOptions choose a page of a list. The zero value is its first page in
// the server's order and size.
type ListOptions struct {
	Page  int    // from 1; 0 is the first
	Limit int    // at most 100; 0 leaves it to the server
	Order string // "newest", "oldest" …, as the route knows it; empty leaves it to the server
	Type  string // of releases: "lp", "ep", "single" …; empty is all
	// Featured leaves only what the co-op recommends: of releases and
	// playlists.
	Featured bool
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Page  int // from 1
	Pages int // as the server counts them with this limit; 0 when it does not say
	Total int // items in all pages; 0 when it does not say
}
