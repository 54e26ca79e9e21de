package mp3

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// TestAReleaseJoinsWithoutAGap cuts one sound at odd samples, as the tracks of
// a live release are, and joins the decoded parts.
func TestAReleaseJoinsWithoutAGap(t *testing.T) {
	const rate = 44100
	cuts := []int{0, 70_001, 150_003, 222_221}
	whole := make([]float64, 2*cuts[3])
	for i := range whole {
		whole[i] = 0.5 * math.Sin(2*math.Pi*440*float64(i/2)/rate)
	}
	for _, args := range []string{"-q:a 2", "-b:a 128k", "-q:a 0"} {
		var joined, theirs [][2]float64
		for i := range 3 {
			part := codectest.WAV(whole[2*cuts[i]:2*cuts[i+1]], 2, rate, 16)
			file := codectest.FFmpeg(t, part, "wav", "mp3", append(strings.Fields(args), "-c:a", "libmp3lame")...)
			d := codectest.Open(t, Open, codectest.NewSource(file))
			if length := int64(cuts[i+1] - cuts[i]); d.Len() != length {
				t.Errorf("%s: part %d says %d samples, want %d", args, i, d.Len(), length)
			}
			joined = append(joined, codectest.Drain(d)...)
			theirs = append(theirs, codectest.FFmpegDecode(t, file, "mp3", 2)...)
		}
		if snr := codectest.SNR(joined, codectest.Stereo(whole, 2)); snr < 25 {
			t.Errorf("%s: %d samples of %d, SNR %.1f dB against the uncut sound", args, len(joined), cuts[3], snr)
		}
		if snr := codectest.SNR(joined, theirs); snr < agreement {
			t.Errorf("%s: SNR %.1f dB against ffmpeg", args, snr)
		}
	}
}

// infoFrame is a silent frame of 128 kbit/s at 44.1 kHz with a tag at offset at.
func infoFrame(at int, tag []byte) []byte {
	frame := make([]byte, 417)
	copy(frame, []byte{0xFF, 0xFB, 0x90, 0x64})
	copy(frame[at:], tag)
	return frame
}

func u32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }

// comment is an ID3v2 tag of a picture and iTunes's comment.
func comment(version byte, text string) []byte {
	frame := func(name string, body []byte) []byte {
		size := u32(len(body))
		if version == 4 {
			n := len(body)
			size = []byte{byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}
		}
		if version == 2 {
			return bytes.Join([][]byte{[]byte(name[:3]), size[1:], body}, nil)
		}
		return bytes.Join([][]byte{[]byte(name), size, {0, 0}, body}, nil)
	}
	body := append(frame("APIC", make([]byte, 90_000)), frame("COMM", []byte("\x00engiTunSMPB\x00"+text))...)
	n := len(body)
	return append([]byte{'I', 'D', '3', version, 0, 0, byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}, body...)
}

func TestTags(t *testing.T) {
	file := bare(t, 44100)
	units := len(places(t, file)) - 1
	all := int64(units) * 1152
	const side = 32
	lame := append([]byte("LAME3.100"), make([]byte, 12)...)
	lame = append(lame, 0x24, 0x04, 0x00) // 576 before, 1024 behind
	tag := func(name string, frames int, rest ...byte) []byte {
		return append(append([]byte(name+"\x00\x00\x00\x01"), u32(frames)...), rest...)
	}
	itunes := fmt.Sprintf(" 00000000 00000240 00000400 %016X 00000000 00000000", all-1600)
	vbri := bytes.Join([][]byte{[]byte("VBRI\x00\x01\x04\x24\x00\x64"), u32(len(file)), u32(units)}, nil)
	for name, tt := range map[string]struct {
		before      []byte
		says, gives int64
		begins      int // where in the sound of all frames
	}{
		"no tag":                      {nil, -1, all, 0},
		"Xing alone":                  {infoFrame(4+side, tag("Xing", units)), all, all, 0},
		"Xing and LAME":               {infoFrame(4+side, tag("Info", units, lame...)), all - 1600, all - 1600, 576 + 529},
		"VBRI":                        {infoFrame(36, vbri), all, all, 0},
		"more frames than there are":  {infoFrame(4+side, tag("Xing", 2*units)), 2 * all, all, 0},
		"more frames than can be":     {infoFrame(4+side, tag("Xing", 1<<30)), -1, all, 0},
		"the size of another file":    {infoFrame(4+side, append([]byte("Xing\x00\x00\x00\x03"), append(u32(10), u32(len(file)*9)...)...)), -1, all, 0},
		"cut off":                     {infoFrame(417-9, []byte("Xing\x00\x00\x00\x0F")), -1, all + 1152, 0},
		"iTunes, ID3v2.2":             {comment(2, itunes), all - 1600, all - 1600, 576 + 529},
		"iTunes, ID3v2.3":             {comment(3, itunes), all - 1600, all - 1600, 576 + 529},
		"iTunes, ID3v2.4":             {comment(4, itunes), all - 1600, all - 1600, 576 + 529},
		"iTunes, nonsense":            {comment(3, " 0 zebra 1 2"), -1, all, 0},
		"iTunes, and LAME knows more": {append(comment(3, itunes), infoFrame(4+side, tag("Info", units, lame...))...), all - 1600, all - 1600, 576 + 529},
	} {
		t.Run(name, func(t *testing.T) {
			src := codectest.NewSource(append(bytes.Clone(tt.before), file...))
			d := codectest.Open(t, Open, src)
			if d.Len() != tt.says {
				t.Errorf("it says %d samples, want %d", d.Len(), tt.says)
			}
			if src.Read() > 60_000 {
				t.Errorf("%d bytes were read to open it", src.Read())
			}
			got := codectest.Drain(d)
			if int64(len(got)) != tt.gives {
				t.Fatalf("it gives %d samples, want %d", len(got), tt.gives)
			}
			if want := codectest.Decode(t, Open, file)[tt.begins:]; tt.gives <= all && codectest.SNR(got, want[:tt.gives]) < 300 {
				t.Error("the sound begins elsewhere")
			}
		})
	}
}

