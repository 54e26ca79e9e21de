package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
)

func TestDeviceFlow(t *testing.T) {
	for name, decision := range map[string]string{"allowed": "allow", "denied": "deny"} {
		t.Run(name, func(t *testing.T) {
			c := newCoop(t, func(cfg *server.Config) { cfg.DevicePoll = time.Second })
			a, _ := c.post("/device/auth", "client_id", "ninth", "scope", "openid read_write offline_access")
			got := a.json(t)
			if got["verification_uri"] != c.url+"/device" || got["expires_in"] != 600.0 || got["interval"] != 1.0 {
				t.Fatalf("device: %d %s", a.StatusCode, a.body)
			}
			poll := func() (answer, tokens) {
				return c.post("/token", "grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", "ninth",
					"device_code", got["device_code"].(string))
			}
			if a, tok := poll(); a.StatusCode != 400 || tok.Error != "authorization_pending" {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			b := c.browser()
			form := fill(c.do(b, "GET", got["verification_uri_complete"].(string), nil).body)
			form.Set("email", demo.Mara().Email)
			form.Set("password", demo.Mara().Password)
			page := c.do(b, "POST", "/login", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
			form = fill(page.body)
			if form.Get("user_code") != got["user_code"] {
				t.Fatalf("no question on %s", page.body)
			}
			form.Set("decision", decision)
			if a := c.do(b, "POST", "/device", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded"); a.StatusCode != 200 {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			a, tok := poll()
			if decision == "deny" {
				if a.StatusCode != 400 || tok.Error != "access_denied" {
					t.Errorf("%d %s", a.StatusCode, a.body)
				}
				return
			}
			if tok.Access == "" || tok.Refresh == "" || tok.ID == "" {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 200 {
				t.Errorf("profile: %d", a.StatusCode)
			}
			if a, tok := poll(); a.StatusCode != 400 || tok.Access != "" {
				t.Errorf("a second time: %d %s", a.StatusCode, a.body)
			}
		})
	}
}

func TestDeviceCodeExpires(t *testing.T) {
	c := newCoop(t)
	a, _ := c.post("/device/auth", "client_id", "ninth", "scope", "read_write")
	code := a.json(t)["device_code"].(string)
	c.clock.Advance(10 * time.Minute)
	a, tok := c.post("/token", "grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", "ninth", "device_code", code)
	if a.StatusCode != 400 || tok.Error != "expired_token" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestPagesArePlainAndGuarded(t *testing.T) {
	c := newCoop(t)
	a := c.do(c.browser(), "GET", authorizeURL(), nil)
	csp := a.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://127.0.0.1:45678;"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(string(a.body), "<script") || !strings.Contains(string(a.body), `action="/login"`) {
		t.Error("the sign-in page is not plain")
	}
	for _, cookie := range a.Response.Request.Response.Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s is not guarded", cookie.Name)
		}
	}
	for _, back := range []string{"https://example.org/device", "//example.org/device", "/api/v3/tracks", "javascript:alert(1)", "/device/../auth"} {
		if a := c.do(c.browser(), "GET", "/login?return="+url.QueryEscape(back), nil); a.StatusCode != 400 {
			t.Errorf("sign-in leads back to %s: %d", back, a.StatusCode)
		}
	}
}
