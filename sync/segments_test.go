package sync_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/internal/reference"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// line is a network that breaks, or changes a byte, within the sound of tracks.
type line struct {
	http.RoundTripper
	mu     stdsync.Mutex
	cut    int64 // sound that still comes before it breaks; -1: all
	change bool  // a byte in the middle of the next stretch of sound
	sent   int64 // bytes of sound, from the beginning on
	asked  map[string]int
	joined map[string]string // what is said of each track's segments
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	_, part, _ := strings.Cut(r.URL.Path, "/user/stream/")
	if err != nil || part == "" {
		return resp, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	id, name, _ := strings.Cut(part, "/")
	if said := resp.Header.Get("X-Ninth-Joined"); said != "" {
		l.joined[id] = said
	}
	if r.Method != http.MethodGet || name == "" || strings.HasSuffix(name, ".m3u8") {
		return resp, err
	}
	l.asked[part]++
	body := &lineBody{ReadCloser: resp.Body, l: l}
	if l.change && resp.ContentLength > 1000 {
		l.change, body.bad = false, 500
	}
	resp.Body = body
	return resp, nil
}

// lineBody counts and breaks what it reads.
type lineBody struct {
	io.ReadCloser
	l   *line
	bad int64 // the byte to change; 0: none
	at  int64
}

func (b *lineBody) Read(p []byte) (int, error) {
	b.l.mu.Lock()
	left := b.l.cut
	b.l.mu.Unlock()
	if left == 0 {
		return 0, errLost
	}
	if left > 0 {
		p = p[:min(int64(len(p)), left)]
	}
	n, err := b.ReadCloser.Read(p)
	if i := b.bad - b.at; b.bad > 0 && i >= 0 && i < int64(n) {
		p[i] ^= 0x10
	}
	b.at += int64(n)
	b.l.mu.Lock()
	defer b.l.mu.Unlock()
	b.l.sent += int64(n)
	if left > 0 {
		b.l.cut = max(b.l.cut-int64(n), 0)
	}
	return n, err
}

func (l *line) set(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn()
}

// segmented is a demo co-op that serves segments, and the line to it.
func segmented(t *testing.T, form media.Form) (*coop, *line) {
	t.Helper()
	c := startCoop(t, func(cfg *server.Config) { cfg.HLS = form })
	l := &line{RoundTripper: c.net.RoundTripper, cut: -1, asked: map[string]int{}, joined: map[string]string{}}
	c.net.RoundTripper = l
	return c, l
}

// asReference puts the reference server's faults in front of a co-op.
func (c *coop) asReference(t *testing.T) *coop {
	t.Helper()
	ts := httptest.NewServer(value[http.Handler](t)(reference.Handler(c.url, c.net)))
	t.Cleanup(ts.Close)
	return &coop{url: ts.URL, http: ts.Client()}
}

// checkWhole holds every owned track on disk to what the co-op said of it.
func (d *device) checkWhole(t *testing.T, l *line) (bytes int64) {
	t.Helper()
	owned := 0
	for _, x := range value[library.Page[library.Stored]](t)(d.Stored(0, 100)).Items {
		f := value[library.File](t)(d.File(x.Track.ID))
		content := value[[]byte](t)(os.ReadFile(d.Full(f.Path)))
		sum := sha256.Sum256(content)
		said := fmt.Sprintf("%d; sha256=%s", len(content), hex.EncodeToString(sum[:]))
		if !f.Complete || l.joined[x.Track.ID] != said {
			t.Errorf("%s: whole %v, %s, the co-op said %s", x.Track.Title, f.Complete, said, l.joined[x.Track.ID])
		}
		owned++
		bytes += int64(len(content))
	}
	if owned < 2 {
		t.Errorf("%d tracks are here", owned)
	}
	return bytes
}

// A track that is to be had in segments only is downloaded as one file. What
// broke off goes on where it was, also in the next run of the program, and the
// whole is what the co-op says.
func TestSegmentsBecomeOneFile(t *testing.T) {
	for _, tt := range []struct {
		form      media.Form
		reference bool
	}{{media.Transport, false}, {media.Fragments, false}, {media.Packed, false}, {media.Transport, true}} {
		t.Run(fmt.Sprintf("%s, reference %v", tt.form, tt.reference), func(t *testing.T) {
			c, l := segmented(t, tt.form)
			if tt.reference {
				c = c.asReference(t)
			}
			d := c.device(t, demo.Mara())
			d.refresh(t)
			l.set(func() { l.cut = 900_000 })
			if err := d.sync.DownloadOwned(t.Context()); err == nil {
				t.Fatal("no error from a line that broke")
			}
			l.set(func() { l.cut = -1 })
			again := sync.New(sync.Config{Library: d.Library, CoOp: c.client(t, demo.Mara())})
			must(t, again.DownloadOwned(t.Context()))
			total := d.checkWhole(t, l)
			// What was on its way when the line broke is lost: of each of two
			// downloads at once the segment that was read and the next one.
			const most = 4 * 200_000
			if l.sent > total+most {
				t.Errorf("%d bytes came for %d", l.sent, total)
			}
			for part, n := range l.asked {
				// Behind the proxy a connection that ends is tried again at once.
				if tt.form != media.Fragments && n > 2 && !tt.reference {
					t.Errorf("%s was asked for %d times", part, n)
				}
			}
		})
	}
}

// What comes damaged is not kept, and the next attempt mends it.
func TestADamagedSegmentIsNotKept(t *testing.T) {
	for _, form := range []media.Form{media.Transport, media.Fragments} {
		c, l := segmented(t, form)
		d := c.device(t, demo.Mara())
		d.refresh(t)
		l.set(func() { l.change = true })
		if err := d.sync.DownloadOwned(t.Context()); !errors.Is(err, sync.ErrCorrupt) {
			t.Fatalf("%s: %v", form, err)
		}
		must(t, d.sync.DownloadOwned(t.Context()))
		d.checkWhole(t, l)
	}
}
