package conform

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/internal/coopd"
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
	program, err := coopd.Build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := coopd.Start(program, "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() && p.Said() != "" {
			t.Logf("coopd said:\n%s", p.Said())
		}
	})
	return Target{
		Addr: p.URL, ClientID: "ninth",
		Listener: Account{"mara@example.coop", "nine-plays"},
		Poor:     Account{"tom@example.coop", "nine-plays"},
		Artist:   Account{"ines@example.coop", "nine-plays"},
	}
}
