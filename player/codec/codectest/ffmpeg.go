package codectest

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// FFmpeg runs ffmpeg with the given arguments after its input, in a directory
// of the test, and returns what it writes. in has the extension ext.
func FFmpeg(t testing.TB, in []byte, ext string, outExt string, args ...string) []byte {
	t.Helper()
	return ffmpeg(t, in, ext, outExt, nil, args)
}

// ffmpeg runs ffmpeg with arguments before and after its input.
func ffmpeg(t testing.TB, in []byte, ext, outExt string, before, after []string) []byte {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("ffmpeg is needed as the peer that decoders are held to, and is not installed; `make test` installs it")
	}
	dir := t.TempDir()
	input, output := filepath.Join(dir, "in."+ext), filepath.Join(dir, "out."+outExt)
	if err := os.WriteFile(input, in, 0o600); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"-v", "error", "-nostdin"}, before, []string{"-i", input}, after, []string{output})
	cmd := exec.CommandContext(t.Context(), path, args...)
	if message, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, message)
	}
	out, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// FFmpegDecode decodes file, which has the extension ext, to floats with
// ffmpeg. One channel is heard on both sides, more than two are folded. The
// options, if any, are for the decoder: which one, for example.
func FFmpegDecode(t testing.TB, file []byte, ext string, channels int, options ...string) [][2]float64 {
	t.Helper()
	args := []string{"-c:a", "pcm_f64le", "-f", "f64le"}
	if channels > 2 {
		args = append(args, "-ac", "2")
	}
	raw := ffmpeg(t, file, ext, "raw", options, args)
	values := make([]float64, len(raw)/8)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return Stereo(values, min(channels, 2))
}

// Stereo makes frames of interleaved values in one or two channels.
func Stereo(values []float64, channels int) [][2]float64 {
	frames := make([][2]float64, len(values)/channels)
	for i := range frames {
		frames[i] = [2]float64{values[i*channels], values[i*channels+channels-1]}
	}
	return frames
}

// Music is a signal that gives codecs something to do: a swept chord, noise
// and silence, different in each channel, interleaved, within [-1, 1].
// It is the same each time.
func Music(frames, channels, rate int) []float64 {
	values := make([]float64, 0, frames*channels)
	noise := uint32(12345)
	for i := range frames {
		at := float64(i) / float64(rate)
		for c := range channels {
			noise = noise*1664525 + 1013904223
			white := float64(int32(noise)) / (1 << 31)
			base := 220 * float64(c+1)
			v := 0.3*math.Sin(2*math.Pi*base*at) + 0.2*math.Sin(2*math.Pi*(base*3+400*at)*at) +
				0.15*white*(0.5+0.5*math.Sin(2*math.Pi*3*at))
			if math.Mod(at, 0.7) > 0.62 {
				v = 0
			}
			values = append(values, v)
		}
	}
	return values
}

// WAV is values as a WAVE file of 16, 24 or 32 bit integers.
func WAV(values []float64, channels, rate, bits int) []byte {
	width := bits / 8
	var b bytes.Buffer
	u32 := func(v int) { b.Write(binary.LittleEndian.AppendUint32(nil, uint32(v))) }
	u16 := func(v int) { b.Write(binary.LittleEndian.AppendUint16(nil, uint16(v))) }
	b.WriteString("RIFF")
	u32(36 + len(values)*width)
	b.WriteString("WAVEfmt ")
	u32(16)
	u16(1)
	u16(channels)
	u32(rate)
	u32(rate * channels * width)
	u16(channels * width)
	u16(bits)
	b.WriteString("data")
	u32(len(values) * width)
	for _, v := range values {
		n := int64(math.Round(v * (float64(int64(1)<<(bits-1)) - 1)))
		b.Write(binary.LittleEndian.AppendUint64(nil, uint64(n))[:width])
	}
	return b.Bytes()
}
