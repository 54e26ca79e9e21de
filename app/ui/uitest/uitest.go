// Package uitest is a session for the tests of the window: a real library in
// a temporary folder, filled with a small co-op's facts, and a player that
// plays nothing but says what it is told to say. There is no network.
package uitest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

// Now is the moment at which every test takes place: an evening.
func Now() time.Time { return time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC) }

// Session is the session of a test. Change what it says with Say; what the
// window asks of it is written down in Calls.
type Session struct {
	lib *library.Library

	mu     sync.Mutex
	snap   player.Snapshot
	status app.Status
	peaks  []byte
	calls  []string
	device string // chosen
	eq     app.Equaliser
	finish bool // what SleepFinishes says
	ahead  app.Ahead
	sleep  time.Time
	scan   local.Progress
	found  map[string]app.Found
	rule   app.DownloadRule
	limit  app.CacheLimit
	free   int64
}

// New makes a session whose library holds the co-op of Releases, of a
// listener called Mara.
func New(t testing.TB) *Session {
	t.Helper()
	lib, err := library.Open(t.TempDir(), library.Options{Now: Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lib.Close(); err != nil {
			t.Error(err)
		}
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(lib.PutAccount(library.Account{
		ID: "mara", Name: "Mara", Email: "mara@example.org", CoOp: "https://coop.example",
		Artist: true, Credits: 12480, Known: true,
	}))
	must(lib.PutReleases(Releases()...))
	must(lib.PutPlays(map[string]int{
		"low-3": 4, "low-4": 7, "low-5": 1, "night-1": 8, "points-2": 8,
	}))
	must(lib.PutOwned("low-1", "low-2", "ledger-1", "ripple-2"))
	must(lib.PutFavourites("low-3"))
	s := &Session{lib: lib, peaks: Peaks()}
	s.status = app.Status{SignedIn: true, Online: true, Device: player.DeviceInfo{Name: "Speakers"}}
	s.limit, s.free = app.CacheLimit{Bytes: app.DefaultCache}, 52_400_000_000
	s.snap = player.Snapshot{Volume: 0.64, Device: s.status.Device, At: Now()}
	return s
}

// Keep puts tracks whole on this machine, pinned or in the rolling cache.
func (s *Session) Keep(t testing.TB, pinned bool, trackIDs ...string) {
	t.Helper()
	for _, id := range trackIDs {
		name, err := s.lib.AudioPath(id)
		if err == nil {
			err = os.WriteFile(name, []byte("sound"), 0o600)
		}
		rel, relErr := filepath.Rel(s.lib.Folder(), name)
		err = errors.Join(err, relErr, s.lib.SaveFile(library.File{TrackID: id, Path: filepath.ToSlash(rel), Size: 5}))
		err = errors.Join(err, s.lib.Complete(id, 5, nil), s.lib.Pin(id, pinned))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Peaks is a waveform that looks like one.
func Peaks() []byte {
	peaks := make([]byte, 420)
	for i := range peaks {
		x := float64(i)
		v := 0.35 + 0.25*math.Sin(x/17) + 0.2*math.Sin(x/5.3) + 0.2*math.Sin(x/2.1)*math.Sin(x/29)
		peaks[i] = byte(255 * min(max(math.Abs(v), 0.1), 1))
	}
	return peaks
}

// Hear puts tracks into the queue, the one at index current in the player at a
// position, playing.
func (s *Session) Hear(current int, position time.Duration, trackIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, len(trackIDs))
	for i, id := range trackIDs {
		keys[i] = app.TrackKey(id)
	}
	q := s.snap.Queue.Clear().Append(keys...)
	t, err := s.lib.Track(trackIDs[current])
	if err != nil {
		panic("uitest: no track " + trackIDs[current])
	}
	s.snap.Queue, s.snap.Entry = q, q.Entries[current]
	s.snap.State = player.Playing
	s.snap.Listen++
	s.snap.Item = player.Item{Key: keys[current], Title: t.Title, Artist: t.Artist, Release: t.Release}
	s.snap.Position, s.snap.Duration, s.snap.Buffered = position, t.Duration, 0.83
}

// Say changes what the session says.
func (s *Session) Say(change func(*player.Snapshot, *app.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.snap, &s.status)
}

// Calls is what has been asked of the session so far, in order.
func (s *Session) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Session) called(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what)
}

// Library is the test's library.
func (s *Session) Library() *library.Library { return s.lib }

// Now is what the test says is heard.
func (s *Session) Now() player.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snap
}

// Status is what the test says of the co-op.
func (s *Session) Status() app.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Finds has the co-op answer a search; others find nothing.
func (s *Session) Finds(words string, f app.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found == nil {
		s.found = map[string]app.Found{}
	}
	s.found[words] = f
}

// SearchCoOp is what Finds said.
func (s *Session) SearchCoOp(_ context.Context, words string) (app.Found, error) {
	s.called("search " + words)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found[words], nil
}

// Cover is that of the library.
func (s *Session) Cover(address string, _ int) (path string, ok bool) {
	path, ok, err := s.lib.Cover(address)
	return path, ok && err == nil
}

