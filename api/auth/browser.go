package auth

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
)

// OpenBrowser shows an http(s) address in the system's browser. It is a
// [Browser]. It returns when the browser was asked, not when a page is
// shown; [ErrNoBrowser] when there is none to ask.
func OpenBrowser(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("auth: opening the browser: %w: no web address", ErrNoBrowser)
	}
	for _, words := range browserCommands {
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		// The browser outlives the sign-in, so the context only keeps it from
		// being started late.
		//nolint:gosec // a browser of the list, and an http(s) address as one argument
		cmd := exec.CommandContext(context.WithoutCancel(ctx), path, append(words[1:len(words):len(words)], u.String())...)
		if cmd.Start() == nil {
			go func() { _ = cmd.Wait() }() // reaps it; how a browser ends says nothing
			return nil
		}
	}
	return fmt.Errorf("auth: opening the browser: %w", ErrNoBrowser)
}
