package alac_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/alac"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/mp4"
)

func TestAgreesWithFFmpeg(t *testing.T) {
	for _, tt := range []struct {
		rate, channels, bits int
		snr                  float64
	}{
		{44100, 2, 16, 0}, {44100, 1, 16, 0}, {48000, 2, 24, 0}, {96000, 2, 24, 0}, {192000, 2, 24, 0}, {48000, 1, 24, 0},
		// Folded in another arithmetic.
		{48000, 6, 16, 90}, {48000, 6, 24, 90},
	} {
		t.Run(fmt.Sprintf("%d Hz, %d channels, %d bits", tt.rate, tt.channels, tt.bits), func(t *testing.T) {
			const frames = 50_001
			music := codectest.WAV(codectest.Music(frames, tt.channels, tt.rate), tt.channels, tt.rate, tt.bits)
			file := codectest.FFmpeg(t, music, "wav", "m4a", "-c:a", "alac")
			codectest.Check(t, mp4.Open, file, codectest.Reference{
				Format: codec.Format{Codec: "ALAC", SampleRate: beep.SampleRate(tt.rate), Channels: tt.channels,
					BitDepth: tt.bits, Lossless: true},
				Frames: codectest.FFmpegDecode(t, file, "m4a", tt.channels),
				SNR:    tt.snr,
			})
		})
	}
}

func config(change func(cookie []byte)) []byte {
	cookie := []byte{0, 0, 16, 0, 0, 16, 40, 10, 14, 2, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAC, 0x44}
	change(cookie)
	return cookie
}

func TestParseConfig(t *testing.T) {
	c, err := alac.ParseConfig(config(func([]byte) {}))
	if err != nil || c.FrameSize != 4096 || c.BitDepth != 16 || c.Channels != 2 || c.Rate != 44100 {
		t.Errorf("%+v, %v", c, err)
	}
	for name, change := range map[string]func([]byte){
		"frames of a gigabyte": func(b []byte) { b[0] = 0x40 },
		"no frames":            func(b []byte) { b[2] = 0 },
		"17 bits":              func(b []byte) { b[5] = 17 },
		"no channels":          func(b []byte) { b[9] = 0 },
		"9 channels":           func(b []byte) { b[9] = 9 },
		"no rate":              func(b []byte) { clear(b[20:]) },
		"a suffix of 32 bits":  func(b []byte) { b[8] = 32 },
	} {
		if _, err := alac.ParseConfig(config(change)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v, want damage", name, err)
		}
	}
	if _, err := alac.ParseConfig(make([]byte, 23)); !errors.Is(err, codec.ErrDamaged) {
		t.Errorf("a short set-up: %v, want damage", err)
	}
	var unsupported *codec.UnsupportedError
	if _, err := alac.ParseConfig(config(func(b []byte) { b[4] = 1 })); !errors.As(err, &unsupported) {
		t.Errorf("a later version: %v, want it refused", err)
	}
}

func TestADamagedPacketIsSilence(t *testing.T) {
	c, err := alac.ParseConfig(config(func([]byte) {}))
	if err != nil {
		t.Fatal(err)
	}
	d := alac.NewDecoder(c)
	for name, packet := range map[string][]byte{
		"nothing":              nil,
		"one byte":             {0x20},
		"an unknown element":   {0x40, 0, 0, 0, 0, 0},
		"the end":              {0xE0, 0, 0, 0},
		"more than fits":       {0x20, 0, 0x12, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0},
		"too few stored bytes": {0x20, 0, 0x02, 1, 2, 3, 4, 5, 6},
	} {
		got := d.Decode(packet)
		if len(got) != c.FrameSize {
			t.Errorf("%s: %d frames", name, len(got))
		}
		for i, frame := range got {
			if frame != [2]float64{} {
				t.Fatalf("%s: frame %d is %v", name, i, frame)
			}
		}
	}
}

// FuzzPacket holds the decoder to frames within the range of samples.
func FuzzPacket(f *testing.F) {
	f.Add([]byte{0x20, 0, 0x12, 0, 0, 0, 1, 0x80, 0, 0x40, 0}, byte(2), byte(16))
	f.Add([]byte{0, 0, 0, 0, 0, 8, 0x20, 4, 0xAA, 0x55, 0x12, 0x34}, byte(1), byte(24))
	f.Fuzz(func(t *testing.T, packet []byte, channels, depth byte) {
		c, err := alac.ParseConfig(config(func(b []byte) { b[5], b[9] = depth, channels }))
		if err != nil {
			return
		}
		if got := alac.NewDecoder(c).Decode(packet); len(got) > c.FrameSize {
			t.Errorf("%d frames", len(got))
		}
	})
}
