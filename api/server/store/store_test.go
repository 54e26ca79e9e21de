package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/credits"
)

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, func() time.Time { return start })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	// No test here cuts the power, and waiting for the disk takes most of the time.
	if _, err := s.writer.Exec(`PRAGMA synchronous = OFF`); err != nil {
		t.Fatal(err)
	}
	return s
}

func update(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// people puts some listeners, an artist and tracks into the store.
func people(t testing.TB, s *Store, listeners, tracks int) {
	t.Helper()
	ctx := t.Context()
	update(t, s, func(tx *Tx) error {
		for i := range listeners {
			if err := tx.PutUser(ctx, User{ID: listener(i), Email: listener(i), RoleID: RoleUser}); err != nil {
				return err
			}
		}
		if err := tx.PutUser(ctx, User{ID: "owner", Email: "owner", RoleID: RoleArtist}); err != nil {
			return err
		}
		if err := tx.PutArtist(ctx, Artist{ID: "artist", OwnerID: "owner", TypeID: TypeArtist, DisplayName: "Artist"}); err != nil {
			return err
		}
		err := tx.PutRelease(ctx, Release{ID: "release", ArtistID: "artist", Title: "Release", ReleaseDate: "2026-01-01", Enabled: true})
		if err != nil {
			return err
		}
		items := make([]NewItem, tracks)
		for i := range tracks {
			items[i] = NewItem{fmt.Sprint("item", i), track(i)}
			if err := tx.PutTrack(ctx, Track{ID: track(i), ArtistID: "artist", Title: "Track", Status: Paid}); err != nil {
				return err
			}
		}
		return tx.SetReleaseItems(ctx, "release", items)
	})
}

func listener(i int) string { return fmt.Sprint("listener", i) }
func track(i int) string    { return fmt.Sprint("track", i) }

// audit checks the books.
func audit(t fataler, s *Store) {
	t.Helper()
	if err := s.Audit(context.Background()); err != nil {
		t.Fatalf("%v", err)
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func TestLedgerHoldsWhateverHappens(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := t.Context()
	const listeners, tracks = 2, 2
	people(t, s, 0, tracks)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++ // everyone is new in every run
		listener := func(i int) string { return fmt.Sprint(run, " ", i) }
		err := s.Update(ctx, func(tx *Tx) error {
			for i := range listeners {
				if err := tx.PutUser(ctx, User{ID: listener(i), Email: listener(i), RoleID: RoleUser}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		type key struct{ user, track string }
		balance, paid := map[string]credits.Milli{}, map[key]int{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			k := key{listener(rapid.IntRange(0, listeners-1).Draw(rt, "who")), track(rapid.IntRange(0, tracks-1).Draw(rt, "what"))}
			action := rapid.SampledFrom([]string{"topup", "play", "play", "play", "buy"}).Draw(rt, "action")
			amount := credits.Milli(rapid.IntRange(0, 1500).Draw(rt, "amount"))
			_, wallet := balance[k.user]
			err := s.Update(ctx, func(tx *Tx) error {
				if action == "topup" {
					balance[k.user] += amount
					return tx.TopUp(ctx, k.user, amount)
				}
				tr, err := tx.Track(ctx, k.track)
				if err != nil {
					return err
				}
				cost, after := credits.Cost(paid[k]), min(paid[k]+1, credits.PlaysToOwn)
				charge := Charge{}
				if action == "buy" {
					cost, after = credits.Remaining(paid[k]), credits.PlaysToOwn
					charge, err = tx.Buy(ctx, k.user, tr)
				} else {
					charge, err = tx.Play(ctx, k.user, tr, tx.Now())
				}
				if err != nil {
					return err
				}
				if enough := cost <= balance[k.user]; enough {
					balance[k.user] -= cost
					paid[k] = after
				}
				if charge.Balance != balance[k.user] || charge.Count != paid[k] || charge.Cost != cost {
					rt.Fatalf("%s gives %+v, want cost %d, count %d, balance %d", action, charge, cost, paid[k], balance[k.user])
				}
				return nil
			})
			if !wallet && action != "topup" {
				if !errors.Is(err, ErrNoWallet) {
					rt.Fatalf("without a wallet: %v", err)
				}
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
		}
		audit(rt, s)
	})
}

func TestPlaysFromManySides(t *testing.T) {
	s := open(t, t.TempDir())
	people(t, s, 1, 1)
	update(t, s, func(tx *Tx) error { return tx.TopUp(t.Context(), listener(0), 1500) })
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			err := s.Update(t.Context(), func(tx *Tx) error {
				tr, err := tx.Track(t.Context(), track(0))
				if err == nil {
					_, err = tx.Play(t.Context(), listener(0), tr, tx.Now())
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	audit(t, s)
	n, err := s.Read().Count(t.Context(), listener(0), track(0))
	w, werr := s.Read().Wallet(t.Context(), listener(0))
	if n != 9 || w.Balance != 478 || err != nil || werr != nil {
		t.Errorf("%d plays, balance %d, %v, %v", n, w.Balance, err, werr)
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	s := open(t, t.TempDir())
	people(t, s, 1, 1)
	oops := errors.New("oops")
	err := s.Update(t.Context(), func(tx *Tx) error {
		if err := tx.TopUp(t.Context(), listener(0), 5); err != nil {
			return err
		}
		return oops
	})
	if !errors.Is(err, oops) {
		t.Errorf("error %v", err)
	}
	if _, err := s.Read().Wallet(t.Context(), listener(0)); !errors.Is(err, ErrNotFound) {
		t.Errorf("half an update stays: %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(t.Context(), func(tx *Tx) error {
			_ = tx.TopUp(t.Context(), listener(0), 5)
			panic("oops")
		})
	}()
	if _, err := s.Read().Wallet(t.Context(), listener(0)); !errors.Is(err, ErrNotFound) {
		t.Errorf("half an update stays after a panic: %v", err)
	}
	update(t, s, func(tx *Tx) error { return tx.TopUp(t.Context(), listener(0), 5) })
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.writer.Exec(`PRAGMA user_version = 99`); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, time.Now); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("error %v", err)
	}
}

func TestDamagedDatabaseIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("this is not a database, and long enough to see"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), dir, time.Now); err == nil {
		t.Error(errors.New("a damaged database opens"), s.Close())
	}
}

func TestDataIsPrivateAndPathsAreTakenLiterally(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a ?b=c#d %41")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	people(t, s, 1, 1)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%v in the folder, %v", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestDataSurvivesReopening(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	people(t, s, 1, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).Read().User(t.Context(), listener(0)); err != nil {
		t.Error(err)
	}
}

func TestShuffleSeeds(t *testing.T) {
	s := open(t, t.TempDir())
	people(t, s, 1, 50)
	orders := map[string]bool{}
	for seed := range int64(20) {
		var order string
		for page := 1; page <= 5; page++ { // pages of one shuffle hold every track once
			list, n, err := s.Read().Tracks(t.Context(), Listing{Limit: 10, Page: page, Order: "random", Random: seed})
			if err != nil || n != 50 {
				t.Fatal(n, err)
			}
			for _, tr := range list {
				order += tr.ID + " "
			}
		}
		for i := range 50 {
			if !containsWord(order, track(i)) {
				t.Fatalf("seed %d leaves out %s", seed, track(i))
			}
		}
		orders[order] = true
	}
	if len(orders) < 19 {
		t.Errorf("20 seeds give %d orders", len(orders))
	}
}

func containsWord(s, word string) bool {
	for len(s) > 0 {
		n := 0
		for n < len(s) && s[n] != ' ' {
			n++
		}
		if s[:n] == word {
			return true
		}
		s = s[min(n+1, len(s)):]
	}
	return false
}

func TestCodesAndTokensAreUsedOnce(t *testing.T) {
	s := open(t, t.TempDir())
	people(t, s, 1, 0)
	ctx := t.Context()
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.PutAuthRequest(ctx, AuthRequest{ID: "a", Family: "f", Expires: start.Add(time.Hour)}),
			tx.SignInto(ctx, "a", listener(0), start),
			tx.GiveCode(ctx, "a", "code", start.Add(time.Minute)),
			tx.PutRefreshToken(ctx, Token{Hash: "r", Family: "f", UserID: listener(0), Expires: start.Add(time.Hour)}),
		)
	})
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := map[string]int{}
	for range 20 {
		wg.Go(func() {
			code := s.Update(ctx, func(tx *Tx) error { return tx.UseCode(ctx, "a") })
			token := s.Update(ctx, func(tx *Tx) error { return tx.UseRefreshToken(ctx, "r") })
			mu.Lock()
			defer mu.Unlock()
			for name, err := range map[string]error{"code": code, "token": token} {
				if err == nil {
					won[name]++
				} else if !errors.Is(err, ErrReused) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if won["code"] != 1 || won["token"] != 1 {
		t.Errorf("used %v times", won)
	}
}
