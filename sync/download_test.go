package sync

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// sound is n bytes that are not all alike.
func sound(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i * i >> 3)
	}
	return out
}

func (b *bench) bytesOf(t *testing.T, id string) []byte {
	t.Helper()
	f := value[library.File](t)(b.lib.File(id))
	if !f.Complete {
		t.Fatalf("%s is not whole: %+v", id, f)
	}
	return value[[]byte](t)(os.ReadFile(b.lib.Full(f.Path)))
}

func TestDownloads(t *testing.T) {
	const size = 3*step/2 + 77
	content := sound(size)
	for name, m := range map[string]fakeMedia{
		"as coopd does":         {bytes: content, etag: hashed(content), ranges: true},
		"without ranges":        {bytes: content, etag: `"v1"`},
		"without anything":      {bytes: content, noSize: true},
		"a weak tag":            {bytes: content, etag: `W/"v1"`, ranges: true},
		"breaks, then resumes":  {bytes: content, etag: hashed(content), ranges: true, cutAt: step + 5000},
		"breaks, starts again":  {bytes: content, etag: `"v1"`, cutAt: step + 5000},
		"breaks, and says less": {bytes: content, noSize: true, cutAt: 5000},
	} {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			must(t, b.lib.PutOwned("a"))
			b.coop.media["a"] = &m
			err := b.s.DownloadOwned(t.Context())
			if m.cutAt > 0 {
				var network *api.NetworkError
				if !errors.As(err, &network) {
					t.Fatalf("a broken connection: %v", err)
				}
				if f := value[library.File](t)(b.lib.File("a")); f.Complete || f.Have() == 0 {
					t.Fatalf("after the break: %+v", f)
				}
				m.cutAt = 0
				b.restart()
				err = b.s.DownloadOwned(t.Context())
			}
			must(t, err)
			if got := b.bytesOf(t, "a"); !bytes.Equal(got, content) {
				t.Errorf("%d bytes came, want %d", len(got), len(content))
			}
			if tr := value[library.Track](t)(b.lib.Track("a")); tr.Offline != library.Pinned {
				t.Errorf("offline %v", tr.Offline)
			}
			if st := b.s.Status(); len(st.Downloads) != 0 {
				t.Errorf("still under way: %+v", st.Downloads)
			}
			n := b.coop.count("stream")
			must(t, b.s.DownloadOwned(t.Context()))
			if b.coop.count("stream") != n {
				t.Error("downloaded again")
			}
		})
	}
}

func TestADownloadThatChanged(t *testing.T) {
	b := testBench(t)
	must(t, b.lib.Pin("a", true))
	old, now := sound(2*step), bytes.Repeat([]byte("new"), step)
	m := &fakeMedia{bytes: old, etag: hashed(old), ranges: true, cutAt: step + 1}
	b.coop.media["a"] = m
	_ = b.s.DownloadOwned(t.Context())
	*m = fakeMedia{bytes: now, etag: hashed(now), ranges: true}
	must(t, b.s.DownloadOwned(t.Context()))
	if got := b.bytesOf(t, "a"); !bytes.Equal(got, now) {
		t.Errorf("%d bytes of two versions", len(got))
	}
}

// TestWhatAPlayerLeft fills the gaps that seeking left.
func TestWhatAPlayerLeft(t *testing.T) {
	b := testBench(t)
	must(t, b.lib.PutOwned("a"))
	content := sound(1000)
	b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content), ranges: true}
	sparse := make([]byte, 900)
	copy(sparse[200:300], content[200:300])
	copy(sparse[600:900], content[600:900])
	must(t, os.WriteFile(value[string](t)(b.lib.AudioPath("a")), sparse, 0o600))
	must(t, b.lib.SaveFile(library.File{
		TrackID: "a", Path: library.PartPath("a"), Size: 1000, ETag: hashed(content), Ranges: []library.Range{{From: 200, To: 300}, {From: 600, To: 900}},
	}))
	must(t, b.s.DownloadOwned(t.Context()))
	if !bytes.Equal(b.bytesOf(t, "a"), content) {
		t.Error("the bytes are not those of the track")
	}
	if n := b.coop.count("stream"); n != 3 {
		t.Errorf("asked %d times for three gaps", n)
	}
}

