package codectest

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
)

// Growing is a source of which only the beginning can be read without a wait.
// Reading beyond it succeeds, and is noted.
type Growing struct {
	*Source
	here int64

	mu     sync.Mutex
	first  int64 // where it was first read beyond; 0 if it was not
	beyond int64 // bytes read there
}

// NewGrowing returns a source of data of which the first here bytes have come.
func NewGrowing(data []byte, here int64) *Growing {
	return &Growing{Source: NewSource(data), here: here}
}

// Reach is the offset up to which the bytes from off on have come.
func (g *Growing) Reach(off int64) int64 { return max(off, g.here) }

// Complete reports whether all bytes have come.
func (g *Growing) Complete() bool { return false }

// Beyond is the offset at which bytes that had not come were first read, 0 if
// none were, and how many were.
func (g *Growing) Beyond() (first, bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.first, g.beyond
}

// ReadAt implements source.Source.
func (g *Growing) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	n, err := g.Source.ReadAt(ctx, p, off)
	g.mu.Lock()
	defer g.mu.Unlock()
	if end := off + int64(n); end > g.here {
		if g.first == 0 {
			g.first = off
		}
		g.beyond += end - max(off, g.here)
	}
	return n, err
}

// CheckIndex holds the index of what open makes of file to its contract: with
// what one decoder has learned by playing to the end, the next one, of a
// download that has only begun, seeks exactly and reads no more than most bytes
// for it. A wrong index does no harm; one that is wrong about units can only be
// seen through where the format numbers its packets. file must be a few times
// 64 KiB long.
func CheckIndex(t *testing.T, open codec.Opener, file []byte, most int64, numbered bool) {
	t.Helper()
	const here = 64 << 10
	d := Open(t, open, NewSource(file))
	all := Drain(d)
	of := codec.IndexOf{Codec: d.Format().Codec, Size: int64(len(file)), ETag: "x"}
	stored := codec.EncodeIndex(d.(codec.Indexed).Index(), of)
	x, err := codec.DecodeIndex(stored, of)
	if err != nil {
		t.Fatalf("an index of %d bytes: %v", len(stored), err)
	}
	t.Logf("%d places in %d bytes, of %d", len(x.Places), len(stored), len(file))
	for _, share := range []float64{0.5, 0.9, 0.7, 0.99} {
		src := NewGrowing(file, here)
		d := Open(t, open, src)
		d.(codec.Indexed).UseIndex(x)
		target := int64(share * float64(len(all)))
		if d.Len() != int64(len(all)) {
			t.Errorf("its length is %d, want %d", d.Len(), len(all))
		}
		if err := d.SeekTo(target); err != nil {
			t.Fatal(err)
		}
		buffer := make([][2]float64, 2000)
		n, _ := d.Stream(buffer)
		first, read := src.Beyond()
		if e, ok := d.(codec.Estimator); ok && e.Estimated() || d.Position() != target+int64(n) {
			t.Errorf("a seek to %d led to %d, by a guess or not", target, d.Position()-int64(n))
		}
		if SNR(buffer[:n], all[target:][:n]) < 120 {
			t.Errorf("after a seek to %d something else comes", target)
		}
		if read > most || first < here {
			t.Errorf("a seek to %d read %d bytes from %d on", target, read, first)
		}
	}
	t.Run("wrong", func(t *testing.T) { checkWrongIndex(t, open, file, all, x, numbered) })
}

// checkWrongIndex seeks by indexes that lie about their places.
func checkWrongIndex(t *testing.T, open codec.Opener, file []byte, all [][2]float64, x codec.Index, numbered bool) {
	random := rand.New(rand.NewPCG(7, uint64(len(file))))
	for i := range 12 {
		wrong := codec.Index{Length: x.Length, Places: append([]codec.Place(nil), x.Places...)}
		for k := 1; k < len(wrong.Places); k++ {
			p := &wrong.Places[k]
			switch i % 3 {
			case 0:
				p.Offset += 1 + random.Int64N(20)
			case 1:
				p.Offset = wrong.Places[k-1].Offset + 1
			case 2:
				p.Unit = wrong.Places[k-1].Unit + 1 + random.Int64N(1000)
			}
		}
		d := Open(t, open, NewSource(file))
		d.(codec.Indexed).UseIndex(wrong)
		target := random.IntN(len(all))
		if err := d.SeekTo(int64(target)); err != nil {
			t.Errorf("a seek by a wrong index: %v", err)
		}
		got := make([][2]float64, 2000)
		n, _ := d.Stream(got)
		if db := SNR(got[:n], all[target:][:n]); (i%3 != 2 || numbered) && (n == 0 || db < 110) {
			t.Errorf("a seek to %d by a wrong index leads elsewhere: %v dB", target, db)
		}
	}
}
