package app

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// whole counts the tracks of a release that are whole on disk.
func whole(t *testing.T, s *Session, r demo.Release) (n int) {
	t.Helper()
	for _, track := range r.Tracks {
		f, err := s.Library().File(track.ID)
		if err != nil {
			t.Fatal(err)
		}
		if f.Complete {
			n++
		}
	}
	return n
}

func TestTracksAreFetchedAhead(t *testing.T) {
	r := firstRelease(t)
	if len(r.Tracks) < 4 {
		t.Fatalf("%d tracks are too few", len(r.Tracks))
	}
	var ids []string
	for _, track := range r.Tracks {
		ids = append(ids, track.ID)
	}
	for _, tt := range []struct {
		name    string
		choose  *Ahead
		metered bool
		want    int // whole on disk, the current one included
	}{
		{"by itself", nil, false, 1 + DefaultAhead},
		{"by itself, on a metered network", nil, true, 1},
		{"on any network", &Ahead{Tracks: 3, Metered: true}, true, 4},
		{"one", &Ahead{Tracks: 1}, false, 2},
		{"none", &Ahead{}, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := furnish(t, r)
			synctest.Test(t, func(t *testing.T) {
				s, stop := runOnline(t, home, &slowCoop{file: uneven()})
				defer stop()
				s.cfg.Network.(*wire).metered.Store(tt.metered)
				if tt.choose != nil {
					if err := s.SetAhead(*tt.choose); err != nil || s.Ahead() != *tt.choose {
						t.Fatalf("%+v was chosen, it is %+v (%v)", *tt.choose, s.Ahead(), err)
					}
				}
				s.PlayTracks(ids, 0)
				pass(time.Second)
				s.Pause()
				pass(10 * time.Minute)
				if n := whole(t, s, r); n != tt.want {
					t.Errorf("%d tracks are here, want %d", n, tt.want)
				}
				if !tt.metered {
					return
				}
				s.cfg.Network.(*wire).metered.Store(false)
				s.NetworkChanged()
				pass(10 * time.Minute)
				if n, want := whole(t, s, r), 1+s.Ahead().Tracks; n != want {
					t.Errorf("on another network %d tracks are here, want %d", n, want)
				}
			})
		})
	}
}

func TestHowMuchIsFetchedAheadIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, t.TempDir())
		defer stop()
		for _, n := range []int{-1, MostAhead + 1} {
			if err := s.SetAhead(Ahead{Tracks: n}); !errors.Is(err, errBadAhead) {
				t.Errorf("%d: %v", n, err)
			}
		}
		if err := s.Library().SetSetting(aheadSetting, "a thousand"); err != nil {
			t.Fatal(err)
		}
		if a := s.Ahead(); a.Tracks != DefaultAhead {
			t.Errorf("of nonsense it makes %+v", a)
		}
	})
}

// A track that was opened while there were credits for it is the preview when
// they have run out meanwhile.
func TestWhatWasFetchedAheadMustBePaidStill(t *testing.T) {
	r := firstRelease(t)
	home, coop := furnish(t, r), &slowCoop{file: uneven()}
	synctest.Test(t, func(t *testing.T) {
		s, stop := runOnline(t, home, coop)
		defer stop()
		credits := func(n library.Account) {
			t.Helper()
			n.ID, n.CoOp, n.Known = "me", "http://127.0.0.1:1", true
			if err := s.Library().PutAccount(n); err != nil {
				t.Fatal(err)
			}
		}
		credits(library.Account{Credits: 100})
		s.PlayTracks([]string{r.Tracks[0].ID, r.Tracks[1].ID, r.Tracks[2].ID}, 0)
		pass(time.Second)
		s.Pause()
		pass(5 * time.Minute)
		credits(library.Account{Credits: 1})
		coop.previews.Store(true)
		s.PlayEntry(s.Now().Queue.Entries[2].ID)
		pass(5 * time.Second)
		if got := s.Now(); got.State != player.Playing || !got.Item.Preview {
			t.Errorf("%v, a preview: %v, %v", got.State, got.Item.Preview, got.Err)
		}
	})
}
