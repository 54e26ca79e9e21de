package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Errors that callers decide on.
var (
	// ErrSignedOut: the request needs a signed-in listener and there is no
	// token.
	ErrSignedOut = errors.New("not signed in")
	// ErrExpired: the server no longer accepts the token.
	ErrExpired = errors.New("the sign-in has expired")
	// ErrNotCoop: the address answers, but not as a co-op does (a web page, a
	// redirect elsewhere, something that is not the tracks API's JSON).
	ErrNotCoop = errors.New("this address does not answer as a co-op")
	// ErrNotFound: the server says that it has no such thing, or shows it to
	// others only.
	ErrNotFound = errors.New("not found")
	// ErrNoWallet: the listener has never had credits, so there is nothing to
	// charge.
	ErrNoWallet = errors.New("no wallet")
	// ErrOutcomeUnknown: a play or a purchase was sent and may or may not
	// have been charged. Ask before sending it again.
	ErrOutcomeUnknown = errors.New("the outcome is unknown")
	// ErrPreviewOnly: the server began to send a track and goes on with its
	// preview, as it does when the credits have run out meanwhile.
	ErrPreviewOnly = errors.New("the rest is sent as a preview only")
	// ErrConflict: someone else has changed the same thing meanwhile; nothing
	// was changed now.
	ErrConflict = errors.New("changed elsewhere meanwhile")
	// ErrTooLarge: an answer is larger or deeper than this package accepts.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrBadID: an id that no server gives; nothing was sent.
	ErrBadID = errors.New("malformed id")
	// ErrInsecure: an address without TLS that is not this machine.
	ErrInsecure = errors.New("the address is not encrypted (https)")
)

// StatusError is an answer with an HTTP status that means failure.
type StatusError struct {
	Code    int    // HTTP status
	Message string // the server's words, shortened; may be empty
}

func (e *StatusError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("the server answered %d", e.Code)
	}
	return fmt.Sprintf("the server answered %d: %s", e.Code, e.Message)
}

// notFoundWords are the ways in which servers of this API say that they have
// no such thing. Other 404s are failures of theirs, SQL errors among them.
var notFoundWords = regexp.MustCompile(`(?i)^(not found|error finding file` +
	`|no (track|release|playlist|artist|label)s? found` +
	`|(track|track ?group|release|playlist|artist|label|user ?group|user|item) (was )?(not found|does not exist).*)$`)

// Is reports whether the answer amounts to [ErrNotFound] or [ErrConflict].
func (e *StatusError) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Code == http.StatusGone || e.Code == http.StatusNotFound && notFoundWords.MatchString(e.Message)
	case ErrConflict:
		return e.Code == http.StatusConflict || e.Code == http.StatusPreconditionFailed
	}
	return false
}

// RateLimitError is an answer that asks to come back later.
type RateLimitError struct {
	After time.Duration // how long to wait; at least one second
}

const (
	// defaultWait is how long to stay away when a 429 does not say.
	defaultWait = time.Minute
	// maxWait bounds what a 429 can ask for.
	maxWait = time.Hour
)

// NewRateLimitError reads a 429's wish from its header: seconds or a date, or
// the reset time that this API sends beside it.
func NewRateLimitError(h http.Header, now time.Time) *RateLimitError {
	wait := defaultWait
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		wait = time.Duration(min(s, int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		wait = at.Sub(now)
	} else if reset, err := strconv.ParseInt(h.Get("Rate-Limit-Reset"), 10, 64); err == nil {
		wait = time.Unix(reset, 0).Sub(now)
	}
	return &RateLimitError{After: min(max(wait, time.Second), maxWait)}
}

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("too many requests; the server asks to wait %s", e.After.Round(time.Second))
}

// Retryable tells whether the same request may succeed if sent again, and
// how long the server asked to wait first (0: no wish). A lost outcome is not
// retryable: it is settled by asking.
func Retryable(err error) (bool, time.Duration) {
	var limited *RateLimitError
	if errors.As(err, &limited) {
		return true, limited.After
	}
	if err == nil || errors.Is(err, ErrOutcomeUnknown) || errors.Is(err, context.Canceled) {
		return false, 0
	}
	var status *StatusError
	if errors.As(err, &status) {
		return status.Code >= 500 && status.Code != 501 || status.Code == 408 || status.Code == 425, 0
	}
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return false, 0
	}
	var network *NetworkError
	return errors.As(err, &network), 0
}

// NetworkError is a request that failed before an answer was read whole: no
// network, no server, a broken or timed-out connection.
type NetworkError struct {
	Err error
	// Sent is false when the request certainly never reached the server.
	Sent bool
}

func (e *NetworkError) Error() string { return e.Err.Error() }
func (e *NetworkError) Unwrap() error { return e.Err }

// unsentError is a request that was given up before it was sent.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// unsent is an unsentError. A network that failed while the token was renewed
// has not carried the request.
func unsent(err error) error {
	var network *NetworkError
	if errors.As(err, &network) {
		err = &NetworkError{Err: err}
	}
	return &unsentError{err}
}

// NewNetworkError makes a NetworkError of what net/http returned, without the
// address: net/http puts the whole URL, query included, into its errors. It never
// is io.EOF, which net/http says of a connection that ended before the answer:
// whoever reads the answer would take it for the end of what there is.
func NewNetworkError(err error) *NetworkError {
	var in *url.Error
	if errors.As(err, &in) {
		err = in.Err
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	var op *net.OpError
	dialling := errors.As(err, &op) && op.Op == "dial"
	return &NetworkError{Err: err, Sent: !dialling}
}

// maxWords is how much of a server's message is kept, in runes.
const maxWords = 200

// words makes a server's message fit to show: one line, no control
// characters, no token, bounded.
func words(message, token string) string {
	if token != "" {
		message = strings.ReplaceAll(message, token, "…")
	}
	message = strings.Join(strings.FieldsFunc(message, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsGraphic(r)
	}), " ")
	if r := []rune(message); len(r) > maxWords {
		message = string(r[:maxWords-1]) + "…"
	}
	return message
}
