package hls

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a server in memory.
type shelf struct {
	files  map[string][]byte // by path
	ranged bool              // it honours ranges
	silent bool              // it does not tell lengths
	lying  string            // the file whose length it tells wrong

	mu    sync.Mutex
	asked []string
}

func (s *shelf) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprintf(format, args...))
}

func (s *shelf) count(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

var errMissing = errors.New("there is no such file")

func (s *shelf) Fetch(ctx context.Context, u *url.URL, off, length int64) (*Answer, error) {
	s.note("GET %s", u.Path)
	data, ok := s.files[u.Path]
	if !ok {
		return nil, errMissing
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	a := &Answer{URL: u, Size: int64(len(data)), Tag: "v1"}
	if s.silent {
		a.Size = -1
	}
	if s.ranged {
		a.Offset = off
		data = data[off:]
		if length > 0 {
			data = data[:length]
		}
	}
	a.Body = io.NopCloser(bytes.NewReader(data))
	return a, nil
}

func (s *shelf) Size(_ context.Context, u *url.URL) (int64, error) {
	s.note("HEAD %s", u.Path)
	data, ok := s.files[u.Path]
	switch {
	case !ok:
		return 0, errMissing
	case s.silent:
		return -1, nil
	case s.lying == u.Path:
		return int64(len(data)) + 1, nil
	}
	return int64(len(data)), nil
}

// newShelf makes a rendition of n segments, and the file that it is.
func newShelf(n int) (s *shelf, list string, whole []byte) {
	s = &shelf{files: map[string][]byte{"/init": []byte("<the beginning>")}, ranged: true}
	list = "#EXTM3U\n#EXT-X-MAP:URI=\"/init\"\n"
	whole = append(whole, s.files["/init"]...)
	for i := range n {
		data := bytes.Repeat([]byte(fmt.Sprintf("[segment %d]", i)), 50+7*i%31)
		s.files[fmt.Sprintf("/%d", i)] = data
		list += fmt.Sprintf("#EXTINF:10,\n/%d\n", i)
		whole = append(whole, data...)
	}
	return s, list + "#EXT-X-ENDLIST\n", whole
}

// playlist is the answer that holds a playlist.
func playlist(text string) *Answer {
	return &Answer{Body: io.NopCloser(strings.NewReader(text)), URL: base, Size: int64(len(text))}
}

func open(t testing.TB, s *shelf, list string) *File {
	t.Helper()
	f, err := Open(t.Context(), s, playlist(list))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t testing.TB, f *File, off int64) (got []byte, from int64, err error) {
	t.Helper()
	b, err := f.From(t.Context(), off)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	got, err = io.ReadAll(b)
	return got, b.Offset, err
}

func TestOneFile(t *testing.T) {
	s, list, whole := newShelf(20)
	f := open(t, s, list)
	if f.Size() != -1 || f.Duration() != 200*time.Second {
		t.Errorf("%d bytes, %v", f.Size(), f.Duration())
	}
	got, _, err := read(t, f, 0)
	if err != nil || !bytes.Equal(got, whole) {
		t.Fatalf("%d of %d bytes: %v", len(got), len(whole), err)
	}
	if f.Size() != int64(len(whole)) || !f.Ranged() {
		t.Errorf("%d bytes, ranged %v", f.Size(), f.Ranged())
	}
	if n := s.count("HEAD"); n > 0 {
		t.Errorf("%d lengths asked for, which the answers tell", n)
	}
	if n := s.count("GET"); n != 21 {
		t.Errorf("%d requests", n)
	}
}

func TestFromAnywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, list, whole := newShelf(20)
		s.ranged = rapid.Bool().Draw(rt, "ranged")
		f := open(t, s, list)
		for range 3 {
			off := rapid.Int64Range(0, int64(len(whole))+10).Draw(rt, "off")
			got, from, err := read(t, f, off)
			if err != nil || from != off || !bytes.Equal(got, whole[min(off, int64(len(whole))):]) {
				rt.Fatalf("from %d: %d bytes from %d, %v", off, len(got), from, err)
			}
		}
	})
}

func TestAServerThatTellsNoLengths(t *testing.T) {
	s, list, whole := newShelf(5)
	s.silent, s.ranged = true, false
	f := open(t, s, list)
	got, from, err := read(t, f, 500)
	if err != nil || from != 0 || !bytes.Equal(got, whole) {
		t.Fatalf("%d bytes from %d: %v", len(got), from, err)
	}
	// Having read all, it knows.
	if got, from, err = read(t, f, 500); err != nil || from != 500 || !bytes.Equal(got, whole[500:]) {
		t.Fatalf("%d bytes from %d: %v", len(got), from, err)
	}
}

