package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs coopd, hands the address it names to use, and stops it.
func serve(t *testing.T, o options, use func(url string)) (warned string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	var stderr strings.Builder
	ended := make(chan error, 1)
	go func() {
		err := o.run(ctx, in, &stderr)
		ended <- errors.Join(err, in.Close())
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, <-ended)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "coopd: serving ")
	if !ok {
		t.Fatalf("said %q", line)
	}
	use(url)
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("does not stop")
	}
	return stderr.String()
}

func TestServesUntilStopped(t *testing.T) {
	o := options{Addr: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"), Demo: true}
	warned := serve(t, o, func(url string) {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Get(url + "/api/v3/tracks")
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != 200 {
			t.Errorf("%d, %v", res.StatusCode, err)
		}
	})
	if warned != "" {
		t.Errorf("warned %q", warned)
	}
}

func TestWarnsWhenOthersCanReachIt(t *testing.T) {
	warned := serve(t, options{Addr: "0.0.0.0:0", Data: t.TempDir()}, func(string) {})
	if !strings.Contains(warned, "other machines can reach") {
		t.Errorf("warned %q", warned)
	}
}

func TestSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	tests := map[string]struct {
		change func(*options)
		want   string
	}{
		"address taken":    {func(o *options) { o.Addr = taken.Addr().String() }, "is taken by another program"},
		"no address":       {func(o *options) { o.Addr = "nonsense" }, "give --addr as HOST:PORT"},
		"port too large":   {func(o *options) { o.Addr = "127.0.0.1:99999" }, "give --addr as HOST:PORT"},
		"no media":         {func(o *options) { o.Media = filepath.Join(empty, "none") }, "there is no media folder"},
		"media is a file":  {func(o *options) { o.Media = file }, "there is no media folder"},
		"other media":      {func(o *options) { o.Media = empty }, "lacks a file of the demo catalogue"},
		"data is a file":   {func(o *options) { o.Data = file }, "name another folder with --data"},
		"negative limit":   {func(o *options) { o.RateLimit = -1 }, "give 0 or more"},
		"base with a path": {func(o *options) { o.BaseURL = "https://coop.example/music" }, "--base-url has to look like"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := options{Addr: "127.0.0.1:0", Data: t.TempDir(), Demo: true}
			tt.change(&o)
			err := o.run(t.Context(), io.Discard, io.Discard)
			if err == nil {
				t.Fatal("no error")
			}
			if got := sentence(o, err); !strings.Contains(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("%q, from %v", got, err)
			}
		})
	}
}
