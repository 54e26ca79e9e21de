package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// TestOutbox lists what waits and answers what failed.
func TestOutbox(t *testing.T) {
	home := t.TempDir()
	says := func(code int, want string, args ...string) string {
		t.Helper()
		r := ninth(t, append([]string{"--home", home, "outbox"}, args...)...)
		if r.code != code || !strings.Contains(r.out+r.err, want) {
			t.Errorf("ninth outbox %s: %d, lacks %q:\n%s%s", strings.Join(args, " "), r.code, want, r.out, r.err)
		}
		return r.out
	}
	says(0, "Nothing waits")

	lib, err := library.Open(filepath.Join(home, "library"), library.Options{})
	if err != nil {
		t.Fatal(err)
	}
	failing := func(do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		all, err := lib.Outbox()
		if err != nil {
			t.Fatal(err)
		}
		if err := lib.Fail(all[len(all)-1].ID, sync.ReasonUnclear); err != nil {
			t.Fatal(err)
		}
	}
	track := library.Track{ID: "a", Title: "Undertow", Status: library.Paid}
	if err := lib.PutReleases(library.Release{ID: "r", Title: "Low", Tracks: []library.Track{track}}); err != nil {
		t.Fatal(err)
	}
	failing(func() error { _, err := lib.Buy("a", 1022); return err })
	failing(func() error { return lib.SetFavourite("a", true) })
	if _, err := lib.CreatePlaylist("Rain", "", true); err != nil {
		t.Fatal(err)
	}
	if err := lib.Close(); err != nil {
		t.Fatal(err)
	}

	list := says(0, "failed      purchase of Undertow, 1.022\n          "+sync.ReasonUnclear+"\n")
	lines := strings.Split(list, "\n")
	if len(lines) != 6 || !strings.HasSuffix(lines[2], "failed      new favourite: Undertow") || !strings.HasSuffix(lines[4], "waits       new playlist: Rain") {
		t.Errorf("listed:\n%s", list)
	}
	buy, _, _ := strings.Cut(lines[0], " ")
	star, _, _ := strings.Cut(lines[2], " ")
	made, _, _ := strings.Cut(lines[4], " ")
	says(1, "Nothing that failed is called", "retry", made)
	says(1, "Nothing that failed is called", "dismiss", "")
	says(0, "purchase of Undertow, 1.022: waits again", "retry", strings.ToLower(buy))
	says(0, "new favourite: Undertow: forgotten", "dismiss", star)
	if list = says(0, "waits       purchase of Undertow"); strings.Contains(list, "favourite") || strings.Contains(list, "failed") {
		t.Errorf("afterwards:\n%s", list)
	}
}