func TestPlace(t *testing.T) {
	s, list, whole := newShelf(20)
	f := open(t, s, list)
	for _, tt := range []struct {
		at      time.Duration
		begins  time.Duration
		segment string
	}{{0, 0, "[segment 0]"}, {99 * time.Second, 90 * time.Second, "[segment 9]"},
		{100 * time.Second, 100 * time.Second, "[segment 10]"}, {time.Hour, 190 * time.Second, "[segment 19]"}} {
		off, begins, ok, err := f.Place(t.Context(), tt.at)
		if err != nil || !ok || begins != tt.begins || !bytes.HasPrefix(whole[off:], []byte(tt.segment)) {
			t.Errorf("%v: %d, %v, %v, %v", tt.at, off, begins, ok, err)
		}
	}
	s.silent = true
	if _, _, ok, err := open(t, s, list).Place(t.Context(), time.Minute); ok || err != nil {
		t.Errorf("without lengths: %v, %v", ok, err)
	}
}

func TestRangesOfOneResource(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 100)
	for _, ranged := range []bool{true, false} {
		s := &shelf{files: map[string][]byte{"/all": data}, ranged: ranged}
		f := open(t, s, "#EXTM3U\n#EXT-X-MAP:URI=\"/all\",BYTERANGE=\"100@0\"\n#EXTINF:1,\n#EXT-X-BYTERANGE:300@100\n/all\n"+
			"#EXTINF:1,\n#EXT-X-BYTERANGE:200\n/all\n#EXTINF:1,\n#EXT-X-BYTERANGE:50@900\n/all\n#EXT-X-ENDLIST\n")
		want := append(bytes.Clone(data[:600]), data[900:950]...)
		if f.Size() != int64(len(want)) {
			t.Errorf("%d bytes", f.Size())
		}
		for _, off := range []int64{0, 250, 620} {
			if got, _, err := read(t, f, off); err != nil || !bytes.Equal(got, want[off:]) {
				t.Errorf("ranged %v, from %d: %d bytes, %v", ranged, off, len(got), err)
			}
		}
		if off, begins, ok, err := f.Place(t.Context(), 1500*time.Millisecond); off != 400 || begins != time.Second || !ok || err != nil {
			t.Errorf("%d, %v, %v, %v", off, begins, ok, err)
		}
		if n := s.count("GET"); n > 2*3 {
			t.Errorf("%d requests for stretches that lie behind each other", n)
		}
	}
}

