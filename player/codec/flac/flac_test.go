package flac

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/gopxl/beep/v2"
	libflac "github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

const rate = 44100

// samples are two channels of 16 bits.
func samples(n int) []int32 {
	out := make([]int32, 2*n)
	for i, v := range codectest.Music(n, 2, rate) {
		out[i] = int32(v * 32767)
	}
	return out
}

// wanted is what the samples must decode to.
func wanted(s []int32) [][2]float64 {
	values := make([]float64, len(s))
	for i, v := range s {
		values[i] = float64(v) / (1 << 15)
	}
	return codectest.Stereo(values, 2)
}

// encode makes a FLAC stream of s in blocks of the given sizes, repeated. One
// size makes a fixed blocking strategy, several a variable one.
func encode(t testing.TB, s []int32, blocks ...int) []byte {
	t.Helper()
	low, high := blocks[0], blocks[0]
	for _, b := range blocks {
		low, high = min(low, b), max(high, b)
	}
	var out seekBuffer
	enc, err := libflac.NewEncoder(&out, &meta.StreamInfo{BlockSizeMin: uint16(low), BlockSizeMax: uint16(high),
		SampleRate: rate, NChannels: 2, BitsPerSample: 16, NSamples: uint64(len(s) / 2)})
	if err != nil {
		t.Fatal(err)
	}
	for i, at := 0, 0; at < len(s)/2; i++ {
		n := min(blocks[i%len(blocks)], len(s)/2-at)
		f := &frame.Frame{Header: frame.Header{HasFixedBlockSize: len(blocks) == 1, BlockSize: uint16(n),
			SampleRate: rate, Channels: frame.ChannelsLR, BitsPerSample: 16}}
		for c := range 2 {
			sub := &frame.Subframe{NSamples: n, SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}}
			for k := range n {
				sub.Samples = append(sub.Samples, s[2*(at+k)+c])
			}
			f.Subframes = append(f.Subframes, sub)
		}
		if err := enc.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
		at += n
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return out.data
}

// seekBuffer lets the encoder go back to fill in its header.
type seekBuffer struct {
	data []byte
	at   int
}

func (b *seekBuffer) Write(p []byte) (int, error) {
	b.data = append(b.data[:b.at], append(bytes.Clone(p), b.data[min(b.at+len(p), len(b.data)):]...)...)
	b.at += len(p)
	return len(p), nil
}

func (b *seekBuffer) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		b.at = int(offset)
	case io.SeekCurrent:
		b.at += int(offset)
	default:
		b.at = len(b.data) + int(offset)
	}
	return int64(b.at), nil
}

