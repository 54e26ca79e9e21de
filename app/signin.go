package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/library"
)

// SignIn says how to sign in: exactly one of Browser and Device is set.
type SignIn struct {
	// CoOp to sign in to. An empty address is the one of last time, an empty
	// client id is DefaultClientID.
	CoOp CoOp
	// Browser shows the co-op's sign-in page: auth.OpenBrowser, or a function
	// that prints the address.
	Browser auth.Browser
	// Device shows the code of the device flow.
	Device func(auth.DeviceCode)
	// Discard gives up what an earlier account left in the outbox. Without it
	// signing in as somebody else fails with library.ErrWaiting while there
	// is such a thing.
	Discard bool
}

// Errors of signing in that callers decide on.
var (
	// ErrNoAddress: no co-op was named, now or before.
	ErrNoAddress = errors.New("app: no co-op is known")
	// ErrBadAddress: what was given as an address is not one.
	ErrBadAddress = errors.New("app: not the address of a co-op")
	// ErrNotOwned: only owned tracks are kept offline.
	ErrNotOwned = errors.New("app: the track is not owned")
)

// SignIn signs in to a co-op and connects to it. It returns when the sign-in
// has ended, well or not; the first refresh follows by itself. Who was signed
// in before stays so until the new sign-in has succeeded.
func (s *Session) SignIn(ctx context.Context, how SignIn) error {
	coop, err := s.completeCoOp(how.CoOp)
	if err != nil {
		return err
	}
	provider, err := auth.Discover(ctx, coop.auth(s.cfg))
	if err != nil {
		return err
	}
	var tokens auth.Tokens
	if how.Device != nil {
		tokens, err = provider.SignInDevice(ctx, how.Device)
	} else {
		tokens, err = provider.SignIn(ctx, how.Browser, auth.SignInOptions{})
	}
	if err != nil {
		return err
	}
	return s.adopt(ctx, coop, tokens, how.Discard)
}

// adopt makes a sign-in that has succeeded the session's own.
func (s *Session) adopt(ctx context.Context, coop CoOp, tokens auth.Tokens, discard bool) error {
	client, err := s.clientWith(coop, func(context.Context) (string, error) { return tokens.Access, nil })
	if err != nil {
		return err
	}
	profile, err := client.Profile(ctx)
	client.Close()
	if err != nil {
		return fmt.Errorf("app: asking who is signed in: %w", err)
	}
	before, err := s.library.Account()
	if err != nil {
		return fmt.Errorf("app: signing in: %w", err)
	}
	if before.Known && before.ID != profile.ID {
		if err := s.library.SignOut(discard); err != nil {
			return fmt.Errorf("app: signing in as somebody else: %w", err)
		}
	}
	if err := s.tokens.Save(ctx, coop.key(), tokens); err != nil {
		return fmt.Errorf("app: keeping the sign-in: %w", err)
	}
	if err := saveCoOp(s.cfg.Home, coop); err != nil {
		return err
	}
	err = s.library.PutAccount(library.Account{
		ID: profile.ID, Name: profile.Name, Email: profile.Email, CoOp: coop.Address,
		Artist: profile.IsArtist(), Credits: profile.Credits, Known: true,
	})
	if err != nil {
		return fmt.Errorf("app: signing in: %w", err)
	}
	conn, err := s.connect(ctx, coop)
	if err != nil {
		return err
	}
	s.replaceConnection(coop, conn)
	return nil
}

// completeCoOp fills in what was left out, and refuses what is no address.
func (s *Session) completeCoOp(c CoOp) (CoOp, error) {
	if c.Address == "" {
		known := s.CoOp()
		if known.Address == "" {
			return CoOp{}, ErrNoAddress
		}
		if c.ClientID == "" {
			c.ClientID, c.ClientSecret, c.Redirect = known.ClientID, known.ClientSecret, known.Redirect
		}
		c.Address = known.Address
		c.PlainHTTP = c.PlainHTTP || known.PlainHTTP
	}
	if c.ClientID == "" {
		c.ClientID = DefaultClientID
	}
	address, err := tidyAddress(c.Address)
	c.Address = address
	return c, err
}

// tidyAddress accepts an address as people type it: without a scheme, with
// spaces around it or a slash behind.
func tidyAddress(typed string) (string, error) {
	a := strings.TrimRight(strings.TrimSpace(typed), "/")
	if !strings.Contains(a, "://") {
		a = "https://" + a
	}
	u, err := url.Parse(a)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Host, " \t") || strings.HasSuffix(u.Host, ":") {
		return "", ErrBadAddress
	}
	return a, nil
}

// SignOut ends the sign-in: here at once, at the co-op too if it can be
// reached, which the error otherwise says. What waits in the outbox would be
// lost, so it fails with library.ErrWaiting unless discard is set.
func (s *Session) SignOut(ctx context.Context, discard bool) error {
	c := s.connection()
	if err := s.library.SignOut(discard); err != nil {
		return fmt.Errorf("app: signing out: %w", err)
	}
	s.replaceConnection(s.CoOp(), nil)
	s.Stop()
	if c == nil {
		return nil
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.source.SignOut(ctx); err != nil {
		return fmt.Errorf("app: signing out: %w", err)
	}
	return nil
}

// clientWith makes a client of a co-op's API.
func (s *Session) clientWith(coop CoOp, token func(context.Context) (string, error)) (*api.Client, error) {
	return api.New(api.Config{
		BaseURL: coop.Address, Token: token, Now: s.cfg.Now,
		UserAgent: "ninth", AllowPlainHTTP: coop.PlainHTTP,
	})
}
