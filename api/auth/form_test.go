package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// addForms puts a sign-in form and a consent form before the fake's redirect,
// in the manner of a reference server: cookies, a hidden field, 303s.
func addForms(f *fake, password string) {
	var query url.Values
	f.override["/authorize"] = func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.Query()
		http.SetCookie(w, &http.Cookie{Name: "visit", Value: "1", Path: "/", HttpOnly: true})
		http.Redirect(w, r, "/interaction/a", http.StatusSeeOther)
	}
	login := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><form action="/search"><input name=q></form>
			<form method=post action="a/login"><input type=hidden name=csrf value="t&amp;k">
			<input type=email name=email><input type=password name=password><button>Sign in</button></form>`)
	}
	f.override["/interaction/a"] = func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("visit"); err != nil || c.Value != "1" {
			http.Error(w, "no visit", http.StatusBadRequest)
			return
		}
		login(w)
	}
	f.override["/interaction/a/login"] = func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("csrf") != "t&k" || r.PostFormValue("email") != "mara@example.coop" {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		if r.PostFormValue("password") != password {
			login(w)
			return
		}
		http.Redirect(w, r, "/interaction/b", http.StatusSeeOther)
	}
	f.override["/interaction/b"] = func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `<form method=post><button name=allow value=yes>Allow</button><button name=allow value=no>No</button></form>`)
			return
		}
		if r.PostFormValue("allow") != "yes" {
			http.Error(w, "denied", http.StatusForbidden)
			return
		}
		r.URL.RawQuery = query.Encode()
		f.serveAuthorize(w, r)
	}
}

func TestFormBrowser(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for password, want := range map[string]error{"nine-plays": nil, "wrong": ErrCredentials} {
		f := newFake(t)
		addForms(f, "nine-plays")
		tokens, err := f.provider(t).SignIn(context.Background(), FormBrowser(client, "mara@example.coop", password), SignInOptions{})
		if !errors.Is(err, want) || want == nil && (err != nil || tokens.Subject != "mara") {
			t.Errorf("%s: %v, %v", password, tokens, err)
		}
	}
}

// TestFormBrowserStaysHere: neither a form nor a redirect takes the password
// to another machine.
func TestFormBrowserStaysHere(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	pages := map[string]http.HandlerFunc{
		"a form": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<form method=post action="https://evil.example/"><input type=password name=p></form>`)
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusTemporaryRedirect)
		},
		"a name": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1.evil.example/", http.StatusFound)
		},
	}
	for name, page := range pages {
		srv := httptest.NewServer(page)
		err := FormBrowser(client, "e", "p")(context.Background(), srv.URL+"/?redirect_uri=http://127.0.0.1:1/callback")
		if !errors.Is(err, errNotHere) {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
	if err := FormBrowser(client, "e", "p")(context.Background(), "https://coop.example/auth"); !errors.Is(err, errNotHere) {
		t.Errorf("another machine: %v", err)
	}
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }))
	defer loop.Close()
	if err := FormBrowser(client, "e", "p")(context.Background(), loop.URL); err == nil {
		t.Error("a loop came to an end")
	}
}

func FuzzForm(f *testing.F) {
	f.Add([]byte(`<form method=post action=/x><input type=hidden name=a value=b><input type=password name=p></form>`))
	f.Add([]byte(`<form><form><input name=email></form><button name=x>`))
	f.Add([]byte(strings.Repeat("<div>", 600) + "<form action='http://[bad'>"))
	base := &url.URL{Scheme: "http", Host: "127.0.0.1:4000", Path: "/login"}
	f.Fuzz(func(t *testing.T, page []byte) {
		form, ok := findForm(page, base)
		if ok && (form.action == nil || form.values == nil || form.method != "GET" && form.method != "POST") {
			t.Errorf("half a form: %+v", form)
		}
	})
}
