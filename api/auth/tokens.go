package auth

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Tokens are one account's sign-in. They print themselves without the tokens.
type Tokens struct {
	Issuer   string // as the provider calls itself
	ClientID string
	Subject  string // the listener's id at the issuer; empty without an id_token
	Access   string
	Refresh  string    // empty where the server gives none
	Expires  time.Time // of Access; zero when not known
	Scope    string
}

// String tells whose sign-in it is, and nothing else.
func (t Tokens) String() string {
	return fmt.Sprintf("sign-in of %q at %s", t.Subject, t.Issuer)
}

// GoString keeps the tokens out of %#v.
func (t Tokens) GoString() string { return "auth.Tokens{" + t.String() + "}" }

// LogValue keeps the tokens out of structured logs.
func (t Tokens) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Key names an account in a [Store]: the issuer and whatever tells accounts
// there apart.
func Key(issuer, account string) string { return issuer + "\n" + account }

// storedTokens is the form in which stores keep tokens. Short names matter:
// Windows keeps at most 2560 bytes.
type storedTokens struct {
	Issuer   string    `json:"i"`
	ClientID string    `json:"c"`
	Subject  string    `json:"s,omitempty"`
	Access   string    `json:"a,omitempty"`
	Refresh  string    `json:"r,omitempty"`
	Expires  time.Time `json:"e,omitzero"`
	Scope    string    `json:"o,omitempty"`
}

func encode(t Tokens) ([]byte, error) {
	b, err := json.Marshal(storedTokens(t))
	if err != nil {
		return nil, fmt.Errorf("writing tokens: %w", err)
	}
	return b, nil
}

func decode(b []byte) (Tokens, error) {
	var s storedTokens
	if err := json.Unmarshal(b, &s); err != nil || s.Issuer == "" {
		return Tokens{}, ErrDamaged
	}
	return Tokens(s), nil
}
