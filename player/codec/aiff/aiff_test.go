package aiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

const rate = 48000

// file is an AIFF file made by hand; with a kind it is AIFF-C.
type file struct {
	kind           string
	channels, bits int
	before         []byte // chunks before the format
	formatLast     bool   // the format comes behind the samples
	skip           int    // bytes between the beginning of the sound chunk and the samples
	frames         uint32 // what the format claims, if claimed is set
	claimed        bool
	sound          uint32 // what the sound chunk claims, if lying is set
	lying          bool
	data           []byte
}

func chunk(id string, body []byte) []byte {
	out := append([]byte(id), binary.BigEndian.AppendUint32(nil, uint32(len(body)))...)
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// rate80 is 48,000 in extended precision: 0xBB80 is its 16 bits.
const rate80 = "\x40\x0E\xBB\x80\x00\x00\x00\x00\x00\x00"

func (f file) format() []byte {
	be := binary.BigEndian
	frames := uint32(len(f.data) / (f.channels * ((f.bits + 7) / 8)))
	if f.claimed {
		frames = f.frames
	}
	body := be.AppendUint16(nil, uint16(f.channels))
	body = be.AppendUint32(body, frames)
	body = be.AppendUint16(body, uint16(f.bits))
	body = append(body, rate80...)
	if f.kind != "" {
		body = append(append(body, f.kind...), "\x03odd"...)
	}
	return chunk("COMM", body)
}

func (f file) bytes() []byte {
	be := binary.BigEndian
	sound := append(be.AppendUint32(nil, uint32(f.skip)), 0, 0, 0, 0)
	sound = chunk("SSND", append(append(sound, make([]byte, f.skip)...), f.data...))
	if f.lying {
		be.PutUint32(sound[4:], f.sound)
	}
	form := "AIFF"
	if f.kind != "" {
		form = "AIFC"
	}
	parts := [][]byte{[]byte(form), f.before, f.format(), sound}
	if f.formatLast {
		parts[2], parts[3] = parts[3], parts[2]
	}
	return chunk("FORM", bytes.Join(parts, nil))
}

// store writes values in the sample format of f, rounding to its step.
func (f *file) store(values []float64) (exact []float64) {
	be, e := binary.BigEndian, encodings[f.kind]
	for _, v := range values {
		var sample []byte
		switch {
		case e.float && f.bits == 32:
			v = float64(float32(v))
			sample = be.AppendUint32(nil, math.Float32bits(float32(v)))
		case e.float:
			sample = be.AppendUint64(nil, math.Float64bits(v))
		default:
			scale := float64(int64(1) << (f.bits - 1))
			n := int64(math.Round(v * (scale - 1)))
			v = float64(n) / scale
			width := (f.bits + 7) / 8
			if e.unsigned {
				n += 128
			}
			sample = be.AppendUint64(nil, uint64(n<<(8*width-f.bits)))[8-width:]
		}
		if e.order == binary.LittleEndian {
			for i, j := 0, len(sample)-1; i < j; i, j = i+1, j-1 {
				sample[i], sample[j] = sample[j], sample[i]
			}
		}
		f.data = append(f.data, sample...)
		exact = append(exact, v)
	}
	return exact
}

func TestContract(t *testing.T) {
	const n = 30_001
	tests := []struct {
		kind string
		bits int
	}{
		{"", 8}, {"", 16}, {"", 20}, {"", 24}, {"", 32},
		{"NONE", 16}, {"twos", 16}, {"sowt", 16}, {"sowt", 24}, {"raw ", 8},
		{"in24", 24}, {"in32", 32}, {"42ni", 24}, {"23ni", 32}, {"fl32", 32}, {"FL64", 64},
	}
	for _, tt := range tests {
		for _, channels := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s %d bits, %d channels", tt.kind, tt.bits, channels), func(t *testing.T) {
				f := file{kind: tt.kind, channels: channels, bits: tt.bits}
				exact := f.store(codectest.Music(n, channels, rate))
				want := codec.Format{Codec: "AIFF", SampleRate: beep.SampleRate(rate), Channels: channels, BitDepth: tt.bits, Lossless: true}
				if encodings[tt.kind].float {
					want.Codec = "AIFF float"
				}
				codectest.Check(t, Open, f.bytes(), codectest.Reference{Format: want, Frames: codectest.Stereo(exact, channels)})
			})
		}
	}
}

func TestAgreesWithFFmpeg(t *testing.T) {
	for _, tt := range []struct {
		rate, channels int
		args           []string
	}{
		{44100, 2, []string{"-c:a", "pcm_s8"}},
		{44100, 2, []string{"-c:a", "pcm_s16be"}},
		{8000, 1, []string{"-c:a", "pcm_s16be"}},
		{192000, 2, []string{"-c:a", "pcm_s24be"}},
		{96000, 2, []string{"-c:a", "pcm_s32be"}},
		{44100, 2, []string{"-c:a", "pcm_s16le"}},
		{44100, 2, []string{"-c:a", "pcm_f32be"}},
		{88200, 2, []string{"-c:a", "pcm_f64be"}},
	} {
		music := codectest.WAV(codectest.Music(20_000, tt.channels, tt.rate), tt.channels, tt.rate, 24)
		f := codectest.FFmpeg(t, music, "wav", "aiff", tt.args...)
		d := codectest.Open(t, Open, codectest.NewSource(f))
		if int(d.Format().SampleRate) != tt.rate {
			t.Errorf("%v: %d Hz, want %d", tt.args, d.Format().SampleRate, tt.rate)
		}
		got, want := codectest.Drain(d), codectest.FFmpegDecode(t, f, "aiff", tt.channels)
		if db := codectest.SNR(got, want); !math.IsInf(db, 1) {
			t.Errorf("%v: SNR %.1f dB, want the same (%d and %d frames)", tt.args, db, len(got), len(want))
		}
	}
}

