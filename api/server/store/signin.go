package store

import (
	"context"
	"errors"
	"strings"
	"time"
)

// ErrReused means that a code or a refresh token was presented for the second
// time. Everything that came from it has been revoked.
var ErrReused = errors.New("store: credential was used before")

// AuthRequest is one run of the authorization code flow. Secrets are stored as
// hashes; the caller hashes them.
type AuthRequest struct {
	ID          string
	Browser     string // hash of the cookie of the browser it began in
	ClientID    string
	RedirectURI string
	Scopes      []string
	State       string
	Nonce       string
	Challenge   string // PKCE, method S256
	Prompt      string
	MaxAge      *uint  // seconds
	UserID      string // empty until someone has signed in
	AuthTime    time.Time
	Family      string // of the tokens that come from it
	Expires     time.Time
}

// PutAuthRequest stores a new request.
func (tx *Tx) PutAuthRequest(ctx context.Context, a AuthRequest) error {
	_, err := tx.exec(ctx, "storing sign-in", `
		INSERT INTO auth_requests (id, browser, client_id, redirect_uri, scopes, state, nonce, challenge, prompt, max_age, family, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Browser, a.ClientID, a.RedirectURI, strings.Join(a.Scopes, " "), a.State, a.Nonce, a.Challenge, a.Prompt, a.MaxAge,
		a.Family, stamp(a.Expires))
	return err
}

const authColumns = `id, browser, client_id, redirect_uri, scopes, state, nonce, challenge, prompt, max_age, COALESCE(user_id,''), auth_time, family, expires`

func scanAuth(scan func(...any) error) (AuthRequest, error) {
	var a AuthRequest
	var scopes string
	var authTime, expires int64
	err := scan(&a.ID, &a.Browser, &a.ClientID, &a.RedirectURI, &scopes, &a.State, &a.Nonce, &a.Challenge, &a.Prompt, &a.MaxAge,
		&a.UserID, &authTime, &a.Family, &expires)
	a.Scopes, a.AuthTime, a.Expires = strings.Fields(scopes), unstamp(authTime), unstamp(expires)
	return a, err
}

// AuthRequest returns a request that has neither expired nor been used.
func (q Q) AuthRequest(ctx context.Context, id string) (AuthRequest, error) {
	return one(ctx, q, "reading sign-in", `SELECT `+authColumns+` FROM auth_requests WHERE id = ? AND used = 0 AND expires > ?`,
		[]any{id, stamp(q.now)}, scanAuth)
}

// AuthRequestByCode returns the request that a code was given for. A code that
// was used before gives [ErrReused] along with the request, whose family the
// caller then revokes.
func (q Q) AuthRequestByCode(ctx context.Context, codeHash string) (AuthRequest, error) {
	a, err := one(ctx, q, "reading sign-in", `SELECT `+authColumns+` FROM auth_requests WHERE code_hash = ?`, []any{codeHash}, scanAuth)
	if err != nil {
		return a, err
	}
	var used bool
	if err := q.row(ctx, "reading sign-in", `SELECT used FROM auth_requests WHERE id = ?`, []any{a.ID}, &used); err != nil {
		return a, err
	}
	switch {
	case used:
		return a, ErrReused
	case !a.Expires.After(q.now):
		return a, ErrNotFound
	}
	return a, nil
}

// SignInto records who signed in for a request.
func (tx *Tx) SignInto(ctx context.Context, id, userID string, authTime time.Time) error {
	return tx.mustChange(ctx, "signing in", `UPDATE auth_requests SET user_id = ?, auth_time = ? WHERE id = ? AND used = 0`,
		userID, stamp(authTime), id)
}

// GiveCode attaches a code to a request; both end at expires.
func (tx *Tx) GiveCode(ctx context.Context, id, codeHash string, expires time.Time) error {
	return tx.mustChange(ctx, "giving code", `UPDATE auth_requests SET code_hash = ?, expires = ? WHERE id = ? AND used = 0 AND code_hash IS NULL`,
		codeHash, stamp(expires), id)
}

// UseCode marks the request's code as used, once: the second time is
// [ErrReused].
func (tx *Tx) UseCode(ctx context.Context, id string) error {
	return reused(tx.mustChange(ctx, "using code", `UPDATE auth_requests SET used = 1 WHERE id = ? AND used = 0`, id))
}

func reused(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrReused
	}
	return err
}

// mustChange runs a statement that has to find its row.
func (tx *Tx) mustChange(ctx context.Context, doing, query string, args ...any) error {
	n, err := tx.exec(ctx, doing, query, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// Token is an access or a refresh token, stored under the hash of its secret.
type Token struct {
	Hash     string
	Family   string // all tokens that descend from one sign-in
	UserID   string
	ClientID string
	Scopes   []string
	AuthTime time.Time // of refresh tokens only
	Expires  time.Time
}

// PutAccessToken stores a new access token.
func (tx *Tx) PutAccessToken(ctx context.Context, t Token) error {
	_, err := tx.exec(ctx, "storing token", `INSERT INTO access_tokens (hash, family, user_id, client_id, scopes, expires) VALUES (?, ?, ?, ?, ?, ?)`,
		t.Hash, t.Family, t.UserID, t.ClientID, strings.Join(t.Scopes, " "), stamp(t.Expires))
	return err
}

// PutRefreshToken stores a new refresh token.
func (tx *Tx) PutRefreshToken(ctx context.Context, t Token) error {
	_, err := tx.exec(ctx, "storing token", `
		INSERT INTO refresh_tokens (hash, family, user_id, client_id, scopes, auth_time, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		t.Hash, t.Family, t.UserID, t.ClientID, strings.Join(t.Scopes, " "), stamp(t.AuthTime), stamp(t.Expires))
	return err
}

// AccessToken returns a token that has not expired.
func (q Q) AccessToken(ctx context.Context, hash string) (Token, error) {
	return one(ctx, q, "reading token", `SELECT hash, family, user_id, client_id, scopes, 0, expires FROM access_tokens WHERE hash = ? AND expires > ?`,
		[]any{hash, stamp(q.now)}, scanToken)
}

// RefreshToken returns a token that has not expired. One that was used before
// gives [ErrReused] along with the token, whose family the caller then revokes.
func (q Q) RefreshToken(ctx context.Context, hash string) (Token, error) {
	t, err := one(ctx, q, "reading token", `SELECT hash, family, user_id, client_id, scopes, auth_time, expires FROM refresh_tokens WHERE hash = ? AND expires > ?`,
		[]any{hash, stamp(q.now)}, scanToken)
	if err != nil {
		return t, err
	}
	var used bool
	err = q.row(ctx, "reading token", `SELECT used FROM refresh_tokens WHERE hash = ?`, []any{hash}, &used)
	if err == nil && used {
		err = ErrReused
	}
	return t, err
}

func scanToken(scan func(...any) error) (Token, error) {
	var t Token
	var scopes string
	var authTime, expires int64
	err := scan(&t.Hash, &t.Family, &t.UserID, &t.ClientID, &scopes, &authTime, &expires)
	t.Scopes, t.AuthTime, t.Expires = strings.Fields(scopes), unstamp(authTime), unstamp(expires)
	return t, err
}

// UseRefreshToken marks a token as used, once: the second time is [ErrReused].
func (tx *Tx) UseRefreshToken(ctx context.Context, hash string) error {
	return reused(tx.mustChange(ctx, "using token", `UPDATE refresh_tokens SET used = 1 WHERE hash = ? AND used = 0`, hash))
}

// RevokeFamily ends every token that descends from one sign-in. Used refresh
// tokens stay known, so that their reuse is still noticed.
func (tx *Tx) RevokeFamily(ctx context.Context, family string) error {
	if _, err := tx.exec(ctx, "revoking", `DELETE FROM access_tokens WHERE family = ?`, family); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "revoking", `UPDATE refresh_tokens SET used = 1 WHERE family = ?`, family)
	return err
}

