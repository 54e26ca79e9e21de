package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The kinds of files that a module asks to be passed on.
const (
	kindLicence = iota
	kindNotice  // a NOTICE in the sense of the Apache License, section 4(d)
	kindOther   // patent grants and lists of bundled parts
)

// licenceFile is one such file.
type licenceFile struct {
	name, text string
	kind       int
	licences   []string // SPDX identifiers, for kindLicence
}

var fileName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense|notice|patents)`)

// marks are phrases that only one licence has, spaces and case apart. A file may
// hold several licences, as a choice or because its parts differ.
var marks = []struct{ spdx, phrase string }{
	{"Apache-2.0", "apache license version 2.0, january 2004"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"LGPL-2.1-or-later", "gnu lesser general public license version 2.1"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms"},
	{"Unlicense", "this is free and unencumbered software released into the public domain"},
	{"public domain (SQLite)", "all of the code and documentation in sqlite has been dedicated to the public domain"},
	{"CC0-1.0", "cc0 1.0 universal"},
}

// forbidden are licences under which a module may not become part of Ninth.
var forbidden = regexp.MustCompile(`(?i)GNU (Affero )?General Public License\s+Version`)

// classify gives the SPDX identifiers of the licences that a text contains.
func classify(text string) []string {
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	var found []string
	threeClauses := false
	for _, mark := range marks {
		if !strings.Contains(plain, mark.phrase) || mark.spdx == "BSD-2-Clause" && threeClauses {
			continue
		}
		threeClauses = threeClauses || mark.spdx == "BSD-3-Clause"
		found = append(found, mark.spdx)
	}
	return found
}

// licenceFiles gives what a module in a folder asks to be passed on.
func licenceFiles(dir string) ([]licenceFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []licenceFile
	for _, entry := range entries {
		if entry.IsDir() || !fileName.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		file := licenceFile{name: entry.Name(), text: string(text)}
		lower := strings.ToLower(entry.Name())
		switch {
		case strings.HasPrefix(lower, "notice"):
			file.kind = kindNotice
		case strings.HasPrefix(lower, "patents"), strings.Contains(lower, "3rd-party"), strings.Contains(lower, "logo"):
			file.kind = kindOther
		default:
			if forbidden.Match(text) {
				return nil, fmt.Errorf("%s is a licence that Ninth may not link", entry.Name())
			}
			if file.licences = classify(file.text); len(file.licences) == 0 {
				return nil, fmt.Errorf("%s is not a licence that is known here", entry.Name())
			}
		}
		files = append(files, file)
	}
	return files, nil
}
