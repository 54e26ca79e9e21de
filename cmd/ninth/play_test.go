package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopxl/beep/v2"
	"github.com/gopxl/beep/v2/wav"
)

// writeTone writes a minute's tenth of a quiet tone.
func writeTone(t *testing.T, path string) (frames int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const rate = 48000
	at := 0
	tone := beep.StreamerFunc(func(p [][2]float64) (int, bool) {
		for i := range p {
			p[i][0] = 0.05 * math.Sin(2*math.Pi*440*float64(at+i)/rate)
			p[i][1] = p[i][0]
		}
		at += len(p)
		return len(p), true
	})
	if err := wav.Encode(f, beep.Take(6*rate, tone), beep.Format{SampleRate: rate, NumChannels: 2, Precision: 2}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return 6 * rate
}

// A playlist stands for the files on it that are there.
func TestPlayPlaylist(t *testing.T) {
	folder := t.TempDir()
	out, list := filepath.Join(folder, "out.wav"), filepath.Join(folder, "mix.m3u8")
	frames := writeTone(t, filepath.Join(folder, "one two.wav"))
	write := func(text string) {
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("#EXTM3U\none two.wav\nnowhere.wav\nfile://" + filepath.ToSlash(folder) + "/one%20two.wav\n")
	r := ninth(t, "--home", t.TempDir(), "play", list, "--output", "wav:"+out)
	if r.code != 0 || !strings.Contains(r.err, "1 of 3 tracks on mix.m3u8 are no files") {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if got := wavFrames(t, out); got != 2*frames {
		t.Errorf("%d frames, want %d", got, 2*frames)
	}
	write("https://coop.example/a.mp3\n")
	if r := ninth(t, "--home", t.TempDir(), "play", list, "--output", "null"); r.code == 0 || !strings.Contains(r.err, "None of the files that mix.m3u8 names") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

// What the options say is what is written.
func TestPlayOptions(t *testing.T) {
	folder := t.TempDir()
	one, two, out := filepath.Join(folder, "1.wav"), filepath.Join(folder, "2.wav"), filepath.Join(folder, "out.wav")
	frames := writeTone(t, one)
	writeTone(t, two)
	for _, test := range []struct {
		name  string
		args  []string
		want  int // frames
		slack int
	}{
		{"as recorded", nil, 2 * frames, 0},
		{"crossfaded", []string{"--crossfade", "2s"}, 2*frames - 2*48000, 0},
		{"twice as fast", []string{"--speed", "2"}, frames, 4800},
	} {
		args := append([]string{"--home", t.TempDir(), "play", one, two, "--output", "wav:" + out}, test.args...)
		if r := ninth(t, args...); r.code != 0 {
			t.Fatalf("%s: exit code %d: %s", test.name, r.code, r.err)
		}
		if got := wavFrames(t, out); got < test.want-test.slack || got > test.want+test.slack {
			t.Errorf("%s: %d frames, want %d", test.name, got, test.want)
		}
	}
}
