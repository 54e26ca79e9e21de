package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

type loginCmd struct {
	Server       string `placeholder:"URL" help:"Address of the co-op, such as https://coop.example. Last time's when left out."`
	ClientID     string `name:"client-id" placeholder:"ID" help:"Client id that the co-op gave out; 'ninth' when left out."`
	ClientSecret string `name:"client-secret" env:"NINTH_CLIENT_SECRET" placeholder:"SECRET" help:"Client secret, where the co-op insists on one."`
	Redirect     string `placeholder:"URL" help:"Where the browser returns to, where the co-op insists on a fixed address, such as http://localhost:8080."`
	Device       bool   `xor:"how" help:"Sign in with a code that you type on another device."`
	NoBrowser    bool   `xor:"how" help:"Print the address of the sign-in page instead of opening it."`
	Insecure     bool   `name:"allow-plain-http" help:"Accept an address without encryption that is not this machine."`
	Discard      bool   `help:"Give up plays and edits of an earlier account that were never sent."`
}

func (l *loginCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	if e.Demo { // signed in already: it filled in the form itself
		return errors.Join(e.greet(s), closing())
	}
	how := app.SignIn{Discard: l.Discard, CoOp: app.CoOp{
		Address: l.Server, ClientID: l.ClientID, ClientSecret: l.ClientSecret,
		Redirect: l.Redirect, PlainHTTP: l.Insecure,
	}}
	switch {
	case l.Device:
		how.Device = e.showCode
	case l.NoBrowser:
		how.Browser = e.printAddress
	default:
		how.Browser = e.openBrowser
	}
	err = s.SignIn(ctx, how)
	if err == nil {
		err = e.greet(s)
	}
	return errors.Join(err, closing())
}

func (e *environment) showCode(code auth.DeviceCode) {
	fmt.Fprintf(e.out, "On any device, open  %s\nand enter the code   %s\n", code.URL, code.UserCode)
	if code.Complete != "" {
		fmt.Fprintf(e.out, "or open directly     %s\n", code.Complete)
	}
	fmt.Fprintln(e.out, "Waiting for you to allow it…")
}

func (e *environment) printAddress(_ context.Context, address string) error {
	_, err := fmt.Fprintf(e.out, "Open this address in a browser on this machine to sign in:\n%s\n", address)
	return err
}

func (e *environment) openBrowser(ctx context.Context, address string) error {
	if err := auth.OpenBrowser(ctx, address); err != nil {
		return e.printAddress(ctx, address)
	}
	_, err := fmt.Fprintln(e.out, "Your browser has the sign-in page. Waiting for you to come back…")
	return err
}

// greet tells who is signed in, and warns once of tokens kept in a file.
func (e *environment) greet(s *app.Session) error {
	a, err := s.Library().Account()
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Signed in to %s as %s, with %s credits.\n", a.CoOp, a.Name, a.Credits)
	if warning := s.Status().TokenWarning; warning != "" {
		fmt.Fprintln(e.err, "ninth: "+warning)
	}
	return nil
}

type logoutCmd struct {
	Discard bool `help:"Give up plays and edits that were never sent."`
}

func (l *logoutCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	if !s.Status().SignedIn {
		return errors.Join(auth.ErrNoTokens, closing())
	}
	err = s.SignOut(ctx, l.Discard)
	if err == nil {
		fmt.Fprintln(e.out, "Signed out. What is on this machine stays.")
	}
	return errors.Join(err, closing())
}

type statusCmd struct {
	JSON bool `help:"Print it as JSON."`
}

// report is what status prints; amounts are in milli-credits, sizes in bytes.
type report struct {
	SignedIn  bool   `json:"signedIn"`
	Expired   bool   `json:"expired"`
	CoOp      string `json:"coop"`
	Name      string `json:"name"`
	Credits   int64  `json:"milliCredits"`
	Spent     int64  `json:"milliCreditsSpentThisMonth"`
	Releases  int    `json:"releases"`
	Owned     int    `json:"ownedTracks"`
	OnDisk    int    `json:"tracksOnDisk"`
	DiskBytes int64  `json:"bytesOnDisk"`
	Waiting   int    `json:"outboxWaiting"`
	Failed    int    `json:"outboxFailed"`
	Home      string `json:"home"`
}

func (c *statusCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	r, err := newReport(s)
	if err == nil && c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else if err == nil {
		r.print(e)
	}
	return errors.Join(err, closing())
}

