package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ninth-coop/ninth/app"
)

type exportCmd struct {
	What []string `arg:"" help:"Ids, or words to search for: a track, a release, a playlist."`
	To   string   `type:"path" default:"." placeholder:"FOLDER" help:"The folder that the files are written into; it is made when it is not there."`
}

// Run writes a file for each owned track of what is named, with its tags and
// its cover, and says which are left out and why.
func (c *exportCmd) Run(ctx context.Context, e *environment) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		keys, err := findKeys(s.Library(), c.What)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.To, 0o750); err != nil {
			return fmt.Errorf("ninth: making the folder: %w", err)
		}
		written := 0
		for _, k := range keys {
			id, ok := strings.CutPrefix(k, app.TrackKey(""))
			if !ok {
				continue
			}
			path, err := s.ExportTo(ctx, id, c.To)
			left := errors.Is(err, app.ErrNotOwned) || errors.Is(err, app.ErrNotWhole)
			switch {
			case left && len(keys) > 1:
				t, readErr := s.Library().Track(id)
				if readErr != nil {
					return readErr
				}
				fmt.Fprintf(e.err, "%s · %s: %s\n", t.Title, t.Artist, app.Explain(err))
			case err != nil:
				return err
			default:
				written++
				fmt.Fprintln(e.out, path)
			}
		}
		if written == 0 {
			return errNothingToExport{}
		}
		return nil
	})
}

// errNothingToExport: of what was named, nothing could be written.
type errNothingToExport struct{}

func (errNothingToExport) Error() string { return "ninth: nothing was exported" }

// Sentence is what app.Explain says of it.
func (errNothingToExport) Sentence() string {
	return "Nothing was written: only owned tracks that are on this machine can be exported. 'ninth sync' fetches them."
}
