package audiomatch

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"
)

// Decode reads a sound file with ffmpeg and gives its samples as interleaved
// frames of the given rate (Hz) and number of channels, full scale ±1. The file
// may be of any format that ffmpeg knows; ffmpeg must be installed.
func Decode(ctx context.Context, path string, rate, channels int) ([]float32, error) {
	cmd := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a:0",
		"-f", "f32le", "-ar", strconv.Itoa(rate), "-ac", strconv.Itoa(channels), "-")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("audiomatch: decoding %s with ffmpeg (Debian package ffmpeg): %w: %s",
			path, err, strings.TrimSpace(complaint.String()))
	}
	return Samples(out.Bytes()), nil
}

// Samples reads little-endian 32-bit floating-point samples, the form in which
// ffmpeg and PulseAudio hand them over. A trailing partial sample is left out.
func Samples(raw []byte) []float32 {
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}