func newReport(s *app.Session) (r report, err error) {
	lib := s.Library()
	a, err := lib.Account()
	spent, err1 := lib.SpentThisMonth()
	releases, err2 := lib.Releases(library.Newest, 0, 0)
	owned, err3 := lib.Collection(0, 0)
	bytes, tracks, err4 := lib.DiskUse()
	waiting, failed, err5 := lib.OutboxCount()
	st := s.Status()
	return report{
		SignedIn: st.SignedIn, Expired: st.Expired, CoOp: s.CoOp().Address, Name: a.Name,
		Credits: int64(a.Credits), Spent: int64(spent), Releases: releases.Total, Owned: owned.Total,
		OnDisk: tracks, DiskBytes: bytes, Waiting: waiting, Failed: failed, Home: s.Home(),
	}, errors.Join(err, err1, err2, err3, err4, err5)
}

func (r report) print(e *environment) {
	who := "nobody; sign in with 'ninth login'"
	switch {
	case r.Expired:
		who = r.Name + " at " + r.CoOp + "; the sign-in has expired, sign in again"
	case r.SignedIn:
		who = r.Name + " at " + r.CoOp
	}
	outbox := fmt.Sprintf("%d waiting, %d failed", r.Waiting, r.Failed)
	if r.Failed > 0 {
		outbox += "; 'ninth outbox' says why"
	}
	rows := [][2]string{
		{"Signed in", who},
		{"Credits", fmt.Sprintf("%s, %s spent this month", milli(r.Credits), milli(r.Spent))},
		{"Library", fmt.Sprintf("%d releases, %d owned tracks", r.Releases, r.Owned)},
		{"On disk", fmt.Sprintf("%d tracks, %s", r.OnDisk, size(r.DiskBytes))},
		{"Outbox", outbox},
		{"Home", r.Home},
	}
	for _, row := range rows {
		fmt.Fprintf(e.out, "%-10s %s\n", row[0], row[1])
	}
}

type searchCmd struct {
	Words []string `arg:"" help:"What to look for: each word is a beginning, in any order."`
	Limit int      `default:"20" help:"How many of each kind at most."`
}

func (c *searchCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	err = e.prepare(ctx, s)
	if err == nil {
		err = c.print(e, s)
	}
	return errors.Join(err, closing())
}

// errNothing: a search found nothing.
type errNothing string

func (w errNothing) Error() string { return fmt.Sprintf("ninth: nothing matches %q", string(w)) }

// Sentence is what app.Explain says of it.
func (w errNothing) Sentence() string {
	return fmt.Sprintf("Nothing matches %q: try fewer words, or 'ninth sync' first.", string(w))
}

func (c *searchCmd) print(e *environment, s *app.Session) error {
	words := strings.Join(c.Words, " ")
	found, err := s.Library().Search(words, c.Limit)
	if err != nil {
		return err
	}
	for _, r := range found.Releases {
		fmt.Fprintf(e.out, "release   %s · %s  %s\n", r.Title, r.Artist, r.ID)
	}
	for _, t := range found.Tracks {
		fmt.Fprintf(e.out, "track     %s · %s · %s  %s  %s\n", t.Title, t.Artist, clock(t.Duration), price(t), t.ID)
	}
	for _, a := range found.Artists {
		fmt.Fprintf(e.out, "artist    %s  %s\n", a.Name, a.ID)
	}
	for _, p := range found.Playlists {
		fmt.Fprintf(e.out, "playlist  %s · %d tracks  %s\n", p.Title, p.Count, p.ID)
	}
	if len(found.Releases)+len(found.Tracks)+len(found.Artists)+len(found.Playlists) == 0 {
		return errNothing(words)
	}
	return nil
}

type syncCmd struct{}

func (c *syncCmd) Run(ctx context.Context, e *environment) error {
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	began := time.Now()
	err = s.Refresh(ctx)
	if err == nil {
		err = s.Download(ctx)
	}
	var r report
	if err == nil {
		r, err = newReport(s)
	}
	if err == nil {
		fmt.Fprintf(e.out, "In step with %s after %.1f s: %d releases, %d owned tracks, %d on disk, %d waiting to be sent.\n",
			r.CoOp, time.Since(began).Seconds(), r.Releases, r.Owned, r.OnDisk, r.Waiting)
	}
	return errors.Join(err, closing())
}
