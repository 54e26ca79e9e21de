package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/ninth-coop/ninth/api"
)

// maxSteps bounds the pages of a sign-in: form, consent and their redirects
// make about eight.
const maxSteps = 20

// errNotHere keeps passwords on this machine.
var errNotHere = errors.New("forms are filled in for a server on this machine only")

// FormBrowser is a [Browser] that fills in the sign-in form itself, for the
// demo co-op and for tests: the flow is the one of any co-op. It goes to
// loopback addresses only, whatever the pages say. It fills in the pages of a
// device code too, shown [DeviceCode.Complete]. client carries the requests;
// nil is http's default. A form that comes back is [ErrCredentials].
func FormBrowser(client *http.Client, email, password string) Browser {
	return func(ctx context.Context, address string) error {
		return wrap("filling in the sign-in form", fillIn(ctx, client, address, email, password))
	}
}

// visit is one walk through the pages of a sign-in.
type visit struct {
	client   *http.Client
	redirect *url.URL // where it ends
	email    string
	password string
	entered  bool // the password was sent
}

func fillIn(ctx context.Context, given *http.Client, address, email, password string) error {
	start, err := url.Parse(address)
	if err != nil {
		return errNotHere
	}
	redirect, err := url.Parse(start.Query().Get("redirect_uri"))
	if err != nil {
		return ErrRedirect
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	v := &visit{redirect: redirect, email: email, password: password, client: &http.Client{
		Jar: jar, Timeout: requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if given != nil {
		v.client.Transport = given.Transport
	}
	next := &step{method: http.MethodGet, url: start}
	for range maxSteps {
		if next, err = v.take(ctx, next); err != nil || next == nil {
			return err
		}
	}
	return errors.New("the sign-in pages do not come to an end")
}

// step is one request of a visit.
type step struct {
	method string
	url    *url.URL
	form   url.Values
}

// take makes one request and says what comes next: nil at the end.
func (v *visit) take(ctx context.Context, s *step) (*step, error) {
	if s.url.Scheme != "http" && s.url.Scheme != "https" || !isLoopback(s.url.Hostname()) {
		return nil, errNotHere
	}
	req, err := http.NewRequestWithContext(ctx, s.method, s.url.String(), strings.NewReader(s.form.Encode()))
	if err != nil {
		return nil, errNotHere
	}
	req.Header.Set("Accept", "text/html")
	if s.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", s.url.Scheme+"://"+s.url.Host)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, api.NewNetworkError(err)
	}
	defer resp.Body.Close()
	if s.url.Host == v.redirect.Host && strings.Trim(s.url.Path, "/") == strings.Trim(v.redirect.Path, "/") {
		return nil, nil // the callback has it, and says how it went
	}
	if at := resp.Header.Get("Location"); resp.StatusCode/100 == 3 && at != "" {
		return redirected(s, resp.StatusCode, at)
	}
	page, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, api.NewNetworkError(err)
	}
	return v.fill(page, s.url, resp.StatusCode)
}

// fill makes the next step of a page with a form.
func (v *visit) fill(page []byte, at *url.URL, status int) (*step, error) {
	f, ok := findForm(page, at)
	switch {
	case !ok && v.redirect.Host == "" && v.entered && status == http.StatusOK:
		return nil, nil // the device's page says that it is done
	case !ok && status >= http.StatusBadRequest:
		return nil, &api.StatusError{Code: status}
	case !ok:
		return nil, fmt.Errorf("%w: the page has no form", ErrNotProvider)
	case f.password != "" && v.entered:
		return nil, ErrCredentials
	case f.password != "":
		v.entered = true
		f.values.Set(f.password, v.password)
		if f.email != "" {
			f.values.Set(f.email, v.email)
		}
	}
	if f.method == http.MethodGet {
		to := *f.action
		to.RawQuery = f.values.Encode()
		return &step{method: f.method, url: &to}, nil
	}
	return &step{method: f.method, url: f.action, form: f.values}, nil
}

// redirected follows as browsers do: 307 and 308 repeat the request.
func redirected(s *step, status int, location string) (*step, error) {
	to, err := s.url.Parse(location)
	if err != nil {
		return nil, ErrNotProvider
	}
	if status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect {
		return &step{method: s.method, url: to, form: s.form}, nil
	}
	return &step{method: http.MethodGet, url: to}, nil
}

// form is an HTML form as far as it is filled in here.
type form struct {
	method   string
	action   *url.URL
	values   url.Values // hidden fields and defaults, and the first button
	email    string     // name of the field, empty without one
	password string
}

// findForm reads a page's form: the one that asks for a password, else the
// last one that can be sent without typing anything.
func findForm(page []byte, base *url.URL) (form, bool) {
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return form{}, false
	}
	var best form
	found := false
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		f, err := readForm(n, base)
		if err != nil {
			continue
		}
		if !found || f.password != "" || best.password == "" {
			best, found = f, true
		}
	}
	return best, found
}

func readForm(n *html.Node, base *url.URL) (form, error) {
	action, err := base.Parse(attribute(n, "action"))
	if err != nil {
		return form{}, err
	}
	f := form{method: http.MethodGet, action: action, values: url.Values{}}
	if strings.EqualFold(attribute(n, "method"), "post") {
		f.method = http.MethodPost
	}
	pressed := false
	for field := range n.Descendants() {
		name := attribute(field, "name")
		if field.Type != html.ElementNode || name == "" {
			continue
		}
		kind := strings.ToLower(attribute(field, "type"))
		switch {
		case field.Data == "button" && (kind == "" || kind == "submit"), field.Data == "input" && kind == "submit":
			if !pressed {
				pressed = true
				f.values.Set(name, attribute(field, "value"))
			}
		case field.Data != "input":
		case kind == "password":
			f.password = name
		case kind == "email", kind != "hidden" && f.email == "" && (name == "email" || name == "username"):
			f.email = name
		case kind == "hidden", kind == "text", kind == "":
			f.values.Add(name, attribute(field, "value"))
		}
	}
	return f, nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
