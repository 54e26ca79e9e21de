package sync

import (
	"bytes"
	"context"
	"os"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// listening is a co-op that notes what is asked of it.
type listening struct {
	*fakeCoop
	mu    stdsync.Mutex
	wants []api.StreamRequest
	ids   []string
}

func (l *listening) Stream(ctx context.Context, id string, want api.StreamRequest) (*api.Stream, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wants, l.ids = append(l.wants, want), append(l.ids, id)
	return l.fakeCoop.Stream(ctx, id, want)
}

// TestResumeAfterAKill takes a copy of the disk in the middle of a download,
// which is what a kill leaves, and goes on from there: the queue is the same,
// and what was recorded is not asked for again where the co-op has ranges.
func TestResumeAfterAKill(t *testing.T) {
	const size = 4*step + 77
	for name, tt := range map[string]struct {
		media  fakeMedia
		change func(*fakeMedia) // between kill and start
	}{
		"with ranges":           {fakeMedia{ranges: true}, nil},
		"without ranges":        {fakeMedia{}, nil},
		"with another track":    {fakeMedia{ranges: true}, func(m *fakeMedia) { m.bytes = append(sound(size), 1); m.etag = hashed(m.bytes) }},
		"with nothing to check": {fakeMedia{ranges: true, etag: "-"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			must(t, b.lib.PutOwned("owned"))
			must(t, b.lib.Pin("pinned", true))
			other := sound(100)
			m := tt.media
			m.bytes = sound(size)
			switch m.etag {
			case "":
				m.etag = hashed(m.bytes)
			case "-":
				m.etag = ""
			}
			b.coop.media["pinned"] = &m
			killed := t.TempDir()
			release, _ := b.lib.Claim("owned") // so that nothing is written beside the pinned one
			defer release()
			var passed atomic.Int64
			clock := func() time.Time { return b.now.Add(time.Duration(passed.Load())) }
			asked := 0
			b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: clock, MayDownload: func(pinned bool) bool {
				if !pinned {
					return true
				}
				passed.Add(int64(recordEvery))
				if asked++; asked == 4 { // three steps of the pinned one have come, and two were recorded
					must(t, os.CopyFS(killed, os.DirFS(b.lib.Folder())))
				}
				return true
			}})
			must(t, b.s.DownloadOwned(t.Context()))

			lib := value[*library.Library](t)(library.Open(killed, library.Options{}))
			defer func() { must(t, lib.Close()) }()
			must(t, lib.Sweep(t.Context()))
			wanted := value[[]library.Wanted](t)(lib.Wanted())
			if len(wanted) != 2 || wanted[0].TrackID != "pinned" || !wanted[0].Pinned || wanted[1].TrackID != "owned" {
				t.Fatalf("the queue after a kill: %v", wanted)
			}
			here := value[library.File](t)(lib.File("pinned")).Have()
			if here < step || here >= size {
				t.Fatalf("%d bytes are recorded", here)
			}
			if tt.change != nil {
				tt.change(&m)
			}
			b.coop.media["owned"] = &fakeMedia{bytes: other, etag: hashed(other), ranges: true}
			coop := &listening{fakeCoop: b.coop}
			s := New(Config{Library: lib, CoOp: coop, Now: b.clock})
			must(t, s.DownloadOwned(t.Context()))
			for i, id := range coop.ids {
				want := coop.wants[i]
				switch {
				case id != "pinned":
				case tt.media.etag == "-" && (want.Offset != 0 || want.ETag != ""):
					t.Errorf("asked from %d, although nothing tells whether it is the same track", want.Offset)
				case tt.media.etag != "-" && (want.Offset != here || want.ETag == ""):
					t.Errorf("asked from %d of %q, with %d bytes here", want.Offset, want.ETag, here)
				}
			}
			f := value[library.File](t)(lib.File("pinned"))
			if got := value[[]byte](t)(os.ReadFile(lib.Full(f.Path))); !f.Complete || !bytes.Equal(got, m.bytes) {
				t.Errorf("%d bytes came, want %d", len(got), len(m.bytes))
			}
			if left := value[[]library.Wanted](t)(lib.Wanted()); len(left) != 0 {
				t.Errorf("still wanted: %v", left)
			}
		})
	}
}