func TestAMasterPlaylist(t *testing.T) {
	s, list, whole := newShelf(3)
	s.files["/media.m3u8"] = []byte(list)
	f := open(t, s, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"mp4a.40.5\"\n/none\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/media.m3u8\n")
	if got, _, err := read(t, f, 0); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	_, err := Open(t.Context(), s, playlist("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/loop\n"))
	if !errors.Is(err, errMissing) {
		t.Error(err)
	}
	s.files["/loop"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/loop\n")
	if _, err = Open(t.Context(), s, playlist(string(s.files["/loop"]))); !errors.Is(err, ErrPlaylist) {
		t.Error(err)
	}
}

func TestTheTagTellsVersionsApart(t *testing.T) {
	s, list, _ := newShelf(3)
	tags := map[string]bool{}
	for _, version := range []string{"", `"1"`, `"2"`} {
		answer := playlist(list)
		answer.Tag = version
		f, err := Open(t.Context(), s, answer)
		if err != nil {
			t.Fatal(err)
		}
		tags[f.Tag()] = true
	}
	tags[open(t, s, list+"#a comment\n").Tag()] = true
	if len(tags) != 4 || tags[""] {
		t.Errorf("%v", tags)
	}
	if again := open(t, s, list).Tag(); again != open(t, s, list).Tag() {
		t.Error("the same playlist has another tag")
	}
}

// encrypted encrypts a segment as RFC 8216 says.
func encrypted(key, plain []byte, iv byte) []byte {
	block, _ := aes.NewCipher(key)
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	var vector [aes.BlockSize]byte
	vector[15] = iv
	cipher.NewCBCEncrypter(block, vector[:]).CryptBlocks(out, out)
	return out
}

func TestAES128(t *testing.T) {
	key := []byte("sixteen bytes ok")
	s := &shelf{files: map[string][]byte{"/key": key}}
	list := "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"/key\"\n"
	var whole []byte
	for i, n := range []int{1, 16, 5000, 64 * 16, 0, 65*16 + 3} {
		plain := bytes.Repeat([]byte{byte('a' + i)}, n)
		s.files[fmt.Sprintf("/%d", i)] = encrypted(key, plain, byte(i))
		list += fmt.Sprintf("#EXTINF:1,\n/%d\n", i)
		whole = append(whole, plain...)
	}
	list += "#EXT-X-ENDLIST\n"
	f := open(t, s, list)
	if got, _, err := read(t, f, 0); err != nil || !bytes.Equal(got, whole) {
		t.Fatalf("%d of %d bytes: %v", len(got), len(whole), err)
	}
	if n := s.count("GET /key"); n != 1 {
		t.Errorf("the key was asked for %d times", n)
	}
	if got, from, err := read(t, f, 3000); err != nil || from != 3000 || !bytes.Equal(got, whole[3000:]) {
		t.Errorf("%d bytes from %d: %v", len(got), from, err)
	}
	if _, _, ok, err := open(t, s, list).Place(t.Context(), 4*time.Second); ok || err != nil {
		t.Errorf("without ranges the place of an encrypted segment is known: %v", err)
	}
	// With ranges, the lengths are told by the last blocks.
	s.ranged = true
	for off := range int64(len(whole) + 1) {
		if off%97 > 1 {
			continue
		}
		if got, from, err := read(t, open(t, s, list), off); err != nil || from != off || !bytes.Equal(got, whole[off:]) {
			t.Errorf("%d bytes from %d instead of %d: %v", len(got), from, off, err)
		}
	}
	fresh := open(t, s, list)
	off, _, ok, err := fresh.Place(t.Context(), 5*time.Second)
	if want := int64(1 + 16 + 5000 + 64*16); off != want || !ok || err != nil || !fresh.Ranged() {
		t.Errorf("the last segment begins at %d, %v, %v; want %d", off, ok, err, want)
	}
	s.files["/2"] = s.files["/2"][:100]
	if _, _, err := read(t, open(t, s, list), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a segment that is cut: %v", err)
	}
	s.files["/key"] = []byte("short")
	if _, _, err := read(t, open(t, s, list), 0); !errors.Is(err, ErrKey) {
		t.Errorf("a short key: %v", err)
	}
}

func TestFailuresReachTheReader(t *testing.T) {
	s, list, _ := newShelf(20)
	delete(s.files, "/7")
	if _, _, err := read(t, open(t, s, list), 0); !errors.Is(err, errMissing) {
		t.Errorf("a missing segment: %v", err)
	}
	if _, _, _, err := open(t, s, list).Place(t.Context(), 190*time.Second); !errors.Is(err, errMissing) {
		t.Errorf("the length of a missing segment: %v", err)
	}
	s, list, whole := newShelf(20)
	s.lying = "/2"
	f := open(t, s, list)
	if _, _, err := read(t, f, int64(len(whole)-1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(t, f, 0); !errors.Is(err, ErrChanged) {
		t.Errorf("a segment of another length: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b, err := open(t, s, list).From(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := b.Read(make([]byte, 1)); err == nil {
		t.Error("read after Close")
	}
}

// stuck is a body that gives nothing until its context ends.
type stuck struct{ ctx context.Context }

func (s stuck) Read([]byte) (int, error) { <-s.ctx.Done(); return 0, s.ctx.Err() }
func (s stuck) Close() error             { return nil }

// stuckShelf is a server whose segments never come.
type stuckShelf struct{ *shelf }

func (s stuckShelf) Fetch(ctx context.Context, u *url.URL, off, length int64) (*Answer, error) {
	a, err := s.shelf.Fetch(ctx, u, off, length)
	if err == nil {
		a.Body = stuck{ctx}
	}
	return a, err
}

// Close ends a Read that waits, by whomever and however often it is called.
func TestCloseEndsARead(t *testing.T) {
	s, list, _ := newShelf(5)
	f, err := Open(t.Context(), stuckShelf{s}, playlist(list))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		b, err := f.From(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() {
			if n, err := b.Read(make([]byte, 10)); n != 0 || err == nil {
				t.Errorf("read %d bytes, %v", n, err)
			}
		})
		for range 2 {
			all.Go(func() {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}

// brokenShelf is a server whose connection ends before one of its answers.
type brokenShelf struct {
	*shelf
	at string
}

func (s brokenShelf) Fetch(ctx context.Context, u *url.URL, off, length int64) (*Answer, error) {
	if u.Path == s.at {
		return nil, fmt.Errorf("asking: %w", io.EOF)
	}
	return s.shelf.Fetch(ctx, u, off, length)
}

// A segment that does not come is not the end of the file.
func TestAConnectionThatEndsIsNotTheEnd(t *testing.T) {
	for _, at := range []string{"/init", "/0", "/3", "/4"} {
		s, list, whole := newShelf(5)
		s.silent = true
		f, err := Open(t.Context(), brokenShelf{s, at}, playlist(list))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := read(t, f, 0)
		if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || len(got) == len(whole) {
			t.Errorf("without %s there are %d bytes and %v", at, len(got), err)
		}
	}
}