// frames lists where the frames of a file begin, its end last.
func frames(t testing.TB, file []byte) (offsets []int) {
	t.Helper()
	r := codec.NewReader(t.Context(), codectest.NewSource(file))
	m, err := readMetadata(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := newDemuxer(r, m)
	for {
		offsets = append(offsets, int(d.offset))
		if _, err := d.next(); err != nil {
			return offsets
		}
	}
}

// forgetLength sets the number of samples in the stream information to 0.
func forgetLength(file []byte) []byte {
	out := bytes.Clone(file)
	out[8+13] &= 0xF0
	clear(out[8+14 : 8+18])
	return out
}

var format = codec.Format{Codec: "FLAC", SampleRate: beep.SampleRate(rate), Channels: 2, BitDepth: 16, Lossless: true}

func TestContract(t *testing.T) {
	s := samples(rate)
	want := codectest.Reference{Format: format, Frames: wanted(s)}
	fixed := encode(t, s, 4096)
	for name, file := range map[string][]byte{
		"fixed blocks":      fixed,
		"small blocks":      encode(t, s, 17),
		"variable blocks":   encode(t, s, 4096, 100, 1, 2000),
		"unknown length":    forgetLength(fixed),
		"unknown, variable": forgetLength(encode(t, s, 512, 333)),
		"ID3v2 before it":   append([]byte("ID3\x04\x00\x00\x00\x00\x02\x00"+string(make([]byte, 256))), fixed...),
		"ID3v1 behind it":   append(bytes.Clone(fixed), ("TAG" + string(make([]byte, 125)))...),
		"both, unknown":     append(forgetLength(fixed), ("TAG" + string(make([]byte, 125)))...),
	} {
		t.Run(name, func(t *testing.T) { codectest.Check(t, Open, file, want) })
	}
}

func TestChecksums(t *testing.T) {
	// The check values of CRC-8/SMBUS and CRC-16/UMTS in the CRC catalogue.
	if got := crc8([]byte("123456789")); got != 0xF4 {
		t.Errorf("CRC-8 %#x", got)
	}
	if got := crc16(0, []byte("123456789")); got != 0xFEE8 {
		t.Errorf("CRC-16 %#x", got)
	}
}

func TestADamagedFrameIsSilenceOfItsLength(t *testing.T) {
	const block, bad = 1000, 7
	s := samples(20 * block)
	file := encode(t, s, block)
	at := frames(t, file)
	damage := map[string]func([]byte) []byte{
		"a bit of sound flipped": func(b []byte) []byte { b[at[bad]+200] ^= 4; return b },
		"its header destroyed":   func(b []byte) []byte { b[at[bad]+1] = 0; return b },
		"its number changed":     func(b []byte) []byte { b[at[bad]+4]++; return b },
		"cut out":                func(b []byte) []byte { return append(b[:at[bad]], b[at[bad+1]:]...) },
		"half cut out":           func(b []byte) []byte { return append(b[:at[bad]+300], b[at[bad+1]:]...) },
		"garbage before it": func(b []byte) []byte {
			return append(append(append([]byte(nil), b[:at[bad]]...), bytes.Repeat([]byte{0xFF, 0xF8, 0xC9}, 500)...), b[at[bad+1]:]...)
		},
	}
	want := wanted(s)
	clear(want[bad*block : (bad+1)*block])
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			broken := f(bytes.Clone(file))
			got := codectest.Decode(t, Open, broken)
			if len(got) != len(want) {
				t.Fatalf("%d frames, want %d", len(got), len(want))
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("frame %d (block %d) is %v, want %v", i, i/block, got[i], want[i])
				}
			}
			d := codectest.Open(t, Open, codectest.NewSource(broken))
			if err := d.SeekTo(bad*block + 500); err != nil {
				t.Fatal(err)
			}
			if got := codectest.Drain(d); codectest.SNR(got, want[bad*block+500:]) < 300 {
				t.Errorf("after a seek into it: %d frames, not the same", len(got))
			}
		})
	}
}

func TestARepeatedFrameIsHeardOnce(t *testing.T) {
	const block = 1000
	s := samples(10 * block)
	file := encode(t, s, block)
	at := frames(t, file)
	twice := append(bytes.Clone(file[:at[4]]), file[at[2]:]...)
	if got, want := codectest.Decode(t, Open, twice), wanted(s); codectest.SNR(got, want) < 300 {
		t.Errorf("%d frames, want %d and the same", len(got), len(want))
	}
}

func TestAStreamCutFromALongerOne(t *testing.T) {
	const block, cut = 1000, 3
	s := samples(20 * block)
	file := encode(t, s, block)
	at := frames(t, file)
	shorten := func(b []byte) []byte { return append(bytes.Clone(b[:at[0]]), b[at[cut]:]...) }

	// With no length to go by, the first frame that is there is the beginning.
	codectest.Check(t, Open, shorten(forgetLength(file)), codectest.Reference{Format: format, Frames: wanted(s)[cut*block:]})

	// With a length, frames are missing, and their time is kept.
	want := wanted(s)
	clear(want[:cut*block])
	codectest.Check(t, Open, shorten(file), codectest.Reference{Format: format, Frames: want})
}