// CoOp is the co-op of the test's listener.
func (s *Session) CoOp() app.CoOp { return app.CoOp{Address: "https://coop.example"} }

// Follow, FollowStatus and Notices never say anything: tests hand news to the
// window themselves.
func (s *Session) Follow(context.Context) <-chan player.Snapshot  { return nil }
func (s *Session) FollowStatus(context.Context) <-chan app.Status { return nil }
func (s *Session) Notices(context.Context) <-chan app.Notice      { return nil }

// Peaks is the waveform of every track.
func (s *Session) Peaks(string) []byte { return s.peaks }

// Queue is the queue of the snapshot.
func (s *Session) Queue() (app.QueueView, error) {
	snap := s.Now()
	v := app.QueueView{Current: -1}
	for i, e := range snap.Queue.InOrder() {
		t, err := s.lib.Track(e.Key[len(app.TrackKey("")):])
		if err != nil {
			return v, err
		}
		if e.ID == snap.Entry.ID {
			v.Current = i
		} else if v.Current >= 0 {
			v.Upcoming++
			v.Duration += t.Duration
			v.Cost += t.Price()
		}
		v.Rows = append(v.Rows, app.QueueRow{Entry: e.ID, Track: t, Price: t.Price()})
	}
	return v, nil
}

// What follows writes down what the window asks for, and does the simplest
// thing that shows.

func (s *Session) PlayTracks(ids []string, start int) { s.called("play " + ids[start]) }
func (s *Session) PlayRelease(release, track string) error {
	s.called("play " + release + " from " + track)
	return nil
}
func (s *Session) Enqueue(ids ...string)      { s.called("enqueue " + ids[0]) }
func (s *Session) PlayNext(ids ...string)     { s.called("play next " + ids[0]) }
func (s *Session) PlayEntry(player.EntryID)   { s.called("play entry") }
func (s *Session) RemoveEntry(player.EntryID) { s.called("remove entry") }
func (s *Session) MoveEntry(id, before player.EntryID) {
	s.called("move entry")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Queue = snap.Queue.Move(id, before) })
}
func (s *Session) ClearQueue()             { s.called("clear") }
func (s *Session) Toggle()                 { s.called("toggle") }
func (s *Session) Play()                   { s.called("go on") }
func (s *Session) Pause()                  { s.called("pause") }
func (s *Session) Next()                   { s.called("next") }
func (s *Session) Previous()               { s.called("previous") }
func (s *Session) Seek(to time.Duration)   { s.called("seek " + to.Round(time.Second).String()) }
func (s *Session) SetVolume(float64)       { s.called("volume") }
func (s *Session) SetMuted(bool)           { s.called("mute") }
func (s *Session) SetShuffle(bool)         { s.called("shuffle") }
func (s *Session) SetRepeat(player.Repeat) { s.called("repeat") }
func (s *Session) WantCovers()             {}

// Devices are speakers and headphones.
func (s *Session) Devices() (app.Devices, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return app.Devices{Chosen: s.device, Sinks: []output.Sink{
		{ID: "speakers", Name: "Speakers", Default: true}, {ID: "worn", Name: "Headphones", Personal: true},
	}}, nil
}

// SleepIn remembers when, by the test's clock.
func (s *Session) SleepIn(d time.Duration) {
	s.called("sleep " + d.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sleep = Now().Add(d); d <= 0 {
		s.sleep = time.Time{}
	}
}

// SleepAt is what SleepIn remembers.
func (s *Session) SleepAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sleep
}

// SleepAfterTrack, SetLoop and ClearLoop change what is heard as the player does.
func (s *Session) SleepAfterTrack() {
	s.called("sleep after the track")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.StopAfter = true })
}

func (s *Session) SetLoop(l player.Loop) {
	s.called("loop " + l.From.String() + " " + l.To.String())
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Loop = l })
}

func (s *Session) ClearLoop() {
	s.called("no loop")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Loop = player.Loop{} })
}

// SetSleepFinishes and SetSound remember what they are given.
func (s *Session) SetSleepFinishes(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish = on
	return nil
}

func (s *Session) SleepFinishes() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finish, nil
}

func (s *Session) SetSound(sound player.Sound) error {
	s.called("sound")
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Sound = sound })
	return nil
}

func (s *Session) SetSpeed(speed float64) {
	s.called("speed " + strconv.FormatFloat(speed, 'g', -1, 64))
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Sound.Speed = speed })
}

func (s *Session) Sound() player.Sound { return s.Now().Sound }

// Level is that of music not very loud.
func (s *Session) Level() dsp.Level { return dsp.Level{Peak: [2]float64{0.5, 0.3}} }

// Ahead is what SetAhead remembers.
func (s *Session) Ahead() app.Ahead {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ahead
}

// SetAhead remembers the choice.
func (s *Session) SetAhead(a app.Ahead) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = a
	return nil
}

// Equaliser is what was tried or set last.
func (s *Session) Equaliser() app.Equaliser {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.eq
}

