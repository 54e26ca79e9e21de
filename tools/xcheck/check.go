package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// target is what the code is checked for.
type target struct {
	goos, goarch, tags string
}

// report is what a check found.
type report struct {
	packages int
	problems []string
}

// listed is the part of `go list -json` that is used here.
type listed struct {
	ImportPath        string
	Dir               string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Standard          bool
	Module            *struct {
		Main      bool
		GoVersion string
	}
	Error *struct{ Err string }
}

func (p *listed) ours() bool { return p.Module != nil && p.Module.Main }

// check type-checks the packages that the patterns name and all that they import.
func check(ctx context.Context, t target, patterns []string) (report, error) {
	args := append([]string{
		"list", "-e", "-deps", "-tags", t.tags,
		"-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Standard,Module,Error",
	}, patterns...)
	list := exec.CommandContext(ctx, "go", args...)
	list.Env = append(os.Environ(), "GOOS="+t.goos, "GOARCH="+t.goarch, "CGO_ENABLED=1")
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		return report{}, fmt.Errorf("listing packages: %w", err)
	}
	if err := list.Start(); err != nil {
		return report{}, fmt.Errorf("listing packages: %w", err)
	}
	c := checker{target: t, files: token.NewFileSet(), checked: map[string]*types.Package{"unsafe": types.Unsafe}}
	// go list gives a package after all that it imports.
	decoder := json.NewDecoder(out)
	for {
		p := new(listed)
		if err = decoder.Decode(p); err != nil {
			break
		}
		c.add(p)
	}
	if !errors.Is(err, io.EOF) {
		return report{}, fmt.Errorf("reading the list of packages: %w", err)
	}
	if err := list.Wait(); err != nil {
		return report{}, fmt.Errorf("listing packages: %w", err)
	}
	return c.report, nil
}

// checker holds the packages checked so far, by import path.
type checker struct {
	target
	report
	files   *token.FileSet
	checked map[string]*types.Package
}

func (c *checker) add(p *listed) {
	if p.Error != nil && p.ours() {
		c.problems = append(c.problems, p.ImportPath+": "+p.Error.Err)
	}
	if c.checked[p.ImportPath] != nil || p.ImportPath == "C" {
		return
	}
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		file, err := parser.ParseFile(c.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.problems = append(c.problems, err.Error())
			continue
		}
		files = append(files, file)
	}
	config := types.Config{
		Importer:    importer{c, p.ImportMap},
		FakeImportC: true,
		// The standard library's bodies are checked by its own makers.
		IgnoreFuncBodies: p.Standard,
		Sizes:            types.SizesFor(build.Default.Compiler, c.goarch),
		Error: func(err error) {
			if p.ours() || !excused(err) {
				c.problems = append(c.problems, err.Error())
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	// Every error has gone to config.Error; an incomplete package still serves
	// those that import it.
	c.checked[p.ImportPath], _ = config.Check(p.ImportPath, c.files, files, nil)
	c.packages++
}

// excused says whether an error in a dependency comes from C being faked: types
// made of C types are invalid, and variables used only with them look unused.
func excused(err error) bool {
	text := err.Error()
	return strings.Contains(text, "invalid type") || strings.Contains(text, "declared and not used")
}

// importer finds imports among the packages checked before; vendored copies in
// the standard library go by another path than they are imported by.
type importer struct {
	*checker
	renamed map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if other, ok := i.renamed[path]; ok {
		path = other
	}
	if p := i.checked[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s was not listed", path)
}
