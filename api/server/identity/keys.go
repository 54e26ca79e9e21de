package identity

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/ninth-coop/ninth/atomicfile"
)

// keyFile is the signing key inside the data directory: an RSA private key,
// PKCS #8 in PEM, readable by its owner only.
const keyFile = "signing.key"

// keyBits is the size of the signing key. RS256 is the one algorithm that every
// OpenID Connect client has to know.
const keyBits = 2048

// keys are the secrets of the provider. All others are derived from the
// signing key, so that there is one file to guard.
type keys struct {
	private *rsa.PrivateKey
	id      string
	aead    cipher.AEAD // seals codes and access tokens
	csrf    []byte
}

// loadKeys reads the signing key, or makes it the first time.
func loadKeys(dir string) (*keys, error) {
	path := filepath.Join(dir, keyFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = createKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("identity: reading signing key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("identity: reading signing key: %s holds no PEM block", keyFile)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("identity: reading signing key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("identity: reading signing key: %s is not an RSA key", keyFile)
	}
	return deriveKeys(private, block.Bytes)
}

// createKey makes a key file whole or not at all, and returns its contents.
func createKey(path string) ([]byte, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return data, atomicfile.WriteBytes(path, data)
}

func deriveKeys(private *rsa.PrivateKey, secret []byte) (*keys, error) {
	k := &keys{private: private}
	public := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	k.id = hex.EncodeToString(public[:8])
	seal, err := hkdf.Key(sha256.New, secret, nil, "ninth tokens", 32)
	if err != nil {
		return nil, fmt.Errorf("identity: deriving keys: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("identity: deriving keys: %w", err)
	}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("identity: deriving keys: %w", err)
	}
	if k.csrf, err = hkdf.Key(sha256.New, secret, nil, "ninth forms", 32); err != nil {
		return nil, fmt.Errorf("identity: deriving keys: %w", err)
	}
	return k, nil
}

// Encrypt seals what a code or an access token stands for. It takes the place
// of the library's own cipher, which does not notice changed bits.
func (k *keys) Encrypt(s string) (string, error) {
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(s), nil)), nil
}

// Decrypt opens what Encrypt sealed, and nothing else.
func (k *keys) Decrypt(s string) (string, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(data) < k.aead.NonceSize() {
		return "", errors.New("identity: not a token")
	}
	n := k.aead.NonceSize()
	plain, err := k.aead.Open(nil, data[:n], data[n:], nil)
	if err != nil {
		return "", errors.New("identity: not a token")
	}
	return string(plain), nil
}

// formToken is the token that forms shown to a browser carry.
func (k *keys) formToken(browser string) string {
	mac := hmac.New(sha256.New, k.csrf)
	mac.Write([]byte(browser))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (k *keys) formTokenFits(token, browser string) bool {
	return browser != "" && subtle.ConstantTimeCompare([]byte(token), []byte(k.formToken(browser))) == 1
}

// signingKey is the key as the library wants it, private or public.
type signingKey struct {
	id  string
	key crypto.PrivateKey
}

func (k *keys) signing() op.SigningKey { return signingKey{k.id, k.private} }
func (k *keys) public() op.Key         { return signingKey{k.id, &k.private.PublicKey} }

func (s signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (s signingKey) Algorithm() jose.SignatureAlgorithm          { return jose.RS256 }
func (s signingKey) Use() string                                 { return "sig" }
func (s signingKey) Key() any                                    { return s.key }
func (s signingKey) ID() string                                  { return s.id }

const (
	secretBytes  = 32
	secretLength = 43 // of 32 bytes in base64
)

// secret returns a new random secret of 256 bits, safe in an address.
func secret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// digest is how a secret is stored. Secrets are random and long, so one round
// of a plain hash is enough.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
