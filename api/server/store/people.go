package store

import (
	"context"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// The roles of the tracks API, by their numbers there.
const (
	RoleArtist = 4
	RoleUser   = 6
)

// User is one person with an account.
type User struct {
	ID           string // UUID
	Email        string
	DisplayName  string
	Country      string // ISO 3166-1 alpha-2, or empty
	PasswordHash string // see package identity; never leaves the server
	RoleID       int
	Member       bool
	Newsletter   bool
	Created      time.Time
	Updated      time.Time
}

const userColumns = `id, email, display_name, COALESCE(country,''), password_hash, role_id, member, newsletter, created_at, updated_at`

func scanUser(scan func(...any) error) (User, error) {
	var u User
	var created, updated int64
	err := scan(&u.ID, &u.Email, &u.DisplayName, &u.Country, &u.PasswordHash, &u.RoleID, &u.Member, &u.Newsletter, &created, &updated)
	u.Created, u.Updated = unstamp(created), unstamp(updated)
	return u, err
}

// User returns the user of that id.
func (q Q) User(ctx context.Context, id string) (User, error) {
	return one(ctx, q, "reading user", `SELECT `+userColumns+` FROM users WHERE id = ?`, []any{id}, scanUser)
}

// UserByEmail returns the user with that e-mail address; case does not matter.
func (q Q) UserByEmail(ctx context.Context, email string) (User, error) {
	return one(ctx, q, "reading user", `SELECT `+userColumns+` FROM users WHERE email = ?`, []any{email}, scanUser)
}

// PutUser creates the user, or overwrites the one of the same id. The times are
// set here.
func (tx *Tx) PutUser(ctx context.Context, u User) error {
	now := stamp(tx.now)
	_, err := tx.exec(ctx, "writing user", `
		INSERT INTO users (id, email, display_name, country, password_hash, role_id, member, newsletter, created_at, updated_at)
		VALUES (?, ?, ?, NULLIF(?,''), ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name,
			country = excluded.country, password_hash = excluded.password_hash, role_id = excluded.role_id,
			member = excluded.member, newsletter = excluded.newsletter, updated_at = excluded.updated_at`,
		u.ID, u.Email, u.DisplayName, u.Country, u.PasswordHash, u.RoleID, u.Member, u.Newsletter, now, now)
	return err
}

// Wallet is a listener's credits.
type Wallet struct {
	ID      int64
	Balance credits.Milli
}

// Wallet returns the user's wallet, or [ErrNotFound] for someone who has never
// had credits.
func (q Q) Wallet(ctx context.Context, userID string) (Wallet, error) {
	var w Wallet
	err := q.row(ctx, "reading wallet", `SELECT id, balance FROM accounts WHERE kind = 'listener' AND owner_id = ?`,
		[]any{userID}, &w.ID, &w.Balance)
	return w, err
}

// Answer is a stored answer to a request that carried an Idempotency-Key.
type Answer struct {
	Request string // digest of the request that was answered
	Status  int
	Body    []byte
}

// Answer returns what the user's request with that key was answered.
func (q Q) Answer(ctx context.Context, userID, key string) (Answer, error) {
	var a Answer
	err := q.row(ctx, "reading answer", `SELECT request, status, body FROM answers WHERE user_id = ? AND key = ?`,
		[]any{userID, key}, &a.Request, &a.Status, &a.Body)
	return a, err
}

// KeepAnswer stores an answer in the transaction that earned it.
func (tx *Tx) KeepAnswer(ctx context.Context, userID, key string, a Answer) error {
	_, err := tx.exec(ctx, "keeping answer", `INSERT INTO answers (user_id, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?)`,
		userID, key, a.Request, a.Status, a.Body, stamp(tx.now))
	return err
}
