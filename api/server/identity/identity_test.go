package identity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"net/url"
)

func TestPasswords(t *testing.T) {
	hash := HashPassword("nine-plays")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || hash == HashPassword("nine-plays") {
		t.Errorf("hash %s", hash)
	}
	for _, tt := range []struct {
		password, hash string
		want           bool
	}{
		{"nine-plays", hash, true}, {"nine-play", hash, false}, {"", hash, false}, {"nine-plays", "none", false},
		{"nine-plays", "", false}, {"nine-plays", strings.Replace(hash, "t=2", "t=1", 1), false}, {"", nobody, false},
	} {
		if got := checkPassword(tt.password, tt.hash); got != tt.want {
			t.Errorf("%q fits %q: %t", tt.password, tt.hash, got)
		}
	}
}

func TestKeysLast(t *testing.T) {
	dir := t.TempDir()
	first, err := loadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := loadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := first.Encrypt("id:subject")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Decrypt(sealed); got != "id:subject" || err != nil || first.id != again.id {
		t.Errorf("%q, %v, keys %s and %s", got, err, first.id, again.id)
	}
	path := filepath.Join(dir, keyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadKeys(dir); err == nil {
		t.Error("a damaged key is replaced in silence")
	}
}

func TestChangedTokensAreNoTokens(t *testing.T) {
	k, err := loadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Encrypt("id:subject")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := []byte(sealed)
		changed[i] ^= 1
		if _, err := k.Decrypt(string(changed)); err == nil && string(changed) != sealed {
			t.Fatalf("byte %d changed, and it opens", i)
		}
	}
	if _, err := k.Decrypt(""); err == nil {
		t.Error("nothing opens")
	}
}

func FuzzRedirect(f *testing.F) {
	for _, s := range []string{
		"http://127.0.0.1:1/callback", "http://localhost:65535/callback", "http://[::1]:80/callback",
		"http://127.0.0.1%2Fcallback%23@example.org/", "http://127.0.0.1:1@example.org/callback", "http://127.0.0.1:1/callback#x",
		"http://127.0.0.1:01/callback", "http://127.0.0.1:+1/callback", "HTTP://127.0.0.1:1/callback", "http://127.0.0.1:1\n/callback",
	} {
		f.Add(s)
	}
	c := Ninth()
	f.Fuzz(func(t *testing.T, uri string) {
		if !c.mayRedirectTo(uri) {
			return
		}
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatalf("%q is allowed and cannot be parsed", uri)
		}
		host := u.Hostname()
		if u.Scheme != "http" || u.User != nil || u.Path != "/callback" || u.RawQuery != "" || u.Fragment != "" ||
			host != "127.0.0.1" && host != "::1" && host != "localhost" {
			t.Errorf("%q is allowed", uri)
		}
		if twice, err := url.QueryUnescape(uri); err != nil || twice != uri {
			t.Errorf("%q is allowed and means %q to a reader that decodes again", uri, twice)
		}
	})
}

func FuzzUserCode(f *testing.F) {
	for _, s := range []string{"XFSP-BVNZ", "xfspbvnz", " XFSP BVNZ ", "XFSP", "", "ÄXFSPBVNZ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := userCode(typed)
		if got != "" && (len(got) != 9 || got[4] != '-' || userCode(got) != got) {
			t.Errorf("userCode(%q) = %q", typed, got)
		}
	})
}

func FuzzReturnTo(f *testing.F) {
	for _, s := range []string{"/device", "/device?user_code=X", "//x/device", "https://x/device", "/shop?a=b", `/\x/device`, "/device#x", "?x"} {
		f.Add(s)
	}
	p := &Provider{Config: Config{Returns: []string{"/shop"}}}
	f.Fuzz(func(t *testing.T, s string) {
		back, ok := p.returnTo(s)
		if !ok {
			return
		}
		if !strings.HasPrefix(back, "/device") && !strings.HasPrefix(back, "/shop") {
			t.Errorf("%q leads to %q", s, back)
		}
		u, err := url.Parse(back)
		if err != nil || u.Host != "" || u.Scheme != "" {
			t.Errorf("%q leads to %q", s, back)
		}
	})
}

func TestFailuresAreForgotten(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f := newFailures(func() time.Time { return now })
	for range failuresPerName {
		if f.wait("a@b", "1.2.3.4") != 0 {
			t.Fatal("too early")
		}
		f.add("A@b", "1.2.3.4")
	}
	if got := f.wait("a@B", "5.6.7.8"); got != failureWindow {
		t.Errorf("wait %v", got)
	}
	if got := f.wait("other", "1.2.3.4"); got != 0 {
		t.Errorf("a household waits %v", got)
	}
	now = now.Add(failureWindow)
	if got := f.wait("a@b", "1.2.3.4"); got > 0 {
		t.Errorf("later: %v", got)
	}
	for i := range 3 * failuresKept {
		f.add(strings.Repeat("x", i%97)+string(rune(i)), "1.2.3.4")
	}
	if len(f.seen) > failuresKept+2 {
		t.Errorf("%d entries are kept", len(f.seen))
	}
}