// RevokeAccessToken ends one access token of that client.
func (tx *Tx) RevokeAccessToken(ctx context.Context, hash, clientID string) error {
	_, err := tx.exec(ctx, "revoking", `DELETE FROM access_tokens WHERE hash = ? AND client_id = ?`, hash, clientID)
	return err
}

// RevokeUser ends every token that a person has given to a client.
func (tx *Tx) RevokeUser(ctx context.Context, userID, clientID string) error {
	if _, err := tx.exec(ctx, "revoking", `DELETE FROM access_tokens WHERE user_id = ? AND client_id = ?`, userID, clientID); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "revoking", `UPDATE refresh_tokens SET used = 1 WHERE user_id = ? AND client_id = ?`, userID, clientID)
	return err
}

// BrowserSession is someone who signed in with a browser.
type BrowserSession struct {
	Hash     string
	UserID   string
	AuthTime time.Time
	Expires  time.Time
}

// PutBrowserSession stores a new session.
func (tx *Tx) PutBrowserSession(ctx context.Context, s BrowserSession) error {
	_, err := tx.exec(ctx, "storing session", `INSERT INTO browser_sessions (hash, user_id, auth_time, expires) VALUES (?, ?, ?, ?)`,
		s.Hash, s.UserID, stamp(s.AuthTime), stamp(s.Expires))
	return err
}

