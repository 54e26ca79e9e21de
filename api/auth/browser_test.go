package auth

import (
	"context"
	"errors"
	"testing"
)

func TestOpenBrowserRefusesWhatIsNoWebAddress(t *testing.T) {
	for _, address := range []string{"", "file:///etc/passwd", "-version", "javascript:alert(1)", "https://"} {
		if err := OpenBrowser(context.Background(), address); !errors.Is(err, ErrNoBrowser) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestOpenBrowserWithoutOne(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := OpenBrowser(context.Background(), "https://coop.example/"); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("got %v", err)
	}
}
