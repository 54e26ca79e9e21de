package player

import (
	"context"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Item is an entry made playable by Config.Resolve.
type Item struct {
	Key                    string
	Title, Artist, Release string
	Duration               time.Duration // as announced; 0 if nobody said
	// Gains are known of the track beside its tags, which count for more.
	Gains codec.Gains
	// Album names the release and Number the track's place there: tracks of
	// one release that follow each other belong together.
	Album  string
	Number int
	// Among: the entry before it in the queue, or the one after, belonged to it
	// in that way when it was opened. The player finds that out.
	Among   bool
	Preview bool // only a preview of the track will be heard
	// Open returns the bytes. Every call returns a source of its own, which
	// the player closes; the entry may be opened again while an earlier
	// source is still open. The context ends with the listen.
	Open func(ctx context.Context) (source.Source, error)

	// Stale, if not nil, reports whether Open would give something else now than
	// it has given. It is asked on the player's goroutine, and must not block,
	// before an entry that was opened early is played; one that is stale is
	// opened anew.
	Stale func() bool

	// Index is what OnIndex was told of the same track earlier; nil if nothing.
	// With it a seek is exact, however far it leads beyond what is here. It is
	// not used for other bytes than those that it was learned of.
	Index []byte
	// OnIndex, if not nil, is told what there is to keep of where things lie in
	// the track: when it has been decoded to its end, and when it is let go, if
	// more was learned than Index has, but never of a preview. It owns the slice,
	// of at most 256 KiB. It is called on a goroutine of the track's own and should not take long.
	OnIndex func(index []byte)
}

// bare is the item without what only the player needs.
func (i Item) bare() Item {
	i.Open, i.Stale, i.Index, i.OnIndex = nil, nil, nil, nil
	return i
}

// Snapshot is what there is to know about the player at one moment. It shares
// nothing that ever changes.
type Snapshot struct {
	State State
	Entry Entry // the current entry; the zero Entry if there is none
	Item  Item  // its item once resolved, without functions and index

	Position time.Duration // of what is heard, from the beginning of the track
	// Estimated: Position is a guess, after a seek to where nothing numbers the
	// frames that are not downloaded yet (see codec.Estimator).
	Estimated bool
	Duration  time.Duration // decoded length if known, else as announced, else 0
	Listen    uint64        // which listen this is; 0 before the first
	Heard     time.Duration // how much of the track this listen has been heard
	Buffered  float64       // share of the track's bytes that are here, 0 to 1
	Format    codec.Format  // of the current entry once it is open
	Trouble   error         // why no bytes come at present, while that is being tried again
	// Waiting is for how long nothing has been heard because nothing is there,
	// in the states Loading and Buffering; 0 in the others.
	Waiting time.Duration

	Volume float64 // 0 to 1, as SetVolume takes it
	Muted  bool
	Sound  Sound
	Loop   Loop // zero unless the current entry is looped
	// StopAfter: the player stops at the end of the current entry.
	StopAfter bool

	Queue  Queue
	Err    error // why the state is Failed; otherwise nil
	Device DeviceInfo
	At     time.Time // when this was true
}

// DeviceInfo says where the sound goes.
type DeviceInfo struct {
	Name   string // as shown to a person
	Silent bool   // nobody hears anything: it plays against the clock, or is lost
	Err    error  // why nothing can be heard; wraps output.ErrNoDevice if that may pass
}

// Listen is one time that an entry is played, from when it is first heard
// until something else takes its place. Seeking does not begin a new one;
// repeating does.
type Listen struct {
	ID    uint64
	Entry Entry
	Item  Item      // without functions and index
	Began time.Time // when it was first heard
	// Heard is how much of the track was heard, in its own time whatever the
	// speed: no pauses, no buffering, nothing sought past, and what was heard
	// twice counts twice.
	Heard    time.Duration
	Duration time.Duration // as in Snapshot
	Ended    bool          // heard up to the real end of the track
	Done     bool          // no more will come of this listen
}
