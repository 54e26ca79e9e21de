package wav

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

// file is a WAVE file made by hand.
type file struct {
	tag, channels, bits int
	id                  string // RIFF unless set
	extensible          bool
	valid               int    // bits, in an extensible file
	mask                uint32 // of channels, in an extensible file
	before              []byte // chunks before the format
	between             []byte // chunks between format and samples
	claim               uint32 // the size of the data chunk, if claimed is set
	claimed             bool
	align               int // bytes per frame, if not as computed
	data                []byte
}

func chunk(id string, body []byte) []byte {
	out := append([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func (f file) bytes() []byte {
	le := binary.LittleEndian
	align := f.align
	if align == 0 {
		align = f.channels * f.bits / 8
	}
	tag := f.tag
	if f.extensible {
		tag = tagExtensible
	}
	format := le.AppendUint16(nil, uint16(tag))
	format = le.AppendUint16(format, uint16(f.channels))
	format = le.AppendUint32(format, rate)
	format = le.AppendUint32(format, uint32(rate*align))
	format = le.AppendUint16(format, uint16(align))
	format = le.AppendUint16(format, uint16(f.bits))
	if f.extensible {
		format = le.AppendUint16(format, 22)
		format = le.AppendUint16(format, uint16(f.valid))
		format = le.AppendUint32(format, f.mask)
		format = le.AppendUint16(format, uint16(f.tag))
		format = append(format, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71"...)
	}
	data := chunk("data", f.data)
	if f.claimed {
		le.PutUint32(data[4:], f.claim)
	}
	body := bytes.Join([][]byte{[]byte("WAVE"), f.before, chunk("fmt ", format), f.between, data}, nil)
	id := f.id
	if id == "" {
		id = "RIFF"
	}
	return append(append([]byte(id), le.AppendUint32(nil, uint32(len(body)))...), body...)
}

// store writes values in the sample format of f, rounding to its step.
func (f *file) store(values []float64) (exact []float64) {
	le := binary.LittleEndian
	for _, v := range values {
		switch {
		case f.tag == tagFloat && f.bits == 32:
			v = float64(float32(v))
			f.data = le.AppendUint32(f.data, math.Float32bits(float32(v)))
		case f.tag == tagFloat:
			f.data = le.AppendUint64(f.data, math.Float64bits(v))
		default:
			scale := float64(int64(1) << (f.bits - 1))
			n := int64(math.Round(v * (scale - 1)))
			v = float64(n) / scale
			if f.bits == 8 {
				n += 128
			}
			f.data = append(f.data, le.AppendUint64(nil, uint64(n))[:f.bits/8]...)
		}
		exact = append(exact, v)
	}
	return exact
}

func TestContract(t *testing.T) {
	const n = 30_001
	for _, tag := range []int{tagPCM, tagFloat} {
		widths := map[int][]int{tagPCM: {8, 16, 24, 32}, tagFloat: {32, 64}}[tag]
		for _, bits := range widths {
			for _, channels := range []int{1, 2} {
				for _, extensible := range []bool{false, true} {
					name := fmt.Sprintf("%d bits, %d channels, tag %d, extensible %v", bits, channels, tag, extensible)
					t.Run(name, func(t *testing.T) {
						f := file{tag: tag, channels: channels, bits: bits, extensible: extensible}
						exact := f.store(codectest.Music(n, channels, rate))
						want := codec.Format{Codec: "WAV", SampleRate: beep.SampleRate(rate), Channels: channels, BitDepth: bits, Lossless: true}
						if tag == tagFloat {
							want.Codec = "WAV float"
						}
						codectest.Check(t, Open, f.bytes(), codectest.Reference{Format: want, Frames: codectest.Stereo(exact, channels)})
					})
				}
			}
		}
	}
}

func TestAgreesWithFFmpeg(t *testing.T) {
	music := codectest.WAV(codectest.Music(20_000, 2, rate), 2, rate, 24)
	for _, args := range [][]string{
		{"-c:a", "pcm_u8"}, {"-c:a", "pcm_s16le"}, {"-c:a", "pcm_s24le"}, {"-c:a", "pcm_s32le"},
		{"-c:a", "pcm_f32le"}, {"-c:a", "pcm_f64le"}, {"-c:a", "pcm_s16le", "-rf64", "always"},
		{"-c:a", "pcm_s16le", "-ac", "1"},
	} {
		channels := 2
		if args[len(args)-1] == "1" {
			channels = 1
		}
		f := codectest.FFmpeg(t, music, "wav", "wav", args...)
		got, want := codectest.Decode(t, Open, f), codectest.FFmpegDecode(t, f, "wav", channels)
		if db := codectest.SNR(got, want); !math.IsInf(db, 1) {
			t.Errorf("%v: SNR %.1f dB, want the same (%d and %d frames)", args, db, len(got), len(want))
		}
	}
}

func TestSurroundIsFolded(t *testing.T) {
	const c = math.Sqrt2 / 2
	tests := []struct {
		name  string
		mask  uint32
		in    []float64
		left  float64
		right float64
	}{
		{"5.1 by mask", 0x3F, []float64{0.1, 0.2, 0.3, 0.9, 0.05, -0.05}, 0.1 + c*0.3 + c*0.05, 0.2 + c*0.3 - c*0.05},
		{"5.1 without a mask", 0, []float64{0.1, 0.2, 0.3, 0.9, 0.05, -0.05}, 0.1 + c*0.3 + c*0.05, 0.2 + c*0.3 - c*0.05},
		{"quadro", 0x33, []float64{0.1, 0.2, 0.3, 0.4}, 0.1 + c*0.3, 0.2 + c*0.4},
		{"more channels than speakers", 0x3, []float64{0.1, 0.2, 0.3}, 0.1, 0.2},
	}
	for _, tt := range tests {
		f := file{tag: tagFloat, channels: len(tt.in), bits: 64, extensible: true, mask: tt.mask}
		f.store(tt.in)
		got := codectest.Decode(t, Open, f.bytes())
		if len(got) != 1 || math.Abs(got[0][0]-tt.left) > 1e-12 || math.Abs(got[0][1]-tt.right) > 1e-12 {
			t.Errorf("%s: %v, want [%v %v]", tt.name, got, tt.left, tt.right)
		}
	}
}

func TestSizesAreNotTrusted(t *testing.T) {
	const n = 1000
	plain := file{tag: tagPCM, channels: 2, bits: 16}
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
		{"data size 0", with(func(f *file) { f.claim, f.claimed = 0, true }), n},
		{"data size unknown", with(func(f *file) { f.claim, f.claimed = unknownSize, true }), n},
		{"data size beyond the file", with(func(f *file) { f.claim, f.claimed = 1<<30, true }), n},
		{"a file cut off", whole[:len(whole)-400], n - 100},
		{"a file cut inside a frame", whole[:len(whole)-3], n - 1},
		{"other chunks", with(func(f *file) {
			f.before = append(chunk("JUNK", make([]byte, 33)), chunk("bext", make([]byte, 602))...)
			f.between = chunk("LIST", []byte("INFOISFT\x05\x00\x00\x00Lavf\x00\x00"))
		}), n},
		{"a chunk behind the samples", append(bytes.Clone(whole), chunk("LIST", make([]byte, 400))...), n},
		{"a wrong frame size", with(func(f *file) { f.align = 1 }), n},
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

func TestContainersWiderThanTheirSamples(t *testing.T) {
	// 24 bits in the upper part of four bytes, the frame size says so.
	f := file{tag: tagPCM, channels: 1, bits: 24, align: 4, data: []byte{0, 0, 0, 0x40, 0, 0, 0, 0xC0}}
	got := codectest.Decode(t, Open, f.bytes())
	if want := [][2]float64{{0.5, 0.5}, {-0.5, -0.5}}; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
	// 20 valid bits of 24: only the format changes.
	f = file{tag: tagPCM, channels: 1, bits: 24, extensible: true, valid: 20, data: make([]byte, 30)}
	if d := codectest.Open(t, Open, codectest.NewSource(f.bytes())); d.Format().BitDepth != 20 || d.Len() != 10 {
		t.Errorf("%+v, Len %d", d.Format(), d.Len())
	}
}

func TestNoNumberIsSilence(t *testing.T) {
	f := file{tag: tagFloat, channels: 1, bits: 32}
	for _, v := range []uint32{0x7FC00000, 0x7F800000, 0xFF800000, 0x7F7FFFFF} {
		f.data = binary.LittleEndian.AppendUint32(f.data, v)
	}
	for i, frame := range codectest.Decode(t, Open, f.bytes()) {
		if frame != [2]float64{} {
			t.Errorf("sample %d: %v", i, frame)
		}
	}
}

func TestRefusals(t *testing.T) {
	var unsupported *codec.UnsupportedError
	sixteen := file{tag: tagPCM, channels: 2, bits: 16, data: make([]byte, 100)}
	refused := func(change func(*file)) error {
		f := sixteen
		change(&f)
		_, err := Open(t.Context(), codectest.NewSource(f.bytes()))
		return err
	}
	for name, err := range map[string]error{
		"MP3 in a WAV file":           refused(func(f *file) { f.tag = 0x55 }),
		"WAV format 0x1234":           refused(func(f *file) { f.tag = 0x1234 }),
		"WAV with 40 bits per sample": refused(func(f *file) { f.bits = 40 }),
		"WAV with 16 bits per sample": refused(func(f *file) { f.tag = tagFloat }),
	} {
		if !errors.As(err, &unsupported) || unsupported.What != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := sixteen.bytes()
	for name, broken := range map[string][]byte{
		"no channels":        append(append(bytes.Clone(whole[:22]), 0, 0), whole[24:]...),
		"65535 channels":     append(append(bytes.Clone(whole[:22]), 255, 255), whole[24:]...),
		"no rate":            append(append(bytes.Clone(whole[:24]), 0, 0, 0, 0), whole[28:]...),
		"only the beginning": whole[:12],
		"cut in the format":  whole[:30],
		"no format":          append(bytes.Clone(whole[:12]), whole[36:]...),
		"chunks of no size":  append(bytes.Clone(whole[:12]), bytes.Repeat(chunk("JUNK", nil), 1000)...),
	} {
		if _, err := Open(t.Context(), codectest.NewSource(broken)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
