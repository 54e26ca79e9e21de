package library

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/atomicfile"
)

// wholeFile puts a whole track on disk.
func wholeFile(t *testing.T, l *Library, id, content string) {
	t.Helper()
	partFile(t, l, id, content, int64(len(content)))
	sum := sha256.Sum256([]byte(content))
	must(t, l.Complete(id, int64(len(content)), sum[:]))
}

// partFile puts the beginning of a track on disk.
func partFile(t *testing.T, l *Library, id, content string, size int64) {
	t.Helper()
	must(t, os.WriteFile(value[string](t)(l.AudioPath(id)), []byte(content), 0o600))
	must(t, l.SaveFile(File{
		TrackID: id, Path: PartPath(id), Size: size, ETag: `"x"`, Ranges: []Range{{0, int64(len(content))}}, Used: l.now(),
	}))
}

func onDisk(t *testing.T, l *Library) []string {
	t.Helper()
	var names []string
	for _, folder := range []string{"audio", "covers"} {
		_ = filepath.WalkDir(filepath.Join(l.folder, folder), func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, d.Name())
			}
			return nil
		})
	}
	return names
}

func TestPaths(t *testing.T) {
	tests := map[string]string{
		"706cff12-ba44-49f7-8982-98b3996a2919": "audio/70/706cff12-ba44-49f7-8982-98b3996a2919",
		"12345678":                             "audio/12/12345678",
	}
	for id, want := range tests {
		if got := WholePath(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
	seen := map[string]string{}
	for _, id := range []string{"../../../etc/passwd", "CON", "con", "a/b", `a\b`, "ABCDEFGH", "abcdefgh.", "..", "--------", strings.Repeat("a", 200), "é1234567", "x\n1234567"} {
		got := WholePath(id)
		if len(got) != len("audio/00/")+64 || !filepath.IsLocal(got) || strings.ContainsAny(got[9:], `./\`) {
			t.Errorf("%q: %s", id, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q share a file", id, other)
		}
		seen[got] = id
	}
}

func TestSaveFileRefusesPathsOutside(t *testing.T) {
	l := newLibrary(t)
	for _, path := range []string{"", "../x", "/etc/passwd", "audio/../../x", `audio\..\..\x`} {
		if err := l.SaveFile(File{TrackID: "t", Path: path}); err == nil {
			t.Errorf("%q was accepted", path)
		}
	}
	for _, r := range []Range{{-1, 2}, {5, 3}, {0, 11}} {
		if err := l.SaveFile(File{TrackID: "t", Path: "audio/t", Size: 10, Ranges: []Range{r}}); err == nil {
			t.Errorf("%v of 10 was accepted", r)
		}
	}
}

func TestCompleteVerifies(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 1)))
	id := "release-1"
	partFile(t, l, id, "0123456789", 20)
	if tr := value[Track](t)(l.Track(id)); tr.Offline != Partial {
		t.Errorf("offline %v", tr.Offline)
	}
	wrong := sha256.Sum256([]byte("something else"))
	for name, err := range map[string]error{
		"too short": l.Complete(id, 20, nil), "wrong hash": l.Complete(id, 10, wrong[:]),
		"no size": l.Complete(id, 0, nil), "not there": l.Complete("nothing", 10, nil),
	} {
		if !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f := value[File](t)(l.File(id)); f.Complete {
		t.Error("called whole")
	}
	right := sha256.Sum256([]byte("0123456789"))
	must(t, l.Complete(id, 10, right[:]))
	f := value[File](t)(l.File(id))
	if !f.Complete || f.Path != WholePath(id) || string(f.SHA256) != string(right[:]) || f.Have() != 10 {
		t.Errorf("file %+v", f)
	}
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-1]" {
		t.Errorf("on disk %v", got)
	}
	// Whoever still writes under the old record does not make it unwhole.
	must(t, l.SaveFile(File{TrackID: id, Path: PartPath(id), ETag: `"x"`, Ranges: []Range{{0, 4}}}))
	if f := value[File](t)(l.File(id)); !f.Complete || f.Path != WholePath(id) {
		t.Errorf("after a late record: %+v", f)
	}
	// A preview is never the track.
	must(t, os.WriteFile(value[string](t)(l.AudioPath("preview1")), []byte("45s"), 0o600))
	must(t, l.SaveFile(File{TrackID: "preview1", Path: PartPath("preview1"), Size: 3, Ranges: []Range{{0, 3}}, Preview: true}))
	if err := l.Complete("preview1", 3, nil); !errors.Is(err, ErrIncomplete) {
		t.Errorf("a preview was called the track: %v", err)
	}
}

func TestWantedAndPins(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 3)))
	must(t, l.PutOwned("release-1", "release-2"))
	must(t, l.Pin("release-3", true))
	if got := wantedIDs(t, l); fmt.Sprint(got) != "[release-3 release-1 release-2]" {
		t.Errorf("wanted %v", got)
	}
	wholeFile(t, l, "release-1", "owned")
	wholeFile(t, l, "release-3", "pinned")
	for id, want := range map[string]Offline{"release-1": Pinned, "release-2": NotHere, "release-3": Pinned} {
		if tr := value[Track](t)(l.Track(id)); tr.Offline != want {
			t.Errorf("%s: %v, want %v", id, tr.Offline, want)
		}
	}
	if got := wantedIDs(t, l); fmt.Sprint(got) != "[release-2]" {
		t.Errorf("wanted %v", got)
	}
	must(t, l.Pin("release-3", false))
	if tr := value[Track](t)(l.Track("release-3")); tr.Offline != Cached {
		t.Errorf("unpinned: %v", tr.Offline)
	}
	// What was cached is promoted when it becomes owned.
	must(t, l.PutPlays(map[string]int{"release-3": 9}))
	if tr := value[Track](t)(l.Track("release-3")); tr.Offline != Pinned {
		t.Errorf("owned: %v", tr.Offline)
	}
	if p := value[Page[Track]](t)(l.OnDisk(0, 9)); p.Total != 2 || p.Items[0].ID != "release-3" {
		t.Errorf("on disk %v", ids(p.Items))
	}
	must(t, l.Forget("release-1"))
	if got := wantedIDs(t, l); fmt.Sprint(got) != "[release-1 release-2]" {
		t.Errorf("a forgotten one is wanted again: %v", got)
	}
}

func TestEvict(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 6)))
	must(t, l.PutOwned("release-1"))
	must(t, l.Pin("release-2", true))
	for i := 1; i <= 6; i++ {
		wholeFile(t, l, fmt.Sprintf("release-%d", i), "0123456789")
	}
	must(t, l.Touch("release-3"))
	release, ok := l.Claim("release-4")
	if !ok {
		t.Fatal("not claimed")
	}
	if _, ok := l.Claim("release-4"); ok {
		t.Error("claimed twice")
	}
	if n, tracks, err := l.DiskUse(); n != 60 || tracks != 6 || err != nil {
		t.Errorf("use %d, %d, %v", n, tracks, err)
	}
	if n := value[int64](t)(l.Evictable()); n != 30 {
		t.Errorf("%d bytes may go, want those of three tracks", n)
	}
	if freed := value[int64](t)(l.Evict(t.Context(), 45)); freed != 20 {
		t.Errorf("freed %d", freed)
	}
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-1 release-2 release-3 release-4]" {
		t.Errorf("left %v", got)
	}
	release()
	release()
	// Nothing that is pinned, owned or used by someone goes.
	_ = value[int64](t)(l.Evict(t.Context(), 0))
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-1 release-2]" {
		t.Errorf("left %v", got)
	}
	if n, _, _ := l.DiskUse(); n != 20 {
		t.Errorf("use %d", n)
	}
}

func TestSweep(t *testing.T) {
	l := newLibrary(t)
	wholeFile(t, l, "whole-12", "whole")
	partFile(t, l, "part-123", "half", 9)
	partFile(t, l, "renamed1", "done", 4)
	partFile(t, l, "missing1", "was here", 9)
	// Killed between the rename and its record, and while writing.
	must(t, os.Rename(l.Full(PartPath("renamed1")), l.Full(WholePath("renamed1"))))
	must(t, os.Remove(l.Full(PartPath("missing1"))))
	must(t, os.WriteFile(l.Full("audio/wh/stray"), nil, 0o600))
	must(t, l.SaveCover("http://coop/picture.jpg", []byte("picture")))
	cover, _, _ := l.Cover("http://coop/picture.jpg")
	must(t, os.WriteFile(cover+"-1"+atomicfile.Suffix, nil, 0o600))
	must(t, os.WriteFile(filepath.Join(l.folder, "ninth.db.v1.bak-1"+atomicfile.Suffix), nil, 0o600))
	must(t, l.Sweep(t.Context()))
	swept := l.Swept()
	slices.Sort(swept)
	if len(swept) != 3 || swept[0] != "audio/wh/stray" || swept[2] != "ninth.db.v1.bak-1"+atomicfile.Suffix {
		t.Errorf("swept %v", swept)
	}

	want := []string{"part-123.part", "renamed1.part", "whole-12", filepath.Base(cover)}
	slices.Sort(want)
	got := onDisk(t, l)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("on disk %v, want %v", got, want)
	}
	if f := value[File](t)(l.File("renamed1")); f.Path != PartPath("renamed1") || f.Complete || f.Have() != 4 {
		t.Errorf("the renamed one: %+v", f)
	}
	must(t, l.Complete("renamed1", 4, nil))
	if f := value[File](t)(l.File("missing1")); f.Path != "" || f.Have() != 0 {
		t.Errorf("the missing one: %+v", f)
	}
}

func TestCovers(t *testing.T) {
	l := newLibrary(t)
	r := release("r", "R", "A", 1)
	r.Cover = "http://coop/a.jpg"
	must(t, l.PutReleases(r))
	must(t, l.PutArtists(Artist{ID: "by-A", Name: "A", Avatar: "http://coop/b.jpg"}))
	if got := value[[]string](t)(l.WantedCovers(9)); len(got) != 2 {
		t.Errorf("wanted %v", got)
	}
	must(t, l.SaveCover("http://coop/a.jpg", []byte("a picture")))
	must(t, l.DropCover("http://coop/b.jpg"))
	if got := value[[]string](t)(l.WantedCovers(9)); len(got) != 0 {
		t.Errorf("wanted %v", got)
	}
	name, ok, err := l.Cover("http://coop/a.jpg")
	if !ok || err != nil || string(value[[]byte](t)(os.ReadFile(name))) != "a picture" {
		t.Errorf("%s %v %v", name, ok, err)
	}
	if _, ok, err := l.Cover("http://coop/b.jpg"); ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	for _, bad := range [][]byte{nil, make([]byte, maxCover+1)} {
		if err := l.SaveCover("x", bad); err == nil {
			t.Errorf("%d bytes were kept", len(bad))
		}
	}
	if n := value[int64](t)(l.FreeSpace()); n <= 0 {
		t.Errorf("free space %d", n)
	}
}

// TestRanges adds ranges at random; the bytes they cover are those of a list
// of booleans.
func TestRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f File
		var have [40]bool
		for range rapid.IntRange(0, 12).Draw(t, "ranges") {
			from := rapid.Int64Range(0, 39).Draw(t, "from")
			to := rapid.Int64Range(from, 40).Draw(t, "to")
			f.Add(Range{from, to})
			for i := from; i < to; i++ {
				have[i] = true
			}
		}
		n := int64(0)
		for i, h := range have {
			covered := slices.ContainsFunc(f.Ranges, func(r Range) bool { return r.From <= int64(i) && int64(i) < r.To })
			if covered != h {
				t.Fatalf("byte %d: %v in %v", i, covered, f.Ranges)
			}
			if h {
				n++
			}
		}
		for i := 1; i < len(f.Ranges); i++ {
			if f.Ranges[i-1].To >= f.Ranges[i].From {
				t.Fatalf("not apart: %v", f.Ranges)
			}
		}
		if f.Have() != n {
			t.Fatalf("has %d, want %d", f.Have(), n)
		}
	})
}
