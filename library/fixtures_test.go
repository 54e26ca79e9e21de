package library

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// writeFixture is for the one who adds a migration: before that, it keeps a
// library of the schema until then, as testdata/schema/v<n>.db.gz.
var writeFixture = flag.Bool("fixture", false, "write a library of the current schema into testdata/schema")

func fixture(version int) string {
	return filepath.Join("testdata", "schema", fmt.Sprintf("v%d.db.gz", version))
}

func TestWriteFixture(t *testing.T) {
	if !*writeFixture {
		t.Skip("only with -fixture, before a migration is added")
	}
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	folder := t.TempDir()
	l := value[*Library](t)(Open(folder, Options{Now: c.now}))
	fillFixture(t, l)
	must(t, l.Close())
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_ = value[int](t)(w.Write(value[[]byte](t)(os.ReadFile(filepath.Join(folder, "ninth.db")))))
	must(t, w.Close())
	must(t, os.MkdirAll(filepath.Dir(fixture(0)), 0o755))
	must(t, os.WriteFile(fixture(len(migrations)), packed.Bytes(), 0o644))
}

// fillFixture makes a library with something of each kind in it.
func fillFixture(t *testing.T, l *Library) {
	t.Helper()
	must(t, l.PutAccount(Account{ID: "me", Name: "Ada", CoOp: "https://coop.example", Credits: 5000, Known: true}))
	must(t, l.PutReleases(release("first", "Low tide", "Ada Quay", 4), release("second", "Été", "Zoë", 2)))
	must(t, l.PutOwned("first-1", "first-2"))
	must(t, l.PutPlays(map[string]int{"second-1": 7}))
	must(t, l.PutFavourites("first-3"))
	must(t, l.PutPlaylists(Playlist{ID: "evenings", Title: "Evenings", Own: true, Items: []PlaylistItem{
		{Track: Track{ID: "first-2"}}, {Track: Track{ID: "second-1"}}, {Track: Track{ID: "first-2"}},
	}}))
	wholeFile(t, l, "first-1", "owned and whole")
	wholeFile(t, l, "second-2", "streamed")
	partFile(t, l, "first-2", "owned, coming", 40)
	must(t, l.Pin("first-4", true))
	must(t, l.SaveMeasured("first-1", Measured{Peaks: []byte{1, 2, 3}}))
	_, err := l.Play("second-1", l.now(), 50*time.Second)
	must(t, err)
	must(t, l.SetSetting("theme", "dark"))
	must(t, l.SaveQueue(Queue{Entries: []QueueEntry{{ID: 3, Key: "track:first-1"}}, Current: 3, NextID: 3, Volume: 0.5}))
}

// openFixture opens a library of an older schema, which migrates it.
func openFixture(t *testing.T, version int) *Library {
	t.Helper()
	packed := value[*os.File](t)(os.Open(fixture(version)))
	defer packed.Close()
	r := value[*gzip.Reader](t)(gzip.NewReader(packed))
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "ninth.db"), value[[]byte](t)(io.ReadAll(r)), 0o600))
	l := openAt(t, folder)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestMigrationsFromFixtures opens a library of each earlier schema: all that
// was in it is there, nothing contradicts anything, and what the step added
// works on what was there before.
func TestMigrationsFromFixtures(t *testing.T) {
	steps := map[int]func(*testing.T, *Library){
		1: tagsWork, 2: smartListsWork, 3: pinsWork, 4: localFilesWork, 5: seekIndexesWork, 6: movedFilesWork, 7: rulesWork,
	}
	for version := 1; version < len(migrations); version++ {
		step := steps[version]
		if step == nil {
			t.Errorf("the step from %d has no test", version)
			continue
		}
		t.Run(fmt.Sprint("from ", version), func(t *testing.T) {
			l := openFixture(t, version)
			checkInvariants(t, l)
			checkFixture(t, l)
			step(t, l)
			checkInvariants(t, l)
		})
	}
}

func tagsWork(t *testing.T, l *Library) {
	t.Helper()
	r := release("third", "Third", "Ada Quay", 1)
	r.Tags = []string{"Dub"}
	must(t, l.PutReleases(r))
	if p := value[Page[Release]](t)(l.Tagged("dub", 0, 9)); p.Total != 1 || len(p.Items) != 1 {
		t.Errorf("tagged: %+v", p)
	}
}

func smartListsWork(t *testing.T, l *Library) {
	t.Helper()
	if p := value[Page[Heard]](t)(l.RecentlyPlayed(0, 9)); p.Total != 1 || p.Items[0].Track.ID != "second-1" {
		t.Errorf("recently played: %+v", p)
	}
	artist := value[Track](t)(l.Track("first-1")).ArtistID
	must(t, l.SetFollowed(artist, true))
	if p := value[Page[Artist]](t)(l.Followed(0, 9)); p.Total != 1 {
		t.Errorf("followed: %+v", p)
	}
}

