package auth

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/ninth-coop/ninth/api"
)

// early is how long before its end an access token is replaced, so that it
// does not expire on the way.
const early = time.Minute

// Refresh trades a refresh token for new tokens. Servers rotate: the old
// refresh token is spent by this, whatever becomes of the answer.
func (p *Provider) Refresh(ctx context.Context, t Tokens) (Tokens, error) {
	const op = "refreshing the sign-in"
	if t.Refresh == "" {
		return Tokens{}, wrap(op, ErrExpired)
	}
	fresh, err := p.oauth.TokenSource(oidc.ClientContext(ctx, p.http), &oauth2.Token{RefreshToken: t.Refresh}).Token()
	if err != nil {
		return Tokens{}, wrap(op, failed(ctx, err))
	}
	if raw, _ := fresh.Extra("id_token").(string); raw != "" {
		subject, err := p.verify(ctx, fresh, "")
		if err != nil {
			return Tokens{}, wrap(op, err)
		}
		if t.Subject != "" && subject != t.Subject {
			return Tokens{}, wrap(op, ErrMismatch)
		}
	}
	out := p.tokens(fresh, t.Subject)
	if out.Scope == "" {
		out.Scope = t.Scope
	}
	return out, nil
}

// Revoke tells the server to forget the tokens (RFC 7009). A server without
// revocation is left alone: its tokens end by themselves.
func (p *Provider) Revoke(ctx context.Context, t Tokens) error {
	if p.meta.Revocation == "" {
		return nil
	}
	var errs []error
	for _, one := range []struct{ token, hint string }{{t.Refresh, "refresh_token"}, {t.Access, "access_token"}} {
		if one.token == "" {
			continue
		}
		form := url.Values{"token": {one.token}, "token_type_hint": {one.hint}}
		errs = append(errs, p.post(ctx, p.meta.Revocation, form, nil))
	}
	return wrap("signing out", errors.Join(errs...))
}

// Source gives the access token of one stored account, fresh. It is safe for
// concurrent use, needs the network only to refresh, and is the one holder of
// the account's tokens in this process.
type Source struct {
	cfg   Config
	store Store
	key   string
	now   func() time.Time

	refreshing singleflight.Group

	mu       sync.Mutex
	provider *Provider // once discovered
	tokens   Tokens
	unsaved  error // of the latest attempt to store them
}

// NewSource begins with what the store has under key; [ErrNoTokens] when that
// is nothing.
func NewSource(ctx context.Context, cfg Config, store Store, key string) (*Source, error) {
	t, err := store.Load(ctx, key)
	if err != nil {
		return nil, wrap("opening the sign-in", err)
	}
	s := &Source{cfg: cfg, store: store, key: key, now: cfg.Now, tokens: t}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// Token gives an access token that will last a while. Without a way to get
// one it fails with [ErrExpired]; without a network, and with a token that
// has ended, with an [*api.NetworkError].
func (s *Source) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	t, unsaved := s.tokens, s.unsaved
	s.mu.Unlock()
	if unsaved != nil {
		s.save(ctx, t)
	}
	left := t.Expires.Sub(s.now())
	switch {
	case t.Access != "" && (t.Expires.IsZero() || left > early):
		return t.Access, nil
	case t.Refresh == "" && t.Access != "" && left > 0:
		return t.Access, nil
	case t.Refresh == "":
		return "", wrap("using the sign-in", ErrExpired)
	}
	fresh, err := s.refresh(ctx)
	if err != nil {
		if again, _ := api.Retryable(err); again && t.Access != "" && left > 0 {
			return t.Access, nil
		}
		return "", err
	}
	return fresh.Access, nil
}

// Expire tells the source that the server no longer accepts an access token,
// so that the next Token refreshes. One that was replaced meanwhile is
// ignored.
func (s *Source) Expire(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens.Access == access {
		s.tokens.Access = ""
	}
}

// Account tells whose sign-in it is: issuer and subject.
func (s *Source) Account() (issuer, subject string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.Issuer, s.tokens.Subject
}

// Unsaved is why the current tokens could not be stored, or nil. They work
// until the program ends; each Token call tries again.
func (s *Source) Unsaved() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsaved
}

// refresh runs at most once at a time. It is not the caller's context that
// ends it: a rotated token whose answer nobody reads is a lost sign-in.
func (s *Source) refresh(ctx context.Context) (Tokens, error) {
	result := s.refreshing.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*requestTime)
		defer cancel()
		return s.rotate(ctx)
	})
	select {
	case <-ctx.Done():
		return Tokens{}, wrap("refreshing the sign-in", context.Cause(ctx))
	case r := <-result:
		if r.Err != nil {
			return Tokens{}, r.Err
		}
		return r.Val.(Tokens), nil
	}
}

func (s *Source) rotate(ctx context.Context) (Tokens, error) {
	s.mu.Lock()
	old := s.tokens
	s.mu.Unlock()
	if old.Access != "" && old.Expires.Sub(s.now()) > early {
		return old, nil // another caller's refresh has just ended
	}
	p, err := s.discovered(ctx)
	if err != nil {
		return Tokens{}, err
	}
	fresh, err := p.Refresh(ctx, old)
	if err != nil {
		return Tokens{}, err
	}
	s.save(ctx, fresh)
	return fresh, nil
}

// save stores tokens before they are used. What cannot be stored is kept in
// memory all the same: the tokens it replaces are spent.
func (s *Source) save(ctx context.Context, t Tokens) {
	err := s.store.Save(ctx, s.key, t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved == nil || s.tokens.Refresh == t.Refresh || err == nil {
		s.unsaved = err
	}
	s.tokens = t
}

func (s *Source) discovered(ctx context.Context) (*Provider, error) {
	s.mu.Lock()
	p := s.provider
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := Discover(ctx, s.cfg)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.provider = p
	s.mu.Unlock()
	return p, nil
}

// SignOut revokes the tokens and forgets them here. They are forgotten even
// when the server cannot be told, which the error then says.
func (s *Source) SignOut(ctx context.Context) error {
	s.mu.Lock()
	t := s.tokens
	s.tokens.Access, s.tokens.Refresh = "", ""
	s.mu.Unlock()
	forgotten := s.store.Delete(ctx, s.key)
	p, err := s.discovered(ctx)
	if err == nil {
		err = p.Revoke(ctx, t)
	}
	return errors.Join(wrap("signing out", forgotten), err)
}
