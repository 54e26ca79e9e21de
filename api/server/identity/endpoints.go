package identity

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
)

// challengeLength is the length of an S256 code challenge: 32 bytes in base64.
const challengeLength = 43

// maxParameter bounds one parameter of a request, in bytes: what is sent here
// is stored.
const maxParameter = 4096

// single parses a request's parameters and refuses repeated ones (RFC 6749
// §3.1): two readers of the same request must not see different values.
func single(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errors.New("the parameters cannot be read")
	}
	for name, values := range r.Form {
		if len(values) > 1 {
			return errors.New("the parameter " + name + " is repeated")
		}
		if len(values[0]) > maxParameter {
			return errors.New("the parameter " + name + " is too long")
		}
	}
	return nil
}

// authorize begins the authorization code flow. What is wrong with the client
// or the address is told to the person; all else is told to the app.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	if err := single(r); err != nil {
		p.message(w, http.StatusBadRequest, "This sign-in cannot begin", "The app's request is wrong: "+err.Error()+".")
		return
	}
	c, ok := p.client(r.Form.Get("client_id"))
	if !ok {
		p.message(w, http.StatusBadRequest, "This sign-in cannot begin", "The app that asks is not registered here (invalid_client).")
		return
	}
	redirect := r.Form.Get("redirect_uri")
	if !c.mayRedirectTo(redirect) {
		p.message(w, http.StatusBadRequest, "This sign-in cannot begin", "The app asks to be answered at an address that is not registered for it (invalid_redirect_uri).")
		return
	}
	if code, reason := refusal(r.Form); code != "" {
		p.redirectError(w, r, redirect, code, reason)
		return
	}
	ctx := context.WithValue(r.Context(), redirectKey{}, redirect)
	ctx = context.WithValue(ctx, browserKey{}, digest(p.browser(w, r)))
	op.Authorize(p.withIssuer(w, r), r.WithContext(ctx), p.op)
}

// refusal finds what an authorization request lacks: an error code of RFC 6749
// and a sentence, or nothing.
func refusal(form url.Values) (code, reason string) {
	challenge := form.Get("code_challenge")
	switch {
	case form.Get("request") != "":
		return "request_not_supported", "Request objects are not supported."
	case form.Get("request_uri") != "":
		return "request_uri_not_supported", "Request objects are not supported."
	case form.Get("response_type") != "code":
		return "unsupported_response_type", "Only response_type=code is supported."
	case form.Get("response_mode") != "" && form.Get("response_mode") != "query":
		return "invalid_request", "Only response_mode=query is supported."
	case challenge == "" || form.Get("code_challenge_method") != string(oidc.CodeChallengeMethodS256):
		return "invalid_request", "Authorization Server policy requires PKCE with S256 to be used for this request."
	case len(challenge) != challengeLength || strings.Trim(challenge, urlSafe) != "":
		return "invalid_request", "The code_challenge is not a SHA-256 digest in base64url."
	case !slices.ContainsFunc(strings.Fields(form.Get("scope")), func(s string) bool { return s == oidc.ScopeOpenID || s == ScopeReadWrite }):
		return "invalid_scope", "Ask for openid or read_write."
	}
	return "", ""
}

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// redirectError tells the app, at an address that was checked before.
func (p *Provider) redirectError(w http.ResponseWriter, r *http.Request, redirect, code, reason string) {
	u, err := url.Parse(redirect)
	if err != nil {
		p.message(w, http.StatusBadRequest, "This sign-in cannot begin", "The app's address cannot be read.")
		return
	}
	q := u.Query()
	q.Set("error", code)
	q.Set("error_description", reason)
	if state := r.Form.Get("state"); state != "" {
		q.Set("state", state)
	}
	q.Set("iss", p.Issuer(r))
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther) //nolint:gosec // mayRedirectTo has allowed this address
}

// callback ends the browser's part of the flow: the app gets its code.
func (p *Provider) callback(w http.ResponseWriter, r *http.Request) {
	if err := single(r); err != nil {
		p.expired(w)
		return
	}
	a, err := p.Store.Read().AuthRequest(r.Context(), r.Form.Get("id"))
	if err != nil || a.Browser != digest(p.browser(w, r)) {
		p.expired(w)
		return
	}
	op.AuthorizeCallback(p.withIssuer(w, r), r, p.op)
}

// issuerWriter adds "iss" to answers that are sent to an app by redirect.
type issuerWriter struct {
	http.ResponseWriter
	issuer string
}

func (p *Provider) withIssuer(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	return &issuerWriter{w, p.Issuer(r)}
}