func TestSeekReadsLittle(t *testing.T) {
	// Twenty seconds of verbatim frames are 3.5 MB.
	s := samples(20 * rate)
	want := wanted(s)
	file := encode(t, s, 4096)
	table := withSeekTable(t, file, 5*rate)
	tests := []struct {
		name string
		file []byte
		most int64 // bytes read by one seek and the frames after it
	}{
		{"without a seek table", file, 400 << 10},
		{"with a seek table", table, 400 << 10},
		{"unknown length", forgetLength(file), 400 << 10},
		{"a seek table that lies", lyingTable(table), 400 << 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, target := range []int{10 * rate, 19 * rate, 123456, 5} {
				src := codectest.NewSource(tt.file)
				d := codectest.Open(t, Open, src)
				before := src.Read()
				if err := d.SeekTo(int64(target)); err != nil {
					t.Fatal(err)
				}
				got := make([][2]float64, 1000)
				n, _ := d.Stream(got)
				if codectest.SNR(got[:n], want[target:target+n]) < 300 {
					t.Errorf("seek to %d: not the frames that are there", target)
				}
				used := src.Read() - before
				t.Logf("seek to %d: %d bytes read", target, used)
				if used > tt.most {
					t.Errorf("seek to %d read %d bytes", target, used)
				}
			}
		})
	}
}