// TryEqualiser and SetEqualiser remember the setting.
func (s *Session) TryEqualiser(e app.Equaliser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.eq = e
}

// SetEqualiser is also written down.
func (s *Session) SetEqualiser(e app.Equaliser) error {
	s.called("equaliser")
	s.TryEqualiser(e)
	return nil
}

// ChooseDevice remembers the choice.
func (s *Session) ChooseDevice(id string) error {
	s.called("device " + id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.device = id
	return nil
}

// Buy, SetFavourite and SetPinned change the library, as the real ones do.
func (s *Session) Buy(id string, price credits.Milli) error {
	s.called("buy " + id + " for " + price.String())
	_, err := s.lib.Buy(id, price)
	return err
}

func (s *Session) SetFavourite(id string, on bool) error { return s.lib.SetFavourite(id, on) }

func (s *Session) SetPinned(id string, on bool) error { return s.lib.Pin(id, on) }

func (s *Session) KeepRelease(id string, on bool) (int, error) { return 2, s.lib.PinRelease(id, on) }

func (s *Session) KeepPlaylist(id string, on bool) error { return s.lib.PinPlaylist(id, on) }

// SetPlaylistCover takes any bytes for a picture.
func (s *Session) SetPlaylistCover(id string, picture io.Reader) error {
	b, err := io.ReadAll(picture)
	if err != nil {
		return err
	}
	return s.lib.SetPlaylistCover(id, b)
}

// ImportPlaylist and ExportPlaylist read and write files as the real ones do.
func (s *Session) ImportPlaylist(name string, r io.Reader) (library.Imported, error) {
	list, err := playlistfile.DecodeNamed(r, name)
	if err != nil {
		return library.Imported{}, err
	}
	return s.lib.ImportPlaylist(list, name)
}

func (s *Session) ExportPlaylist(id string, f playlistfile.Format, w io.Writer) (int, error) {
	list, err := s.lib.ExportPlaylist(id)
	if err != nil {
		return 0, err
	}
	return len(list.Entries), playlistfile.Encode(w, f, list)
}

func (s *Session) LetGo(id string) (undo func() error, err error) {
	gone, err := s.lib.LetGo(id)
	if err != nil {
		return nil, err
	}
	return gone.Undo, nil
}

// FreeSpace is what SetFree said.
func (s *Session) FreeSpace() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.free, nil
}

// SetFree changes how much room is left.
func (s *Session) SetFree(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = bytes
}

// DownloadRule and CacheLimit are what was set last.
func (s *Session) DownloadRule() app.DownloadRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rule
}

func (s *Session) CacheLimit() app.CacheLimit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

// SetDownloadRule and SetCacheLimit remember the choice.
func (s *Session) SetDownloadRule(r app.DownloadRule) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rule = r
	return nil
}

func (s *Session) SetCacheLimit(l app.CacheLimit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = l
	return nil
}

// ExportName, ExportTrack and ExportTo write a word instead of sound.
func (s *Session) ExportName(id string) (string, error) { return id + ".flac", nil }

func (s *Session) ExportTrack(_ context.Context, id string, w io.Writer) error {
	s.called("export " + id)
	_, err := io.WriteString(w, "sound")
	return err
}

func (s *Session) ExportTo(_ context.Context, id, folder string) (string, error) {
	s.called("export " + id + " to " + folder)
	return filepath.Join(folder, id+".flac"), nil
}

// AddFiles puts a release of files of the person's own into the library: two
// tracks of "Attic" by Ana, from the folder /music.
func (s *Session) AddFiles(t testing.TB) {
	t.Helper()
	file := func(number int, title string) library.LocalFile {
		return library.LocalFile{
			Path: fmt.Sprintf("/music/attic/%d.mp3", number), Size: 5, Modified: Now(), Title: title, Artist: "Ana", Release: "Attic",
			Number: number, Year: 1999, Duration: time.Duration(100*number) * time.Second,
		}
	}
	if err := errors.Join(s.lib.AddLocalFolder("/music"), s.lib.PutLocal(file(1, "Dust"), file(2, "Rafters"))); err != nil {
		t.Fatal(err)
	}
}

// Scan says how the scan of the folders gets on.
func (s *Session) Scan(p local.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scan = p
}

// LocalFolders and those that change them are the library's: nothing is
// scanned.
func (s *Session) LocalFolders() ([]string, error)                       { return s.lib.LocalFolders() }
func (s *Session) AddLocalFolder(path string) error                      { return s.lib.AddLocalFolder(path) }
func (s *Session) RemoveLocalFolder(path string) error                   { return s.lib.RemoveLocalFolder(path) }
func (s *Session) RescanLocal()                                          { s.called("rescan") }
func (s *Session) FollowLocalScan(context.Context) <-chan local.Progress { return nil }

// LocalScan is what Scan said last.
func (s *Session) LocalScan() local.Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scan
}

func (s *Session) SignOut(context.Context, bool) error {
	s.called("sign out")
	return nil
}