func pinsWork(t *testing.T, l *Library) {
	t.Helper()
	p := value[Page[Stored]](t)(l.Stored(0, 10))
	var got []string
	for _, s := range p.Items {
		got = append(got, fmt.Sprint(s.Track.ID, s.Bytes, s.Whole, s.Reasons[0].Why))
	}
	want := fmt.Sprint([]string{
		fmt.Sprint("first-1", 15, true, WhyOwned), fmt.Sprint("first-2", 13, false, WhyOwned), fmt.Sprint("second-2", 8, true, WhyStreamed),
	})
	if p.Total != 3 || fmt.Sprint(got) != want {
		t.Errorf("stored %v of %d, want %v", got, p.Total, want)
	}
	must(t, l.PinPlaylist("evenings", true))
	if w := value[[]Wanted](t)(l.Wanted()); fmt.Sprint(w) != "[{first-2 true} {first-4 true}]" {
		t.Errorf("wanted after pinning: %v", w)
	}
}

func localFilesWork(t *testing.T, l *Library) {
	t.Helper()
	must(t, l.AddLocalFolder(t.TempDir()))
	must(t, l.PutLocal(song("Low", "Ana", 1)))
	if p := value[Page[Track]](t)(l.LocalTracks(0, 9)); p.Total != 1 {
		t.Errorf("local tracks: %+v", p)
	}
}

func seekIndexesWork(t *testing.T, l *Library) {
	t.Helper()
	must(t, l.SaveSeekIndex("first-1", []byte("index")))
	if data := value[[]byte](t)(l.SeekIndex("first-1")); string(data) != "index" {
		t.Errorf("a seek index: %q", data)
	}
}

func movedFilesWork(t *testing.T, l *Library) {
	t.Helper()
	f := song("Low", "Ana", 1)
	must(t, l.PutLocal(f))
	f.ID = localTrackAt(t, l, f.Path).TrackID
	f.Path = music("Moved", "1.mp3")
	must(t, l.PutLocal(f))
	must(t, l.SetFavourite(f.ID, true))
	must(t, l.RemoveLocal(f.Path))
	was := f.ID
	f.ID = ""
	must(t, l.PutLocal(f))
	if got := localTrackAt(t, l, f.Path).TrackID; got != was {
		t.Errorf("a moved file that went came back as %s, was %s", got, was)
	}
}

func rulesWork(t *testing.T, l *Library) {
	t.Helper()
	if got := matching(t, l, Rule{Match: one(FieldPlays, AtLeast, 1), Sort: SortTitle}); got != "[second-1]" {
		t.Errorf("with plays: %s", got)
	}
	if got := matching(t, l, Rule{Match: one(FieldOwned, Is, nil), Sort: SortArtist, Descending: true}); got != "[first-2 first-1]" {
		t.Errorf("owned: %s", got)
	}
}

func checkFixture(t *testing.T, l *Library) {
	t.Helper()
	if a := value[Account](t)(l.Account()); a.Name != "Ada" || a.Credits >= 5000 {
		t.Errorf("account %+v", a)
	}
	tr := value[Track](t)(l.Track("first-1"))
	if !tr.Owned || tr.Offline != Pinned || tr.Title == "" {
		t.Errorf("an owned track: %+v", tr)
	}
	if tr := value[Track](t)(l.Track("second-1")); tr.Plays != 8 {
		t.Errorf("plays %d", tr.Plays)
	}
	if p := value[Playlist](t)(l.Playlist("evenings")); len(p.Items) != 3 || p.Items[1].Track.ID != "second-1" {
		t.Errorf("playlist %+v", p)
	}
	if n, tracks, err := l.DiskUse(); n != 36 || tracks != 2 || err != nil {
		t.Errorf("%d bytes, %d tracks, %v", n, tracks, err)
	}
	if w := wantedIDs(t, l); fmt.Sprint(w) != "[first-4 first-2]" {
		t.Errorf("wanted %v", w)
	}
	if waiting, _, err := l.OutboxCount(); waiting != 1 || err != nil {
		t.Errorf("outbox %d, %v", waiting, err)
	}
	if f := value[Page[Track]](t)(l.Favourites(0, 9)); f.Total != 1 {
		t.Errorf("favourites %d", f.Total)
	}
	if r := value[Results](t)(l.Search("ete", 5)); len(r.Releases) != 1 {
		t.Errorf("found %+v", r)
	}
	if q := value[Queue](t)(l.Queue()); len(q.Entries) != 1 || q.Current != 3 {
		t.Errorf("queue %+v", q)
	}
	if s := value[string](t)(l.Setting("theme")); s != "dark" {
		t.Errorf("setting %q", s)
	}
}

func TestTwoBackupsAreKept(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "ninth.db")
	must(t, openAt(t, folder).Close())
	steps := migrations
	for range 4 {
		steps = append(steps[:len(steps):len(steps)], migration{"nothing new", func(*txn) error { return nil }})
		must(t, value[*Library](t)(open(folder, Options{}, steps)).Close())
	}
	got := value[[]string](t)(filepath.Glob(file + ".*"))
	last := uint64(len(steps))
	want := []string{backupName(file, last-2), backupName(file, last-1)}
	slices.Sort(want) // as Glob does: the tenth comes before the ninth
	if !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}