// withSeekTable puts a seek table with a point every so many samples into file.
func withSeekTable(t testing.TB, file []byte, every int64) []byte {
	t.Helper()
	r := codec.NewReader(t.Context(), codectest.NewSource(file))
	m, err := readMetadata(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := newDemuxer(r, m)
	var body []byte
	for next := int64(0); ; {
		offset := d.offset
		p, err := d.next()
		if err != nil {
			break
		}
		if p.start >= next {
			body = binary.BigEndian.AppendUint64(body, uint64(p.start))
			body = binary.BigEndian.AppendUint64(body, uint64(offset-m.audio))
			body = binary.BigEndian.AppendUint16(body, uint16(p.samples))
			next += every
		}
	}
	body = append(body, bytes.Repeat([]byte{0xFF}, seekPointSize)...) // a placeholder
	const afterInfo = 4 + 4 + 34
	block := []byte{typeSeekTable, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}
	out := append(bytes.Clone(file[:afterInfo]), append(block, body...)...)
	return append(out, file[afterInfo:]...)
}

// lyingTable moves every point of the seek table a little.
func lyingTable(file []byte) []byte {
	out := bytes.Clone(file)
	const first = 4 + 4 + 34 + 4
	for at := first; out[at] != 0xFF; at += seekPointSize {
		out[at+15] += 77
	}
	return out
}

func TestStartsWithTheFirstBytes(t *testing.T) {
	s := samples(10 * rate)
	src := codectest.NewSource(encode(t, s, 4096)).HideSize()
	d := codectest.Open(t, Open, src)
	if n, ok := d.Stream(make([][2]float64, 4096)); n != 4096 || !ok {
		t.Fatalf("%d, %v, %v", n, ok, d.Err())
	}
	if src.Farthest() > 48<<10 {
		t.Errorf("%d bytes had to be there for the first frame of 16 KiB", src.Farthest())
	}
}

func TestHeadersThatLie(t *testing.T) {
	file := encode(t, samples(5000), 1000)
	change := func(at int, b ...byte) []byte {
		out := bytes.Clone(file)
		copy(out[at:], b)
		return out
	}
	for name, broken := range map[string][]byte{
		"only the marker":        file[:4],
		"cut in the information": file[:30],
		"first block no info":    change(4, 0x84),
		"forbidden block type":   change(4, 0x7F),
		"block size 0":           change(8, 0, 0, 0, 0),
		"rate 0":                 change(18, 0, 0, file[20]&0x0F),
		"a block past the end":   change(42, 1, 0xFF, 0xFF, 0xFF),
	} {
		if _, err := Open(t.Context(), codectest.NewSource(broken)); !errors.Is(err, codec.ErrDamaged) {
			// Metadata that claims to reach past the end leaves a stream
			// without frames, which is found out when it is played.
			if err == nil && name == "a block past the end" {
				continue
			}
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheFirstFrameKnowsBetter where the stream information, which has no
// checksum, is damaged.
func TestTheFirstFrameKnowsBetter(t *testing.T) {
	file := encode(t, samples(5000), 1000)
	whole := codectest.Decode(t, Open, file)
	for name, change := range map[string]struct {
		at int
		b  []byte
	}{
		"larger blocks":  {10, []byte{0x44, 0}},
		"smaller blocks": {10, []byte{0, 16}},
		"another rate":   {18, []byte{0x0B, 0xB8, file[20] & 0x0F}},
		"mono":           {20, []byte{file[20] &^ 0x0E}},
		"8 bits":         {20, []byte{file[20] &^ 1, file[21]&0x0F | 0x70}},
	} {
		lying := bytes.Clone(file)
		copy(lying[change.at:], change.b)
		d := codectest.Open(t, Open, codectest.NewSource(lying))
		want := codec.Format{Codec: "FLAC", SampleRate: rate, Channels: 2, BitDepth: 16, Lossless: true}
		if d.Format() != want {
			t.Errorf("%s: %+v", name, d.Format())
		}
		if !slices.Equal(codectest.Drain(d), whole) {
			t.Errorf("%s: the sound is changed", name)
		}
	}
}

// A side channel of 32-bit samples has 33 bits.
func TestThirtyTwoBits(t *testing.T) {
	want := [][2]int64{{0, 0}, {1<<31 - 1, -1 << 31}, {-1 << 31, 1<<31 - 1}, {1, -1}, {123456789, -987654321}}
	var w bitWriter
	w.bytes([]byte(marker)...)
	w.put(0x80, 8) // the last block, and the stream information
	w.put(34, 24)
	w.put(16, 16)
	w.put(16, 16)
	w.put(0, 48)
	w.put(48000, 20)
	w.put(2-1, 3)
	w.put(32-1, 5)
	w.put(int64(len(want)), 36)
	w.put(0, 64)
	w.put(0, 64)
	begin := len(w.data)
	w.put(0xFFF8, 16)
	w.put(6, 4)  // the block size follows
	w.put(10, 4) // 48 kHz
	w.put(midSide, 4)
	w.put(7, 3) // 32 bits
	w.put(0, 1)
	w.put(0, 8) // the first frame
	w.put(int64(len(want)-1), 8)
	w.bytes(crc8(w.data[begin:]))
	for _, verbatim := range []func(s [2]int64) (int64, int){
		func(s [2]int64) (int64, int) { return (s[0] + s[1]) >> 1, 32 },
		func(s [2]int64) (int64, int) { return s[0] - s[1], 33 },
	} {
		w.put(1<<1, 8)
		for _, s := range want {
			w.put(verbatim(s))
		}
	}
	w.align()
	w.put(int64(crc16(0, w.data[begin:])), 16)
	got := codectest.Decode(t, Open, w.data)
	if len(got) != len(want) {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	for i, s := range want {
		if f := [2]float64{float64(s[0]) / (1 << 31), float64(s[1]) / (1 << 31)}; got[i] != f {
			t.Errorf("frame %d is %v, want %v", i, got[i], f)
		}
	}
}

// bitWriter writes bits, the highest first.
type bitWriter struct {
	data []byte
	free int // bits of the last byte
}

func (w *bitWriter) put(v int64, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.data, w.free = append(w.data, 0), 8
		}
		w.free--
		w.data[len(w.data)-1] |= byte(v>>n&1) << w.free
	}
}

func (w *bitWriter) bytes(b ...byte) {
	for _, v := range b {
		w.put(int64(v), 8)
	}
}

func (w *bitWriter) align() { w.free = 0 }
