package export

import (
	"bytes"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec/adts"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/formats"
)

// What came in segments of HLS becomes a file with tags that others read, and the
// sound stays what it is.
func TestSegmentsBecomeFiles(t *testing.T) {
	asJPEG, _ := picturesOf(t)
	tags := full(asJPEG)
	for _, tt := range []struct {
		name   string
		file   []byte
		result Format
	}{
		{"AAC", music(t, ".ts", "-c:a", "aac", "-f", "mpegts"), MP4},
		{"MP3", music(t, ".ts", "-c:a", "libmp3lame", "-f", "mpegts"), MP3},
		{"packed audio", packed(t), ADTS},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, size := bytes.NewReader(tt.file), int64(len(tt.file))
			if f, err := Result(r, size); f != tt.result || err != nil {
				t.Fatalf("it becomes %q, %v", f, err)
			}
			out := written(t, tt.file, tags)
			if f, err := Detect(bytes.NewReader(out), int64(len(out))); f != tt.result || err != nil {
				t.Fatalf("it became %q, %v", f, err)
			}
			decode := func(file []byte) [][2]float64 { return codectest.Decode(t, formats.All().Open, file) }
			if before, after := decode(tt.file), decode(out); !same(before, after) {
				t.Errorf("%d frames became %d others", len(before), len(after))
			}
			checkTags(t, out, tags)
			checkFFmpeg(t, out, tt.result.Extension(), tags)
			if n := bytes.Count(out, []byte("ID3\x04")); tt.result == ADTS && n != 1 {
				t.Errorf("%d tags are left", n)
			}
			again := written(t, out, tags)
			if !same(decode(out), decode(again)) {
				t.Error("the second time it changes")
			}
		})
	}
}

// packed is packed audio: ADTS in segments that begin with tags.
func packed(t *testing.T) []byte {
	t.Helper()
	file := music(t, ".aac")
	var at []int
	for offset := 0; offset < len(file); {
		f, ok := adts.ParseFrame(file[offset:])
		if !ok {
			t.Fatalf("no frame at %d", offset)
		}
		at = append(at, offset)
		offset += f.Size()
	}
	out, _ := codectest.Packed(file, at, 10, func(n int) time.Duration {
		return time.Duration(n) * unitFrames * time.Second / 44100
	})
	return out
}

// Whatever claims to be a transport stream, an export of it ends.
func TestDamagedStreamsEnd(t *testing.T) {
	file := music(t, ".ts", "-c:a", "aac", "-f", "mpegts")
	for i := range 60 {
		broken := bytes.Clone(file)
		for k := i; k < len(broken); k += 97 + 13*i {
			broken[k] ^= byte(1 + 37*i)
		}
		var out bytes.Buffer
		if err := Write(&out, bytes.NewReader(broken), int64(len(broken)), full(nil)); err == nil && out.Len() == 0 {
			t.Error("nothing came, and no error")
		}
	}
}
