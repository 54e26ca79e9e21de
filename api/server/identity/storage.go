package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/ninth-coop/ninth/api/server/store"
)

// storage is the store as the protocol library wants it (op.Storage and
// op.DeviceAuthorizationStorage).
type storage struct{ p *Provider }

// authRequest lends a stored request the methods that the library asks for.
type authRequest struct{ store.AuthRequest }

func (a *authRequest) GetID() string                      { return a.ID }
func (a *authRequest) GetACR() string                     { return "" }
func (a *authRequest) GetAMR() []string                   { return []string{"pwd"} }
func (a *authRequest) GetAudience() []string              { return []string{a.ClientID} }
func (a *authRequest) GetAuthTime() time.Time             { return a.AuthTime }
func (a *authRequest) GetClientID() string                { return a.ClientID }
func (a *authRequest) GetNonce() string                   { return a.Nonce }
func (a *authRequest) GetRedirectURI() string             { return a.RedirectURI }
func (a *authRequest) GetResponseType() oidc.ResponseType { return oidc.ResponseTypeCode }
func (a *authRequest) GetResponseMode() oidc.ResponseMode { return oidc.ResponseModeQuery }
func (a *authRequest) GetScopes() []string                { return a.Scopes }
func (a *authRequest) GetState() string                   { return a.State }
func (a *authRequest) GetSubject() string                 { return a.UserID }
func (a *authRequest) Done() bool                         { return a.UserID != "" }
func (a *authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: a.Challenge, Method: oidc.CodeChallengeMethodS256}
}

// browserKey carries the hash of the browser's cookie to CreateAuthRequest.
type browserKey struct{}

func (s *storage) CreateAuthRequest(ctx context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	browser, _ := ctx.Value(browserKey{}).(string)
	a := store.AuthRequest{
		ID: secret(), Browser: browser, ClientID: r.ClientID, RedirectURI: r.RedirectURI, Scopes: r.Scopes, State: r.State,
		Nonce: r.Nonce, Challenge: r.CodeChallenge, Prompt: strings.Join(r.Prompt, " "), MaxAge: r.MaxAge,
		Family: uuid.NewString(), Expires: s.p.Now().Add(requestLifetime),
	}
	err := s.p.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Sweep(ctx); err != nil {
			return err
		}
		return tx.PutAuthRequest(ctx, a)
	})
	return &authRequest{a}, err
}

func (s *storage) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	a, err := s.p.Store.Read().AuthRequest(ctx, id)
	return &authRequest{a}, err
}

func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	a, err := s.p.Store.Read().AuthRequestByCode(ctx, digest(code))
	if errors.Is(err, store.ErrReused) {
		err = errors.Join(err, s.revokeFamily(ctx, a.Family))
	}
	if err != nil {
		return nil, err
	}
	return &authRequest{a}, nil
}

func (s *storage) revokeFamily(ctx context.Context, family string) error {
	return s.p.Store.Update(ctx, func(tx *store.Tx) error { return tx.RevokeFamily(ctx, family) })
}

func (s *storage) SaveAuthCode(ctx context.Context, id, code string) error {
	return s.p.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.GiveCode(ctx, id, digest(code), tx.Now().Add(codeLifetime))
	})
}

// DeleteAuthRequest does nothing: a used request is kept until it is swept, so
// that its code is known when it appears again.
func (s *storage) DeleteAuthRequest(context.Context, string) error { return nil }

func (s *storage) CreateAccessToken(ctx context.Context, r op.TokenRequest) (id string, expires time.Time, err error) {
	id, _, expires, err = s.issue(ctx, r, "", false)
	return id, expires, err
}

func (s *storage) CreateAccessAndRefreshTokens(ctx context.Context, r op.TokenRequest, current string) (id, refresh string, expires time.Time, err error) {
	return s.issue(ctx, r, current, true)
}

// issue stores new tokens, and in the same transaction uses up what they are
// given for: a code, or the refresh token current.
func (s *storage) issue(ctx context.Context, r op.TokenRequest, current string, withRefresh bool) (id, refresh string, expires time.Time, err error) {
	id = secret()
	var reused bool
	err = s.p.Store.Update(ctx, func(tx *store.Tx) error {
		t := store.Token{UserID: r.GetSubject(), Scopes: r.GetScopes()}
		full := t.Scopes // of the refresh token: asking for less once does not lose the rest
		var err error
		switch r := r.(type) {
		case *authRequest:
			t.Family, t.ClientID, t.AuthTime = r.Family, r.ClientID, r.AuthTime
			err = tx.UseCode(ctx, r.ID)
		case *op.DeviceAuthorizationState: // used up when it was read
			t.Family, t.ClientID, t.AuthTime = uuid.NewString(), r.ClientID, r.AuthTime
		case *refreshRequest:
			t.Family, t.ClientID, t.AuthTime, full = r.Family, r.ClientID, r.AuthTime, r.Token.Scopes
			err = tx.UseRefreshToken(ctx, digest(current))
		default:
			return oidc.ErrUnsupportedGrantType()
		}
		if errors.Is(err, store.ErrReused) {
			reused = true
			return tx.RevokeFamily(ctx, t.Family)
		}
		if err != nil {
			return err
		}
		t.Hash, t.Expires = digest(id), tx.Now().Add(s.p.AccessLifetime)
		if err := tx.PutAccessToken(ctx, t); err != nil || !withRefresh {
			return err
		}
		refresh = secret()
		t.Hash, t.Scopes, t.Expires = digest(refresh), full, tx.Now().Add(s.p.RefreshLifetime)
		return tx.PutRefreshToken(ctx, t)
	})
	if reused {
		return "", "", time.Time{}, oidc.ErrInvalidGrant()
	}
	// The library takes its own clock's time from this and cuts to whole
	// seconds; half a second more makes "expires_in" the lifetime itself.
	return id, refresh, time.Now().Add(s.p.AccessLifetime + time.Second/2), err
}

