package auth

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// testStore holds any implementation to the contract of Store.
func testStore(t *testing.T, s Store) {
	t.Helper()
	ctx := context.Background()
	key, other := Key("https://coop.example", "mara"), Key("https://coop.example", "tom")
	if _, err := s.Load(ctx, key); !errors.Is(err, ErrNoTokens) {
		t.Errorf("Load of nothing: %v", err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Errorf("Delete of nothing: %v", err)
	}
	want := Tokens{
		Issuer: "https://coop.example", ClientID: "ninth", Subject: "mara", Access: "access-1",
		Refresh: "refresh-1", Expires: epoch, Scope: "openid",
	}
	for range 2 { // the second replaces the first
		if err := s.Save(ctx, key, want); err != nil {
			t.Fatalf("Save: %v", err)
		}
		if got, err := s.Load(ctx, key); err != nil || got != want {
			t.Errorf("Load: %v, %v", got, err)
		}
		want.Access, want.Refresh, want.Expires = "access-2", "", time.Time{}
	}
	if _, err := s.Load(ctx, other); !errors.Is(err, ErrNoTokens) {
		t.Errorf("Load of another account: %v", err)
	}
	big := want
	big.Access, big.Refresh = strings.Repeat("a", 4000), "refresh-2"
	if err := s.Save(ctx, other, big); err != nil {
		t.Errorf("Save of large tokens: %v", err)
	}
	if got, err := s.Load(ctx, other); err != nil || got.Refresh != "refresh-2" || got.Access != "" && got.Access != big.Access {
		t.Errorf("Load of large tokens: %v, %v", got, err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := s.Save(ctx, key, want); err != nil {
				t.Error(err)
			}
			if _, err := s.Load(ctx, key); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := s.Delete(ctx, key); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if _, err := s.Load(ctx, key); !errors.Is(err, ErrNoTokens) {
		t.Errorf("Load after Delete: %v", err)
	}
	if _, err := s.Load(ctx, other); err != nil {
		t.Errorf("Delete took another account: %v", err)
	}
}

func TestStores(t *testing.T) {
	t.Run("Memory", func(t *testing.T) { testStore(t, &Memory{}) })
	t.Run("SealedFile", func(t *testing.T) { testStore(t, NewSealedFile(filepath.Join(t.TempDir(), "new"))) })
	t.Run("keyring", func(t *testing.T) { testStore(t, newKeyring(&fakeRing{limit: maxRing})) })
	t.Run("fallback", func(t *testing.T) {
		testStore(t, &fallback{first: newKeyring(&fakeRing{limit: maxRing}), second: NewSealedFile(t.TempDir())})
	})
	t.Run("fallback of a small keyring", func(t *testing.T) {
		testStore(t, &fallback{first: newKeyring(&fakeRing{limit: 50}), second: NewSealedFile(t.TempDir())})
	})
}

// fakeRing is a system keyring that takes secrets of at most limit bytes.
type fakeRing struct {
	mu     sync.Mutex
	limit  int
	secret map[string]string
	hang   chan struct{} // when not nil, every call waits for it
}

func (r *fakeRing) begin() func() {
	if r.hang != nil {
		<-r.hang
	}
	r.mu.Lock()
	return r.mu.Unlock
}

func (r *fakeRing) Get(_, user string) (string, error) {
	defer r.begin()()
	s, ok := r.secret[user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return s, nil
}

func (r *fakeRing) Set(_, user, secret string) error {
	defer r.begin()()
	if len(secret) > r.limit {
		return errors.New("too big")
	}
	if r.secret == nil {
		r.secret = map[string]string{}
	}
	r.secret[user] = secret
	return nil
}

func (r *fakeRing) Delete(_, user string) error {
	defer r.begin()()
	if _, ok := r.secret[user]; !ok {
		return keyring.ErrNotFound
	}
	delete(r.secret, user)
	return nil
}

// TestKeyringThatFails between two refreshes: the newer sign-in is the one
// that is found, also when the keyring is back.
func TestKeyringThatFails(t *testing.T) {
	ctx := context.Background()
	ring := &fakeRing{limit: maxRing}
	s := &fallback{first: newKeyring(ring), second: NewSealedFile(t.TempDir())}
	for i, limit := range []int{maxRing, 0, maxRing} {
		ring.limit = limit
		want := Tokens{Issuer: "https://coop.example", Refresh: strings.Repeat("r", i+1)}
		if err := s.Save(ctx, "k", want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(ctx, "k"); err != nil || got != want {
			t.Errorf("after save %d: %v, %v", i+1, got, err)
		}
	}
}

// TestKeyringThatHangs: one call waits out its time, the others do not wait
// at all.
func TestKeyringThatHangs(t *testing.T) {
	r := &fakeRing{hang: make(chan struct{})}
	k := newKeyring(r)
	k.limit = time.Millisecond
	for range 3 {
		if _, err := k.Load(context.Background(), "k"); !errors.Is(err, errRingSilent) {
			t.Errorf("got %v", err)
		}
	}
	if k.works(context.Background()) {
		t.Error("a keyring that hangs is said to work")
	}
	close(r.hang)
}

func TestKeyringHoldsDamage(t *testing.T) {
	r := &fakeRing{secret: map[string]string{"k": "not JSON"}}
	if _, err := newKeyring(r).Load(context.Background(), "k"); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func sealedFiles(t *testing.T, dir string) (sealed, key string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.sealed"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%q, %v", found, err)
	}
	return found[0], filepath.Join(dir, keyFile)
}

func TestSealedFile(t *testing.T) {
	ctx := context.Background()
	tokens := Tokens{Issuer: "https://coop.example", Access: "access-1", Refresh: "refresh-1"}
	saved := func(t *testing.T) (store *SealedFile, sealed, key string) {
		store = NewSealedFile(filepath.Join(t.TempDir(), "d"))
		if err := store.Save(ctx, "k", tokens); err != nil {
			t.Fatal(err)
		}
		sealed, key = sealedFiles(t, store.dir)
		return store, sealed, key
	}

	t.Run("is private and unreadable", func(t *testing.T) {
		store, sealed, key := saved(t)
		for path, want := range map[string]fs.FileMode{sealed: 0o600, key: 0o600, store.dir: 0o700} {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm() != want {
				t.Errorf("%s is %v", filepath.Base(path), info.Mode())
			}
		}
		text, err := os.ReadFile(sealed)
		if err != nil || bytes.Contains(text, []byte("access-1")) || bytes.Contains(text, []byte("coop")) {
			t.Errorf("the file can be read: %q, %v", text, err)
		}
		if left, err := filepath.Glob(filepath.Join(store.dir, ".sign-in-*")); err != nil || len(left) != 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
	})
	damages := map[string]func(t *testing.T, sealed, key string){
		"a changed byte": func(t *testing.T, sealed, _ string) {
			change(t, sealed, func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
		},
		"cut off": func(t *testing.T, sealed, _ string) { change(t, sealed, func(b []byte) []byte { return b[:20] }) },
		"empty":   func(t *testing.T, sealed, _ string) { change(t, sealed, func([]byte) []byte { return nil }) },
		"another's file": func(t *testing.T, sealed, _ string) {
			change(t, sealed, func([]byte) []byte { return []byte("hello") })
		},
		"a short key": func(t *testing.T, _, key string) { change(t, key, func(b []byte) []byte { return b[:7] }) },
		"another key": func(t *testing.T, _, key string) { change(t, key, func(b []byte) []byte { b[0] ^= 1; return b }) },
		"no key": func(t *testing.T, _, key string) {
			if err := os.Remove(key); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			store, sealed, key := saved(t)
			damage(t, sealed, key)
			if _, err := store.Load(ctx, "k"); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v", err)
			}
			// Signing in again mends it.
			if err := store.Save(ctx, "k", tokens); err != nil {
				t.Fatal(err)
			}
			if got, err := store.Load(ctx, "k"); err != nil || got != tokens {
				t.Errorf("after saving: %v, %v", got, err)
			}
		})
	}
	t.Run("one account's file under another's name", func(t *testing.T) {
		store, sealed, _ := saved(t)
		if err := os.Rename(sealed, store.path("other")); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Load(ctx, "other"); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a directory that is a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := NewSealedFile(path).Save(ctx, "k", tokens); err == nil {
			t.Error("saved into nothing")
		}
	})
}

func change(t *testing.T, path string, how func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, how(b), 0o600); err != nil {
		t.Fatal(err)
	}
}
