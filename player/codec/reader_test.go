package codec_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/source"
)

func TestReaderGivesTheBytesOfTheTrack(t *testing.T) {
	track := make([]byte, 200_000)
	for i := range track {
		track[i] = byte(i ^ i>>8 ^ i>>16)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := codec.NewReader(t.Context(), codectest.NewSource(track))
		for range 20 {
			off := rapid.IntRange(0, len(track)+100).Draw(t, "offset")
			n := rapid.IntRange(0, 60_000).Draw(t, "length")
			got, err := r.Bytes(int64(off), n)
			want := track[min(off, len(track)):min(off+n, len(track))]
			if !bytes.Equal(got, want) {
				t.Fatalf("Bytes(%d, %d) gave %d bytes, want %d", off, n, len(got), len(want))
			}
			if short := len(want) < n; short != errors.Is(err, io.EOF) || !short && err != nil {
				t.Fatalf("Bytes(%d, %d): %v", off, n, err)
			}
		}
	})
}

func TestReaderReadsOnlyABlockAhead(t *testing.T) {
	src := codectest.NewSource(make([]byte, 1<<20))
	r := codec.NewReader(t.Context(), src)
	for off := int64(0); off < 100_000; off += 417 {
		if _, err := r.Bytes(off, 417); err != nil {
			t.Fatal(err)
		}
	}
	if src.Read() > 100_000+20_000 {
		t.Errorf("%d bytes read to see 100,000", src.Read())
	}
}

func TestReaderAllocatesNothingForLies(t *testing.T) {
	r := codec.NewReader(t.Context(), codectest.NewSource(make([]byte, 1000)))
	for _, at := range []struct {
		off int64
		n   int
	}{{0, 1 << 30}, {-5, 10}, {0, -1}, {1 << 62, 10}} {
		if _, err := r.Bytes(at.off, at.n); !errors.Is(err, io.EOF) {
			t.Errorf("Bytes(%d, %d): %v", at.off, at.n, err)
		}
	}
	if r.Size() != 1000 {
		t.Errorf("size %d", r.Size())
	}
}

func TestReaderLearnsTheSizeAtTheEnd(t *testing.T) {
	r := codec.NewReader(t.Context(), codectest.NewSource(make([]byte, 1000)).HideSize())
	if r.Size() != -1 {
		t.Errorf("size %d before anything was read", r.Size())
	}
	if _, err := r.Bytes(900, 200); !errors.Is(err, io.EOF) || r.Size() != 1000 {
		t.Errorf("size %d, %v", r.Size(), err)
	}
}

// growing has some of a track; a read that wants more of it fails.
type growing struct {
	source.Source
	have int64
}

func (s growing) Reach(off int64) int64 { return max(off, s.have) }

func (s growing) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	if off+int64(len(p)) > s.have {
		return 0, errors.New("it would have to wait")
	}
	return s.Source.ReadAt(ctx, p, off)
}

func TestReaderWaitsForNoMoreThanItIsAskedFor(t *testing.T) {
	track := make([]byte, 100_000)
	for i := range track {
		track[i] = byte(i ^ i>>8 ^ i>>16)
	}
	rapid.Check(t, func(t *rapid.T) {
		src := &growing{Source: codectest.NewSource(track)}
		r := codec.NewReader(t.Context(), src)
		for off := int64(0); off < int64(len(track)); {
			n := rapid.Int64Range(1, min(20_000, int64(len(track))-off)).Draw(t, "length")
			more := rapid.Int64Range(0, 30_000).Draw(t, "bytes there behind it")
			src.have = min(max(src.have, off+n+more), int64(len(track)))
			got, err := r.Bytes(off, int(n))
			if err != nil || !bytes.Equal(got, track[off:off+n]) {
				t.Fatalf("Bytes(%d, %d) with %d there: %d bytes, %v", off, n, src.have, len(got), err)
			}
			off += rapid.Int64Range(1, n).Draw(t, "step")
		}
	})
}
