package network

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnswersAreKeptForAWhile(t *testing.T) {
	now := time.Unix(1000, 0)
	asked, answer := 0, Metered
	var failure error
	w := &Watch{
		now: func() time.Time { return now },
		ask: func(context.Context) (Cost, error) { asked++; return answer, failure },
	}
	steps := []struct {
		what  string
		after time.Duration
		says  Cost
		err   error
		want  Cost
		asked int
	}{
		{"the first question", 0, Metered, nil, Metered, 1},
		{"asked again at once", fresh - 1, Free, nil, Metered, 1},
		{"after its time", 1, Free, nil, Free, 2},
		{"nobody answers", fresh, Metered, errors.New("no bus"), Unknown, 3},
		{"it answers again", fresh, Metered, nil, Metered, 4},
	}
	for _, s := range steps {
		now, answer, failure = now.Add(s.after), s.says, s.err
		if got := w.Cost(t.Context()); got != s.want || asked != s.asked {
			t.Errorf("%s: %d after %d questions, want %d after %d", s.what, got, asked, s.want, s.asked)
		}
	}
	if !w.Metered() {
		t.Error("metered is not told")
	}
}

func TestAQuestionCutShortIsAskedAgain(t *testing.T) {
	asked := 0
	w := &Watch{now: time.Now, ask: func(ctx context.Context) (Cost, error) { asked++; return Free, ctx.Err() }}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := w.Cost(ctx); got != Unknown {
		t.Errorf("a cancelled question is answered with %d", got)
	}
	if got := w.Cost(t.Context()); got != Free || asked != 2 {
		t.Errorf("then it is answered with %d after %d questions", got, asked)
	}
}

func TestFollowingSparesTheQuestions(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	says, heard := make(chan state), make(chan Cost)
	w := &Watch{
		now: time.Now,
		ask: func(context.Context) (Cost, error) { return Unknown, errors.New("asked while following") },
		follow: func(ctx context.Context, tell func(state)) error {
			for {
				select {
				case c := <-says:
					tell(c)
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		},
	}
	done := make(chan error)
	go func() { done <- w.Follow(ctx, func() { heard <- w.Cost(ctx) }) }()
	for _, now := range []state{{Metered, "wired"}, {Free, "wired"}, {Free, "wireless"}, {Free, ""}} {
		says <- now
		if got := <-heard; got != now.cost {
			t.Errorf("told %v, knows %d", now, got)
		}
	}
	says <- state{cost: Free} // no change: nothing is told, and the next line does not hang
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if w.following != 0 {
		t.Error("it believes that it is followed still")
	}
}