func TestDownloadsThatFail(t *testing.T) {
	content := sound(5000)
	for name, tt := range map[string]struct {
		media *fakeMedia
		want  error
	}{
		"preview":    {&fakeMedia{bytes: content, preview: true}, ErrPreview},
		"wrong hash": {&fakeMedia{bytes: content, etag: hashed([]byte("other")), ranges: true}, ErrCorrupt},
		"not there":  {nil, api.ErrNotFound},
		"empty":      {&fakeMedia{bytes: nil, noSize: true}, ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			must(t, b.lib.PutOwned("a", "b"))
			b.coop.media["a"], b.coop.media["b"] = tt.media, &fakeMedia{bytes: content, etag: hashed(content)}
			if err := b.s.DownloadOwned(t.Context()); !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if f := value[library.File](t)(b.lib.File("a")); f.Complete || f.Have() > 0 {
				t.Errorf("kept: %+v", f)
			}
			if !bytes.Equal(b.bytesOf(t, "b"), content) {
				t.Error("the other track did not come")
			}
			st := b.s.Status()
			if len(st.Downloads) != 1 || !errors.Is(st.Downloads[0].Err, tt.want) {
				t.Errorf("status %+v", st.Downloads)
			}
			// The worker leaves it alone for a while.
			n := b.coop.count("stream")
			var later *laterError
			if err := b.s.downloadDue(t.Context()); !errors.As(err, &later) || b.coop.count("stream") != n {
				t.Errorf("tried again at once: %v", err)
			}
			b.now = b.now.Add(longPause)
			_ = b.s.downloadDue(t.Context())
			if b.coop.count("stream") != n+1 {
				t.Error("not tried again later")
			}
		})
	}
}

func TestDownloadsAreAskedFor(t *testing.T) {
	b := testBench(t)
	content := sound(100)
	b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content)}
	must(t, b.lib.PutOwned("a"))
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, MayDownload: func(bool) bool { return false }})
	must(t, b.s.DownloadOwned(t.Context()))
	if b.coop.count("stream") != 0 {
		t.Error("downloaded although it may not")
	}
	// A track that someone plays is left to its player.
	b.restart()
	release, _ := b.lib.Claim("a")
	must(t, b.s.DownloadOwned(t.Context()))
	if b.coop.count("stream") != 0 {
		t.Error("downloaded twice at once")
	}
	release()
	must(t, b.s.DownloadOwned(t.Context()))
	_ = b.bytesOf(t, "a")
}

func TestTheRuleIsAskedOfEachKind(t *testing.T) {
	b := testBench(t)
	content := sound(100)
	for _, id := range []string{"owned", "pinned"} {
		b.coop.media[id] = &fakeMedia{bytes: content, etag: hashed(content)}
	}
	must(t, b.lib.PutOwned("owned"))
	must(t, b.lib.Pin("pinned", true))
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, MayDownload: func(pinned bool) bool { return pinned }})
	must(t, b.s.DownloadOwned(t.Context()))
	_ = b.bytesOf(t, "pinned")
	if n := b.coop.count("stream"); n != 1 {
		t.Errorf("%d downloads, want the pinned one", n)
	}
}

