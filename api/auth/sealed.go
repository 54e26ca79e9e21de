package auth

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/ninth-coop/ninth/atomicfile"
)

// SealedWarning says in one sentence what a [SealedFile] is worth.
const SealedWarning = "This system has no keyring, so the sign-in is kept in an encrypted file " +
	"whose key lies beside it: other users cannot read it, but anyone who can read your files can."

const (
	sealedMagic = "NINTH1\n"
	keyFile     = "sign-in.key"
	// maxSealed bounds what is read back, in bytes.
	maxSealed = 1 << 20
)

// SealedFile is a Store in files of one directory, for systems without a
// keyring: one file for each account, sealed with XChaCha20-Poly1305 under a
// random key that lies beside them, all 0600 in a directory of 0700. The seal
// keeps tokens out of backups and searches that take one file and not the
// other, and notices damage and a file put under another account's name. It
// does not protect from someone who can read the whole directory.
type SealedFile struct {
	dir string
	mu  sync.Mutex
}

// NewSealedFile makes a store in dir, which is created when first needed.
func NewSealedFile(dir string) *SealedFile { return &SealedFile{dir: dir} }

func (f *SealedFile) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(f.dir, "sign-in-"+hex.EncodeToString(sum[:8])+".sealed")
}

// Load implements Store.
func (f *SealedFile) Load(ctx context.Context, key string) (Tokens, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Tokens{}, err
	}
	sealed, err := readFile(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return Tokens{}, ErrNoTokens
	}
	if err != nil {
		return Tokens{}, fmt.Errorf("auth: reading the sign-in: %w", err)
	}
	aead, err := f.cipher(false)
	if errors.Is(err, fs.ErrNotExist) {
		return Tokens{}, ErrDamaged
	}
	if err != nil {
		return Tokens{}, err
	}
	body, ok := bytes.CutPrefix(sealed, []byte(sealedMagic))
	if !ok || len(body) < aead.NonceSize() {
		return Tokens{}, ErrDamaged
	}
	plain, err := aead.Open(nil, body[:aead.NonceSize()], body[aead.NonceSize():], []byte(sealedMagic+key))
	if err != nil {
		return Tokens{}, ErrDamaged
	}
	return decode(plain)
}

// Save implements Store.
func (f *SealedFile) Save(ctx context.Context, key string, t Tokens) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	plain, err := encode(t)
	if err != nil {
		return err
	}
	aead, err := f.cipher(true)
	if err != nil {
		return err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) // never fails
	sealed := append([]byte(sealedMagic), nonce...)
	sealed = aead.Seal(sealed, nonce, plain, []byte(sealedMagic+key))
	return writeFile(f.path(key), sealed)
}

// Delete implements Store.
func (f *SealedFile) Delete(ctx context.Context, key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Remove(f.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("auth: deleting the sign-in: %w", err)
	}
	return nil
}

// cipher opens the key file. With renew it makes one where there is none, or
// none that can be used: what an unusable key sealed is lost already.
func (f *SealedFile) cipher(renew bool) (cipher.AEAD, error) {
	path := filepath.Join(f.dir, keyFile)
	key, err := readFile(path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, fmt.Errorf("auth: reading the key of the sign-in: %w", err)
	}
	if missing && !renew {
		return nil, err
	}
	if len(key) != chacha20poly1305.KeySize {
		if !renew {
			return nil, ErrDamaged
		}
		key = make([]byte, chacha20poly1305.KeySize)
		rand.Read(key) // never fails
		if err := writeFile(path, key); err != nil {
			return nil, err
		}
	}
	return chacha20poly1305.NewX(key)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSealed))
}

// writeFile replaces a file whole or not at all, readable by its owner only.
func writeFile(path string, content []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = atomicfile.WriteBytes(path, content)
	}
	if err != nil {
		return fmt.Errorf("auth: storing the sign-in: %w", err)
	}
	return nil
}
