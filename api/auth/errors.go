package auth

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/ninth-coop/ninth/api"
)

// Errors that callers decide on. Failures of the network are
// [*api.NetworkError], so that [api.Retryable] knows them.
var (
	// ErrExpired: the sign-in is over; sign in again. It is the API's own
	// error, so that both are asked for at once.
	ErrExpired = api.ErrExpired
	// ErrInsecure: the issuer's address is neither encrypted nor this machine.
	ErrInsecure = api.ErrInsecure
	// ErrNotProvider: nothing at the address offers a sign-in.
	ErrNotProvider = errors.New("this address offers no sign-in")
	// ErrIssuer: the provider calls itself by another address than the one
	// asked, which is how an impostor would look.
	ErrIssuer = errors.New("the sign-in page belongs to another address")
	// ErrRefused: the listener, or the server, said no.
	ErrRefused = errors.New("the sign-in was refused")
	// ErrMismatch: an answer does not belong to this sign-in (state, iss,
	// nonce or id_token).
	ErrMismatch = errors.New("the answer does not belong to this sign-in")
	// ErrInteraction: a silent sign-in needs the listener after all.
	ErrInteraction = errors.New("the server wants to be asked in a browser")
	// ErrPortTaken: another program listens where the browser is to return.
	// Errors that wrap it are [*PortError].
	ErrPortTaken = errors.New("the port is taken")
	// ErrRedirect: the configured redirect address is not on this machine.
	ErrRedirect = errors.New("the redirect address must be http on this machine")
	// ErrNoDevice: the server has no device flow.
	ErrNoDevice = errors.New("the server has no sign-in by code")
	// ErrNoBrowser: no browser could be opened; show the address instead.
	ErrNoBrowser = errors.New("no browser could be opened")
	// ErrCredentials: the sign-in form came back.
	ErrCredentials = errors.New("the e-mail or the password is wrong")
	// ErrNoTokens: nothing is stored under this key.
	ErrNoTokens = errors.New("not signed in")
	// ErrDamaged: what is stored cannot be read; sign in again.
	ErrDamaged = errors.New("the stored sign-in is damaged")
)

// PortError names the port that the browser was to return to.
type PortError struct{ Port int }

func (e *PortError) Error() string { return "port " + strconv.Itoa(e.Port) + " is taken" }

// Is makes the error an ErrPortTaken.
func (e *PortError) Is(target error) bool { return target == ErrPortTaken }

// ServerError is an OAuth2 error that has no name of its own here.
type ServerError struct {
	Status      int    // HTTP status, 0 when it came by way of the browser
	Code        string // such as "invalid_client"
	Description string // the server's words, shortened
}

func (e *ServerError) Error() string {
	parts := []string{"the server answered"}
	if e.Status != 0 {
		parts = append(parts, strconv.Itoa(e.Status))
	}
	for _, s := range []string{e.Code, e.Description} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("auth: %s: %w", op, err)
}

// oauthError names an OAuth2 error code.
func oauthError(status int, code, description string) error {
	e := &ServerError{Status: status, Code: words(code), Description: words(description)}
	switch code {
	case "access_denied":
		return fmt.Errorf("%w: %w", ErrRefused, e)
	case "login_required", "interaction_required", "consent_required", "account_selection_required":
		return fmt.Errorf("%w: %w", ErrInteraction, e)
	case "invalid_grant", "expired_token":
		return fmt.Errorf("%w: %w", ErrExpired, e)
	}
	return e
}

// failed turns an error of the oauth2 library or of net/http into one of
// ours. The library's own text holds the whole answer, tokens included, so
// only the fields that are meant for people go on.
func failed(ctx context.Context, err error) error {
	var answer *oauth2.RetrieveError
	switch {
	case errors.As(err, &answer) && answer.ErrorCode != "":
		return oauthError(answer.Response.StatusCode, answer.ErrorCode, answer.ErrorDescription)
	case errors.As(err, &answer) && answer.Response.StatusCode >= 500:
		return &api.StatusError{Code: answer.Response.StatusCode}
	case errors.As(err, &answer):
		return &ServerError{Status: answer.Response.StatusCode}
	case context.Cause(ctx) != nil:
		return &api.NetworkError{Err: context.Cause(ctx), Sent: true}
	case errors.Is(err, errRedirected), errors.Is(err, errTooLarge):
		return ErrNotProvider
	case isTransport(err):
		return api.NewNetworkError(err)
	}
	return errors.New("the server's answer could not be understood")
}

// words makes a server's text fit to show: one line, at most 200 runes.
func words(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsGraphic(r)
	}), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:199]) + "…"
	}
	return s
}
