package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFoldersOfMusic(t *testing.T) {
	home := t.TempDir()
	file := demoFile(t, firstTrack(t).Audio.Path)
	folder := filepath.Dir(file)
	cmd := func(args ...string) result {
		t.Helper()
		return ninth(t, append([]string{"--home", home, "local"}, args...)...)
	}
	if r := cmd("add", folder); r.code != 0 || !strings.Contains(r.out, "1 files: 1 new") {
		t.Fatalf("adding: %+v", r)
	}
	if r := cmd(); strings.TrimSpace(r.out) != folder {
		t.Errorf("listing: %+v", r)
	}
	title := firstTrack(t).Title
	if r := ninth(t, "--home", home, "search", title); !strings.Contains(r.out, title) || !strings.Contains(r.out, "  local  ") {
		t.Errorf("searching for %s: %+v", title, r)
	}
	if r := cmd("remove", folder); r.code != 0 || !strings.Contains(r.out, "1 gone") {
		t.Errorf("removing: %+v", r)
	}
	if r := cmd("add", file); r.code == 0 || !strings.Contains(r.err, "not a folder") {
		t.Errorf("adding a file: %+v", r)
	}
}
