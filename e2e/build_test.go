package e2e

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/internal/audiomatch"
)

// programs are the binaries under test, built once for all tests.
var programs struct{ ninth, coopd string }

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ninth-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	code := 1
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: building the programs:", err)
	} else {
		code = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	}
	os.Exit(code)
}

// build makes both programs as 'make build' does. The race detector would make
// them several times slower, and what is heard in real time would tell of the
// machine and not of Ninth; it watches the tests of the packages instead.
func build(dir string) error {
	programs.ninth, programs.coopd = filepath.Join(dir, "ninth"), filepath.Join(dir, "coopd")
	cmd := exec.Command("go", "build", "-tags", "gles", "-o", dir, "../cmd/ninth", "../cmd/coopd")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// server is a demo co-op in a process of its own.
type server struct {
	address string
	cmd     *exec.Cmd
}

// startServer starts coopd on a free port and waits until it serves.
func startServer(t *testing.T, flags ...string) *server {
	t.Helper()
	flags = append([]string{"--demo", "--addr", "127.0.0.1:0", "--data", t.TempDir()}, flags...)
	cmd := exec.Command(programs.coopd, flags...)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd}
	t.Cleanup(s.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("coopd said %q, then: %v", line, err)
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "coopd: serving ")
	if !ok {
		t.Fatalf("coopd said %q", line)
	}
	s.address = address
	return s
}

// stop ends the server. Stopping twice is fine.
func (s *server) stop() {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it has ended, otherwise
	_ = s.cmd.Wait()                          // how it ends is not what is tested
}

// demoTrack finds a track of the demo catalogue by its title, and the release
// it is on.
func demoTrack(t *testing.T, title string) (demo.Release, demo.Track) {
	t.Helper()
	c, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Releases {
		for _, track := range r.Tracks {
			if track.Title == title {
				return r, track
			}
		}
	}
	t.Fatalf("the demo catalogue has no %q", title)
	return demo.Release{}, demo.Track{}
}

// reference decodes a track of the demo catalogue with ffmpeg: the first length
// of it as interleaved stereo at 48 kHz.
func reference(t *testing.T, track demo.Track, length time.Duration) []float32 {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.Base(track.Audio.Path))
	content, err := demo.FS.ReadFile(track.Audio.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	samples, err := audiomatch.Decode(t.Context(), file, demo.SampleRate, 2)
	if err != nil {
		t.Fatal(err)
	}
	return samples[:min(len(samples), 2*int(length.Seconds()*demo.SampleRate))]
}

// ninth runs the player to its end and gives what it wrote.
func ninth(t *testing.T, home string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, programs.ninth, args...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "NINTH_HOME="+home, "DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=")
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("ninth %s did not end\n%s%s", strings.Join(args, " "), out.String(), errs.String())
	}
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