// BrowserSession returns a session that has not expired.
func (q Q) BrowserSession(ctx context.Context, hash string) (BrowserSession, error) {
	s := BrowserSession{Hash: hash}
	var authTime, expires int64
	err := q.row(ctx, "reading session", `SELECT user_id, auth_time, expires FROM browser_sessions WHERE hash = ? AND expires > ?`,
		[]any{hash, stamp(q.now)}, &s.UserID, &authTime, &expires)
	s.AuthTime, s.Expires = unstamp(authTime), unstamp(expires)
	return s, err
}

// EndBrowserSession forgets a session.
func (tx *Tx) EndBrowserSession(ctx context.Context, hash string) error {
	_, err := tx.exec(ctx, "ending session", `DELETE FROM browser_sessions WHERE hash = ?`, hash)
	return err
}

// DeviceState is how far a device flow has come.
type DeviceState int

// The states of a device flow.
const (
	DevicePending DeviceState = iota
	DeviceApproved
	DeviceDenied
	DeviceUsed
)

// Device is one run of the device flow.
type Device struct {
	Hash     string // of the device code
	UserCode string
	ClientID string
	Scopes   []string
	State    DeviceState
	UserID   string // empty until someone has answered
	AuthTime time.Time
	Expires  time.Time
}

// PutDevice stores a new run. A user code that is in use is [ErrConflict].
func (tx *Tx) PutDevice(ctx context.Context, d Device) error {
	n, err := tx.exec(ctx, "storing device", `
		INSERT INTO device_codes (hash, user_code, client_id, scopes, expires) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_code) DO NOTHING`,
		d.Hash, d.UserCode, d.ClientID, strings.Join(d.Scopes, " "), stamp(d.Expires))
	if err == nil && n == 0 {
		return ErrConflict
	}
	return err
}

const deviceColumns = `hash, user_code, client_id, scopes, state, COALESCE(user_id,''), auth_time, expires`

func scanDevice(scan func(...any) error) (Device, error) {
	var d Device
	var scopes string
	var authTime, expires int64
	err := scan(&d.Hash, &d.UserCode, &d.ClientID, &scopes, &d.State, &d.UserID, &authTime, &expires)
	d.Scopes, d.AuthTime, d.Expires = strings.Fields(scopes), unstamp(authTime), unstamp(expires)
	return d, err
}

// Device returns the run of that device code, expired or not.
func (q Q) Device(ctx context.Context, hash string) (Device, error) {
	return one(ctx, q, "reading device", `SELECT `+deviceColumns+` FROM device_codes WHERE hash = ?`, []any{hash}, scanDevice)
}

// DeviceByUserCode returns the pending run with that user code.
func (q Q) DeviceByUserCode(ctx context.Context, code string) (Device, error) {
	return one(ctx, q, "reading device", `SELECT `+deviceColumns+` FROM device_codes WHERE user_code = ? AND state = 0 AND expires > ?`,
		[]any{code, stamp(q.now)}, scanDevice)
}

// AnswerDevice records what someone answered to a pending run.
func (tx *Tx) AnswerDevice(ctx context.Context, userCode, userID string, authTime time.Time, allow bool) error {
	state := DeviceDenied
	if allow {
		state = DeviceApproved
	}
	return tx.mustChange(ctx, "answering device", `
		UPDATE device_codes SET state = ?, user_id = ?, auth_time = ? WHERE user_code = ? AND state = 0 AND expires > ?`,
		int(state), userID, stamp(authTime), userCode, stamp(tx.now))
}

// UseDevice marks an approved run as used, once: the second time is
// [ErrReused].
func (tx *Tx) UseDevice(ctx context.Context, hash string) error {
	return reused(tx.mustChange(ctx, "using device", `UPDATE device_codes SET state = 3 WHERE hash = ? AND state = 1`, hash))
}

// Sweep forgets what expired more than a day ago: by then nobody asks for it
// except by mistake. Stored answers are kept for 90 days, longer than a player
// is likely to hold a play back.
func (tx *Tx) Sweep(ctx context.Context) error {
	old := stamp(tx.now.Add(-24 * time.Hour))
	for _, table := range []string{"auth_requests", "access_tokens", "refresh_tokens", "browser_sessions", "device_codes"} {
		if _, err := tx.exec(ctx, "sweeping", `DELETE FROM `+table+` WHERE expires < ?`, old); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, "sweeping", `DELETE FROM answers WHERE at < ?`, stamp(tx.now.Add(-90*24*time.Hour)))
	return err
}
