package conform

import (
	"errors"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
)

// ownReleases are all releases of the artist's account.
func (s *suite) ownReleases(t *testing.T) []api.Release {
	t.Helper()
	own, err := s.client(t, s.account(t, s.target.Artist, "an artist")).OwnReleases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(own) == 0 {
		s.skip(t, "the artist has no releases")
	}
	return own
}

// unreleasedOnes are those that nobody else can see: drafts and what is
// scheduled.
func (s *suite) unreleasedOnes(t *testing.T) []api.Release {
	t.Helper()
	today := time.Now().UTC().Format(time.DateOnly)
	var out []api.Release
	for _, r := range s.ownReleases(t) {
		if r.Private || !r.Enabled || r.Date > today {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		s.skip(t, "the artist has nothing unreleased")
	}
	return out
}

func (s *suite) unreleased(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Artist, "an artist"))
	p, err := c.Profile(t.Context())
	if err != nil || !p.IsArtist() || len(p.Artists) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, r := range s.unreleasedOnes(t) {
		if r.Title == "" || r.Artist == "" || len(r.Tracks) == 0 {
			t.Errorf("half a release: %+v", r)
		}
		if got, err := c.OwnRelease(t.Context(), r.ID); err != nil || len(got.Tracks) != len(r.Tracks) {
			t.Errorf("%s alone: %d tracks, %v", r.Title, len(got.Tracks), err)
		}
	}
}

func (s *suite) unreleasedHidden(t *testing.T) {
	everyone := map[string]*api.Client{"nobody": s.client(t, Account{}), "a listener": s.client(t, s.target.Listener)}
	for _, r := range s.unreleasedOnes(t) {
		for who, c := range everyone {
			if _, err := c.Release(t.Context(), r.ID); !errors.Is(err, api.ErrNotFound) {
				t.Errorf("%s sees %s: %v", who, r.Title, err)
			}
			found, err := c.Search(t.Context(), r.Title)
			if err != nil || containsID(found.Releases, r.ID, func(x api.Release) string { return x.ID }) {
				t.Errorf("%s finds %s: %v", who, r.Title, err)
			}
			if len(r.Tracks) > 0 {
				s.unheard(t, who, c, r.Tracks[0])
			}
		}
		for _, public := range s.releases {
			if public.ID == r.ID {
				t.Errorf("%s is in the public list", r.Title)
			}
		}
	}
}

// unheard: reference servers stream to anyone who knows the id.
func (s *suite) unheard(t *testing.T, who string, c *api.Client, one api.Track) {
	t.Helper()
	stream, err := c.Stream(t.Context(), one.ID, api.StreamRequest{})
	if err == nil {
		stream.Body.Close()
		s.lacks("keeping unreleased tracks from those who know their id")
		return
	}
	if !errors.Is(err, api.ErrNotFound) {
		t.Errorf("%s asks for %s: %v", who, one.Title, err)
	}
}

// ownStream: artists hear their unreleased tracks in full.
func (s *suite) ownStream(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Artist, "an artist"))
	one := s.unreleasedOnes(t)[0].Tracks[0]
	stream, body := s.open(t, c, one.ID, api.StreamRequest{})
	if !isAudio(body) {
		t.Errorf("%d bytes of no audio", len(body))
	}
	if stream.Preview {
		s.lacks("the whole of their own tracks for artists without a wallet")
	}
}
