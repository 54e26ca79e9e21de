package library

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

func TestSeekIndexes(t *testing.T) {
	index := []byte("where things lie")
	gone := func(t *testing.T, l *Library, id string) {
		t.Helper()
		if got := value[[]byte](t)(l.SeekIndex(id)); got != nil {
			t.Errorf("the index of %s is still %q", id, got)
		}
	}
	stays := func(t *testing.T, l *Library, id string) {
		t.Helper()
		if got := value[[]byte](t)(l.SeekIndex(id)); !bytes.Equal(got, index) {
			t.Errorf("the index of %s is %q", id, got)
		}
	}
	part := func(size int64, etag string) File {
		return File{TrackID: "r-1", Path: PartPath("r-1"), Size: size, ETag: etag, Ranges: []Range{{0, 5}}, Used: start}
	}
	t.Run("with the bytes", func(t *testing.T) {
		l := newLibrary(t)
		must(t, l.PutReleases(release("r", "R", "A", 1)))
		gone(t, l, "r-1")
		must(t, l.SaveSeekIndex("r-1", index))
		must(t, l.SaveFile(part(100, `"x"`)))
		stays(t, l, "r-1")
		must(t, l.Forget("r-1")) // it serves the next stream
		stays(t, l, "r-1")
		must(t, l.SaveFile(part(0, "")))
		must(t, l.SaveFile(part(100, `"x"`)))
		stays(t, l, "r-1")
		must(t, l.SaveFile(part(100, `"y"`)))
		gone(t, l, "r-1")
		must(t, l.SaveSeekIndex("r-1", index))
		must(t, l.SaveFile(part(101, "")))
		gone(t, l, "r-1")
	})
	t.Run("with the track", func(t *testing.T) {
		l := newLibrary(t)
		must(t, l.PutReleases(release("r", "R", "A", 1)))
		must(t, l.SaveSeekIndex("r-1", index))
		must(t, l.RetainReleases(func(string) bool { return false }))
		gone(t, l, "r-1")
	})
	t.Run("with a file of one's own", func(t *testing.T) {
		l := newLibrary(t)
		f := song("Low", "Ana", 1)
		must(t, l.PutLocal(f))
		id := localTrackAt(t, l, f.Path).TrackID
		must(t, l.SaveSeekIndex(id, index))
		must(t, l.PutLocal(f))
		stays(t, l, id)
		f.Modified = f.Modified.Add(time.Second)
		must(t, l.PutLocal(f))
		gone(t, l, id)
	})
	t.Run("refused", func(t *testing.T) {
		l := newLibrary(t)
		for _, n := range []int{0, maxSeekIndex + 1} {
			if err := l.SaveSeekIndex("r-1", make([]byte, n)); err == nil {
				t.Errorf("an index of %d bytes is kept", n)
			}
		}
		if err := l.SaveSeekIndex("", index); err == nil {
			t.Error("an index of no track is kept")
		}
	})
}

// However many are stored, they take no more than they may, and the last one
// is there.
func TestSeekIndexesAreBounded(t *testing.T) {
	l := newLibrary(t)
	const most = 1000
	for i := range 300 {
		id := fmt.Sprintf("%08x", i*0x9e3779b9&0xffffffff)
		data := bytes.Repeat([]byte{1}, 1+i*7%most)
		must(t, l.update("storing", func(tx *txn) error { return tx.saveSeekIndex(id, data, most) }))
		if got := value[[]byte](t)(l.SeekIndex(id)); len(got) != len(data) {
			t.Fatalf("of %d bytes %d are kept", len(data), len(got))
		}
		must(t, l.view("adding up", func(tx *txn) error {
			if n := tx.seekBytes(); n > most || n != tx.bucket(bSeek).Sequence() {
				t.Fatalf("%d bytes, counted as %d", n, tx.bucket(bSeek).Sequence())
			}
			return nil
		}))
	}
}
