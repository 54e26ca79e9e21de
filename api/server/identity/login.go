package identity

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
)

// The cookies: one tells browsers apart, the other tells who has signed in.
const (
	browserCookie = "ninth_browser"
	sessionCookie = "ninth_session"
)

func (p *Provider) setCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure as soon as the address is
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.Issuer(r), "https://"),
	})
}

// browser returns the secret that tells this browser from others, and gives it
// one if it has none.
func (p *Provider) browser(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(browserCookie); err == nil && len(c.Value) == secretLength {
		return c.Value
	}
	s := secret()
	r.AddCookie(&http.Cookie{Name: browserCookie, Value: s}) //nolint:gosec // stays here, for the rest of this request
	p.setCookie(w, r, browserCookie, s, sessionLifetime)
	return s
}

// FormToken is what a form shown to this browser has to send back as "csrf".
func (p *Provider) FormToken(w http.ResponseWriter, r *http.Request) string {
	return p.keys.formToken(p.browser(w, r))
}

// FormTokenFits reports whether a form was shown to this browser by us.
func (p *Provider) FormTokenFits(r *http.Request) bool {
	c, err := r.Cookie(browserCookie)
	return err == nil && p.keys.formTokenFits(r.PostFormValue("csrf"), c.Value)
}

// Session returns who has signed in with this browser, and when.
func (p *Provider) Session(r *http.Request) (u store.User, since time.Time, ok bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return u, since, false
	}
	q := p.Store.Read()
	s, err := q.BrowserSession(r.Context(), digest(c.Value))
	if err != nil {
		return u, since, false
	}
	u, err = q.User(r.Context(), s.UserID)
	return u, s.AuthTime, err == nil
}

func (p *Provider) endBrowserSession(w http.ResponseWriter, r *http.Request) error {
	c, err := r.Cookie(sessionCookie)
	if errors.Is(err, http.ErrNoCookie) {
		return nil
	}
	if err != nil {
		return err
	}
	p.setCookie(w, r, sessionCookie, "", -time.Second) // which removes it
	return p.Store.Update(r.Context(), func(tx *store.Tx) error { return tx.EndBrowserSession(r.Context(), digest(c.Value)) })
}

// SignInFirst sends a browser to the sign-in page and back to this request
// afterwards. The request's path must be among [Config].Returns.
func (p *Provider) SignInFirst(w http.ResponseWriter, r *http.Request) {
	back := r.URL.Path
	if r.URL.RawQuery != "" {
		back += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, pathLogin+"?return="+url.QueryEscape(back), http.StatusSeeOther)
}