// TestTheNetworkBecomesMetered stops within a step of bytes, keeps what has
// come, and goes on from there.
func TestTheNetworkBecomesMetered(t *testing.T) {
	b := testBench(t)
	must(t, b.lib.PutOwned("a"))
	content := sound(3 * step)
	b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content), ranges: true}
	asked := 0
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, MayDownload: func(bool) bool { asked++; return asked < 2 }})
	must(t, b.s.DownloadOwned(t.Context()))
	f := value[library.File](t)(b.lib.File("a"))
	if f.Complete || f.Have() < step || f.Have() > step+chunk {
		t.Fatalf("%d bytes have come", f.Have())
	}
	if st := b.s.Status(); len(st.Downloads) != 0 || st.Err != nil {
		t.Errorf("status %+v", st)
	}
	b.restart()
	must(t, b.s.DownloadOwned(t.Context()))
	if !bytes.Equal(b.bytesOf(t, "a"), content) {
		t.Error("the bytes are not those of the track")
	}
}

func TestQuota(t *testing.T) {
	b := testBench(t)
	content := sound(1000)
	for _, id := range []string{"a", "b"} {
		must(t, os.WriteFile(value[string](t)(b.lib.AudioPath(id)), content, 0o600))
		must(t, b.lib.SaveFile(library.File{TrackID: id, Path: library.PartPath(id), Size: 1000, Ranges: []library.Range{{From: 0, To: 1000}}, Used: b.now}))
		must(t, b.lib.Complete(id, 1000, nil))
	}
	must(t, b.lib.Pin("a", true))
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, Quota: func() int64 { return 1500 }})
	must(t, b.s.DownloadOwned(t.Context()))
	if n, tracks, _ := b.lib.DiskUse(); n != 1000 || tracks != 1 {
		t.Errorf("%d bytes, %d tracks", n, tracks)
	}
	_ = b.bytesOf(t, "a")
}

// TestRoomIsMadeBeforeADownload: a track that does not fit is not begun; the
// oldest of the rolling cache goes for one that then fits, no pin does, and
// nothing does for one that would not fit either way.
func TestRoomIsMadeBeforeADownload(t *testing.T) {
	const size, small = 5000, 2000
	for name, tt := range map[string]struct {
		free int64 // beside the cache
		want error
		left []string // of the cache
	}{
		"there is room":         {reserve + size, nil, []string{"old", "pinned", "young"}},
		"for less the old goes": {reserve + size - 1, nil, []string{"pinned", "young"}},
		"or both":               {reserve + size - 2*small, nil, []string{"pinned"}},
		"but not the pin":       {reserve + size - 2*small - 1, ErrDiskFull, []string{"old", "pinned", "young"}},
		"nor the reserve":       {size, ErrDiskFull, []string{"old", "pinned", "young"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			here := []string{"pinned", "old", "young"}
			for i, id := range here {
				must(t, os.WriteFile(value[string](t)(b.lib.AudioPath(id)), sound(small), 0o600))
				must(t, b.lib.SaveFile(library.File{
					TrackID: id, Path: library.PartPath(id), Size: small, Ranges: []library.Range{{From: 0, To: small}}, Used: b.now.Add(time.Duration(i) * time.Hour),
				}))
				must(t, b.lib.Complete(id, small, nil))
			}
			must(t, b.lib.Pin("pinned", true))
			must(t, b.lib.PutOwned("a"))
			content := sound(size)
			b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content), ranges: true}
			before, _, _ := b.lib.DiskUse()
			b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, FreeSpace: func() (int64, error) {
				used, _, err := b.lib.DiskUse()
				return tt.free + before - used, err
			}})
			if err := b.s.DownloadOwned(t.Context()); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			var left []string
			for _, id := range here {
				if value[library.File](t)(b.lib.File(id)).Complete {
					left = append(left, id)
				}
			}
			slices.Sort(left)
			if !slices.Equal(left, tt.left) {
				t.Errorf("left are %v, want %v", left, tt.left)
			}
			if f := value[library.File](t)(b.lib.File("a")); f.Complete != (tt.want == nil) || tt.want != nil && f.Have() > 0 {
				t.Errorf("the track: %+v", f)
			}
		})
	}
}

