package ui

import (
	"context"
	"io"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/dsp"
)

// Session is what the window needs of the app's session, *app.Session. Its
// methods return at once unless they take a context.
type Session interface {
	Library() *library.Library
	Sound
	Keeping
	Storage
	Connection
	Folders
}

var _ Session = (*app.Session)(nil)

// Sound is what is heard, and what comes next.
type Sound interface {
	Now() player.Snapshot
	Follow(ctx context.Context) <-chan player.Snapshot
	Queue() (app.QueueView, error)
	Peaks(key string) []byte

	PlayTracks(trackIDs []string, start int)
	PlayRelease(releaseID, fromTrackID string) error
	Enqueue(trackIDs ...string)
	PlayNext(trackIDs ...string)
	PlayEntry(id player.EntryID)
	RemoveEntry(id player.EntryID)
	MoveEntry(id, before player.EntryID)
	ClearQueue()

	Play()
	Pause()
	Toggle()
	Next()
	Previous()
	Seek(to time.Duration)
	SetVolume(volume float64)
	SetMuted(muted bool)
	SetShuffle(on bool)
	SetRepeat(r player.Repeat)

	Devices() (app.Devices, error)
	ChooseDevice(id string) error
	SleepIn(d time.Duration)
	SleepAt() time.Time
	SleepAfterTrack()
	SleepFinishes() (bool, error)
	SetSleepFinishes(on bool) error
	Sound() player.Sound
	SetSound(sound player.Sound) error
	SetSpeed(speed float64)
	SetLoop(l player.Loop)
	ClearLoop()
	Level() dsp.Level
	Equaliser() app.Equaliser
	TryEqualiser(e app.Equaliser)
	SetEqualiser(e app.Equaliser) error
	Ahead() app.Ahead
	SetAhead(a app.Ahead) error
}

// Keeping is owning tracks, keeping them on this machine, and what comes to it
// and leaves it as files.
type Keeping interface {
	Buy(trackID string, price credits.Milli) error
	SetFavourite(trackID string, on bool) error
	SetPinned(trackID string, on bool) error
	KeepRelease(releaseID string, on bool) (tracks int, err error)
	KeepPlaylist(playlistID string, on bool) error
	LetGo(trackID string) (undo func() error, err error)
	WantCovers()
	Cover(address string, px int) (path string, ok bool) // may take a moment
	SetPlaylistCover(playlistID string, picture io.Reader) error
	ImportPlaylist(name string, r io.Reader) (library.Imported, error)
	ExportPlaylist(playlistID string, f playlistfile.Format, w io.Writer) (entries int, err error)
}

// Storage is what is on this machine, and what may be.
type Storage interface {
	FreeSpace() (bytes int64, err error)
	DownloadRule() app.DownloadRule
	SetDownloadRule(r app.DownloadRule) error
	CacheLimit() app.CacheLimit
	SetCacheLimit(l app.CacheLimit) error
	ExportName(trackID string) (string, error)
	ExportTrack(ctx context.Context, trackID string, w io.Writer) error
	ExportTo(ctx context.Context, trackID, folder string) (path string, err error)
}

// Folders are those of the person's own music.
type Folders interface {
	LocalFolders() ([]string, error)
	AddLocalFolder(path string) error // may take a moment on a slow disk
	RemoveLocalFolder(path string) error
	RescanLocal()
	LocalScan() local.Progress
	FollowLocalScan(ctx context.Context) <-chan local.Progress
}

// Connection is the co-op.
type Connection interface {
	Status() app.Status
	SearchCoOp(ctx context.Context, words string) (app.Found, error) // takes as long as the network does
	CoOp() app.CoOp                                                  // that is, or was last, signed in to
	FollowStatus(ctx context.Context) <-chan app.Status
	Notices(ctx context.Context) <-chan app.Notice
	SignOut(ctx context.Context, discard bool) error
}
