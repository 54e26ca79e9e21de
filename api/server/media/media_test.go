package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/Eyevinn/mp4ff/mp4"

	catalogue "github.com/ninth-coop/ninth/assets/demo"
)

// audio returns every m4a file of the demo catalogue that is longer than a
// preview.
func audio(t testing.TB) map[string][]byte {
	t.Helper()
	list, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, r := range list.Releases {
		for _, tr := range r.Tracks {
			if tr.Duration > PreviewLength.Seconds() {
				data, err := catalogue.FS.ReadFile(tr.Audio.Path)
				if err != nil {
					t.Fatal(err)
				}
				out[tr.Audio.Path] = data
			}
		}
	}
	return out
}

// units splits a file into its access units.
func units(t *testing.T, data []byte) (f *mp4.File, out [][]byte) {
	t.Helper()
	f, err := mp4.DecodeFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	trak := f.Moov.Trak
	for n := uint32(1); n <= trak.Mdia.Minf.Stbl.Stsz.GetNrSamples(); n++ {
		ranges, err := trak.GetRangesForSampleInterval(n, n)
		if err != nil || len(ranges) != 1 {
			t.Fatal(ranges, err)
		}
		out = append(out, data[ranges[0].Offset:ranges[0].Offset+ranges[0].Size])
	}
	return f, out
}

func TestPreviewOfTheCatalogue(t *testing.T) {
	files := audio(t)
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for path, data := range files {
		t.Run(path, func(t *testing.T) {
			var cut bytes.Buffer
			if err := cutPreview(&cut, bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
			f, got := units(t, cut.Bytes())
			original, all := units(t, data)
			for i, u := range got {
				if !bytes.Equal(u, all[i]) {
					t.Fatalf("unit %d differs", i)
				}
			}
			// The edit list makes the length exact; the units reach at most one
			// further than it.
			edit := f.Moov.Trak.Edts.Elst[0].Entries[0]
			delay := int64(0)
			if e := original.Moov.Trak.Edts; e != nil {
				delay = e.Elst[0].Entries[0].MediaTime
			}
			const unit = 1024
			rate := int64(f.Moov.Trak.Mdia.Mdhd.Timescale)
			if edit.MediaTime != delay || int64(edit.SegmentDuration)*1000 != 45000*int64(f.Moov.Mvhd.Timescale) {
				t.Errorf("edit list %+v", edit)
			}
			if frames := int64(len(got)) * unit; frames < delay+45*rate || frames >= delay+45*rate+unit {
				t.Errorf("%d units, %d frames", len(got), frames)
			}
			if !bytes.Equal(cut.Bytes()[4:8], []byte("ftyp")) || f.Moov.StartPos > f.Mdat.StartPos {
				t.Error("moov is not in front")
			}
		})
	}
}

func TestPreviewOfAPreviewIsItself(t *testing.T) {
	for path, data := range audio(t) {
		var cut bytes.Buffer
		if err := cutPreview(&cut, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if err := cutPreview(io.Discard, bytes.NewReader(cut.Bytes())); !errors.Is(err, errShort) {
			t.Errorf("%s: %v", path, err)
		}
		lib := New(fstest.MapFS{"x.m4a": &fstest.MapFile{Data: cut.Bytes()}}, t.TempDir())
		f, whole, err := lib.Preview("x.m4a", "hash")
		if err != nil {
			t.Fatal(err)
		}
		if !whole || f.Size != int64(cut.Len()) {
			t.Errorf("whole %t, %d bytes", whole, f.Size)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		return
	}
}

func TestPreviewIsMadeOnce(t *testing.T) {
	var opened countingFS
	for path, data := range audio(t) {
		opened.FS = fstest.MapFS{path: &fstest.MapFile{Data: data}}
		lib := New(&opened, t.TempDir())
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				f, whole, err := lib.Preview(path, "hash")
				if err != nil || whole {
					t.Error(whole, err)
					return
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if opened.n > 2 { // a late asker may miss both the cache and the flight
			t.Errorf("cut %d times", opened.n)
		}
		return
	}
}

type countingFS struct {
	fs.FS
	mu sync.Mutex
	n  int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.FS.Open(name)
}

func FuzzCutPreview(f *testing.F) {
	for _, data := range audio(f) {
		f.Add(data[:min(len(data), 24_000)])
		break
	}
	f.Add([]byte("\x00\x00\x00\x08ftyp"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out bytes.Buffer
		if err := cutPreview(&out, bytes.NewReader(data)); err == nil && out.Len() == 0 {
			t.Error("nothing was written, and that is no error")
		}
	})
}

// photo is a JPEG of that size.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		img.Set(x, x%height, color.White)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImageSizes(t *testing.T) {
	fsys := fstest.MapFS{
		"large.jpg": {Data: photo(t, 1000, 1000)}, "exact.jpg": {Data: photo(t, 120, 120)}, "broken.jpg": {Data: []byte("no")},
	}
	lib := New(fsys, t.TempDir())
	files := map[int]string{1000: "large.jpg", 120: "exact.jpg"}
	for width, want := range map[int]int{60: 60, 120: 120, 300: 300, 960: 960, 1500: 1000} {
		for range 2 { // made, then kept
			f, err := lib.Image("id", files, width)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := jpeg.DecodeConfig(f)
			if err != nil || cfg.Width != want {
				t.Errorf("width %d is %d, %v", width, cfg.Width, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		files map[int]string
		width int
	}{"no such size": {files, 599}, "no such picture": {nil, 600}, "no such file": {map[int]string{600: "gone.jpg"}, 600}} {
		if _, err := lib.Image("id", tt.files, tt.width); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := lib.Image("broken", map[int]string{1500: "broken.jpg"}, 600); err == nil {
		t.Error("a broken picture is served")
	}
}

func TestPathsStayInside(t *testing.T) {
	lib := New(fstest.MapFS{"a/b": {Data: []byte("x")}}, t.TempDir())
	for _, path := range []string{"../a/b", "/a/b", "a/../a/b", "a", "", "a/b/../../.."} {
		if f, err := lib.Open(path); err == nil {
			t.Error(fmt.Sprintf("%q opens", path), f.Close())
		}
	}
}
