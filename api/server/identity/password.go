package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: OWASP's second choice for argon2id, about 40 ms
// on one core and 19 MiB while it runs.
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonThreads = 1
	argonKey     = 32 // bytes
	argonSalt    = 16 // bytes
)

// HashPassword returns a salted argon2id hash of a password in the usual
// "$argon2id$…" form.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails: see crypto/rand
	return encodeHash(salt, argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey))
}

func encodeHash(salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// checkPassword reports whether the password belongs to the hash. A hash of
// another form or cost fits no password.
func checkPassword(password, hash string) bool {
	parts := strings.Split(hash, "$")
	const fields = 6 // an empty one first
	if len(parts) != fields {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return subtle.ConstantTimeCompare([]byte(encodeHash(salt, key)), []byte(hash)) == 1
}

// gate bounds how many password hashes run at once: each takes memory and a
// core, and anybody may ask for one.
type gate chan struct{}

func (g gate) check(ctx context.Context, password, hash string) (bool, error) {
	select {
	case g <- struct{}{}:
		defer func() { <-g }()
		return checkPassword(password, hash), nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
