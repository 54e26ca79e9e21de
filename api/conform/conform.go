// Package conform is the one contract suite of the tracks API. It runs against
// any server by its address: [Run] signs in as a player does, asks everything
// that Ninth depends on, and reports what the server answers differently.
//
// Every test names the section of the contract that it holds the server to,
// as the contract's author numbered them: §0 base facts, §2 catalogue, §3 me,
// §4 plays and credits, §5 streaming, §6 playlists, §7 artists' own, §8
// sign-in.
//
// Some answers of reference servers are faults that clients must live with:
// no Range, a ninth play that fails and counts, purchases that nobody
// remembers, no idempotency. There the suite finds out which of the two it
// has before it, asserts that one in full, and lists the other under
// [Report].Lacks. A test that cannot run (no artist's account, too few
// credits) is listed under Skipped with its reason. Nothing is left out
// silently.
//
// The suite spends credits (about 3.1), makes and deletes playlists, and
// leaves plays behind: give it accounts made for it.
package conform

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
)

// Account is someone who can sign in.
type Account struct{ Email, Password string }

// Target says which server to test, and as whom. The suite fills in sign-in
// forms, which it does on loopback addresses only: a server elsewhere is
// tested through a local proxy or tunnel.
type Target struct {
	Addr         string // "http://127.0.0.1:4000", the issuer as the server calls itself
	ClientID     string
	ClientSecret string
	Redirect     string // where the server insists on one registered address

	Listener Account // with at least 3.1 credits, and tracks not yet played
	Poor     Account // optional: a listener with 0.002 to 0.500 credits
	Artist   Account // optional: with unreleased releases of their own and no wallet
}

// FromEnv reads a target from NINTH_CONFORM_ADDR, _CLIENT_ID, _CLIENT_SECRET,
// _REDIRECT, and _LISTENER, _POOR, _ARTIST as "email:password". ok is false
// when no address is set.
func FromEnv() (target Target, ok bool) {
	get := func(name string) string { return os.Getenv("NINTH_CONFORM_" + name) }
	account := func(name string) Account {
		email, password, _ := strings.Cut(get(name), ":")
		return Account{email, password}
	}
	return Target{
		Addr: get("ADDR"), ClientID: get("CLIENT_ID"), ClientSecret: get("CLIENT_SECRET"), Redirect: get("REDIRECT"),
		Listener: account("LISTENER"), Poor: account("POOR"), Artist: account("ARTIST"),
	}, get("ADDR") != ""
}

// Report is what a run found out.
type Report struct {
	Ran     []string // tests that ran, in order
	Lacks   []string // what the server does as reference servers do, to the client's loss
	Skipped []string // tests that could not run, with the reason
}

// String lists everything, for a test's log.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d tests ran", len(r.Ran))
	for _, part := range []struct {
		title string
		lines []string
	}{{"the server lacks", r.Lacks}, {"not run", r.Skipped}} {
		for _, line := range part.lines {
			fmt.Fprintf(&b, "\n%s: %s", part.title, line)
		}
	}
	return b.String()
}

// suite is one run against one server. Its tests run one after another: they
// share accounts, and with them credits.
type suite struct {
	target   Target
	report   *Report
	http     *http.Client
	provider *auth.Provider
	tokens   map[Account]auth.Tokens
	releases []api.Release // the public catalogue, with tracks
	used     map[string]bool
}