// TestTheSoundGoesOnBehindAFalseEnd is of files that are longer than they claim.
func TestTheSoundGoesOnBehindAFalseEnd(t *testing.T) {
	file := bare(t, 44100)
	at := places(t, file)
	units := len(at) - 1
	const side, gap = 32, 12
	tag := infoFrame(4+side, append([]byte("Xing\x00\x00\x00\x01"), u32(units)...))
	short := infoFrame(4+side, append([]byte("Xing\x00\x00\x00\x01"), u32(units-7)...))
	one := infoFrame(4+side, append([]byte("Xing\x00\x00\x00\x01"), u32(units-1)...))
	noise := make([]byte, (at[units]-at[0])/units*gap)
	for name, tt := range map[string]struct {
		file  []byte
		units int
	}{
		"the tag counts too few":    {append(bytes.Clone(short), file...), units},
		"the tag leaves itself out": {append(bytes.Clone(one), file...), units - 1},
		"two files joined":          {bytes.Join([][]byte{tag, file, file}, nil), 2 * units},
		"zeros in between":          {bytes.Join([][]byte{tag, file[:at[10]], noise, file[at[10]:]}, nil), units + gap},
		"tags behind":               {bytes.Join([][]byte{tag, file, []byte("TAG" + string(make([]byte, 125)))}, nil), units},
		"a piece of a frame behind": {bytes.Join([][]byte{tag, file, file[:at[1]-9]}, nil), units},
	} {
		got := codectest.Decode(t, Open, tt.file)
		if len(got) != tt.units*1152 {
			t.Errorf("%s: %d samples, want %d", name, len(got), tt.units*1152)
		}
	}
}

// TestChecksums gives every frame a checksum and its main data to itself, which
// 320 kbit/s have room for, and expects the same sound.
func TestChecksums(t *testing.T) {
	file := bare(t, 44100, "-reservoir", "0")
	at := places(t, file)
	var protected []byte
	var starts []int
	for i, offset := range at[:len(at)-1] {
		old := file[offset:at[i+1]]
		frame := make([]byte, 1044)
		copy(frame, old[:headerSize])
		frame[1] &^= 1
		frame[2] = 0xE0 | old[2]&0x0D
		copy(frame[headerSize+checksumSize:], old[headerSize:])
		h, ok := parseHeader(frame)
		if !ok || h.size != len(frame) {
			t.Fatalf("header %x is of %d bytes", frame[:4], h.size)
		}
		binary.BigEndian.PutUint16(frame[headerSize:], h.checksum(frame))
		starts = append(starts, len(protected))
		protected = append(protected, frame...)
	}
	want := codectest.Decode(t, Open, file)
	if snr := codectest.SNR(codectest.Decode(t, Open, protected), want); snr < 300 {
		t.Errorf("with checksums: SNR %.1f dB", snr)
	}
	if snr := codectest.SNR(codectest.FFmpegDecode(t, protected, "mp3", 2), want); snr < agreement {
		t.Errorf("ffmpeg hears something else in it: %.1f dB", snr)
	}
	broken := bytes.Clone(protected)
	broken[starts[20]+headerSize+checksumSize+8] ^= 0x10
	got := codectest.Decode(t, Open, broken)
	if loud := loudest(got[21*1152-80 : 21*1152]); loud > 0.01 {
		t.Errorf("a frame whose checksum does not hold is heard, at %.2f", loud)
	}
	for _, start := range starts { // an encoder that has them all wrong
		broken[start+headerSize] ^= 0x55
	}
	if got := codectest.Decode(t, Open, broken); loudest(got[30*1152:31*1152]) < 0.1 {
		t.Error("where no checksum holds nothing is heard")
	}
}

// TestCRC16 is the check value that catalogues give for this polynomial and
// beginning.
func TestCRC16(t *testing.T) {
	if got := crc16(0xFFFF, []byte("123456789")); got != 0xAEE7 {
		t.Errorf("%#x", got)
	}
}

func loudest(samples [][2]float64) (peak float64) {
	for _, s := range samples {
		peak = max(peak, math.Abs(s[0]), math.Abs(s[1]))
	}
	return peak
}
