package conform

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/internal/reference"
)

// TestReferenceFaults puts the faults of reference servers back in, between
// the suite and coopd. The suite must still pass, and must name each of them.
func TestReferenceFaults(t *testing.T) {
	if _, given := FromEnv(); given {
		t.Skip("the server that the environment names may have these faults itself")
	}
	defer goleak.VerifyNone(t)
	t.Run("contract", func(t *testing.T) {
		target := startCoopd(t)
		target.Addr = degrade(t, target.Addr)
		report := Run(t, target)
		t.Log(report)
		for _, fault := range []string{"refresh tokens", "Range", "idempotency", "ninth play", "pages of tracks", "by its entry", "random of releases", "made offline", "versions of playlists"} {
			if !slices.ContainsFunc(report.Lacks, func(lack string) bool { return strings.Contains(lack, fault) }) {
				t.Errorf("nobody noticed that the server lacks %s", fault)
			}
		}
		if len(report.Lacks) != reference.Faults {
			t.Errorf("%d faults were named, %d put in", len(report.Lacks), reference.Faults)
		}
	})
}

// degrade is the address of a server in front of addr that has the faults of
// a reference server.
func degrade(t *testing.T, addr string) string {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	handler, err := reference.Handler(addr, transport)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(handler)
	t.Cleanup(proxy.Close)
	return proxy.URL
}