// returnTo checks an address to go back to: a path of ours that is on the list.
func (p *Provider) returnTo(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil {
		return "", false
	}
	if u.Path != pathDevice && !slices.Contains(p.Returns, u.Path) {
		return "", false
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String(), true
}

// visit is one look at the sign-in page.
type visit struct {
	auth   store.AuthRequest // of the app that asks; zero when someone came by themselves
	client Client
	back   string // where to go when auth is zero
}

// visit finds out what a sign-in is for. Requests of another browser do not
// count: else someone could be led to sign in for a stranger's app.
func (p *Provider) visit(w http.ResponseWriter, r *http.Request) (v visit, ok bool) {
	if err := single(r); err != nil {
		return v, false
	}
	id := r.Form.Get("auth")
	if id == "" {
		v.back, ok = p.returnTo(r.Form.Get("return"))
		return v, ok
	}
	var err error
	if v.auth, err = p.Store.Read().AuthRequest(r.Context(), id); err != nil || v.auth.Browser != digest(p.browser(w, r)) {
		return v, false
	}
	v.client, ok = p.client(v.auth.ClientID)
	return v, ok
}

func (p *Provider) loginPage(w http.ResponseWriter, r *http.Request) {
	v, ok := p.visit(w, r)
	if !ok {
		p.expired(w)
		return
	}
	u, since, signedIn := p.Session(r)
	if v.auth.ID == "" {
		if signedIn {
			http.Redirect(w, r, v.back, http.StatusSeeOther)
			return
		}
		p.loginForm(w, r, http.StatusOK, v, "", "")
		return
	}
	prompts := strings.Fields(v.auth.Prompt)
	fresh := v.auth.MaxAge == nil || p.Now().Sub(since) < time.Duration(*v.auth.MaxAge)*time.Second
	switch {
	case signedIn && fresh && !slices.Contains(prompts, oidc.PromptLogin) && !slices.Contains(prompts, oidc.PromptSelectAccount):
		p.finish(w, r, v, u.ID, since)
	case slices.Contains(prompts, oidc.PromptNone):
		op.AuthRequestError(p.withIssuer(w, r), r, &authRequest{v.auth}, oidc.ErrLoginRequired(), p.op)
	default:
		p.loginForm(w, r, http.StatusOK, v, "", "")
	}
}

func (p *Provider) loginForm(w http.ResponseWriter, r *http.Request, status int, v visit, email, problem string) {
	data := page.Login{
		CSRF: p.FormToken(w, r), Auth: v.auth.ID, Return: v.back, Client: v.client.Name, Email: email, Error: problem,
	}
	var origins []string
	if v.auth.RedirectURI != "" {
		origins = append(origins, origin(v.auth.RedirectURI))
	}
	if err := p.Pages.Write(w, status, "login", data, origins...); err != nil {
		p.Logger.ErrorContext(r.Context(), "writing page", "error", err)
	}
}

// finish records who signed in and goes on.
func (p *Provider) finish(w http.ResponseWriter, r *http.Request, v visit, userID string, since time.Time) {
	if v.auth.ID == "" {
		http.Redirect(w, r, v.back, http.StatusSeeOther)
		return
	}
	err := p.Store.Update(r.Context(), func(tx *store.Tx) error { return tx.SignInto(r.Context(), v.auth.ID, userID, since) })
	if errors.Is(err, store.ErrNotFound) {
		p.expired(w)
		return
	}
	if err != nil {
		p.failed(w, r, err)
		return
	}
	http.Redirect(w, r, pathCallback+"?id="+url.QueryEscape(v.auth.ID), http.StatusSeeOther)
}

func (p *Provider) login(w http.ResponseWriter, r *http.Request) {
	v, ok := p.visit(w, r)
	if !ok || !p.FormTokenFits(r) {
		p.expired(w)
		return
	}
	email := strings.TrimSpace(r.PostForm.Get("email"))
	if wait := p.failures.wait(email, address(r)); wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(wait/time.Second)+1))
		p.loginForm(w, r, http.StatusTooManyRequests, v, email, "Too many attempts. Wait a quarter of an hour and try again.")
		return
	}
	u, ok, err := p.checkPassword(r, email, r.PostForm.Get("password"))
	if err != nil {
		p.failed(w, r, err)
		return
	}
	if !ok {
		p.failures.add(email, address(r))
		p.loginForm(w, r, http.StatusOK, v, email, "E-mail and password do not fit together.")
		return
	}
	p.failures.forgive(email)
	now, s := p.Now(), secret()
	err = p.Store.Update(r.Context(), func(tx *store.Tx) error {
		return tx.PutBrowserSession(r.Context(), store.BrowserSession{
			Hash: digest(s), UserID: u.ID, AuthTime: now, Expires: now.Add(sessionLifetime),
		})
	})
	if err != nil {
		p.failed(w, r, err)
		return
	}
	p.setCookie(w, r, sessionCookie, s, sessionLifetime)
	p.finish(w, r, v, u.ID, now)
}

// nobody is the hash that is checked for an unknown e-mail address, so that the
// answer takes as long as for a known one.
var nobody = encodeHash(make([]byte, argonSalt), make([]byte, argonKey))

func (p *Provider) checkPassword(r *http.Request, email, password string) (store.User, bool, error) {
	u, err := p.Store.Read().UserByEmail(r.Context(), email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, false, err
	}
	hash := u.PasswordHash
	if err != nil {
		hash = nobody
	}
	fits, err := p.gate.check(r.Context(), password, hash)
	return u, fits && u.ID != "", err
}

// Confirm reports whether the password is the person's, for a change that a
// token alone does not allow. It refuses after too many failures.
func (p *Provider) Confirm(r *http.Request, u store.User, password string) (bool, error) {
	if p.failures.wait(u.Email, address(r)) > 0 {
		return false, nil
	}
	fits, err := p.gate.check(r.Context(), password, u.PasswordHash)
	if err == nil && !fits {
		p.failures.add(u.Email, address(r))
	}
	return fits, err
}

// address is the machine that a request comes from.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
