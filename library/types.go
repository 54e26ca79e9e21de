package library

import (
	"strings"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// Status says how a track may be heard.
type Status string

// The statuses of the tracks API.
const (
	Paid        Status = "paid"
	Free        Status = "free"
	FreeAndPaid Status = "free+paid" // costs like Paid
	Hidden      Status = "hidden"    // a draft: only its artist hears it
	Deleted     Status = "deleted"
)

// Track is what this machine knows of one track. Values are copies: changing
// one changes nothing in the library.
type Track struct {
	ID        string
	Title     string
	Artist    string
	ArtistID  string
	Release   string
	ReleaseID string
	Number    int // place on the release, from 1; 0 when unknown
	Duration  time.Duration
	Year      int
	Status    Status
	Cover     string // address of the cover; "" means none
	Own       bool   // by the person signed in: plays cost and count nothing
	Gone      bool   // no longer in the catalogue; here because the person has it
	Local     bool   // a file of the person's own, which no co-op knows; it is Own too
	Segments  bool   // the co-op is likely to have it in segments of HLS only

	Plays     int  // paid plays, 0…9, with those still in the outbox added
	Owned     bool // nine paid plays, or bought at once
	Favourite bool
	Offline   Offline // how much of it is on this machine
}

// Price is what the next play of the track costs.
func (t Track) Price() credits.Milli {
	if t.Owned || t.Own || t.Status == Free {
		return 0
	}
	return credits.Cost(t.Plays)
}

// ToOwn is what it costs to own the track now.
func (t Track) ToOwn() credits.Milli {
	if t.Owned || t.Own {
		return 0
	}
	return credits.Remaining(t.Plays)
}

// Offline says how much of a track is on this machine.
type Offline int

// The steps from nothing to kept for good.
const (
	NotHere Offline = iota // must be streamed
	Partial                // some of its bytes are here
	Cached                 // whole, in the rolling cache: may be evicted
	Pinned                 // whole, and kept until told otherwise
)

// Release is an album, EP, single or compilation. Tracks is filled only by
// Library.Release.
type Release struct {
	ID       string
	Title    string
	Artist   string
	ArtistID string
	Kind     string // "lp", "ep", "single", "compilation", …; "" when unknown
	Date     string // YYYY-MM-DD, or ""
	About    string
	Tags     []string
	Cover    string
	Own      bool      // by the person signed in
	Draft    bool      // not public: private, not enabled, or its date is to come
	Gone     bool      // no longer in the catalogue; here because the person has some of it
	Local    bool      // made of files of the person's own
	Updated  time.Time // when the co-op changed it last, as it said with the tracks; zero when it does not say
	Tracks   []Track
}

// Year is the first four characters of the date, or "".
func (r Release) Year() string {
	if len(r.Date) < 4 {
		return ""
	}
	return r.Date[:4]
}

// Artist is a person, band or label.
type Artist struct {
	ID       string
	Name     string
	About    string
	Country  string
	Avatar   string // address of the picture, or ""
	Releases []Release
}

// Playlist is a list of tracks made by a person. Items and Unfound are filled
// only by Library.Playlist; Count and Duration always.
type Playlist struct {
	ID       string
	Title    string
	About    string
	Owner    string
	Own      bool
	Private  bool
	Cover    string
	Count    int
	Duration time.Duration
	Items    []PlaylistItem
	Unfound  []Unfound // what was not found of the file it was imported from
}

// PlaylistItem is one place on a playlist. Two copies of a track have two ids.
type PlaylistItem struct {
	ID    string
	Track Track
}

// Account is the person signed in, as the co-op knows them.
type Account struct {
	ID      string
	Name    string
	Email   string
	CoOp    string        // address of the co-op
	Artist  bool          // has a studio
	Credits credits.Milli // as the co-op said last, less the cost of plays still in the outbox
	Known   bool          // false until the first refresh
}

// HistoryEntry is one play, newest first in lists.
type HistoryEntry struct {
	Track Track
	At    time.Time
	Heard time.Duration
	Cost  credits.Milli
	Sent  bool // false while it waits in the outbox
	Count int  // plays of the track in the history; told by Library.History only
}

// IntentKind names what an intent in the outbox asks the co-op to do.
type IntentKind string

// The kinds of intent.
const (
	IntentPlay           IntentKind = "play"
	IntentBuy            IntentKind = "buy"
	IntentFavourite      IntentKind = "favourite"
	IntentPlaylistCreate IntentKind = "playlist-create"
	IntentPlaylistUpdate IntentKind = "playlist-update"
	IntentPlaylistDelete IntentKind = "playlist-delete"
	IntentPlaylistItems  IntentKind = "playlist-items"
	IntentPlaylistCover  IntentKind = "playlist-cover"
)

// IntentState says where an intent stands.
type IntentState string

// An intent begins waiting. It is marked sending before its request leaves,
// so that after a crash the outcome is settled by asking and not by sending
// again. Failed intents stay until a person has seen them.
const (
	IntentWaiting IntentState = "waiting"
	IntentSending IntentState = "sending"
	IntentFailed  IntentState = "failed"
)

// Intent is something done here that the co-op has not confirmed.
type Intent struct {
	ID         string // random; sent as the Idempotency-Key
	Kind       IntentKind
	State      IntentState
	At         time.Time // when the person did it
	TrackID    string    // play, buy, favourite
	Heard      time.Duration
	On         bool          // favourite: the wished state
	Price      credits.Milli // play, buy: what the person was shown
	Before     Before        // play, buy: what the co-op said just before sending
	PlaylistID string        // playlist kinds; begins with "local-" until the co-op has named it
	Title      string        // playlist-create, playlist-update
	About      string        // playlist-create, playlist-update
	Private    bool          // playlist-create, playlist-update
	Was        Heading       // playlist-update: what the edit began from
	Items      []string      // playlist-items: track ids in the wished order
	Cover      string        // playlist-cover: address of the picture
	CoverWas   string        // playlist-cover: the address that the edit began from
	Version    string        // playlist-cover: the state of the playlist on condition of which it was sent; "" until then
	Base       []string      // playlist-items, playlist-delete: track ids the edit began from
	Theirs     []string      // playlist-items: what the co-op had just before sending
	TheirIDs   []string      // playlist-items: the co-op's ids of the items in Theirs, "" where it gives none
	Joined     []string      // playlist-items: what was sent; nil until then
	Tries      int
	Sent       time.Time // when a request for it left last; zero when none has
	Reason     string    // failed: one sentence
}

// Heading is what a playlist says of itself besides its tracks.
type Heading struct {
	Known   bool // false in a change that was made before it was noted
	Title   string
	About   string
	Private bool
}

// trimmed is a heading as servers keep it.
func (h Heading) trimmed() Heading {
	h.Title, h.About = strings.TrimSpace(h.Title), strings.TrimSpace(h.About)
	return h
}

// Heading is what the intent wishes a playlist to say of itself.
func (in Intent) Heading() Heading {
	return Heading{Known: true, Title: in.Title, About: in.About, Private: in.Private}
}

// Heading is what the playlist says of itself.
func (p Playlist) Heading() Heading {
	return Heading{Known: true, Title: p.Title, About: p.About, Private: p.Private}
}

// Before is what the co-op said of a track and a wallet just before money was
// asked to move; comparing it with what it says afterwards settles a lost
// answer.
type Before struct {
	Known   bool
	Plays   int
	Credits credits.Milli
	// Listens is the length of the history, asked for (Listed) where a play
	// will cost nothing and leave no other trace.
	Listens int
	Listed  bool
}

// File is what is on this machine of one track's bytes.
type File struct {
	TrackID  string
	Path     string // relative to the library's folder, with slashes
	Size     int64  // bytes of the whole; 0 while unknown
	ETag     string
	Ranges   []Range // sorted, apart from one another
	Complete bool    // whole, its length verified
	SHA256   []byte  // of the whole, once complete
	Pinned   bool    // never evicted
	LetGo    bool    // taken away by the person: not fetched by itself any more
	Preview  bool    // the 45 s preview, not the track
	Used     time.Time
	Measured
}

// Measured is what listening to a track's file through has told. It outlives
// the file.
type Measured struct {
	Peaks    []byte  // waveform, 0…255 per bucket; nil until measured
	Loud     bool    // the loudness is known: it is not silence
	LUFS     float64 // integrated loudness by EBU R128
	TruePeak float64 // as a factor of full scale
}

// Range is the bytes [From, To) of a file.
type Range struct{ From, To int64 }

// Queue is what plays next, as it is kept between two starts.
type Queue struct {
	Entries  []QueueEntry
	Order    []uint64 // entry ids in shuffled order; nil when not shuffled
	Repeat   int
	Current  uint64
	Position time.Duration
	NextID   uint64
	Volume   float64 // 0…1
}

// QueueEntry is one place in the queue.
type QueueEntry struct {
	ID  uint64
	Key string // "track:<id>" or "file:<path>"
}

// Change says which parts of the library a transaction touched.
type Change uint32

// The parts of the library that a screen can watch.
const (
	Catalogue  Change = 1 << iota // tracks, releases, artists
	Ownership                     // plays, owned tracks, credits, the account
	Favourites                    // favourite tracks and followed artists
	Playlists                     //
	History                       //
	QueueSaved                    //
	Outbox                        //
	Files                         // what is on this machine
	Smart                         // smart lists
)
