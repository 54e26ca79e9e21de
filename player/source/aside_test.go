package source

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestFetchesAheadAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(4 << 20), sizes: true, pace: 10 * time.Millisecond, block: 16 << 10}
		p := open(t, s, nil)
		check(t, p, s.data, 0, 1000)
		const tail = 4<<20 - 64<<10
		p.Ahead(Range{tail, 8 << 20})
		p.Ahead(Range{2 << 20, 3 << 20}) // one at a time
		began := time.Now()
		check(t, p, s.data, tail, 64<<10)
		if took := time.Since(began); took > 60*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if got := s.asked(); !slices.Equal(got, []int64{0, tail}) {
			t.Errorf("asked for %v, want the start and the tail", got)
		}
		<-p.Done()
		if got := s.asked(); len(got) != 2 {
			t.Errorf("asked for %v: what went on was not to be disturbed", got)
		}
		check(t, p, s.data, 0, 4<<20)
	})
}

func TestNothingIsFetchedAsideWhere(t *testing.T) {
	for name, tt := range map[string]struct {
		server *server
		want   Range
	}{
		"the server cannot": {&server{linear: true, sizes: true}, Range{3 << 20, 4 << 20}},
		"it comes anyway":   {&server{sizes: true}, Range{20 << 10, 60 << 10}},
		"nothing is there":  {&server{sizes: true}, Range{5 << 20, 6 << 20}},
		"nothing is wanted": {&server{sizes: true}, Range{1 << 20, 1 << 20}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := tt.server
				s.data, s.pace, s.block = noise(4<<20), 10*time.Millisecond, 16<<10
				p := open(t, s, nil)
				check(t, p, s.data, 0, 1000)
				p.Ahead(tt.want)
				synctest.Wait()
				if got := s.asked(); len(got) != 1 {
					t.Errorf("asked for %v", got)
				}
			})
		})
	}
}

// Where the second request fails, the first one goes where it is needed.
func TestAnAsideThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(4 << 20), sizes: true, pace: 10 * time.Millisecond, block: 16 << 10}
		s.fault = func(i int) fault {
			if i == 1 {
				return fault{cut: 5000, broken: errServer}
			}
			return fault{}
		}
		p := open(t, s, nil)
		check(t, p, s.data, 0, 1000)
		p.Ahead(Range{3 << 20, 4 << 20})
		check(t, p, s.data, 3<<20, 60<<10)
		<-p.Done()
		check(t, p, s.data, 0, 4<<20)
	})
}

// What comes aside of a track that has just been exchanged is not kept.
func TestAnAsideOfAnotherTrack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(4 << 20), etag: "x", sizes: true, pace: 10 * time.Millisecond, block: 16 << 10}
		p := open(t, s, nil)
		check(t, p, s.data, 0, 1000)
		s.mu.Lock()
		s.etag = "y"
		s.mu.Unlock()
		p.Ahead(Range{3 << 20, 4 << 20})
		synctest.Wait()
		time.Sleep(200 * time.Millisecond)
		if p.Reach(3<<20) != 3<<20 {
			t.Error("bytes of another track were kept")
		}
	})
}