func TestSurroundIsFolded(t *testing.T) {
	const c = math.Sqrt2 / 2
	f := file{kind: "fl64", channels: 6, bits: 64}
	f.store([]float64{0.1, 0.2, 0.3, 0.9, 0.05, -0.05})
	got := codectest.Decode(t, Open, f.bytes())
	if len(got) != 1 || math.Abs(got[0][0]-(0.1+c*0.35)) > 1e-12 || math.Abs(got[0][1]-(0.2+c*0.25)) > 1e-12 {
		t.Errorf("%v", got)
	}
}

func TestSizesAreNotTrusted(t *testing.T) {
	const n = 1000
	plain := file{channels: 2, bits: 16}
	exact := plain.store(codectest.Music(n, 2, rate))
	with := func(change func(*file)) []byte {
		f := plain
		change(&f)
		return f.bytes()
	}
	whole := plain.bytes()
	tests := []struct {
		name   string
		file   []byte
		frames int
	}{
		{"no sizes", with(func(f *file) { f.claimed, f.lying = true, true }), n},
		{"sound size unknown", with(func(f *file) { f.sound, f.lying = unknownSize, true }), n},
		{"sound size beyond the file", with(func(f *file) { f.sound, f.lying = 1<<30, true }), n},
		{"frames beyond the sound", with(func(f *file) { f.frames, f.claimed = 1<<31, true }), n},
		{"fewer frames than the sound has", with(func(f *file) { f.frames, f.claimed = 700, true }), 700},
		{"a file cut off", whole[:len(whole)-400], n - 100},
		{"a file cut inside a frame", whole[:len(whole)-3], n - 1},
		{"an odd chunk before", with(func(f *file) { f.before = chunk("ANNO", make([]byte, 33)) }), n},
		{"samples that begin later", with(func(f *file) { f.skip = 512 }), n},
		{"the format behind the samples", with(func(f *file) { f.formatLast = true }), n},
		{"a chunk behind the samples", append(bytes.Clone(whole), chunk("ID3 ", make([]byte, 400))...), n},
	}
	for _, tt := range tests {
		for _, sized := range []bool{true, false} {
			src := codectest.NewSource(tt.file)
			if !sized {
				src.HideSize()
			}
			d := codectest.Open(t, Open, src)
			got := codectest.Drain(d)
			if len(got) != tt.frames || d.Len() != int64(tt.frames) || d.Err() != nil {
				t.Errorf("%s, size known %v: %d frames, Len %d, %v; want %d", tt.name, sized, len(got), d.Len(), d.Err(), tt.frames)
				continue
			}
			if !math.IsInf(codectest.SNR(got, codectest.Stereo(exact, 2)[:tt.frames]), 1) {
				t.Errorf("%s: not the samples that are there", tt.name)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	var unsupported *codec.UnsupportedError
	for name, f := range map[string]file{
		"µ-law in an AIFF file":            {kind: "ulaw", channels: 1, bits: 16},
		"IMA ADPCM in an AIFF file":        {kind: "ima4", channels: 2, bits: 16},
		`AIFF with samples of type "what"`: {kind: "what", channels: 2, bits: 16},
		"AIFF with 40 bits per sample":     {channels: 2, bits: 40},
	} {
		_, err := Open(t.Context(), codectest.NewSource(f.bytes()))
		if !errors.As(err, &unsupported) || unsupported.What != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := file{channels: 2, bits: 16, data: make([]byte, 100)}.bytes()
	put := func(at int, b ...byte) []byte {
		broken := bytes.Clone(whole)
		copy(broken[at:], b)
		return broken
	}
	const comm = 20 // offset of the format's content
	for name, broken := range map[string][]byte{
		"no channels":        put(comm, 0, 0),
		"65535 channels":     put(comm, 255, 255),
		"no rate":            put(comm+8, 0, 0),
		"a negative rate":    put(comm+8, 0xC0),
		"a rate beyond":      put(comm+8, 0x40, 0x1E),
		"only the beginning": whole[:12],
		"cut in the format":  whole[:30],
		"cut in the sound":   whole[:50],
		"no format":          append(bytes.Clone(whole[:12]), whole[38:]...),
		"chunks of no size":  append(bytes.Clone(whole[:12]), bytes.Repeat(chunk("JUNK", nil), 1000)...),
	} {
		if _, err := Open(t.Context(), codectest.NewSource(broken)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
