package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/atomicfile"
)

// CoOp says which co-op to talk to, and as which client.
type CoOp struct {
	Address      string `json:"address"`                  // such as "https://coop.example"
	ClientID     string `json:"clientId"`                 // as the co-op registered this player
	ClientSecret string `json:"clientSecret,omitempty"`   // only where the co-op insists on one
	Redirect     string `json:"redirect,omitempty"`       // only where the co-op insists on a fixed one
	PlainHTTP    bool   `json:"allowPlainHttp,omitempty"` // permits an address without TLS that is not this machine
}

// DefaultClientID is what co-ops register this player as.
const DefaultClientID = "ninth"

func (c CoOp) auth(cfg Config) auth.Config {
	return auth.Config{
		Issuer: c.Address, ClientID: c.ClientID, ClientSecret: c.ClientSecret,
		Redirect: c.Redirect, Now: cfg.Now, AllowPlainHTTP: c.PlainHTTP,
	}
}

// key names the co-op's tokens in the token store.
func (c CoOp) key() string { return auth.Key(c.Address, c.ClientID) }

// coopFile is where the co-op is remembered, below the home folder. It is a
// file and not a setting of the library, because a secret may be in it and
// because it must be known before the library is anyone's.
const coopFile = "coop.json"

// maxCoopFile bounds what is read of it, in bytes.
const maxCoopFile = 64 << 10

// loadCoOp reads which co-op was signed in to last; the zero CoOp when none.
func loadCoOp(home string) (c CoOp, err error) {
	f, err := os.Open(filepath.Join(home, coopFile))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("app: reading the co-op's address: %w", err)
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxCoopFile)).Decode(&c); err != nil {
		return CoOp{}, fmt.Errorf("app: reading the co-op's address in %s: %w", f.Name(), err)
	}
	return c, nil
}

// saveCoOp remembers the co-op for the next start. The file is replaced whole.
func saveCoOp(home string, c CoOp) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("app: remembering the co-op: %w", err)
	}
	if err := atomicfile.WriteBytes(filepath.Join(home, coopFile), append(text, '\n')); err != nil {
		return fmt.Errorf("app: remembering the co-op: %w", err)
	}
	return nil
}
