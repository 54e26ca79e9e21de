package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Browser shows an address to the listener: [OpenBrowser], a [FormBrowser], or
// a function that prints it. Returning nil says that the address is being
// shown, not that the sign-in is done. The context ends with the sign-in.
type Browser func(ctx context.Context, address string) error

// SignInOptions alter a sign-in. The zero value is an ordinary one.
type SignInOptions struct {
	// Silent asks the server not to ask anything. It succeeds only in a
	// browser that is still signed in there, and else fails with
	// [ErrInteraction].
	Silent bool
}

// SignIn runs the authorization code flow with PKCE and returns when the
// listener has come back, the browser could not be opened, or the context
// ends. The page that the browser ends on tells how it went.
func (p *Provider) SignIn(ctx context.Context, show Browser, o SignInOptions) (Tokens, error) {
	t, err := p.signIn(ctx, show, o)
	return t, wrap("signing in", err)
}

// attempt is what only one sign-in knows.
type attempt struct {
	state, nonce, verifier, redirect string
}

func (p *Provider) signIn(ctx context.Context, show Browser, o SignInOptions) (Tokens, error) {
	back, err := listen(ctx, p.cfg.Redirect)
	if err != nil {
		return Tokens{}, err
	}
	defer back.close()
	a := attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), redirect: back.redirect}

	address := p.authorizeURL(a, o)
	if err := p.preflight(ctx, address); err != nil {
		return Tokens{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	shown := make(chan error, 1)
	go func() { shown <- show(ctx, address) }()
	finished := false
	defer func() {
		cancel()
		if !finished {
			<-shown
		}
	}()

	for {
		select {
		case <-ctx.Done():
			return Tokens{}, context.Cause(ctx)
		case err := <-shown:
			finished = true
			if err != nil {
				return Tokens{}, err
			}
			shown = nil
		case answer := <-back.answers:
			t, err := p.finish(ctx, a, answer.query)
			answer.reply(err)
			if !finished {
				finished = readsPage(shown)
			}
			return t, err
		}
	}
}

// pageTime is how long a browser that is a function may still read the page
// before its context ends.
const pageTime = 500 * time.Millisecond

// readsPage waits for such a browser and tells whether it is done.
func readsPage(shown <-chan error) bool {
	timer := time.NewTimer(pageTime)
	defer timer.Stop()
	select {
	case <-shown:
		return true
	case <-timer.C:
		return false
	}
}

func (p *Provider) authorizeURL(a attempt, o SignInOptions) string {
	oauth := p.oauth
	oauth.RedirectURL = a.redirect
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.verifier), oidc.Nonce(a.nonce)}
	if o.Silent {
		options = append(options, oauth2.SetAuthURLParam("prompt", "none"))
	}
	return oauth.AuthCodeURL(a.state, options...)
}

// finish checks what the browser came back with and turns its code into
// tokens. The code is presented once.
func (p *Provider) finish(ctx context.Context, a attempt, q url.Values) (Tokens, error) {
	code, err := p.callback(a, q)
	if err != nil {
		return Tokens{}, err
	}
	oauth := p.oauth
	oauth.RedirectURL = a.redirect
	t, err := oauth.Exchange(oidc.ClientContext(ctx, p.http), code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return Tokens{}, failed(ctx, err)
	}
	subject, err := p.verify(ctx, t, a.nonce)
	if err != nil {
		return Tokens{}, err
	}
	return p.tokens(t, subject), nil
}

// callback takes the code from an authorization response (RFC 6749 §4.1.2)
// that belongs to this attempt and this issuer.
func (p *Provider) callback(a attempt, q url.Values) (string, error) {
	for name, values := range q {
		if len(values) != 1 {
			return "", fmt.Errorf("%w: %.20q more than once", ErrMismatch, name)
		}
	}
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.state)) != 1 {
		return "", fmt.Errorf("%w: state", ErrMismatch)
	}
	if iss := q.Get("iss"); iss != p.meta.Issuer && (iss != "" || p.meta.IssInResponse) {
		return "", fmt.Errorf("%w: iss", ErrMismatch)
	}
	if code := q.Get("error"); code != "" {
		return "", oauthError(0, code, q.Get("error_description"))
	}
	if q.Get("code") == "" {
		return "", fmt.Errorf("%w: no code", ErrMismatch)
	}
	return q.Get("code"), nil
}

// verify checks the id_token that must come when openid was asked for, and
// gives its subject. nonce is empty where the flow has none.
func (p *Provider) verify(ctx context.Context, t *oauth2.Token, nonce string) (string, error) {
	raw, _ := t.Extra("id_token").(string)
	if raw == "" {
		if p.asksForID() {
			return "", fmt.Errorf("%w: no id_token", ErrMismatch)
		}
		return "", nil
	}
	id, err := p.verifier.Verify(oidc.ClientContext(ctx, p.http), raw)
	if err != nil {
		if ctx.Err() != nil || isTransport(err) {
			return "", failed(ctx, err)
		}
		var expired *oidc.TokenExpiredError
		if errors.As(err, &expired) {
			return "", fmt.Errorf("%w: the id_token has expired, or a clock is wrong", ErrMismatch)
		}
		return "", fmt.Errorf("%w: the id_token is not valid", ErrMismatch)
	}
	if nonce != "" && subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return "", fmt.Errorf("%w: nonce", ErrMismatch)
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(t.AccessToken) != nil {
		return "", fmt.Errorf("%w: at_hash", ErrMismatch)
	}
	return id.Subject, nil
}

func (p *Provider) asksForID() bool {
	for _, s := range p.oauth.Scopes {
		if s == oidc.ScopeOpenID {
			return true
		}
	}
	return false
}
