package auth

import (
	"errors"
	"html/template"
	"net/http"
)

// page is what the browser shows at the end. It loads nothing from anywhere
// and holds no code, in the player's own colours.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Ninth</title>
<style>
:root { color-scheme: dark light; --ground: #12110f; --surface: #1c1a17; --text: #f4efe6; --muted: #a79f92; --ring: {{if .Failed}}#ff5a36{{else}}#e8b44c{{end}} }
@media (prefers-color-scheme: light) { :root { --ground: #faf6ef; --surface: #fff; --text: #1b1916; --muted: #6e675d; --ring: {{if .Failed}}#c93a18{{else}}#8a6210{{end}} } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text); font: 16px/1.5 Inter, system-ui, sans-serif }
main { max-width: 26rem; margin: 1rem; padding: 2.5rem; border-radius: 16px; background: var(--surface); text-align: center }
h1 { margin: 1.25rem 0 .5rem; font: 600 26px/1.25 Vollkorn, Georgia, serif }
p { margin: 0; color: var(--muted) }
</style>
<main>
<svg width="64" height="64" viewBox="0 0 64 64" fill="none" stroke="var(--ring)" stroke-width="5" aria-hidden="true"><circle cx="32" cy="32" r="27" pathLength="90" stroke-dasharray="7 3"/></svg>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</main>
</html>
`))

type pageText struct {
	Title, Text string
	Failed      bool
}

// writePage answers the browser; err is how the sign-in ended.
func writePage(w http.ResponseWriter, status int, err error) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	// One page, and the listener is gone.
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_ = page.Execute(w, textFor(err)) // a browser that left is no failure
}

func textFor(err error) pageText {
	switch {
	case err == nil:
		return pageText{Title: "You are signed in.", Text: "You can close this tab and go back to Ninth."}
	case errors.Is(err, ErrRefused):
		return pageText{Title: "You are not signed in.", Text: "The co-op was not allowed to let Ninth in. Go back to Ninth to try again.", Failed: true}
	case errors.Is(err, errSecondCallback):
		return pageText{Title: "This sign-in is over.", Text: "You can close this tab and go back to Ninth.", Failed: true}
	}
	return pageText{Title: "The sign-in did not work.", Text: "Go back to Ninth, which says what happened, and try again.", Failed: true}
}
