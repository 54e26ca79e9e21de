package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/ninth-coop/ninth/internal/audiomatch"
)

// forms are all that a rendition can have.
var forms = []Form{Transport, Fragments, Packed}

// partsOf reads every file that the playlists of a rendition name.
func partsOf(t *testing.T, r Rendition, prefix string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	names := []string{"playlist.m3u8"}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if files[name] != nil {
			continue
		}
		part, ok, err := r.Part(name, prefix)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", name, ok, err)
		}
		if files[name], err = io.ReadAll(part); err != nil {
			t.Fatal(err)
		}
		if err := part.Close(); err != nil {
			t.Error(err)
		}
		if filepath.Ext(name) == ".m3u8" {
			for _, m := range regexp.MustCompile(`(?m)^[^#\n].*$|URI="([^"]*)"`).FindAllSubmatch(files[name], -1) {
				if len(m[1]) > 0 {
					names = append(names, string(m[1]))
				} else {
					names = append(names, string(m[0]))
				}
			}
		}
	}
	return files
}

// decodeWith has ffmpeg decode one of some files, which may name the others.
func decodeWith(t *testing.T, files map[string][]byte, name string) []float32 {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rate = 48_000
	samples, err := audiomatch.Decode(t.Context(), filepath.Join(dir, name), rate, 2)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// Every form of a track is the same sound as its file, as ffmpeg reads both.
func TestARenditionIsTheTrack(t *testing.T) {
	for path, data := range audio(t) {
		want := decodeWith(t, map[string][]byte{"x.m4a": data}, "x.m4a")
		for _, form := range forms {
			t.Run(string(form)+" "+path, func(t *testing.T) {
				lib := New(fstest.MapFS{"x.m4a": &fstest.MapFile{Data: data}}, t.TempDir())
				r, whole, err := lib.Rendition("x.m4a", "hash", false, form)
				if err != nil || !whole {
					t.Fatal(whole, err)
				}
				checkJoined(t, r)
				compare(t, decodeWith(t, partsOf(t, r, "segment"), "playlist.m3u8"), want)
			})
		}
		break // one has them all
	}
}

// compare holds got to want, before and behind which it may have a few units of
// silence that the encoder put there.
func compare(t *testing.T, got, want []float32) {
	t.Helper()
	const maxDelay = 4 * 2 * unitFrames
	if extra := len(got) - len(want); extra < 0 || extra > maxDelay {
		t.Fatalf("%d samples, want %d", len(got), len(want))
	}
	for delay := 0; delay+len(want) <= len(got); delay += 2 {
		if near(got[delay:], want) {
			return
		}
	}
	t.Error("not the same sound at any place")
}

func near(got, want []float32) bool {
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-4 {
			return false
		}
	}
	return true
}

// checkJoined reads a rendition as one file, and holds it to what it says of
// itself.
func checkJoined(t *testing.T, r Rendition) {
	t.Helper()
	data, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatal(err)
	}
	total := r.Init
	for _, s := range r.Segments {
		total += s.Size
		if s.Seconds > 10.03 || s.Seconds <= 0 {
			t.Errorf("a segment of %v s", s.Seconds)
		}
	}
	sum := sha256.Sum256(data)
	if total != r.Size || int64(len(data)) != r.Size || hex.EncodeToString(sum[:]) != r.SHA256 {
		t.Errorf("%d bytes of %d, %d in segments", len(data), r.Size, total)
	}
}

func TestARenditionOfAPreview(t *testing.T) {
	for _, data := range audio(t) {
		lib := New(fstest.MapFS{"x.m4a": &fstest.MapFile{Data: data}}, t.TempDir())
		for _, form := range forms {
			r, whole, err := lib.Rendition("x.m4a", "hash", true, form)
			if err != nil || whole {
				t.Fatal(whole, err)
			}
			seconds := 0.0
			for _, s := range r.Segments {
				seconds += s.Seconds
			}
			if seconds < 45 || seconds > 45.1 {
				t.Errorf("%s: %v s", form, seconds)
			}
			again, _, err := lib.Rendition("x.m4a", "hash", true, form)
			if err != nil || !slices.Equal(again.Segments, r.Segments) || again.SHA256 != r.SHA256 {
				t.Errorf("%s: another one from the cache: %v", form, err)
			}
			if _, ok, err := r.Part("segment-000.ts", "trim"); ok || err != nil {
				t.Errorf("a part by another name: %v", err)
			}
		}
		break
	}
}

func TestWhatCannotBeCut(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":   nil,
		"no MP4":    []byte("fLaC and so on, for as long as it takes"),
		"only ftyp": []byte("\x00\x00\x00\x0cftypM4A "),
	} {
		if _, err := cutSegments(io.Discard, bytes.NewReader(data), Transport); !errors.Is(err, ErrNoPreview) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A table that claims more entries than it has is not believed.
func TestATableThatLies(t *testing.T) {
	for _, data := range audio(t) {
		for _, kind := range []string{"elst", "dref", "stsd", "stts", "stsc", "stsz", "stco"} {
			at := bytes.Index(data, []byte(kind))
			if at < 0 {
				continue
			}
			count := at + 8
			if kind == "stsz" {
				count += 4
			}
			lie := bytes.Clone(data)
			copy(lie[count:], "\xFF\xFF\xFF\x00")
			if _, err := cutSegments(io.Discard, bytes.NewReader(lie), Transport); !errors.Is(err, ErrNoPreview) {
				t.Errorf("%s: %v", kind, err)
			}
			if err := cutPreview(io.Discard, bytes.NewReader(lie)); !errors.Is(err, ErrNoPreview) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		break
	}
}

// Whatever the file is, cutting it ends with segments or with an error.
func FuzzRendition(f *testing.F) {
	for _, data := range audio(f) {
		f.Add(data[:min(len(data), 64<<10)])
		break
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, form := range forms {
			r, err := cutSegments(io.Discard, bytes.NewReader(data), form)
			if err == nil && len(r.Segments) == 0 {
				t.Error("no error and no segments")
			}
		}
	})
}
