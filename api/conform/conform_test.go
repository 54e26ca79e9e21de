package conform

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestServer runs the suite against the server that the environment names, or
// else against coopd with the demo co-op, built here and started as a process
// of its own. coopd must lack nothing, and no test may be left out.
func TestServer(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("contract", func(t *testing.T) {
		target, given := FromEnv()
		if !given {
			target = startCoopd(t)
		}
		report := Run(t, target)
		t.Log(report)
		if given {
			return
		}
		for _, lack := range report.Lacks {
			t.Errorf("coopd lacks %s", lack)
		}
		for _, skipped := range report.Skipped {
			t.Errorf("not run against coopd: %s", skipped)
		}
	})
}

// startCoopd builds and starts the server and reads where it listens.
func startCoopd(t *testing.T) Target {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "coopd")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "gles", "-o", program, "github.com/ninth-coop/ninth/cmd/coopd")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building coopd: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	coopd := exec.CommandContext(ctx, program, "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--demo")
	var complaints strings.Builder
	coopd.Stderr = &complaints
	coopd.WaitDelay = 10 * time.Second
	stdout, err := coopd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := coopd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		// It was killed, so Wait has an error to tell, which is the expected one.
		_ = coopd.Wait()
		if t.Failed() && complaints.Len() > 0 {
			t.Logf("coopd said:\n%s", complaints.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "coopd: serving ")
	if err != nil || !ok {
		t.Fatalf("coopd begins with %q: %v\n%s", line, err, complaints.String())
	}
	return Target{
		Addr: addr, ClientID: "ninth",
		Listener: Account{"mara@example.coop", "nine-plays"},
		Poor:     Account{"tom@example.coop", "nine-plays"},
		Artist:   Account{"ines@example.coop", "nine-plays"},
	}
}
