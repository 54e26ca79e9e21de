package formats

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// TestCollection decodes every track under the folder that NINTH_MUSIC names
// and holds each to ffmpeg: the same length, the same sound. It is how files
// of encoders that this project never ran are heard; `make test-music` fetches
// several hundred.
func TestCollection(t *testing.T) {
	folder := os.Getenv("NINTH_MUSIC")
	if folder == "" {
		t.Skip("NINTH_MUSIC names no folder of music; `make test-music` fetches one")
	}
	counts := map[string]int{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !isTrack(path) {
			return err
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			name, difference := collected(t, path)
			counts[name]++
			t.Logf("%s: %s", name, difference)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("tracks: %v", counts)
	if len(counts) == 0 {
		t.Error("there is no music in NINTH_MUSIC")
	}
}

func isTrack(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".mp3", ".ogg", ".oga", ".opus", ".flac", ".wav", ".aif", ".aiff", ".m4a", ".aac":
		return true
	}
	return false
}

// collected compares one track with ffmpeg, and where the two differ with what
// the makers of its format play it with. It returns its codec and how far it
// is from the decoder that it agrees with.
func collected(t *testing.T, path string) (name, difference string) {
	t.Helper()
	src, err := source.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	decoder, err := All().Open(t.Context(), src)
	var unsupported *codec.UnsupportedError
	if errors.As(err, &unsupported) {
		return unsupported.What, "not supported, and said so"
	}
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	format := decoder.Format()
	seen := compare(decoder, peer(t, format, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:a:0"), 0)
	if err := decoder.Err(); err != nil {
		t.Errorf("decoding: %v", err)
	}
	least := map[string]float64{"MP3": 90, "Vorbis": 105, "Opus": 105, "AAC-LC": 80}[format.Codec]
	if format.Lossless && format.Channels <= 2 {
		least = 150 // as exact as ffmpeg's own floats
	}
	// ffmpeg 5 gives the padding of an MP3 or AAC encoder where ours cuts it.
	surplus := seen.theirs - seen.ours
	padded := format.Codec == "MP3" || format.Codec == "AAC-LC"
	if seen.snr() >= least && (surplus == 0 || padded && surplus > 0 && surplus < 3000) {
		return format.Codec, fmt.Sprintf("%.1f dB", seen.snr())
	}
	if err := decoder.SeekTo(0); err != nil {
		t.Fatal(err)
	}
	var second comparison
	var worst float64
	switch format.Codec {
	case "Vorbis": // ffmpeg 5 cuts 128 frames off a stream of one page, among others
		worst = 2.0 / (1 << 15)
		second = compare(decoder, peer(t, format, "oggdec", "-Q", "-b", "16", "-o", "-", path), 1)
	case "MP3": // ffmpeg does not know illegal intensity positions (ISO/IEC 13818-3 §2.4.3.2)
		worst = 1.0 / (1 << 18) // what libmad rounds to
		second = compare(decoder, peer(t, format, "madplay", "-Q", "-d", "-b", "24", "-o", "wave:-", path), 1)
	default:
		t.Errorf("%s: %d frames at %.1f dB, ffmpeg gives %d", format.Codec, seen.ours, seen.snr(), seen.theirs)
		return format.Codec, ""
	}
	if second.ours != second.theirs || second.worst > worst {
		t.Errorf("%s: %d frames at %.1f dB, ffmpeg gives %d; the reference gives %d, and differs by %.2g at worst",
			format.Codec, seen.ours, seen.snr(), seen.theirs, second.theirs, second.worst)
	}
	return format.Codec, fmt.Sprintf("as the reference decodes it, within %.1g; ffmpeg differs", second.worst)
}

// comparison is what two decoders of a track have in common.
type comparison struct {
	ours, theirs  int64 // frames
	signal, noise float64
	worst         float64 // difference of a sample
}

// snr is in dB; two silences agree without end.
func (c comparison) snr() float64 {
	if c.noise == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(c.signal/c.noise)
}

// compare takes all frames of both. limit, if not 0, is where the other one
// clips.
func compare(decoder codec.Decoder, next func(*[2]float64) bool, limit float64) (c comparison) {
	buf := make([][2]float64, 4096)
	for {
		n, ok := decoder.Stream(buf)
		for _, got := range buf[:n] {
			c.ours++
			var want [2]float64
			if !next(&want) {
				continue
			}
			c.theirs++
			for k := range 2 {
				x := got[k]
				if limit > 0 {
					x = max(-limit, min(x, limit))
				}
				c.signal += want[k] * want[k]
				c.noise += (x - want[k]) * (x - want[k])
				c.worst = max(c.worst, math.Abs(x-want[k]))
			}
		}
		if !ok {
			break
		}
	}
	for rest := [2]float64{}; next(&rest); {
		c.theirs++
	}
	return c
}

// peer decodes with another program as frames are asked for. What it writes,
// a WAVE file unless it is ffmpeg, goes through ffmpeg to become floats.
func peer(t *testing.T, format codec.Format, program string, args ...string) (next func(*[2]float64) bool) {
	t.Helper()
	channels := min(format.Channels, 2)
	to := []string{"-c:a", "pcm_f64le", "-f", "f64le", "-ac", fmt.Sprint(channels), "-"}
	var in io.Reader
	if program == "ffmpeg" {
		args = append(args, to...)
	} else {
		in = start(t, nil, program, args...)
		program, args = "ffmpeg", append([]string{"-v", "error", "-i", "-"}, to...)
	}
	out := bufio.NewReaderSize(start(t, in, program, args...), 1<<20)
	values := make([]byte, 8*channels)
	return func(frame *[2]float64) bool {
		if _, err := io.ReadFull(out, values); err != nil {
			return false
		}
		frame[0] = math.Float64frombits(binary.LittleEndian.Uint64(values))
		frame[1] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*(channels-1):]))
		return true
	}
}

// start runs a program for the length of the test and returns what it writes.
func start(t *testing.T, in io.Reader, program string, args ...string) io.Reader {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = in
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		t.Fatalf("%s is needed as a peer: %v; `make test-music` installs it", program, err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // what it gave has been compared
	})
	return out
}
