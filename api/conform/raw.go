package conform

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
)

const root = "/api/v3"

// nowhere is an id that nothing has.
const nowhere = "00000000-0000-4000-8000-00000000dead"

// answer is one HTTP answer, read.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any // nil when the body is no object
}

// ask sends one request as it is written here, for what a client would not
// send or would not show.
func (s *suite) ask(t *testing.T, method, path, token, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.target.Addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.http.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<20)); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	// What is no object stays nil, and fails the checks that need one.
	_ = json.Unmarshal(a.body, &a.json)
	return a
}

func (s *suite) get(t *testing.T, path, token string, headers ...string) answer {
	t.Helper()
	return s.ask(t, http.MethodGet, path, token, "", headers...)
}

// number is a number of the answer's object, −1 without one.
func (a answer) number(key string) int {
	if f, ok := a.json[key].(float64); ok {
		return int(f)
	}
	return -1
}

// list is the answer's data as a list.
func (a answer) list() []any {
	l, _ := a.json["data"].([]any)
	return l
}

// failure checks an error's form: the status twice, a message, no data.
func (a answer) failure(t *testing.T, status int, message string) {
	t.Helper()
	said, _ := a.json["message"].(string)
	data, given := a.json["data"]
	if a.status != status || a.number("status") != status || said == "" || message != "" && said != message || !given || data != nil {
		t.Errorf("want the failure %d %q with data null, got %d %.200s", status, message, a.status, a.body)
	}
}

// tracksOf are all tracks of the public catalogue that a test may use.
func (s *suite) tracksOf(t *testing.T) []api.Track {
	t.Helper()
	if s.releases == nil {
		s.catalogue(t)
	}
	var out []api.Track
	for _, r := range s.releases {
		out = append(out, r.Tracks...)
	}
	if len(out) == 0 {
		t.Fatal("the catalogue has no tracks")
	}
	return out
}

// paid finds a track that costs and that the listener has played plays times,
// and that no other test has changed. Track and credits not being there ends
// the test.
func (s *suite) paid(t *testing.T, plays int, needs credits.Milli) api.Track {
	t.Helper()
	c := s.client(t, s.target.Listener)
	profile, err := c.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if profile.Credits < needs {
		s.skip(t, "the listener has "+profile.Credits.String()+" credits, "+needs.String()+" are needed")
	}
	var ids []string
	tracks := s.tracksOf(t)
	for _, one := range tracks {
		ids = append(ids, one.ID)
	}
	counts, err := c.PlaysOf(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range tracks {
		if one.Status != api.StatusFree && counts[one.ID] == plays && !s.used[one.ID] {
			return one
		}
	}
	s.skip(t, "no track is left that costs something and was not played")
	return api.Track{}
}

// free finds a track that costs nothing.
func (s *suite) free(t *testing.T) api.Track {
	t.Helper()
	for _, one := range s.tracksOf(t) {
		if one.Status == api.StatusFree {
			return one
		}
	}
	s.skip(t, "the catalogue has no free track")
	return api.Track{}
}
