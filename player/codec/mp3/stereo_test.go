package mp3

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// withMode is file with the mode and mode_extension of every frame replaced.
func withMode(t *testing.T, file []byte, mode byte) []byte {
	t.Helper()
	file = bytes.Clone(file)
	at := places(t, file)
	for _, offset := range at[:len(at)-1] {
		file[offset+3] = file[offset+3]&0x0F | mode
	}
	return file
}

// lopsided is music whose right channel has low notes only, so that above them
// intensity stereo has bands to place. Clicks make short blocks.
func lopsided(frames, rate int) []float64 {
	values := codectest.Music(frames, 2, rate)
	for i := range frames {
		at := float64(i) / float64(rate)
		values[2*i+1] = 0.3 * math.Sin(2*math.Pi*180*at)
		if i%(rate/3) < 20 {
			values[2*i], values[2*i+1] = 0.9, 0.5
		}
	}
	return values
}

// decodePlainly decodes a file without tags, and tells of each frame whether
// ffmpeg is a reference for it: at the low sampling frequencies ffmpeg 5 does not
// know illegal intensity positions (ISO/IEC 13818-3 §2.4.3.2), but takes those
// from 16 on for illegal. The granule overlaps with the one behind and the
// filters delay, so the two frames that follow are none either.
func decodePlainly(t *testing.T, file []byte) (samples [][2]float64, comparable []bool) {
	t.Helper()
	h, _ := parseHeader(file)
	p := newPackets(codec.NewReader(t.Context(), codectest.NewSource(file)), 0, h)
	doubtful := 0
	for {
		out, err := p.Next()
		if err != nil {
			return samples, comparable
		}
		samples = append(samples, out...)
		doubtful--
		for i, v := range p.dec.factors[1].values {
			if h.lsf && (v >= 16) != p.dec.factors[1].illegal[i] {
				doubtful = 3
			}
		}
		comparable = append(comparable, doubtful <= 0)
	}
}

// TestIntensityStereo turns intensity stereo on in files that were encoded
// without: whatever their scale factors then place where, ffmpeg must agree.
func TestIntensityStereo(t *testing.T) {
	const joint, intensity, midSide = 0x40, 0x10, 0x20
	for _, rate := range []int{44100, 48000, 32000, 22050, 16000, 11025} {
		const frames = 50_000
		wav := codectest.WAV(lopsided(frames, rate), 2, rate, 16)
		file := codectest.FFmpeg(t, wav, "wav", "mp3", "-c:a", "libmp3lame", "-b:a", "96k", "-joint_stereo", "0",
			"-write_xing", "0", "-id3v2_version", "0")
		plain := codectest.Decode(t, Open, file)
		for _, mode := range []byte{joint | intensity, joint | intensity | midSide, joint | midSide} {
			t.Run(fmt.Sprintf("%d Hz, mode %x", rate, mode), func(t *testing.T) {
				file := withMode(t, file, mode)
				all, comparable := decodePlainly(t, file)
				theirs := codectest.FFmpegDecode(t, file, "mp3", 2)
				var got, want [][2]float64
				size := len(all) / len(comparable)
				for i, c := range comparable {
					if c {
						got = append(got, all[i*size:(i+1)*size]...)
						want = append(want, theirs[i*size:(i+1)*size]...)
					}
				}
				snr, changed := codectest.SNR(got, want), codectest.SNR(all, plain)
				t.Logf("SNR %.1f dB over %d of %d samples, against the unchanged file %.1f", snr, len(got), len(all), changed)
				if snr < agreement || changed > 40 || 4*len(got) < len(all) {
					t.Errorf("SNR %.1f dB, want %d; against the unchanged file %.1f", snr, agreement, changed)
				}
			})
		}
	}
}

func TestIntensityGains(t *testing.T) {
	half := math.Sqrt2 / 2
	for _, tt := range []struct {
		lsf      bool
		scale    int // intensity_scale
		position int
		want     [2]float64
	}{
		{false, 0, 0, [2]float64{0, 1}},
		{false, 0, 3, [2]float64{0.5, 0.5}},
		{false, 0, 6, [2]float64{1, 0}},
		{true, 0, 0, [2]float64{1, 1}},
		{true, 0, 3, [2]float64{half, 1}},
		{true, 0, 4, [2]float64{1, half}},
		{true, 1, 1, [2]float64{half, 1}},
		{true, 1, 4, [2]float64{1, 0.5}},
	} {
		left, right := intensityGains(header{lsf: tt.lsf}, &granuleInfo{scalefacCompress: tt.scale}, tt.position)
		if math.Abs(left-tt.want[0]) > 1e-12 || math.Abs(right-tt.want[1]) > 1e-12 {
			t.Errorf("%+v: %v, %v", tt, left, right)
		}
	}
}
