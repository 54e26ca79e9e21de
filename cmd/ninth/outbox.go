package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

// outboxCmd is about what was done here and has not reached the co-op.
type outboxCmd struct {
	List    outboxListCmd    `cmd:"" default:"1" help:"List what waits, and what failed and why."`
	Retry   outboxRetryCmd   `cmd:"" help:"Try something again that failed."`
	Dismiss outboxDismissCmd `cmd:"" help:"Forget something that failed."`
}

type outboxListCmd struct{}

// Run lists the outbox in the order of doing.
func (c *outboxListCmd) Run(ctx context.Context, e *environment) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		intents, err := s.Library().Outbox()
		if err != nil {
			return err
		}
		for _, in := range intents {
			what, err := errandWords(s.Library(), in)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s  %s  %-10s  %s\n", in.ID[:errandID], in.At.Local().Format(time.DateTime), errandState(in.State), what)
			if in.State == library.IntentFailed {
				fmt.Fprintf(e.out, "%*s%s\n", errandID+2, "", in.Reason)
			}
		}
		if len(intents) == 0 {
			fmt.Fprintln(e.out, "Nothing waits: the co-op has everything.")
		}
		return nil
	})
}

// errandID is how much of an id is shown: enough to tell errands apart.
const errandID = 8

type outboxRetryCmd struct {
	ID string `arg:"" help:"As the list names it."`
}

// Run puts a failed errand back; the next sync sends it.
func (c *outboxRetryCmd) Run(ctx context.Context, e *environment) error {
	return e.withFailed(ctx, c.ID, func(l *library.Library, in library.Intent, what string) error {
		if err := l.Retry(in.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.out, what+": waits again; 'ninth sync' sends it.")
		return err
	})
}

type outboxDismissCmd struct {
	ID string `arg:"" help:"As the list names it."`
}

// Run forgets a failed errand.
func (c *outboxDismissCmd) Run(ctx context.Context, e *environment) error {
	return e.withFailed(ctx, c.ID, func(l *library.Library, in library.Intent, what string) error {
		if err := l.DismissIntent(in.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintln(e.out, what+": forgotten.")
		return err
	})
}

// withFailed finds the failed errand whose id begins with what was typed.
func (e *environment) withFailed(ctx context.Context, id string, do func(l *library.Library, in library.Intent, what string) error) error {
	return e.withLibrary(ctx, func(s *app.Session) error {
		intents, err := s.Library().Outbox()
		if err != nil {
			return err
		}
		for _, in := range intents {
			if id == "" || !strings.HasPrefix(in.ID, strings.ToUpper(id)) || in.State != library.IntentFailed {
				continue
			}
			what, err := errandWords(s.Library(), in)
			if err != nil {
				return err
			}
			return do(s.Library(), in, what)
		}
		return errNoErrand(id)
	})
}

// errNoErrand: nothing of that id has failed.
type errNoErrand string

func (n errNoErrand) Error() string { return fmt.Sprintf("ninth: no failed errand %q", string(n)) }

// Sentence is what app.Explain says of it.
func (n errNoErrand) Sentence() string {
	return fmt.Sprintf("Nothing that failed is called %q: see 'ninth outbox'.", string(n))
}

// errandWords says what was done.
func errandWords(l *library.Library, in library.Intent) (string, error) {
	name, err := errandName(l, in)
	if err != nil {
		return "", err
	}
	switch in.Kind {
	case library.IntentPlay:
		return fmt.Sprintf("play of %s, %s", name, in.Price), nil
	case library.IntentBuy:
		return fmt.Sprintf("purchase of %s, %s", name, in.Price), nil
	case library.IntentFavourite:
		return map[bool]string{true: "new favourite: ", false: "no favourite any more: "}[in.On] + name, nil
	case library.IntentPlaylistCreate:
		return "new playlist: " + name, nil
	case library.IntentPlaylistDelete:
		return "playlist deleted: " + name, nil
	default:
		return "playlist changed: " + name, nil
	}
}

// errandName is the title of the track or playlist that an errand is about.
func errandName(l *library.Library, in library.Intent) (name string, err error) {
	switch {
	case in.TrackID != "":
		var t library.Track
		t, err = l.Track(in.TrackID)
		name = t.Title
	case in.Title != "":
		return in.Title, nil
	default:
		var p library.Playlist
		p, err = l.Playlist(in.PlaylistID)
		name = p.Title
	}
	if errors.Is(err, library.ErrNotFound) || err == nil && name == "" {
		return "something that is gone", nil
	}
	return name, err
}

func errandState(s library.IntentState) string {
	switch s {
	case library.IntentFailed:
		return "failed"
	case library.IntentSending:
		return "on its way"
	default:
		return "waits"
	}
}