func (w *issuerWriter) WriteHeader(status int) {
	if u, err := url.Parse(w.Header().Get("Location")); err == nil && u.IsAbs() {
		q := u.Query()
		if q.Has("code") || q.Has("error") {
			q.Set("iss", w.issuer)
			u.RawQuery = q.Encode()
			w.Header().Set("Location", u.String())
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.ResponseWriter.WriteHeader(status)
}

// clientForm prepares a request of an app: it may send its secret in the form
// or in the header, the library's device flow knows the header only.
func clientForm(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Cache-Control", "no-store")
	if err := single(r); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", err.Error())
		return false
	}
	if s := r.PostForm.Get("client_secret"); s != "" && r.Header.Get("Authorization") == "" {
		r.SetBasicAuth(url.QueryEscape(r.PostForm.Get("client_id")), url.QueryEscape(s))
	}
	return true
}

// token answers the three grants on offer. The library knows others, which
// nothing here is prepared for.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if !clientForm(w, r) {
		return
	}
	switch grant := r.PostForm.Get("grant_type"); oidc.GrantType(grant) {
	case oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode:
		op.Exchange(w, r, p.op)
	case "":
		oauthError(w, http.StatusBadRequest, "invalid_request", "grant_type is missing")
	default:
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "this grant is not supported")
	}
}

func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	if clientForm(w, r) {
		op.Revoke(w, r, p.op)
	}
}

func (p *Provider) deviceAuth(w http.ResponseWriter, r *http.Request) {
	if clientForm(w, r) {
		op.DeviceAuthorizationHandler(p.op)(w, r)
	}
}

// userinfo tells who the token speaks for: "sub", and the name when the scope
// "profile" was granted.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, _ := Bearer(r)
	t, err := p.accessToken(r.Context(), token)
	var u store.User
	if err == nil {
		u, err = p.Store.Read().User(r.Context(), t.UserID)
	}
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		oauthError(w, http.StatusUnauthorized, "invalid_token", "the access token is not valid")
		return
	}
	claims := map[string]any{"sub": u.ID}
	if slices.Contains(t.Scopes, oidc.ScopeProfile) {
		claims["name"] = u.DisplayName
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, claims)
}

// endSession signs the browser out, and with an id_token_hint ends the app's
// tokens as well.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	if err := single(r); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	if err := p.endBrowserSession(w, r); err != nil {
		p.failed(w, r, err)
		return
	}
	op.EndSession(w, r, sessionEnder{p.op})
}

// sessionEnder sends people to a page of ours unless the app names another.
type sessionEnder struct{ *op.Provider }

func (sessionEnder) DefaultLogoutRedirectURI() string { return pathSignedOut }

func (p *Provider) signedOut(w http.ResponseWriter, _ *http.Request) {
	p.message(w, http.StatusOK, "Signed out", "You may close this page.")
}

// discovery describes the provider (OpenID Connect Discovery 1.0).
func (p *Provider) discovery(w http.ResponseWriter, r *http.Request) {
	issuer := p.Issuer(r)
	methods := []string{"none", "client_secret_basic", "client_secret_post"}
	w.Header().Set("Cache-Control", "public, max-age=300")
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         issuer,
		"authorization_endpoint":                         issuer + pathAuthorize,
		"token_endpoint":                                 issuer + pathToken,
		"userinfo_endpoint":                              issuer + pathUserinfo,
		"revocation_endpoint":                            issuer + pathRevoke,
		"end_session_endpoint":                           issuer + pathEnd,
		"jwks_uri":                                       issuer + pathKeys,
		"device_authorization_endpoint":                  issuer + pathDevAuth,
		"scopes_supported":                               []string{oidc.ScopeOpenID, oidc.ScopeProfile, ScopeReadWrite, oidc.ScopeOfflineAccess},
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode},
		"code_challenge_methods_supported":               []string{"S256"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256"},
		"token_endpoint_auth_methods_supported":          methods,
		"revocation_endpoint_auth_methods_supported":     methods,
		"claims_supported":                               []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name"},
		"prompt_values_supported":                        []string{"none", "login"},
		"authorization_response_iss_parameter_supported": true,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
	})
}

func oauthError(w http.ResponseWriter, status int, code, reason string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": reason})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a reader that has gone away is not our concern
}

func (p *Provider) message(w http.ResponseWriter, status int, title, text string) {
	_ = p.Pages.Write(w, status, "message", page.Message{Title: title, Text: text})
}

func (p *Provider) expired(w http.ResponseWriter) {
	p.message(w, http.StatusBadRequest, "This sign-in has ended", "It took too long, or began in another browser. Go back to the app and start again.")
}

// failed answers for a fault of ours.
func (p *Provider) failed(w http.ResponseWriter, r *http.Request, err error) {
	p.Logger.ErrorContext(r.Context(), "sign-in failed", "path", r.URL.Path, "error", err)
	p.message(w, http.StatusInternalServerError, "Something went wrong here", "Try again in a moment.")
}
