package player

import "testing"

// A line is kicked when what it is to go on with is something else, and only
// then: one that waits tells the engine so each time, which offers again.
func TestALineIsKickedByNews(t *testing.T) {
	l := &line{kicked: make(chan struct{}, 1)}
	p, q := &play{}, &play{}
	for i, step := range []struct {
		do   func()
		want bool
	}{
		{func() { l.offer(nil, 0) }, false},
		{func() { l.offer(p, 5) }, true},
		{func() { l.offer(p, 5) }, false},
		{func() { l.offer(p, 6) }, true},
		{func() { l.offer(q, 6) }, true},
		{func() { l.offer(nil, 0) }, true},
		{func() { l.offer(nil, 0) }, false},
		{func() { l.taken = p; l.offer(p, 5) }, false},
		{l.finish, true},
		{l.finish, false},
	} {
		step.do()
		kicked := len(l.kicked) > 0
		if kicked {
			<-l.kicked
		}
		if kicked != step.want {
			t.Errorf("step %d: kicked %v", i, kicked)
		}
	}
}
