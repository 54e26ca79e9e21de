package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	mit = "MIT\n\nPermission is hereby granted, free of charge, to any person obtaining a\ncopy of this software and associated documentation files"
	bsd = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"MIT, broken into lines", mit, []string{"MIT"}},
		{"BSD with two clauses", bsd, []string{"BSD-2-Clause"}},
		{"BSD with three", bsd + " may be used to endorse or promote\n products derived from this software", []string{"BSD-3-Clause"}},
		{"a choice", mit + bsd, []string{"MIT", "BSD-2-Clause"}},
		{"LGPL", "GNU LESSER GENERAL PUBLIC LICENSE\n   Version 2.1, February 1999", []string{"LGPL-2.1-or-later"}},
		{"all rights reserved", "All rights reserved.", nil},
	}
	for _, test := range tests {
		if got := classify(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// folder makes a module's folder of the given files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNoticeNamesEveryModule(t *testing.T) {
	text, err := notice([]module{
		{Path: "example.org/a", Version: "v1.0.0", Dir: folder(t, map[string]string{"LICENSE": mit, "PATENTS": "a grant", "license.go": "package a"})},
		{Path: "example.org/b", Version: "v2.0.0", Dir: folder(t, map[string]string{"COPYING": bsd, "NOTICE": "Say this.\n"})},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"example.org/a  v1.0.0  MIT\n", "example.org/b  v2.0.0  BSD-2-Clause\n", "example.org/b\n\n  Say this.\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the notice lacks %q", want)
		}
	}
}

func TestNoticeRefusesWhatMayNotBeLinked(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no licence":      {"README": "hello"},
		"unknown licence": {"LICENSE": "All rights reserved."},
		"GPL":             {"LICENSE": "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007"},
	} {
		if _, err := notice([]module{{Path: "example.org/a", Dir: folder(t, files)}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAnOutdatedNoticeIsAnError(t *testing.T) {
	dir := folder(t, map[string]string{
		"go.mod": "module example.org/m\n\ngo 1.26\n", "NOTICE": "old",
	})
	for _, program := range programs {
		if err := os.MkdirAll(filepath.Join(dir, program), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, program, "main.go"), []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-root", dir}, &out); err == nil || !strings.Contains(err.Error(), "make notice") {
		t.Errorf("an old NOTICE: %v", err)
	}
	if err := run(t.Context(), []string{"-root", dir, "-write"}, &out); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-root", dir}, &out); err != nil {
		t.Errorf("a new NOTICE: %v", err)
	}
}
