package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/ninth-coop/ninth/api"
)

// DeviceCode is what a listener needs to sign in on another device.
type DeviceCode struct {
	UserCode string    // to be typed there
	URL      string    // where to type it
	Complete string    // the address with the code in it, for a QR code; may be empty
	Expires  time.Time // until when
}

// deviceAnswer is the answer of RFC 8628 §3.2.
type deviceAnswer struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	URL        string `json:"verification_uri"`
	Complete   string `json:"verification_uri_complete"`
	ExpiresIn  int64  `json:"expires_in"` // seconds
	Interval   int64  `json:"interval"`   // seconds
}

const (
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	// RFC 8628 §3.2 and §3.5: the interval where none is given, and what
	// slow_down and a failed request add to it.
	defaultInterval  = 5 * time.Second
	intervalIncrease = 5 * time.Second
	maxDeviceTime    = time.Hour
)

// SignInDevice runs the device flow: it hands a code to show, which must not
// block, and returns when the listener has entered it elsewhere, refused
// ([ErrRefused]), let it expire ([ErrExpired]), or the context ends.
//
// The oauth2 library has this flow too, but names no confidential client in
// it and does not stop with the context.
func (p *Provider) SignInDevice(ctx context.Context, show func(DeviceCode)) (Tokens, error) {
	t, err := p.signInDevice(ctx, show)
	return t, wrap("signing in by code", err)
}

func (p *Provider) signInDevice(ctx context.Context, show func(DeviceCode)) (Tokens, error) {
	if !p.HasDevice() {
		return Tokens{}, ErrNoDevice
	}
	var a deviceAnswer
	form := url.Values{"scope": {strings.Join(p.oauth.Scopes, " ")}}
	if err := p.post(ctx, p.meta.Device, form, &a); err != nil {
		return Tokens{}, err
	}
	if a.DeviceCode == "" || a.UserCode == "" || a.URL == "" {
		return Tokens{}, ErrNotProvider
	}
	life := maxDeviceTime
	if a.ExpiresIn > 0 {
		life = min(time.Duration(min(a.ExpiresIn, 1<<31))*time.Second, maxDeviceTime)
	}
	show(DeviceCode{
		UserCode: words(a.UserCode), URL: words(a.URL), Complete: words(a.Complete),
		Expires: p.now().Add(life),
	})
	ctx, cancel := context.WithTimeoutCause(ctx, life, ErrExpired)
	defer cancel()
	t, err := p.poll(ctx, a)
	if err != nil {
		return Tokens{}, err
	}
	subject, err := p.verify(ctx, t, "")
	if err != nil {
		return Tokens{}, err
	}
	return p.tokens(t, subject), nil
}

// poll asks until there is an answer that is not "wait".
func (p *Provider) poll(ctx context.Context, a deviceAnswer) (*oauth2.Token, error) {
	interval := defaultInterval
	if a.Interval > 0 {
		interval = time.Duration(min(a.Interval, 60)) * time.Second
	}
	form := url.Values{"grant_type": {deviceGrant}, "device_code": {a.DeviceCode}}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-timer.C:
		}
		t, err := p.token(ctx, form)
		if err == nil {
			return t, nil
		}
		slower, err := deviceWait(err)
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return nil, cause
			}
			return nil, err
		}
		if slower {
			interval += intervalIncrease
		}
		timer.Reset(interval)
	}
}

// deviceWait tells how to go on after a failed question: slower or at the
// same pace, or not at all.
func deviceWait(err error) (slower bool, stop error) {
	var server *ServerError
	if errors.As(err, &server) && server.Code == "authorization_pending" {
		return false, nil
	}
	if errors.As(err, &server) && server.Code == "slow_down" {
		return true, nil
	}
	if again, _ := api.Retryable(err); again {
		return true, nil
	}
	return false, err
}

// token asks the token endpoint with a form.
func (p *Provider) token(ctx context.Context, form url.Values) (*oauth2.Token, error) {
	var raw map[string]any
	if err := p.post(ctx, p.meta.Token, form, &raw); err != nil {
		return nil, err
	}
	t := &oauth2.Token{}
	t.AccessToken, _ = raw["access_token"].(string)
	t.RefreshToken, _ = raw["refresh_token"].(string)
	t.TokenType, _ = raw["token_type"].(string)
	if seconds, ok := raw["expires_in"].(float64); ok {
		t.ExpiresIn = int64(min(max(seconds, 0), 1<<31))
	}
	if t.AccessToken == "" {
		return nil, ErrNotProvider
	}
	return t.WithExtra(raw), nil
}

// post sends a form as the configured client and decodes a JSON answer into
// out (nil: ignored).
func (p *Provider) post(ctx context.Context, endpoint string, form url.Values, out any) error {
	if p.oauth.Endpoint.AuthStyle == oauth2.AuthStyleInParams && p.cfg.ClientSecret != "" {
		form.Set("client_secret", p.cfg.ClientSecret)
	}
	form.Set("client_id", p.cfg.ClientID)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return ErrNotProvider
	}
	req.GetBody = nil // what is posted works once, so net/http must not repeat it
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if p.oauth.Endpoint.AuthStyle == oauth2.AuthStyleInHeader {
		// RFC 6749 §2.3.1 wants both encoded as in a form first.
		req.SetBasicAuth(url.QueryEscape(p.cfg.ClientID), url.QueryEscape(p.cfg.ClientSecret))
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return failed(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return failed(ctx, err)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return api.NewRateLimitError(resp.Header, p.now())
	}
	if resp.StatusCode/100 != 2 {
		return postError(resp.StatusCode, body)
	}
	if out != nil && json.Unmarshal(body, out) != nil {
		return ErrNotProvider
	}
	return nil
}

func postError(status int, body []byte) error {
	var e struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &e) == nil && e.Code != "" {
		return oauthError(status, e.Code, e.Description)
	}
	return &api.StatusError{Code: status}
}
