package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script writes steps to a file.
func script(t *testing.T, steps ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "steps")
	if err := os.WriteFile(path, []byte(strings.Join(steps, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAScriptIsPerformed(t *testing.T) {
	shot := filepath.Join(t.TempDir(), "shot.png")
	steps := script(t, "# a program of X's own", "window tester", "click 20 30", "key a Return", "type hello",
		"resize 320 240", "scroll 5 5 1", "drag 1 1 50 50", "still", "", "shot "+shot)
	if err := run(t.Context(), []string{"-mute", "-do", steps, "--", "xev", "-name", "tester"}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(shot)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.DecodeConfig(file)
	if err != nil || picture.Width != 320 || picture.Height != 240 {
		t.Errorf("a picture of %d by %d, %v", picture.Width, picture.Height, err)
	}
}

func TestAScriptRecords(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "heard.wav")
	// Noise, as pacat takes it: signed 16-bit samples.
	steps := script(t, "record", "heard 200ms", "save "+sound, "print")
	err := run(t.Context(), []string{"-do", steps, "--", "sh", "-c", "head -c 400000 /dev/urandom | pacat"})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(sound); err != nil || info.Size() < 48000*8/5 {
		t.Errorf("%v, %v; want 0.2 s of sound", info, err)
	}
}

func TestWhatIsWrongWithAScript(t *testing.T) {
	tests := []struct{ name, step, want string }{
		{"no window yet", "click 1 2", "begin with a window step"},
		{"no recording yet", "heard 1s", "begin with a record step"},
		{"a program that fails", "wait", "exit status 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := run(t.Context(), []string{"-mute", "-do", script(t, "", test.step), "--", "sh", "-c", "echo last words; exit 3"})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "line 2") {
				t.Errorf("got %v; want line 2 and %q", err, test.want)
			}
		})
	}
	for _, args := range [][]string{nil, {"-size", "big", "--", "true"}, {"-do", "none", "--", "true"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q: accepted", args)
		}
	}
}

func TestIntegers(t *testing.T) {
	for _, text := range []string{"", "1", "1 2 3", "1 x"} {
		if got, err := integers(text, 2); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	if got, err := integers(" 4  -5 ", 2); err != nil || got[0] != 4 || got[1] != -5 {
		t.Errorf("got %v, %v", got, err)
	}
}
