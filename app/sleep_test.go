package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player"
)

func TestSleepPauses(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1, 2)
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := openAt(t, home, d)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Serve(ctx) }()
		ids := make([]string, 0, 3)
		for _, track := range r.Tracks[:3] {
			ids = append(ids, track.ID)
		}
		s.PlayTracks(ids, 0)
		s.SetRepeat(player.RepeatQueue)
		s.SleepIn(10 * time.Second)
		s.SleepIn(20 * time.Second)
		time.Sleep(19 * time.Second) // of the test's own clock
		synctest.Wait()
		if got := s.Now().State; got != player.Playing {
			t.Errorf("a second before its time it is %v", got)
		}
		if rest := s.SleepAt().Sub(s.now()); rest != time.Second {
			t.Errorf("%v are left", rest)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := s.Now().State; got != player.Paused {
			t.Errorf("after its time it is %v", got)
		}
		if !s.SleepAt().IsZero() {
			t.Error("it is still planned")
		}
		s.Play()
		s.SleepIn(time.Second)
		s.SleepIn(0)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := s.Now().State; got != player.Playing {
			t.Errorf("after the plan was taken back it is %v", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
