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

// collected compares one track with ffmpeg, and returns its codec and how the
// two differ.
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
	theirs, wait := ffmpegFrames(t, path, format)
	least := map[string]float64{"MP3": 90, "Vorbis": 105, "Opus": 105, "AAC-LC": 80}[format.Codec]
	if format.Lossless && format.Channels <= 2 {
		least = 150 // ffmpeg's own floats
	}
	var signal, noise float64
	var ours, other int64
	buf := make([][2]float64, 4096)
	for {
		n, ok := decoder.Stream(buf)
		for _, got := range buf[:n] {
			ours++
			var want [2]float64
			if !theirs(&want) {
				continue
			}
			other++
			for c := range 2 {
				signal += want[c] * want[c]
				noise += (got[c] - want[c]) * (got[c] - want[c])
			}
		}
		if !ok {
			break
		}
	}
	for rest := [2]float64{}; theirs(&rest); {
		other++
	}
	wait()
	if err := decoder.Err(); err != nil {
		t.Errorf("decoding: %v", err)
	}
	// ffmpeg 5 gives the padding of an MP3 or AAC encoder where ours cuts it.
	if padded := format.Codec == "MP3" || format.Codec == "AAC-LC"; other != ours && (!padded || other < ours || other-ours > 3000) {
		t.Errorf("%d frames, ffmpeg gives %d", ours, other)
	}
	snr := 10 * math.Log10(signal/noise)
	switch {
	case noise == 0:
		return format.Codec, "no difference"
	case snr < least:
		t.Errorf("%s differs from ffmpeg: %.1f dB, want %.0f", format.Codec, snr, least)
	}
	return format.Codec, fmt.Sprintf("%.1f dB", snr)
}

// ffmpegFrames decodes a track with ffmpeg as it is asked for frames.
func ffmpegFrames(t *testing.T, path string, format codec.Format) (next func(*[2]float64) bool, wait func()) {
	t.Helper()
	args := []string{"-v", "error", "-nostdin", "-i", path, "-map", "0:a:0", "-c:a", "pcm_f64le", "-f", "f64le"}
	channels := format.Channels
	if channels > 2 {
		channels = 2
		args = append(args, "-ac", "2")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "ffmpeg", append(args, "-")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReaderSize(out, 1<<20)
	values := make([]byte, 8*channels)
	next = func(frame *[2]float64) bool {
		if _, err := io.ReadFull(in, values); err != nil {
			return false
		}
		frame[0] = math.Float64frombits(binary.LittleEndian.Uint64(values))
		frame[1] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*(channels-1):]))
		return true
	}
	return next, func() {
		cancel()
		_ = cmd.Wait() // what it gave has been compared
	}
}
