package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ninth-coop/ninth/app"
)

// localCmd is about folders of music of the person's own.
type localCmd struct {
	Add    localAddCmd    `cmd:"" help:"Take the music below a folder into the library."`
	Remove localRemoveCmd `cmd:"" help:"Take the music below a folder out of the library; the files stay."`
	List   localListCmd   `cmd:"" default:"1" help:"List the folders."`
	Scan   localScanCmd   `cmd:"" help:"Look through the folders now."`
}

type localAddCmd struct {
	Folder string `arg:"" type:"path" help:"The folder."`
}

// Run adds a folder and scans.
func (c *localAddCmd) Run(ctx context.Context, e *environment) error {
	return e.withLocal(ctx, func(s *app.Session) error {
		if err := s.AddLocalFolder(c.Folder); err != nil {
			return err
		}
		return e.scan(ctx, s)
	})
}

type localRemoveCmd struct {
	Folder string `arg:"" type:"path" help:"The folder."`
}

// Run removes a folder and scans.
func (c *localRemoveCmd) Run(ctx context.Context, e *environment) error {
	return e.withLocal(ctx, func(s *app.Session) error {
		if err := s.RemoveLocalFolder(c.Folder); err != nil {
			return err
		}
		return e.scan(ctx, s)
	})
}

type localListCmd struct{}

// Run lists the folders.
func (c *localListCmd) Run(ctx context.Context, e *environment) error {
	return e.withLocal(ctx, func(s *app.Session) error {
		folders, err := s.LocalFolders()
		for _, f := range folders {
			fmt.Fprintln(e.out, f)
		}
		return err
	})
}

type localScanCmd struct{}

// Run scans.
func (c *localScanCmd) Run(ctx context.Context, e *environment) error {
	return e.withLocal(ctx, func(s *app.Session) error { return e.scan(ctx, s) })
}

// withLocal opens a session for a moment.
func (e *environment) withLocal(ctx context.Context, do func(*app.Session) error) (err error) {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	return do(s)
}

func (e *environment) scan(ctx context.Context, s *app.Session) error {
	r, err := s.ScanLocal(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d files: %d new, %d changed, %d moved, %d gone\n", r.Files, r.New, r.Changed, r.Moved, r.Gone)
	for _, folder := range r.Unreadable {
		fmt.Fprintf(e.err, "%s cannot be read; what was known there stays.\n", folder)
	}
	return nil
}
