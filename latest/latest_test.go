package latest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/latest"
)

// Whatever is set and taken in whatever order: followers see values in their
// order, the first being the newest at that time, and in the end the last.
func TestFollowersSeeTheLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v latest.Value[int]
		newest, follower := 0, []<-chan int{}
		seen := [][]int{}
		take := func(i int) {
			select {
			case n := <-follower[i]:
				seen[i] = append(seen[i], n)
			default:
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"set":    func(*rapid.T) { newest++; v.Set(newest) },
			"change": func(*rapid.T) { newest++; v.Change(func(n *int) { *n++ }) },
			"follow": func(t *rapid.T) {
				follower, seen = append(follower, v.Follow(context.Background())), append(seen, nil)
				if take(len(seen) - 1); !slices.Equal(seen[len(seen)-1], []int{newest}) {
					t.Fatalf("the first is %v, want %d", seen[len(seen)-1], newest)
				}
			},
			"take": func(t *rapid.T) {
				if len(follower) == 0 {
					t.Skip("nobody follows")
				}
				take(rapid.IntRange(0, len(follower)-1).Draw(t, "who"))
			},
			"": func(t *rapid.T) {
				if got := v.Get(); got != newest {
					t.Fatalf("the newest is %d, want %d", got, newest)
				}
			},
		})
		v.End()
		for i, c := range follower {
			for n := range c {
				seen[i] = append(seen[i], n)
			}
			if !slices.IsSorted(seen[i]) || seen[i][len(seen[i])-1] != newest {
				t.Fatalf("follower %d saw %v, the last being %d", i, seen[i], newest)
			}
		}
	})
}

func TestFollowingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var v latest.Value[string]
		ctx, leave := context.WithCancel(t.Context())
		leaving, staying := v.Follow(ctx), v.Follow(t.Context())
		leave()
		synctest.Wait()
		v.Set("news")
		if got := drain(leaving); !slices.Equal(got, []string{""}) {
			t.Errorf("who left saw %q", got)
		}
		v.End()
		v.End()
		if got := drain(staying); !slices.Equal(got, []string{"news"}) {
			t.Errorf("who stayed saw %q", got)
		}
		if got := drain(v.Follow(t.Context())); !slices.Equal(got, []string{"news"}) {
			t.Errorf("who came too late saw %q", got)
		}
	})
}

func drain(c <-chan string) (all []string) {
	for s := range c {
		all = append(all, s)
	}
	return all
}

// For the race detector, and to see that no change is lost.
func TestChangesFromManySides(t *testing.T) {
	var v latest.Value[int]
	c := v.Follow(t.Context())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				v.Change(func(n *int) { *n++ })
			}
		})
	}
	all.Wait()
	if last := <-c; last != 800 || v.Get() != 800 {
		t.Errorf("the last is %d, the newest %d", last, v.Get())
	}
}
