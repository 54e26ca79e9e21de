package aac

import (
	"errors"
	"math"
	"slices"
	"testing"

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
		{name: "5.1", config: []byte{0x11, 0xB0}, rate: 48000, channels: 6},
		{name: "7.1", config: []byte{0x12, 0x38}, rate: 44100, channels: 8},
		{name: "7.1, as it was added", config: []byte{0x11, 0xE0}, rate: 48000, channels: 8},
		{name: "spelt rate", config: []byte{0x17, 0x80, 0x56, 0x22, 0x10}, rate: 44100, channels: 2},
		{name: "spelt rate in between", config: []byte{0x17, 0x80, 0x4E, 0x20, 0x10}, rate: 40000, channels: 2},
		{name: "own plan of left and right", config: []byte{0x12, 0x00, 0x05, 0x04, 0x00, 0x00, 0x20, 0x00}, rate: 44100, channels: 2},
		{name: "SBR", config: []byte{0x2B, 0x92, 0x08, 0x00}, unsupported: "HE-AAC"},
		{name: "parametric stereo", config: []byte{0xEB, 0x8A, 0x08, 0x00}, unsupported: "HE-AAC v2"},
		{name: "SBR by extension", config: []byte{0x13, 0x90, 0x56, 0xE5, 0xA0}, unsupported: "HE-AAC"},
		{name: "unheard of", config: []byte{0xFA, 0x50, 0x00}, unsupported: "MPEG-4 audio of type 50"},
		{name: "as 22.2 is", config: []byte{0x12, 0x68}, unsupported: "AAC with an unknown channel plan"},
		{name: "960 samples", config: []byte{0x12, 0x14}, unsupported: "AAC with 960-sample frames"},
		{name: "nothing", damaged: true},
		{name: "own plan, cut off", config: []byte{0x12, 0x00, 0x05}, damaged: true},
		{name: "own plan of nothing", config: []byte{0x12, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00}, damaged: true},
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
	want, _ := ParseConfig([]byte{0x12, 0x10})
	if got.Rate != want.Rate || got.bands != want.bands || !slices.Equal(got.plan.speakers(), want.plan.speakers()) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestADamagedUnitCostsItsOwnSound(t *testing.T) {
	s := encode(t, 20, 2, 44100)
	const bad = 10
	whole := s.decode(t)
	for name, unit := range map[string][]byte{
		"missing":  nil,
		"cut":      s.units[bad][:len(s.units[bad])/2],
		"cut late": s.units[bad][:len(s.units[bad])-1],
		"garbage":  slices.Repeat([]byte{0xFF}, 300),
		"too long": make([]byte, MaxUnit+1),
	} {
		broken := s
		broken.units = slices.Clone(s.units)
		broken.units[bad] = unit
		got := broken.decode(t)
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
	for name, signal := range map[string][]float64{
		"long windows":  codectest.Music(20*FrameSize, 2, 44100),
		"short windows": clicks(20*FrameSize, 2, 44100),
	} {
		s := encodeWith(t, codectest.WAV(signal, 2, 44100, 16), "-aac_pns", "0")
		d, err := NewDecoder(s.config)
		if err != nil {
			t.Fatal(err)
		}
		whole := s.decode(t)
		for target := 2; target < len(s.units); target++ {
			d.Reset()
			for _, u := range s.units[target-Preroll : target] {
				d.Decode(u)
			}
			db := codectest.SNR(d.Decode(s.units[target]), whole[target*FrameSize:(target+1)*FrameSize])
			if !math.IsInf(db, 1) {
				t.Errorf("%s: SNR %.1f dB in unit %d after a reset and pre-roll, want the same", name, db, target)
			}
		}
	}
}

func TestNothingIsAllocatedPerUnit(t *testing.T) {
	s := encodeWith(t, codectest.WAV(clicks(20*FrameSize, 2, 44100), 2, 44100, 16))
	d, err := NewDecoder(s.config)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		for _, u := range s.units {
			d.Decode(u)
		}
	}); n > 0 {
		t.Errorf("%v allocations in %d units", n, len(s.units))
	}
}

// FuzzDecoder takes a set-up and a unit, which is decoded three times.
func FuzzDecoder(f *testing.F) {
	f.Fuzz(func(t *testing.T, specific, unit []byte) {
		config, err := ParseConfig(specific)
		if err != nil {
			var unsupported *codec.UnsupportedError
			if !errors.Is(err, codec.ErrDamaged) && !errors.As(err, &unsupported) {
				t.Fatalf("an error of no known kind: %v", err)
			}
			return
		}
		d, err := NewDecoder(config)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			for i, frame := range d.Decode(unit) {
				for _, v := range frame {
					if !(math.Abs(v) <= loudest*maxChannels) {
						t.Fatalf("sample %d is %v", i, v)
					}
				}
			}
		}
	})
}