func TestFetchCovers(t *testing.T) {
	b := testBench(t)
	good, bad := "https://coop.example/images/x.jpg", "https://coop.example/images/missing"
	must(t, b.lib.PutArtists(library.Artist{ID: "1", Name: "One", Avatar: good}, library.Artist{ID: "2", Name: "Two", Avatar: bad}))
	must(t, b.s.FetchCovers(t.Context()))
	name, ok, err := b.lib.Cover(good)
	if !ok || err != nil || string(value[[]byte](t)(os.ReadFile(name))) != "picture at "+good {
		t.Errorf("%s %v %v", filepath.Base(name), ok, err)
	}
	if left := value[[]string](t)(b.lib.WantedCovers(9)); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	must(t, b.lib.PutArtists(library.Artist{ID: "3", Name: "Three", Avatar: "https://coop.example/y.jpg"}))
	b.coop.faultOf = scripted("image", offline)
	if err := b.s.FetchCovers(t.Context()); err == nil {
		t.Error("no network is no failure")
	}
	must(t, b.s.FetchCovers(t.Context()))

	// One that was crossed off can be asked for by itself; one that is here is
	// not asked for.
	n := b.coop.count("image")
	must(t, b.s.FetchCover(t.Context(), good))
	if b.coop.count("image") != n {
		t.Error("a cover that is here was fetched")
	}
	if err := b.s.FetchCover(t.Context(), bad); err == nil {
		t.Error("there is no such picture")
	}
	must(t, b.s.FetchCover(t.Context(), "https://coop.example/images/large.jpg"))
	if _, ok, err := b.lib.Cover("https://coop.example/images/large.jpg"); !ok || err != nil {
		t.Errorf("the cover is not here: %v", err)
	}
}

// TestRangesAreRecordedOnTheWay looks into the library while a track comes: at
// a kill, at most what came in the last second and a step is lost.
func TestRangesAreRecordedOnTheWay(t *testing.T) {
	b := testBench(t)
	must(t, b.lib.PutOwned("a"))
	content := sound(4 * step)
	b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content), ranges: true}
	var recorded []int64
	now := b.now
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: func() time.Time { return now }, MayDownload: func(bool) bool {
		recorded = append(recorded, value[library.File](t)(b.lib.File("a")).Have())
		now = now.Add(recordEvery)
		return true
	}})
	must(t, b.s.DownloadOwned(t.Context()))
	// Asked before the download, and then after each step but before its record.
	want := []int64{0, 0, step, 2 * step, 3 * step}
	if len(recorded) != len(want) {
		t.Fatalf("recorded %v, want about %v", recorded, want)
	}
	for i, n := range recorded {
		if n < want[i] || n > want[i]+int64(i)*chunk {
			t.Errorf("recorded %v, want about %v", recorded, want)
		}
	}
}

// TestARecordThatFitsNoMore: where nothing comes any more and the file is not
// whole, it is begun anew instead of asked for without end.
func TestARecordThatFitsNoMore(t *testing.T) {
	content := sound(100)
	b := testBench(t)
	must(t, b.lib.PutOwned("a"))
	b.coop.media["a"] = &fakeMedia{bytes: content, etag: `"v1"`, ranges: true}
	full := value[string](t)(b.lib.AudioPath("a"))
	must(t, os.WriteFile(full, content, 0o600))
	must(t, b.lib.SaveFile(library.File{
		TrackID: "a", Path: library.PartPath("a"), Size: 200, ETag: `"v1"`, Ranges: []library.Range{{From: 0, To: 100}},
	}))
	if err := b.s.DownloadOwned(t.Context()); !errors.Is(err, ErrCorrupt) {
		t.Errorf("what does not fit: %v", err)
	}
	must(t, b.s.DownloadOwned(t.Context()))
	if got := b.bytesOf(t, "a"); !bytes.Equal(got, content) {
		t.Errorf("%d bytes came", len(got))
	}
}
