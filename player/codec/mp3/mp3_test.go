package mp3

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// encode makes music into an MP3 file.
func encode(t testing.TB, frames, channels, rate int, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(frames, channels, rate), channels, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", "mp3", append([]string{"-c:a", "libmp3lame"}, args...)...)
}

// agreement is how near the decoder must come to ffmpeg's, in dB.
const agreement = 90

func TestContract(t *testing.T) {
	for _, tt := range []struct {
		name           string
		channels, rate int
		args           string
	}{
		{"joint stereo at 128 kbit/s", 2, 44100, "-b:a 128k"},
		{"variable, best", 2, 44100, "-q:a 0"},
		{"variable, usual", 2, 44100, "-q:a 2"},
		{"variable, least", 2, 44100, "-q:a 9"},
		{"320 kbit/s", 2, 44100, "-b:a 320k"},
		{"left and right", 2, 44100, "-b:a 192k -joint_stereo 0"},
		{"average bit rate", 2, 44100, "-b:a 160k -abr 1"},
		{"mono", 1, 44100, "-b:a 64k"},
		{"48 kHz", 2, 48000, "-b:a 128k"},
		{"32 kHz", 2, 32000, "-b:a 96k"},
		{"32 kbit/s", 1, 32000, "-b:a 32k"},
		{"version 2, 24 kHz", 2, 24000, "-b:a 64k -cutoff 5000"}, // see TestBandsAt24kHz
		{"version 2, 22.05 kHz", 2, 22050, "-b:a 64k"},
		{"version 2, 16 kHz", 2, 16000, "-b:a 32k"},
		{"version 2, 8 kbit/s", 1, 24000, "-b:a 8k"},
		{"version 2.5, 12 kHz", 2, 12000, "-b:a 32k"},
		{"version 2.5, 11.025 kHz", 2, 11025, "-b:a 32k"},
		{"version 2.5, 8 kHz", 1, 8000, "-b:a 16k"},
		{"no bit reservoir", 2, 44100, "-b:a 128k -reservoir 0"},
		{"no tag", 2, 44100, "-b:a 128k -write_xing 0"},
		{"no ID3 tag", 2, 44100, "-b:a 128k -id3v2_version 0"},
		{"ID3v1 behind", 2, 44100, "-b:a 128k -write_id3v1 1 -metadata title=Song"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			frames := 64_999
			file := encode(t, frames, tt.channels, tt.rate, strings.Fields(tt.args)...)
			for len(file) < 24_000 { // enough that a part remains unread at first
				frames += frames - 1
				file = encode(t, frames, tt.channels, tt.rate, strings.Fields(tt.args)...)
			}
			reference := codectest.FFmpegDecode(t, file, "mp3", tt.channels)
			if !strings.Contains(tt.args, "write_xing") {
				// ffmpeg 5 counts time in 1/14,112,000 s and can be off by some
				// samples; with the tag, exactly the sound has to come out.
				reference = reference[:frames]
			}
			codectest.Check(t, Open, file, codectest.Reference{
				Format: codec.Format{Codec: "MP3", SampleRate: beep.SampleRate(tt.rate), Channels: tt.channels},
				Frames: reference,
				SNR:    agreement,
			})
		})
	}
}

// TestBandsAt24kHz: ffmpeg 5 lets band 18 begin at line 330 instead of 332, so
// above 5.8 kHz it is no reference there. What was encoded is.
func TestBandsAt24kHz(t *testing.T) {
	const frames = 129_999
	file := encode(t, frames, 2, 24000, "-b:a", "160k")
	original := codectest.Stereo(codectest.Music(frames, 2, 24000), 2)
	ours := codectest.SNR(codectest.Decode(t, Open, file), original)
	theirs := codectest.SNR(codectest.FFmpegDecode(t, file, "mp3", 2), original)
	if t.Logf("SNR against the original: %.2f dB, ffmpeg %.2f", ours, theirs); ours < theirs {
		t.Errorf("%.2f dB from what was encoded, ffmpeg %.2f", ours, theirs)
	}
}

func TestTransforms(t *testing.T) {
	random := func(n int) []float64 { return codectest.Music(n, 1, 44100) }
	t.Run("DCT-II of 32", func(t *testing.T) {
		var x, got [32]float64
		copy(x[:], random(32))
		dct32(&x, &got)
		closeTo(t, got[:], cosineSum(x[:], 0))
	})
	t.Run("DCT-II of 9", func(t *testing.T) {
		var x [9]float64
		copy(x[:], random(9))
		want := cosineSum(x[:], 0)
		dct9(&x)
		closeTo(t, x[:], want)
	})
	t.Run("DCT-IV of 18", func(t *testing.T) {
		var x [18]float64
		copy(x[:], random(18))
		want := cosineSum(x[:], 0.5)
		dctIV18(&x)
		closeTo(t, x[:], want)
	})
	t.Run("DCT-IV of 6", func(t *testing.T) {
		x := random(18)
		every := make([]float64, 6)
		for i := range every {
			every[i] = x[3*i+1]
		}
		got := dctIV6(x[1:])
		closeTo(t, got[:], cosineSum(every, 0.5))
	})
}

func TestCodesAreComplete(t *testing.T) {
	for number, tree := range huffmanCodes {
		var sum float64
		seen := map[uint16]bool{}
		for _, l := range leaves(tree) {
			sum += 1 / float64(int(1)<<l.length)
			seen[l.value] = true
		}
		if sum != 1 || len(seen)*3 != len(tree) {
			t.Errorf("table %d: the codes fill %v of the tree with %d different values in %d characters", number, sum, len(seen), len(tree))
		}
	}
}

func TestEveryCodeIsFound(t *testing.T) {
	for number, tree := range huffmanCodes {
		table := makeTable(tree, 0)
		for _, l := range leaves(tree) {
			for _, rest := range []uint64{0, 1<<63>>l.length - 1} {
				e := table.find(uint64(l.code)<<(64-l.length) | rest)
				if e.value != l.value || int(e.length) != l.length {
					t.Errorf("table %d: code %b of %d bits gives %+v, want %x", number, l.code, l.length, e, l.value)
				}
			}
		}
	}
}

func TestWhatIsNotDecodedIsNamed(t *testing.T) {
	free := bytes.Repeat(append([]byte{0xFF, 0xFB, 0x00, 0x00}, make([]byte, 700)...), 8)
	var unsupported *codec.UnsupportedError
	if _, err := Open(t.Context(), codectest.NewSource(free)); !Match(free[:4096]) || !errors.As(err, &unsupported) {
		t.Errorf("free format: matched %v, %v", Match(free[:4096]), err)
	}
	if _, err := Open(t.Context(), codectest.NewSource([]byte("no frame at all"))); !errors.Is(err, codec.ErrDamaged) {
		t.Error(err)
	}
}
