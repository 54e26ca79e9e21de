package app

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/library"
)

// wire is a network that costs what the test says, and nobody tells when it
// changes.
type wire struct{ metered atomic.Bool }

func (w *wire) Metered() bool { return w.metered.Load() }

func (w *wire) Follow(ctx context.Context, _ func()) error {
	<-ctx.Done()
	return nil
}

func TestDownloadRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, t.TempDir())
		defer stop()
		network := s.cfg.Network.(*wire)
		if r := s.DownloadRule(); r != DownloadUnmetered {
			t.Errorf("the rule is %q at first", r)
		}
		for _, tt := range []struct {
			rule          DownloadRule
			metered       bool
			owned, pinned bool
		}{
			{DownloadAlways, false, true, true},
			{DownloadAlways, true, true, true},
			{DownloadUnmetered, false, true, true},
			{DownloadUnmetered, true, false, false},
			{DownloadNever, false, false, true},
			{DownloadNever, true, false, false},
		} {
			network.metered.Store(tt.metered)
			if err := s.SetDownloadRule(tt.rule); err != nil {
				t.Fatal(err)
			}
			if s.DownloadRule() != tt.rule || s.mayDownload(false) != tt.owned || s.mayDownload(true) != tt.pinned {
				t.Errorf("%q, metered %v: owned %v, pinned %v", tt.rule, tt.metered, s.mayDownload(false), s.mayDownload(true))
			}
		}
		if err := s.SetDownloadRule("sometimes"); !errors.Is(err, errBadRule) {
			t.Errorf("a rule that is none: %v", err)
		}
	})
}

func TestCacheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, t.TempDir())
		defer stop()
		disk, err := s.Library().DiskSize()
		if err != nil {
			t.Fatal(err)
		}
		if n := s.cacheQuota(); n != DefaultCache {
			t.Errorf("at first %d", n)
		}
		for _, tt := range []struct {
			limit CacheLimit
			want  int64
		}{
			{CacheLimit{Bytes: 1000}, 1000},
			{CacheLimit{Percent: 10}, disk / 100 * 10},
			{CacheLimit{Bytes: 1000, Percent: 100}, 1000},
			{CacheLimit{Bytes: 1 << 60, Percent: 1}, disk / 100},
		} {
			if err := s.SetCacheLimit(tt.limit); err != nil {
				t.Fatal(err)
			}
			if got := s.cacheQuota(); got != tt.want || s.CacheLimit() != tt.limit {
				t.Errorf("%+v is %d bytes and reads %+v, want %d", tt.limit, got, s.CacheLimit(), tt.want)
			}
		}
		for _, bad := range []CacheLimit{{}, {Bytes: -1}, {Percent: 101}, {Percent: -1, Bytes: 5}} {
			if err := s.SetCacheLimit(bad); !errors.Is(err, errBadQuota) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestLettingGoCanBeUndoneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := firstRelease(t)
		s, stop := run(t, furnish(t, r, 0, 1, 2))
		full := func(i int) string { return s.Library().Full(library.WholePath(r.Tracks[i].ID)) }
		undo, err := s.LetGo(r.Tracks[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(undoFor - time.Second)
		if err := undo(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(full(0)); err != nil {
			t.Errorf("it did not come back: %v", err)
		}
		if undo, err = s.LetGo(r.Tracks[1].ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(undoFor)
		synctest.Wait()
		if err := undo(); !errors.Is(err, errTooLate) {
			t.Errorf("undone too late: %v", err)
		}
		if _, err := s.LetGo(r.Tracks[2].ID); err != nil {
			t.Fatal(err)
		}
		stop()
		for i := 1; i <= 2; i++ {
			if _, err := os.Stat(full(i) + ".gone"); err == nil {
				t.Errorf("the bytes of track %d are left behind", i)
			}
		}
	})
}

func TestKeepingAReleaseNeedsAnOwnedTrack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := firstRelease(t)
		s, stop := run(t, furnish(t, r))
		defer stop()
		if _, err := s.KeepRelease(r.ID, true); !errors.Is(err, ErrNotOwned) {
			t.Errorf("nothing of it is owned: %v", err)
		}
		if err := s.Library().PutOwned(r.Tracks[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, err := s.KeepRelease(r.ID, true); n != 1 || err != nil {
			t.Errorf("%d tracks, %v", n, err)
		}
		if w, err := s.Library().Wanted(); len(w) != 1 || !w[0].Pinned || err != nil {
			t.Errorf("wanted %v, %v", w, err)
		}
	})
}
