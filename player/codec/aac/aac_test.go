package aac

import (
	"errors"
	"math"
	"slices"
	"testing"

	lib "github.com/tphakala/go-aac"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

func TestParseConfig(t *testing.T) {
	tests := []struct {
		name           string
		config         []byte
		rate, channels int
		unsupported    string
		damaged        bool
	}{
		{name: "44.1 kHz stereo", config: []byte{0x12, 0x10}, rate: 44100, channels: 2},
		{name: "48 kHz mono", config: []byte{0x11, 0x88}, rate: 48000, channels: 1},
		{name: "as ffmpeg pads it", config: []byte{0x12, 0x10, 0x56, 0xE5, 0x00}, rate: 44100, channels: 2},
		{name: "spelt rate", config: []byte{0x17, 0x80, 0x56, 0x22, 0x10}, unsupported: "AAC at 44100 samples per second"},
		{name: "SBR", config: []byte{0x2B, 0x92, 0x08, 0x00}, unsupported: "HE-AAC"},
		{name: "parametric stereo", config: []byte{0xEB, 0x8A, 0x08, 0x00}, unsupported: "HE-AAC v2"},
		{name: "SBR by extension", config: []byte{0x13, 0x90, 0x56, 0xE5, 0xA0}, unsupported: "HE-AAC"},
		{name: "unheard of", config: []byte{0xFA, 0x50, 0x00}, unsupported: "MPEG-4 audio of type 50"},
		{name: "7.1", config: []byte{0x12, 0x38}, unsupported: "AAC with 8 channels"},
		{name: "nothing", damaged: true},
		{name: "half of it", config: []byte{0x12}, damaged: true},
		{name: "a rate that is not", config: []byte{0x16, 0x90}, damaged: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ParseConfig(tt.config)
			var unsupported *codec.UnsupportedError
			switch {
			case tt.unsupported != "":
				if !errors.As(err, &unsupported) || unsupported.What != tt.unsupported {
					t.Errorf("%v, want %s named", err, tt.unsupported)
				}
			case tt.damaged:
				if !errors.Is(err, codec.ErrDamaged) {
					t.Errorf("%v, want damage", err)
				}
			case err != nil || c.Rate != tt.rate || c.Channels != tt.channels:
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
}

func TestConfigForSaysTheSame(t *testing.T) {
	got, err := ConfigFor(2, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := ParseConfig([]byte{0x12, 0x10}); got.Rate != want.Rate || !slices.Equal(got.specific, want.specific) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// encode makes access units of music; the first is the encoder's delay.
func encode(t *testing.T, units int) (out [][]byte, config Config) {
	t.Helper()
	enc, err := lib.NewEncoder(lib.EncoderConfig{SampleRate: 44100, Channels: 2, Bitrate: 128000, DisablePNS: true})
	if err != nil {
		t.Fatal(err)
	}
	music := codectest.Music(units*FrameSize, 2, 44100)
	for u := range units {
		planes := [][]float32{make([]float32, FrameSize), make([]float32, FrameSize)}
		for i := range 2 * FrameSize {
			planes[i%2][i/2] = float32(music[2*u*FrameSize+i])
		}
		unit, err := enc.EncodeFrame(nil, planes)
		if err != nil {
			t.Fatal(err)
		}
		if len(unit) > 0 {
			out = append(out, unit)
		}
	}
	if config, err = ParseConfig(enc.AudioSpecificConfig()); err != nil {
		t.Fatal(err)
	}
	return out, config
}

func TestADamagedUnitCostsItsOwnSound(t *testing.T) {
	units, config := encode(t, 20)
	decode := func(units [][]byte) (all [][2]float64) {
		d, err := NewDecoder(config)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range units {
			all = append(all, d.Decode(u)...)
		}
		return all
	}
	const bad = 10
	whole := decode(units)
	for name, unit := range map[string][]byte{
		"missing":  nil,
		"cut":      units[bad][:len(units[bad])/2],
		"garbage":  slices.Repeat([]byte{0xFF}, 300),
		"too long": make([]byte, MaxUnit+1),
	} {
		broken := slices.Clone(units)
		broken[bad] = unit
		got := decode(broken)
		if len(got) != len(whole) {
			t.Fatalf("%s: %d frames, want %d", name, len(got), len(whole))
		}
		if codectest.SNR(got[:bad*FrameSize], whole[:bad*FrameSize]) < 300 {
			t.Errorf("%s: the sound before is changed", name)
		}
		// The unit after it has nothing to overlap with.
		if after := (bad + 2) * FrameSize; codectest.SNR(got[after:], whole[after:]) < 300 {
			t.Errorf("%s: the sound after is changed", name)
		}
		for i, frame := range got[bad*FrameSize : (bad+1)*FrameSize] {
			if frame != [2]float64{} {
				t.Fatalf("%s: frame %d is %v, want silence", name, i, frame)
			}
		}
	}
}

func TestPrerollIsEnough(t *testing.T) {
	units, config := encode(t, 12)
	d, err := NewDecoder(config)
	if err != nil {
		t.Fatal(err)
	}
	var whole [][2]float64
	for _, u := range units {
		whole = append(whole, d.Decode(u)...)
	}
	const target = 7
	d.Reset()
	for _, u := range units[target-Preroll : target] {
		d.Decode(u)
	}
	if db := codectest.SNR(d.Decode(units[target]), whole[target*FrameSize:(target+1)*FrameSize]); !math.IsInf(db, 1) {
		t.Errorf("SNR %.1f dB after a reset and pre-roll, want the same", db)
	}
}