// refreshRequest is a stored refresh token as the library wants it.
type refreshRequest struct {
	store.Token
	current []string // scopes asked for this time
}

func (r *refreshRequest) GetAMR() []string              { return []string{"pwd"} }
func (r *refreshRequest) GetAudience() []string         { return []string{r.ClientID} }
func (r *refreshRequest) GetAuthTime() time.Time        { return r.AuthTime }
func (r *refreshRequest) GetClientID() string           { return r.ClientID }
func (r *refreshRequest) GetScopes() []string           { return r.current }
func (r *refreshRequest) GetSubject() string            { return r.UserID }
func (r *refreshRequest) SetCurrentScopes(now []string) { r.current = now }

func (s *storage) TokenRequestByRefreshToken(ctx context.Context, token string) (op.RefreshTokenRequest, error) {
	t, err := s.p.Store.Read().RefreshToken(ctx, digest(token))
	if errors.Is(err, store.ErrReused) {
		err = errors.Join(err, s.revokeFamily(ctx, t.Family))
	}
	if err != nil {
		return nil, err
	}
	return &refreshRequest{Token: t, current: t.Scopes}, nil
}

func (s *storage) TerminateSession(ctx context.Context, userID, clientID string) error {
	if userID == "" {
		return nil // nobody said who: the browser's session is ended elsewhere
	}
	return s.p.Store.Update(ctx, func(tx *store.Tx) error { return tx.RevokeUser(ctx, userID, clientID) })
}

// refreshMark stands before a refresh token's hash where the library passes
// ids of both kinds.
const refreshMark = "refresh "

func (s *storage) GetRefreshTokenInfo(ctx context.Context, clientID, token string) (userID, tokenID string, err error) {
	t, err := s.p.Store.Read().RefreshToken(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && t.ClientID != clientID {
		return "", "", op.ErrInvalidRefreshToken
	}
	if err != nil && !errors.Is(err, store.ErrReused) {
		return "", "", err
	}
	return t.UserID, refreshMark + t.Family, nil
}

func (s *storage) RevokeToken(ctx context.Context, id, _, clientID string) *oidc.Error {
	err := s.p.Store.Update(ctx, func(tx *store.Tx) error {
		if family, ok := strings.CutPrefix(id, refreshMark); ok {
			return tx.RevokeFamily(ctx, family)
		}
		return tx.RevokeAccessToken(ctx, digest(id), clientID)
	})
	if err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.p.keys.signing(), nil }

func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{s.p.keys.public()}, nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// redirectKey carries the address that the guard has allowed.
type redirectKey struct{}

func (s *storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, ok := s.p.client(id)
	if !ok {
		return nil, oidc.ErrInvalidClient()
	}
	redirect, _ := ctx.Value(redirectKey{}).(string)
	return client{c, redirect}, nil
}

func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	c, ok := s.p.client(id)
	if !ok || c.public() || subtle.ConstantTimeCompare([]byte(digest(secret)), []byte(c.SecretHash)) != 1 {
		return oidc.ErrInvalidClient()
	}
	return nil
}

func (s *storage) StoreDeviceAuthorization(ctx context.Context, clientID, deviceCode, userCode string, _ time.Time, scopes []string) error {
	err := s.p.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Sweep(ctx); err != nil {
			return err
		}
		return tx.PutDevice(ctx, store.Device{
			Hash: digest(deviceCode), UserCode: userCode, ClientID: clientID, Scopes: scopes, Expires: tx.Now().Add(s.p.DeviceLifetime),
		})
	})
	if errors.Is(err, store.ErrConflict) {
		return op.ErrDuplicateUserCode
	}
	return err
}

// GetDeviceAuthorizatonState (the library's spelling) hands an approved run out
// once. The library compares Expires with its own clock, so an expired run is
// given a time long past, and any other one that is not.
func (s *storage) GetDeviceAuthorizatonState(ctx context.Context, clientID, deviceCode string) (*op.DeviceAuthorizationState, error) {
	var state *op.DeviceAuthorizationState
	err := s.p.Store.Update(ctx, func(tx *store.Tx) error {
		d, err := tx.Device(ctx, digest(deviceCode))
		if err != nil {
			return err
		}
		if d.ClientID != clientID || d.State == store.DeviceUsed {
			return store.ErrNotFound
		}
		state = &op.DeviceAuthorizationState{
			ClientID: d.ClientID, Scopes: d.Scopes, Subject: d.UserID, AuthTime: d.AuthTime, AMR: []string{"pwd"},
			Denied: d.State == store.DeviceDenied, Expires: time.Now().Add(time.Minute),
		}
		if !d.Expires.After(tx.Now()) {
			state.Expires = time.Time{}
			return nil
		}
		if state.Done = d.State == store.DeviceApproved; state.Done {
			return tx.UseDevice(ctx, d.Hash)
		}
		return nil
	})
	return state, err
}

// SetUserinfoFromScopes fills in claims of an ID token. The library takes "sub"
// from here too.
func (s *storage) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, userID, _ string, _ []string) error {
	info.Subject = userID
	return nil
}

// What follows serves grants and endpoints that this provider does not offer.

func (s *storage) SetUserinfoFromToken(context.Context, *oidc.UserInfo, string, string, string) error {
	return errors.ErrUnsupported
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errors.ErrUnsupported
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errors.ErrUnsupported
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errors.ErrUnsupported
}

func (s *storage) Health(context.Context) error { return nil }
