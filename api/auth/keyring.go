package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

const (
	service = "Ninth"
	// ringTime bounds each call: a keyring behind D-Bus may wait for a prompt
	// that nobody sees.
	ringTime = 3 * time.Second
	// maxRing is what every system's keyring takes, in bytes (Windows: 2560).
	maxRing = 2500
	// probe is a key that nothing is ever stored under.
	probe = "probe"
)

var (
	errRingSilent = errors.New("the keyring does not answer")
	errRingSize   = errors.New("the keyring does not take this much")
)

// ring is a system's keyring.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

type systemRing struct{}

func (systemRing) Get(s, u string) (string, error) { return keyring.Get(s, u) }
func (systemRing) Set(s, u, secret string) error   { return keyring.Set(s, u, secret) }
func (systemRing) Delete(s, u string) error        { return keyring.Delete(s, u) }

// keyringStore is a Store in the system's keyring.
type keyringStore struct {
	ring  ring
	limit time.Duration

	mu sync.Mutex
	// dead is set by the first call that did not return. The call's goroutine
	// cannot be stopped, so there must not be more of them.
	dead bool
}

func newKeyring(r ring) *keyringStore { return &keyringStore{ring: r, limit: ringTime} }

// works tells whether there is a keyring that answers.
func (k *keyringStore) works(ctx context.Context) bool {
	_, err := k.Load(ctx, probe)
	return errors.Is(err, ErrNoTokens)
}

// call runs one call within its time. Calls go one after another.
func (k *keyringStore) call(ctx context.Context, do func() (string, error)) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead {
		return "", errRingSilent
	}
	type result struct {
		secret string
		err    error
	}
	done := make(chan result, 1)
	go func() {
		secret, err := do()
		done <- result{secret, err}
	}()
	timer := time.NewTimer(k.limit)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.secret, r.err
	case <-timer.C:
		k.dead = true
		return "", errRingSilent
	case <-ctx.Done():
		k.dead = true
		return "", context.Cause(ctx)
	}
}

// Load implements Store.
func (k *keyringStore) Load(ctx context.Context, key string) (Tokens, error) {
	secret, err := k.call(ctx, func() (string, error) { return k.ring.Get(service, key) })
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return Tokens{}, ErrNoTokens
	case err != nil:
		return Tokens{}, fmt.Errorf("auth: reading the keyring: %w", err)
	}
	return decode([]byte(secret))
}

// Save implements Store. Tokens too large for a keyring are stored without
// the access token, if that helps: the refresh token brings another.
func (k *keyringStore) Save(ctx context.Context, key string, t Tokens) error {
	secret, err := encode(t)
	if err == nil && len(secret) > maxRing && t.Refresh != "" {
		t.Access, t.Expires = "", time.Time{}
		secret, err = encode(t)
	}
	if err == nil && len(secret) > maxRing {
		err = errRingSize
	}
	if err == nil {
		_, err = k.call(ctx, func() (string, error) { return "", k.ring.Set(service, key, string(secret)) })
	}
	if err != nil {
		return fmt.Errorf("auth: writing to the keyring: %w", err)
	}
	return nil
}

// Delete implements Store.
func (k *keyringStore) Delete(ctx context.Context, key string) error {
	_, err := k.call(ctx, func() (string, error) { return "", k.ring.Delete(service, key) })
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("auth: deleting from the keyring: %w", err)
	}
	return nil
}
