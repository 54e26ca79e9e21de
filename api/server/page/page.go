// Package page writes the few HTML pages of the co-op: plain forms without
// scripts, that a program can read as easily as a person.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed *.html style.css
var files embed.FS

// Pages holds the parsed templates. It may be used by several goroutines.
type Pages struct {
	templates *template.Template
	style     template.CSS
	styleHash string // for the Content-Security-Policy
}

// New parses the templates. It fails only if the program was built with damaged
// ones.
func New() (*Pages, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, fmt.Errorf("page: reading style: %w", err)
	}
	t, err := template.ParseFS(files, "*.html")
	if err != nil {
		return nil, fmt.Errorf("page: parsing templates: %w", err)
	}
	sum := sha256.Sum256(style)
	//nolint:gosec // the style is a file of this program
	return &Pages{templates: t, style: template.CSS(style), styleHash: base64.StdEncoding.EncodeToString(sum[:])}, nil
}

// Login is the data of the page "login": e-mail and password.
type Login struct {
	CSRF   string
	Auth   string // id of the sign-in under way, or empty
	Return string // local path to go back to when Auth is empty
	Client string // name of the app that asks, or empty
	Email  string // filled in already
	Error  string // one sentence, or empty
}

// Device is the data of the page "device": the code of the device flow.
type Device struct {
	CSRF   string
	Code   string // empty: ask for it
	Client string
	User   string
	Error  string
}

// Message is the data of the page "message": something to read.
type Message struct {
	Title string
	Text  string
}

// Checkout is the data of the page "checkout": credits to add.
type Checkout struct {
	CSRF     string
	User     string
	Packs    []Pack
	Callback string // passed on; where to go afterwards, or empty
	Prices   string // passed on
}

// Pack is a number of credits.
type Pack struct{ Name string }

// Write writes a page. name is login, device, message or checkout, with the
// data type of that name. A form on the page may lead on to the given origins
// beside the co-op's own: browsers apply the policy to redirects as well.
func (p *Pages) Write(w http.ResponseWriter, status int, name string, data any, origins ...string) error {
	var body bytes.Buffer
	view := struct {
		Style template.CSS
		Data  any
	}{p.style, data}
	if err := p.templates.ExecuteTemplate(&body, name+".html", view); err != nil {
		return fmt.Errorf("page: writing %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+p.styleHash+"'; form-action "+
		strings.Join(append([]string{"'self'"}, origins...), " ")+"; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}
