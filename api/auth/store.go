package auth

import (
	"context"
	"errors"
	"sync"
)

// Store keeps tokens under keys made by [Key]. Implementations are safe for
// concurrent use. Load of a key that is not there is [ErrNoTokens], of one
// that cannot be read [ErrDamaged]; Save replaces, also what is damaged;
// Delete of a key that is not there succeeds.
type Store interface {
	Load(ctx context.Context, key string) (Tokens, error)
	Save(ctx context.Context, key string, t Tokens) error
	Delete(ctx context.Context, key string) error
}

// Open gives the store of this machine: the system's keyring, or where there
// is none a [SealedFile] below dir. warning is empty with a keyring, and else
// one sentence that the listener should read.
func Open(ctx context.Context, dir string) (store Store, warning string) {
	file := NewSealedFile(dir)
	ring := newKeyring(systemRing{})
	if !ring.works(ctx) {
		return file, SealedWarning
	}
	return &fallback{first: ring, second: file}, ""
}

// Memory is a Store that ends with the program. The zero value is ready.
type Memory struct {
	mu     sync.Mutex
	tokens map[string]Tokens
}

// Load implements Store.
func (m *Memory) Load(_ context.Context, key string) (Tokens, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[key]
	if !ok {
		return Tokens{}, ErrNoTokens
	}
	return t, nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, key string, t Tokens) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens == nil {
		m.tokens = make(map[string]Tokens)
	}
	m.tokens[key] = t
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, key)
	return nil
}

// fallback keeps in second what first will not take. second holds a key only
// while its sign-in is the newer one, and is therefore asked first.
type fallback struct{ first, second Store }

func (f *fallback) Load(ctx context.Context, key string) (Tokens, error) {
	t, err := f.second.Load(ctx, key)
	if err == nil {
		return t, nil
	}
	t, firstErr := f.first.Load(ctx, key)
	if errors.Is(firstErr, ErrNoTokens) {
		return Tokens{}, err
	}
	return t, firstErr
}

func (f *fallback) Save(ctx context.Context, key string, t Tokens) error {
	if err := f.first.Save(ctx, key, t); err != nil {
		return f.second.Save(ctx, key, t)
	}
	return f.second.Delete(ctx, key)
}

func (f *fallback) Delete(ctx context.Context, key string) error {
	return errors.Join(f.first.Delete(ctx, key), f.second.Delete(ctx, key))
}
