package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// programs are what is given to people; systems are what they are built for.
var (
	programs = []string{"./cmd/ninth", "./cmd/coopd"}
	systems  = []string{"linux/amd64", "windows/amd64", "darwin/arm64", "android/arm64", "ios/arm64"}
)

// module is a linked module as the go command describes it.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// linked gives every module, the main one apart, that a program links on any of
// the systems, sorted by path.
func linked(ctx context.Context, root string) ([]module, error) {
	found := map[string]module{}
	for _, system := range systems {
		goos, goarch, _ := strings.Cut(system, "/")
		list := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-json=Module"}, programs...)...)
		list.Dir, list.Stderr = root, os.Stderr
		list.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS="+goos, "GOARCH="+goarch)
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("listing what is linked for %s: %w", system, err)
		}
		decoder := json.NewDecoder(strings.NewReader(string(out)))
		for {
			var p struct{ Module *module }
			if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("listing what is linked for %s: %w", system, err)
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := *p.Module
			if m.Replace != nil {
				m.Dir = m.Replace.Dir
			}
			found[m.Path] = m
		}
	}
	var modules []module
	for _, m := range found {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}
