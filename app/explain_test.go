package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

func TestExplain(t *testing.T) {
	if Explain(nil) != "" || Explain(fmt.Errorf("x: %w", context.Canceled)) != "" {
		t.Error("nothing went wrong, and something is said")
	}
	wrapped := func(err error) error { return fmt.Errorf("app: doing something: %w", err) }
	for want, err := range map[string]error{
		"Port 8080":              &auth.PortError{Port: 8080},
		"in 58s":                 &api.RateLimitError{After: 58 * time.Second},
		"HE-AAC":                 &codec.UnsupportedError{What: "HE-AAC"},
		"fault of its own (503)": &api.StatusError{Code: 503},
		"refused this (403)":     &api.StatusError{Code: 403},
		"invalid_client":         &auth.ServerError{Code: "invalid_client"},
		"cannot be reached":      &api.NetworkError{Err: syscall.ECONNREFUSED},
		"took too long":          context.DeadlineExceeded,
		"/music/x.flac: ":        &fs.PathError{Op: "open", Path: "/music/x.flac", Err: fs.ErrNotExist},
		"The disk is full":       fmt.Errorf("%w: %w", source.ErrDiskFull, syscall.ENOSPC),
		"disk is full: make":     &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC},
		"no words for":           errors.New("something new"),
	} {
		got := Explain(wrapped(err))
		if !strings.Contains(got, want) {
			t.Errorf("%v is explained as %q, which lacks %q", err, got, want)
		}
		checkSentence(t, got)
		if e := Explained(wrapped(err)); !slices.Contains(Sentences(), e.Text) {
			t.Errorf("%q is not for translators", e.Text)
		}
	}
	for _, e := range explanations {
		got := Explain(wrapped(e.is))
		if got != e.text {
			t.Errorf("%v is explained as %q, an earlier row hides its own", e.is, got)
		}
		checkSentence(t, got)
		if got := Explained(wrapped(e.is)).Text; !slices.Contains(Sentences(), got) {
			t.Errorf("%q is not for translators", got)
		}
	}
	for _, s := range Sentences() {
		checkSentence(t, s)
		if strings.Contains(s, "--") || strings.Contains(s, "'ninth") || strings.Contains(s, "NINTH_") {
			t.Errorf("%q is not for a window: nobody types there", s)
		}
	}
}

func TestExplainedFile(t *testing.T) {
	e := Explained(&fs.PathError{Op: "open", Path: "/music/x.flac", Err: fs.ErrNotExist})
	if e.File != "/music/x.flac" || e.About("Kein.") != "/music/x.flac: Kein." {
		t.Errorf("%+v", e)
	}
	if e := Explained(nil); e.Text != "" || e.String() != "" {
		t.Errorf("of nothing: %+v", e)
	}
	if e := Explained(errors.Join(worded("Do this."))); e.String() != "Do this." {
		t.Errorf("with words of its own: %+v", e)
	}
}

type worded string

func (w worded) Error() string    { return "worded" }
func (w worded) Sentence() string { return string(w) }

// checkSentence holds a text to the form: one sentence, in a person's words.
func checkSentence(t *testing.T, s string) {
	t.Helper()
	if !strings.HasSuffix(s, ".") || strings.Contains(s, "\n") || strings.Contains(s, "%!") || len(s) > 200 {
		t.Errorf("%q is no sentence for a person", s)
	}
}
