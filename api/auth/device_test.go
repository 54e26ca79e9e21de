package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// inProcess carries requests to a handler without a network, so that a test
// can run on synctest's clock.
type inProcess struct{ to http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	t.to.ServeHTTP(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// deviceSignIn runs the flow against answers, on a clock of its own, and
// tells how long it took.
func deviceSignIn(t *testing.T, spoil func(*fake), limit time.Duration) (took time.Duration, tokens Tokens, err error) {
	t.Helper()
	f := newFake(t)
	spoil(f)
	signer()
	synctest.Test(t, func(t *testing.T) {
		cfg := f.config()
		cfg.HTTP = &http.Client{Transport: inProcess{f.Config.Handler}}
		p, derr := Discover(context.Background(), cfg)
		if derr != nil {
			t.Fatal(derr)
		}
		ctx := context.Background()
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		begun := time.Now()
		var shown DeviceCode
		tokens, err = p.SignInDevice(ctx, func(c DeviceCode) { shown = c })
		took = time.Since(begun)
		if shown.UserCode != "XFSP-BVNZ" || shown.URL != f.URL+"/device" || !strings.Contains(shown.Complete, "XFSP") || !shown.Expires.Equal(epoch.Add(10*time.Minute)) {
			t.Errorf("shown %+v", shown)
		}
	})
	tellsNothing(t, err)
	return took, tokens, err
}

func TestDeviceFlow(t *testing.T) {
	pending := func(errs ...string) func(*fake) { return func(f *fake) { f.device = errs } }
	for _, tt := range []struct {
		name  string
		spoil func(*fake)
		limit time.Duration
		want  error
		took  time.Duration
	}{
		{"at once", pending(), 0, nil, 5 * time.Second},
		{"after waiting", pending("authorization_pending", "authorization_pending"), 0, nil, 15 * time.Second},
		{"slowed down", pending("slow_down", "authorization_pending"), 0, nil, 5*time.Second + 10*time.Second + 10*time.Second},
		{"through a failure", pending("500"), 0, nil, 5*time.Second + 10*time.Second},
		{"refused", pending("access_denied"), 0, ErrRefused, 5 * time.Second},
		{"expired there", pending("expired_token"), 0, ErrExpired, 5 * time.Second},
		{"expired here", func(f *fake) {
			for range 1000 {
				f.device = append(f.device, "authorization_pending")
			}
		}, 0, ErrExpired, 600 * time.Second},
		{"given up", pending("authorization_pending", "authorization_pending", "authorization_pending"), 12 * time.Second, context.DeadlineExceeded, 12 * time.Second},
		{"another's id_token", func(f *fake) { f.claims = func(c map[string]any) { c["aud"] = "other" } }, 0, ErrMismatch, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			took, tokens, err := deviceSignIn(t, tt.spoil, tt.limit)
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if took != tt.took {
				t.Errorf("took %v, want %v", took, tt.took)
			}
			if (tokens.Access == "") == (tt.want == nil) {
				t.Errorf("tokens: %v", tokens)
			}
		})
	}
}

func TestNoDeviceFlow(t *testing.T) {
	f := newFake(t)
	f.discovery = func(d map[string]any) { delete(d, "device_authorization_endpoint") }
	p := f.provider(t)
	if _, err := p.SignInDevice(context.Background(), nil); p.HasDevice() || !errors.Is(err, ErrNoDevice) {
		t.Errorf("got %v", err)
	}
}

// TestClientSecret: sent where one is configured, as the server likes it, and
// never where none is.
func TestClientSecret(t *testing.T) {
	for _, tt := range []struct {
		secret  string
		methods []string
		basic   bool
		posted  string
	}{
		{"", nil, false, ""},
		{"client-secret", nil, true, ""},
		{"client-secret", []string{"client_secret_basic", "client_secret_post"}, true, ""},
		{"client-secret", []string{"client_secret_post"}, false, "client-secret"},
	} {
		f := newFake(t)
		f.discovery = func(d map[string]any) {
			if tt.methods != nil {
				d["token_endpoint_auth_methods_supported"] = tt.methods
			}
		}
		checked := 0
		check := func(w http.ResponseWriter, r *http.Request) {
			checked++
			_, password, basic := r.BasicAuth()
			if basic != tt.basic || basic && password != tt.secret || r.PostFormValue("client_secret") != tt.posted {
				t.Errorf("%+v: %s has basic %v, client_secret %q", tt, r.URL.Path, basic, r.PostFormValue("client_secret"))
			}
			say(w, 400, map[string]string{"error": "access_denied"})
		}
		f.override["/device"], f.override["/token"], f.override["/revoke"] = check, check, check
		cfg := f.config()
		cfg.ClientSecret = tt.secret
		p, err := Discover(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		var browser clicking
		_, err = p.SignIn(context.Background(), browser.show, SignInOptions{})
		tellsNothing(t, err)
		_, err = p.SignInDevice(context.Background(), nil)
		tellsNothing(t, err)
		tellsNothing(t, p.Revoke(context.Background(), Tokens{Access: "access-1"}))
		if checked != 3 {
			t.Errorf("%d requests", checked)
		}
	}
}