// Run holds the target to the contract. Failures are those of subtests of t;
// what the server lacks is no failure, and stands in the report.
func Run(t *testing.T, target Target) *Report {
	t.Helper()
	s := &suite{
		target: target, report: &Report{}, tokens: map[Account]auth.Tokens{}, used: map[string]bool{},
		http: &http.Client{
			Transport:     &http.Transport{},
			Timeout:       time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(s.http.CloseIdleConnections)
	s.section(t, "§8 sign-in", []test{
		{"discovery", s.discovery}, {"code with PKCE", s.signIn}, {"wrong password", s.wrongPassword},
		{"PKCE is required", s.pkceRequired}, {"unknown redirect", s.unknownRedirect}, {"a code works once", s.codeOnce},
		{"refresh", s.refresh}, {"revocation", s.revocation}, {"device", s.device},
	})
	if s.provider == nil || s.tokens[target.Listener].Access == "" {
		t.Error("nobody can sign in: the rest of the contract was not tested")
		return s.report
	}
	s.section(t, "§0 base", []test{
		{"envelope", s.envelope}, {"failures", s.failures}, {"no token", s.noToken}, {"bad token where none is needed", s.badTokenOptional},
		{"trailing slash", s.trailingSlash}, {"nothing personal for others", s.sharedCache}, {"pages", s.pages}, {"pages of tracks", s.trackPages},
	})
	s.section(t, "§2 catalogue", []test{
		{"releases", s.catalogue}, {"orders", s.orders}, {"tracks", s.track}, {"artists", s.artists}, {"search", s.search}, {"tags", s.tags}, {"covers", s.covers},
	})
	s.section(t, "§3 me", []test{{"profile", s.profile}, {"favourites", s.favourites}, {"collection", s.collection}, {"history", s.history}, {"history of plays made offline", s.playedAt}})
	s.section(t, "§5 streaming", []test{
		{"preview", s.preview}, {"whole", s.whole}, {"ranges", s.ranges}, {"free", s.freeStream}, {"too few credits", s.poorStream},
		{"expired", s.expiredStream}, {"unknown", s.unknownStream},
	})
	s.section(t, "§4 plays", []test{
		{"nine prices and owning", s.ninePrices}, {"free", s.freePlay}, {"same key", s.idempotency}, {"buy", s.buy},
		{"too few credits", s.poorPlay}, {"own", s.ownPlay}, {"no wallet", s.noWallet}, {"unknown", s.unknownPlay},
	})
	s.section(t, "§6 playlists", []test{
		{"life", s.playlistLife}, {"items", s.playlistItems}, {"versions", s.playlistVersions}, {"same key", s.playlistKeys}, {"privacy", s.playlistPrivacy}, {"cover", s.playlistCover}, {"another's", s.playlistOfAnother},
	})
	s.section(t, "§7 own", []test{{"unreleased", s.unreleased}, {"unreleased stays unheard", s.unreleasedHidden}, {"own preview", s.ownStream}})
	return s.report
}

type test struct {
	name string
	run  func(*testing.T)
}

func (s *suite) section(t *testing.T, name string, tests []test) {
	for _, one := range tests {
		t.Run(name+": "+one.name, func(t *testing.T) {
			defer func() {
				if t.Skipped() {
					return // listed by skip
				}
				s.report.Ran = append(s.report.Ran, name+": "+one.name)
			}()
			one.run(t)
		})
	}
}

// skip ends a test that cannot run here, and says why.
func (s *suite) skip(t *testing.T, why string) {
	t.Helper()
	_, name, _ := strings.Cut(t.Name(), "/")
	s.report.Skipped = append(s.report.Skipped, name+": "+why)
	t.Skip(why)
}

// lacks notes what the server does not do.
func (s *suite) lacks(what string) {
	if !slices.Contains(s.report.Lacks, what) {
		s.report.Lacks = append(s.report.Lacks, what)
	}
}

// client is an API client of an account, signed in; the zero Account is
// nobody.
func (s *suite) client(t *testing.T, who Account) *api.Client {
	t.Helper()
	token := ""
	if who != (Account{}) {
		token = s.token(t, who)
	}
	return s.clientWith(t, token)
}

func (s *suite) clientWith(t *testing.T, token string) *api.Client {
	t.Helper()
	c, err := api.New(api.Config{
		BaseURL: s.target.Addr, HTTP: s.http,
		Token: func(context.Context) (string, error) { return token, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// token is an account's access token; it signs in the first time.
func (s *suite) token(t *testing.T, who Account) string {
	t.Helper()
	if s.tokens[who].Access == "" {
		tokens, err := s.provider.SignIn(t.Context(), auth.FormBrowser(s.http, who.Email, who.Password), auth.SignInOptions{})
		if err != nil {
			t.Fatalf("signing in %s: %v", who.Email, err)
		}
		s.tokens[who] = tokens
	}
	return s.tokens[who].Access
}

// account is one of the optional accounts, or the end of the test.
func (s *suite) account(t *testing.T, who Account, what string) Account {
	t.Helper()
	if who == (Account{}) {
		s.skip(t, "no account of "+what+" was given")
	}
	return who
}
