package dsp

import (
	"bytes"
	"encoding/binary"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/gopxl/beep/v2"
)

// tone is a sine in both channels, its peak at db dBFS.
func tone(rate int, hz, db, seconds, degrees float64) [][2]float64 {
	out := make([][2]float64, int(seconds*float64(rate)))
	for i := range out {
		v := Linear(db) * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)+degrees*math.Pi/180)
		out[i] = [2]float64{v, v}
	}
	return out
}

// BS.1770-4, tables 1 and 2.
func TestKWeightingAt48kHz(t *testing.T) {
	shelf, high := kWeighting(48000)
	for i, pair := range [][2]float64{
		{shelf.b0, 1.53512485958697}, {shelf.b1, -2.69169618940638}, {shelf.b2, 1.19839281085285},
		{shelf.a1, -1.69065929318241}, {shelf.a2, 0.73248077421585},
		{high.a1, -1.99004745483398}, {high.a2, 0.99007225036621},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("coefficient %d is %.12f, want %.12f", i, pair[0], pair[1])
		}
	}
}

// The signals 1 to 5 of EBU Tech 3341, table 1.
func TestLoudnessEBU(t *testing.T) {
	type part struct{ db, seconds float64 }
	for n, test := range []struct {
		parts []part
		want  float64
	}{
		{[]part{{-23, 20}}, -23},
		{[]part{{-33, 20}}, -33},
		{[]part{{-36, 10}, {-23, 60}, {-36, 10}}, -23},
		{[]part{{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}, -23},
		{[]part{{-26, 20}, {-20, 20.1}, {-26, 20}}, -23},
	} {
		for _, rate := range []int{11025, 44100, 48000} {
			l := NewLoudness(beep.SampleRate(rate))
			for _, p := range test.parts {
				frames := tone(rate, 1000, p.db, p.seconds, 0)
				l.Write(frames[:len(frames)/3])
				l.Write(frames[len(frames)/3:])
			}
			got, ok := l.Integrated()
			if !ok || math.Abs(got-test.want) > 0.1 {
				t.Errorf("signal %d at %d Hz: %.2f LUFS (%v), want %v", n+1, rate, got, ok, test.want)
			}
			if n < 2 && (math.Abs(l.Momentary()-test.want) > 0.1 || math.Abs(l.ShortTerm()-test.want) > 0.1) {
				t.Errorf("signal %d at %d Hz: momentary %.2f, short-term %.2f", n+1, rate, l.Momentary(), l.ShortTerm())
			}
		}
	}
}

// Signals 1 to 4 of EBU Tech 3342.
func TestLoudnessRangeEBU(t *testing.T) {
	for n, test := range []struct {
		db   []float64
		want float64
	}{
		{[]float64{-20, -30}, 10},
		{[]float64{-20, -15}, 5},
		{[]float64{-40, -20}, 20},
		{[]float64{-50, -35, -20, -35, -50}, 15},
	} {
		l := NewLoudness(8000)
		for _, db := range test.db {
			l.Write(tone(8000, 1000, db, 20, 0))
		}
		if got, ok := l.Range(); !ok || math.Abs(got-test.want) > 1 {
			t.Errorf("signal %d: %.2f LU (%v), want %v", n+1, got, ok, test.want)
		}
	}
}

// Signals 15 to 19 of EBU Tech 3341: +0.2 and −0.4 dB are allowed.
func TestTruePeakEBU(t *testing.T) {
	for _, rate := range []int{44100, 48000, 96000} {
		for _, test := range []struct{ part, db, degrees float64 }{
			{4, -6, 0}, {4, -6, 45}, {6, -6, 60}, {8, -6, 67.5}, {4, 3, 45}, {2.3, -6, 20},
		} {
			l := NewLoudness(beep.SampleRate(rate))
			frames := tone(rate, float64(rate)/test.part, test.db, 0.5, test.degrees)
			for i := range 200 { // a soft beginning, as its edge has peaks of its own
				for c := range 2 {
					frames[i][c] *= float64(i) / 200
				}
			}
			for i := 0; i < len(frames); i += 100 {
				l.Write(frames[i:min(i+100, len(frames))])
			}
			got := 20 * math.Log10(l.TruePeak())
			if got > test.db+0.2 || got < test.db-0.4 {
				t.Errorf("rate/%v at %v°, %d Hz: %.2f dBTP, want %v", test.part, test.degrees, rate, got, test.db)
			}
		}
	}
}

func TestLoudnessOfNothing(t *testing.T) {
	l := NewLoudness(48000)
	if _, ok := l.Integrated(); ok {
		t.Error("nothing has a loudness")
	}
	l.Write(make([][2]float64, 48000))
	l.Write([][2]float64{{math.NaN(), math.Inf(1)}})
	l.Write(tone(48000, 1000, -80, 5, 0))
	if v, ok := l.Integrated(); ok {
		t.Errorf("−80 dBFS is %v LUFS", v)
	}
	l.Write(tone(48000, 1000, -23, 60, 0))
	if v, _ := l.Integrated(); math.Abs(v+23) > 0.1 {
		t.Errorf("%v LUFS after what is no number, want −23", v)
	}
}

var (
	ffIntegrated = regexp.MustCompile(`I:\s+(-?[\d.]+) LUFS`)
	ffRange      = regexp.MustCompile(`LRA:\s+([\d.]+) LU`)
	ffPeak       = regexp.MustCompile(`Peak:\s+(-?[\d.]+) dBFS`)
)

// The figures of another implementation, where it is installed.
func TestLoudnessAgainstFFmpeg(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("no ffmpeg here")
	}
	const rate = 44100
	music := func() [][2]float64 { // chords and noise that come and go
		out := noise(3, 0.05, 30*rate)
		for i := range out {
			s := float64(i) / rate
			e := 0.35 * math.Exp(-3*math.Mod(s, 0.5)) * (1 + 0.8*math.Sin(s/4))
			out[i][0] += e * (math.Sin(880*s) + math.Sin(1320*s) + 0.4*math.Sin(22000*s))
			out[i][1] += e * (math.Sin(440*s) + math.Sin(1650*s))
		}
		return out
	}()
	steps := append(append(noise(4, 0.5, 10*rate), noise(5, 0.001, 10*rate)...), noise(6, 0.1, 10*rate)...)
	for name, frames := range map[string][][2]float64{
		"music": music, "steps": steps, "noise": noise(1, 0.7, 12*rate), "bass": tone(rate, 40, -6, 12, 0),
		"treble": tone(rate, 9000, -12, 12, 10), "one channel": mute(noise(2, 0.5, 12*rate)),
	} {
		var raw bytes.Buffer
		if err := binary.Write(&raw, binary.LittleEndian, frames); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), ffmpeg, "-hide_banner", "-nostats", "-f", "f64le", "-ar", strconv.Itoa(rate),
			"-ac", "2", "-i", "pipe:0", "-af", "ebur128=peak=true", "-f", "null", "-")
		cmd.Stdin = &raw
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		l := NewLoudness(rate)
		l.Write(frames)
		i, _ := l.Integrated()
		lra, _ := l.Range()
		peak := 20 * math.Log10(l.TruePeak())
		wantI, wantLRA, wantPeak := last(t, ffIntegrated, text), last(t, ffRange, text), last(t, ffPeak, text)
		t.Logf("%s: %.2f LUFS, %.2f LU, %.2f dBTP; ffmpeg %v, %v, %v", name, i, lra, peak, wantI, wantLRA, wantPeak)
		// Peaks of white noise and of hard edges depend on the filter that looks
		// for them: TestTruePeakEBU is the strict one.
		if math.Abs(i-wantI) > 0.1 || math.Abs(lra-wantLRA) > 0.3 || math.Abs(peak-wantPeak) > 0.7 {
			t.Errorf("%s: %.2f LUFS, %.2f LU, %.2f dBTP; ffmpeg %v, %v, %v", name, i, lra, peak, wantI, wantLRA, wantPeak)
		}
	}
}

func mute(frames [][2]float64) [][2]float64 {
	for i := range frames {
		frames[i][1] = 0
	}
	return frames
}

// last is the number in the last match.
func last(t *testing.T, re *regexp.Regexp, text []byte) float64 {
	t.Helper()
	all := re.FindAllSubmatch(text, -1)
	if len(all) == 0 {
		t.Fatalf("no %v in %s", re, text)
	}
	v, err := strconv.ParseFloat(string(all[len(all)-1][1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func BenchmarkLoudness(b *testing.B) {
	frames := noise(1, 0.7, 48000)
	l := NewLoudness(48000)
	b.ReportAllocs()
	for b.Loop() {
		l.Write(frames)
	}
}
