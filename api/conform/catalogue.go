package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api"
)

// catalogue reads every public release, and keeps them for the other tests.
func (s *suite) catalogue(t *testing.T) {
	c := s.client(t, Account{})
	s.releases = nil
	for listed, err := range c.AllReleases(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Release(t.Context(), listed.ID)
		if err != nil {
			t.Fatalf("%s: %v", listed.Title, err)
		}
		if r.ID != listed.ID || r.Title != listed.Title || r.Title == "" || r.ArtistID == "" || r.DisplayArtist == "" || r.Date == "" || r.Private || !r.Enabled {
			t.Errorf("listed %+v, read %+v", listed, r)
		}
		for i, track := range r.Tracks {
			if track.Title == "" || track.ReleaseID != r.ID || track.Status == api.StatusHidden || track.Duration <= 0 || track.Artist == "" {
				t.Errorf("%s, track %d: %+v", r.Title, i+1, track)
			}
		}
		s.releases = append(s.releases, r)
	}
	if len(s.releases) == 0 {
		t.Fatal("there are no public releases")
	}
}

func (s *suite) orders(t *testing.T) {
	c := s.client(t, Account{})
	for _, order := range []string{"newest", "oldest"} {
		p, err := c.Releases(t.Context(), api.ListOptions{Order: order, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(p.Items); i++ {
			if before, after := p.Items[i-1].Date, p.Items[i].Date; order == "newest" && before < after || order == "oldest" && before > after {
				t.Errorf("order=%s: %s before %s", order, before, after)
			}
		}
	}
	if _, err := c.Releases(t.Context(), api.ListOptions{Order: "random"}); err != nil {
		s.lacks("order=random of releases")
	}
}

func (s *suite) track(t *testing.T) {
	one := s.tracksOf(t)[0]
	got, err := s.client(t, Account{}).Track(t.Context(), one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != one.ID || got.Title != one.Title || got.ReleaseID != one.ReleaseID || got.ReleaseTitle != one.ReleaseTitle ||
		got.Artist != one.Artist || got.Duration != one.Duration || got.Status != one.Status || got.Personal {
		t.Errorf("in its release %+v, alone %+v", one, got)
	}
	if got, err = s.client(t, s.target.Listener).Track(t.Context(), one.ID); err != nil || !got.Personal {
		t.Errorf("as a listener: %+v, %v", got, err)
	}
	for _, order := range []string{"random", "latest", "plays", "newest"} {
		p, err := s.client(t, Account{}).Tracks(t.Context(), api.ListOptions{Order: order, Limit: 5})
		if err != nil {
			t.Errorf("order=%s: %v", order, err)
		}
		for _, track := range p.Items {
			if track.Status == api.StatusHidden || track.ReleaseID == "" {
				t.Errorf("order=%s shows %+v", order, track)
			}
		}
	}
}

func (s *suite) artists(t *testing.T) {
	s.tracksOf(t)
	c := s.client(t, Account{})
	want := s.releases[0]
	a, err := c.Artist(t.Context(), want.ArtistID)
	if err != nil || a.Name == "" || a.ID != want.ArtistID {
		t.Fatalf("%+v, %v", a, err)
	}
	found := false
	for r, err := range c.AllArtistReleases(t.Context(), a.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if r.ID == want.ID {
			found = true
			if len(r.Tracks) != len(want.Tracks) {
				t.Errorf("%d tracks, want %d", len(r.Tracks), len(want.Tracks))
			}
		}
	}
	if !found {
		t.Errorf("%s is not among the releases of %s", want.Title, a.Name)
	}
	listed := false
	for one, err := range c.AllArtists(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		listed = listed || one.ID == a.ID
	}
	if !listed {
		t.Errorf("%s is not listed", a.Name)
	}
	if top, err := c.TopTracks(t.Context(), a.ID); err != nil || len(top) > 10 {
		t.Errorf("%d top tracks, %v", len(top), err)
	}
	_, err = c.Artist(t.Context(), nowhere)
	var status *api.StatusError
	if !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("an artist that is not there: %v", err)
	}
}

func (s *suite) search(t *testing.T) {
	one := s.tracksOf(t)[0]
	c := s.client(t, Account{})
	for _, words := range []string{one.Title, strings.ToUpper(one.Title)} {
		r, err := c.Search(t.Context(), words)
		if err != nil || !containsID(r.Tracks, one.ID, func(x api.Track) string { return x.ID }) {
			t.Errorf("%q does not find its track: %+v, %v", words, r.Tracks, err)
		}
	}
	r, err := c.Search(t.Context(), one.ReleaseTitle)
	if err != nil || !containsID(r.Releases, one.ReleaseID, func(x api.Release) string { return x.ID }) {
		t.Errorf("%q does not find its release: %v", one.ReleaseTitle, err)
	}
	r, err = c.Search(t.Context(), one.Artist)
	if err != nil || !containsID(r.Artists, one.ArtistID, func(x api.Artist) string { return x.ID }) {
		t.Errorf("%q does not find its artist: %v", one.Artist, err)
	}
	if r, err = c.Search(t.Context(), "zzz nothing is called this zzz"); err != nil || len(r.Tracks)+len(r.Releases)+len(r.Artists) != 0 {
		t.Errorf("nothing: %+v, %v", r, err)
	}
}

func containsID[T any](in []T, id string, of func(T) string) bool {
	for _, one := range in {
		if of(one) == id {
			return true
		}
	}
	return false
}

func (s *suite) tags(t *testing.T) {
	s.tracksOf(t)
	for _, r := range s.releases {
		if len(r.Tags) == 0 {
			continue
		}
		for _, tag := range []string{r.Tags[0], strings.ToUpper(r.Tags[0])} {
			found, err := s.client(t, Account{}).Tag(t.Context(), tag)
			if err != nil || !containsID(found.Releases, r.ID, func(x api.Release) string { return x.ID }) {
				t.Errorf("%q does not find %s: %v", tag, r.Title, err)
			}
		}
		return
	}
	s.skip(t, "no release has tags")
}

func (s *suite) covers(t *testing.T) {
	s.tracksOf(t)
	c := s.client(t, Account{})
	seen := 0
	for _, r := range s.releases {
		for _, cover := range r.Covers {
			body, err := c.Image(t.Context(), cover.URL)
			if err != nil {
				t.Errorf("%s: %v", cover.URL, err)
				continue
			}
			head, err := io.ReadAll(io.LimitReader(body, 1<<20))
			body.Close()
			if err != nil || !bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}) {
				t.Errorf("%s is no JPEG: %v", cover.URL, err)
			}
			seen++
		}
	}
	if seen == 0 {
		s.skip(t, "no release has a cover")
	}
	missing := s.get(t, fmt.Sprintf("/images/%s-x600.jpg", nowhere), "")
	if missing.status != 404 {
		t.Errorf("a picture that is not there: %d", missing.status)
	}
}
