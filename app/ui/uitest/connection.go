package uitest

import (
	"context"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player"
)

// Status is what the test says of the co-op.
func (s *Session) Status() app.Status { return get(s, &s.status) }

// Finds has the co-op answer a search; others find nothing.
func (s *Session) Finds(words string, f app.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found == nil {
		s.found = map[string]app.Found{}
	}
	s.found[words] = f
}

// SearchCoOp is what Finds said.
func (s *Session) SearchCoOp(_ context.Context, words string) (app.Found, error) {
	s.called("search " + words)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found[words], nil
}

// CoOp is the co-op of the test's listener.
func (s *Session) CoOp() app.CoOp { return app.CoOp{Address: "https://coop.example"} }

// Follow, FollowStatus and Notices never say anything: tests hand news to the
// window themselves.
func (s *Session) Follow(context.Context) <-chan player.Snapshot  { return nil }
func (s *Session) FollowStatus(context.Context) <-chan app.Status { return nil }
func (s *Session) Notices(context.Context) <-chan app.Notice      { return nil }

func (s *Session) SignOut(context.Context, bool) error {
	s.called("sign out")
	return nil
}
