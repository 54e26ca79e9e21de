package app

import (
	"math"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/api/server/media"
	catalogue "github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/source"
)

// longTrack is a paid track of the demo that Mara does not own.
func longTrack(t *testing.T) catalogue.Track {
	t.Helper()
	list, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list.Releases {
		for _, track := range r.Tracks {
			if track.Title == "Undertow" {
				return track
			}
		}
	}
	t.Fatal("the demo has no such track")
	return catalogue.Track{}
}

// openEntry opens a track as the player does.
func openEntry(t *testing.T, s *Session, id string) (source.Source, codec.Decoder) {
	t.Helper()
	item, err := s.resolve(t.Context(), player.Entry{ID: 1, Key: TrackKey(id)})
	if err != nil {
		t.Fatal(err)
	}
	src, err := item.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := formats.All().Open(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return src, d
}

// samples reads up to n frames.
func samples(t *testing.T, d codec.Decoder, n int) (out [][2]float64) {
	t.Helper()
	buffer := make([][2]float64, 4096)
	for len(out) < n {
		got, ok := d.Stream(buffer[:min(len(buffer), n-len(out))])
		out = append(out, buffer[:got]...)
		if !ok {
			break
		}
	}
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A track that comes in segments is played from any place of it at once, and
// what is heard there is what is there. When it has come whole it is kept, and
// plays without the co-op.
func TestATrackInSegmentsIsPlayed(t *testing.T) {
	track := longTrack(t)
	for _, form := range []media.Form{media.Transport, media.Fragments, media.Packed} {
		t.Run(string(form), func(t *testing.T) {
			c := startCoopWith(t, form)
			s := openSession(t, t.TempDir(), &auth.Memory{})
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			if err := c.signIn(s, demo.Mara(), false); err != nil {
				t.Fatal(err)
			}
			if err := s.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			src, d := openEntry(t, s, track.ID)
			target := int64(track.Duration * 0.4 * catalogue.SampleRate)
			if err := d.SeekTo(target); err != nil || d.Position() != target {
				t.Fatalf("a seek to %d leads to %d: %v", target, d.Position(), err)
			}
			if e, ok := d.(codec.Estimator); ok && e.Estimated() {
				t.Error("the place is a guess")
			}
			there := samples(t, d, catalogue.SampleRate)
			if err := d.SeekTo(0); err != nil {
				t.Fatal(err)
			}
			all := samples(t, d, int(target)+len(there))
			checkSame(t, there, all[target:][:len(there)])
			waitDone(t, src)
			for _, err := range []error{d.Close(), src.Close()} {
				if err != nil {
					t.Error(err)
				}
			}

			c.stop()
			kept, offline := openEntry(t, s, track.ID)
			if _, ok := kept.(*source.File); !ok {
				t.Errorf("it is opened as a %T", kept)
			}
			if err := offline.SeekTo(target); err != nil {
				t.Fatal(err)
			}
			checkSame(t, samples(t, offline, len(there)), there)
			off := float64(offline.Len())/catalogue.SampleRate - track.Duration
			if math.Abs(off) > 0.1 && form != media.Packed {
				t.Errorf("it is %.3f s longer than the catalogue says", off)
			}
			for _, err := range []error{offline.Close(), kept.Close()} {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// checkSame holds got to want. Since the encoder leaves some noise to the
// decoder to make up, they need not be equal, but must be nearer than the same
// sound one frame beside.
func checkSame(t *testing.T, got, want [][2]float64) {
	t.Helper()
	if len(got) != len(want) || len(got) < 1000 {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	n := len(got)
	here, beside := ratio(got, want), max(ratio(got[1:], want[:n-1]), ratio(got[:n-1], want[1:]))
	if here < 20 || here < beside+3 {
		t.Errorf("%.1f dB, and %.1f dB one frame beside", here, beside)
	}
}

// ratio is how near got comes to want, in dB.
func ratio(got, want [][2]float64) float64 {
	var signal, noise float64
	for i, w := range want {
		for c := range w {
			d := w[c] - got[i][c]
			signal += w[c] * w[c]
			noise += d * d
		}
	}
	return 10 * math.Log10(signal/max(noise, 1e-30))
}

// waitDone waits until all of a download has come.
func waitDone(t *testing.T, src source.Source) {
	t.Helper()
	d, ok := src.(*download)
	if !ok {
		t.Fatalf("a %T", src)
	}
	select {
	case <-d.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("it does not come")
	}
	if err := d.Err(); err != nil || !d.Complete() {
		t.Fatalf("it has not come whole: %v", err)
	}
}
