package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/sync"
)

// uneven is a minute of silent MP3 at 44.1 kHz without a header that tells
// where things lie: 160 kbit/s for its first half and 320 afterwards, so that
// whoever goes by the average goes wrong.
func uneven() []byte {
	const (
		frames = 60 * 44100 / 1152
		header = "\xff\xfb\x00\xc0" // MPEG 1, Layer III, no CRC, 44.1 kHz, mono
	)
	var out []byte
	for i := range frames {
		rate, length := byte(10), 144*160000/44100
		if i >= frames/2 {
			rate, length = 14, 144*320000/44100
		}
		frame := append([]byte(header), make([]byte, length-len(header))...)
		frame[2] = rate << 4
		out = append(out, frame...)
	}
	return out
}

// slowCoop answers for the bytes of every track, at 50 kB/s after the first
// 64 KiB, and for nothing else. It needs no network.
type slowCoop struct {
	file   []byte
	served atomic.Int64
	// previews: what it sends now is said to be one.
	previews atomic.Bool
}

func (c *slowCoop) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{
		StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if !strings.Contains(r.URL.Path, "/stream/") {
		return resp, nil
	}
	from, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-"))
	if resp.StatusCode = http.StatusOK; err == nil {
		resp.StatusCode = http.StatusPartialContent
		resp.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(c.file)-1, len(c.file)))
	}
	resp.Header.Set("Content-Type", "audio/mpeg")
	resp.Header.Set("ETag", `"uneven"`)
	if c.previews.Load() {
		resp.Header.Set("X-Ninth-Preview", "1")
	}
	resp.Header.Set("Accept-Ranges", "bytes")
	resp.ContentLength = int64(len(c.file) - from)
	resp.Body = &slowBody{ctx: r.Context(), coop: c, rest: bytes.NewReader(c.file[from:])}
	return resp, nil
}

type slowBody struct {
	ctx  context.Context //nolint:containedctx // it is the request's, and so is the body
	coop *slowCoop
	rest *bytes.Reader
	read int
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.read >= 64<<10 {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-b.ctx.Done():
			return 0, b.ctx.Err()
		}
		p = p[:min(len(p), 5000)]
	}
	n, err := b.rest.Read(p)
	b.read += n
	b.coop.served.Add(int64(n))
	return n, err
}

func (b *slowBody) Close() error { return nil }

var _ io.ReadCloser = (*slowBody)(nil)

// runOnline is run with a co-op that is signed in to.
func runOnline(t *testing.T, home string, coop http.RoundTripper) (s *Session, stop func()) {
	t.Helper()
	s, err := Open(t.Context(), Config{
		Home: home, Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil), Network: &wire{},
	})
	if err != nil {
		t.Fatal(err)
	}
	at := CoOp{Address: "http://127.0.0.1:1"}
	client, err := api.New(api.Config{
		BaseURL: at.Address, HTTP: &http.Client{Transport: coop},
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.replaceConnection(at, &connection{
		client: client, sync: sync.New(sync.Config{Library: s.library, CoOp: client}), now: time.Now,
	})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	return s, func() {
		t.Helper()
		cancel()
		if err := errors.Join(<-served, s.Close()); err != nil {
			t.Errorf("ending the session: %v", err)
		}
	}
}

// The first play of a track learns where things lie in it, and the library
// keeps that: the second play, after a new start and with nothing of the track
// on disk any more, seeks exactly into what has not come.
func TestTheSecondPlaySeeksExactly(t *testing.T) {
	r := firstRelease(t)
	home, id, coop := furnish(t, r), r.Tracks[0].ID, &slowCoop{file: uneven()}
	synctest.Test(t, func(t *testing.T) {
		listen := func(s *Session) (player.Snapshot, int64) {
			before := coop.served.Load()
			s.PlayTracks([]string{id}, 0)
			pass(time.Second)
			s.Seek(50 * time.Second)
			pass(time.Second)
			return s.Now(), coop.served.Load() - before
		}
		s, stop := runOnline(t, home, coop)
		if got, _ := listen(s); !got.Estimated {
			t.Errorf("the first seek beyond the download is said to be exact: %v at %v, %v", got.State, got.Position, got.Err)
		}
		s.Seek(0)
		pass(3 * time.Minute)
		if f, err := s.Library().File(id); err != nil || !f.Complete {
			t.Fatalf("after a whole play: %+v, %v", f, err)
		}
		if _, err := s.LetGo(id); err != nil {
			t.Fatal(err)
		}
		stop()

		s, stop = runOnline(t, home, coop)
		defer stop()
		got, served := listen(s)
		if got.Estimated || got.State != player.Playing {
			t.Errorf("the second play: %v, a guess: %v, %v", got.State, got.Estimated, got.Err)
		}
		if p := got.Position; p < 50*time.Second || p > 51*time.Second {
			t.Errorf("it is at %v", p)
		}
		if served > int64(len(coop.file))/3 {
			t.Errorf("it took %d bytes of %d", served, len(coop.file))
		}
	})
}

// A preview that is heard to its end is no play: it costs and counts nothing,
// is said to be one, and what is learned of it is not kept for the track. The
// track itself, as long, is a play.
func TestAPreviewIsNoPlay(t *testing.T) {
	r := firstRelease(t)
	for _, preview := range []bool{true, false} {
		home, id := furnish(t, r), r.Tracks[0].ID
		coop := &slowCoop{file: uneven()}
		coop.previews.Store(preview)
		synctest.Test(t, func(t *testing.T) {
			s, stop := runOnline(t, home, coop)
			defer stop()
			ctx, enough := context.WithCancel(t.Context())
			defer enough()
			notices := s.Notices(ctx)
			s.PlayTracks([]string{id}, 0)
			pass(time.Second)
			if got := s.Now().Item.Preview; got != preview {
				t.Errorf("preview %v: the snapshot says %v", preview, got)
			}
			pass(2 * time.Minute)
			track, err := s.Library().Track(id)
			if err != nil {
				t.Fatal(err)
			}
			if counted := track.Plays > 0; counted == preview {
				t.Errorf("preview %v: %d plays", preview, track.Plays)
			}
			if kept := s.seekIndex(id) != nil; kept == preview {
				t.Errorf("preview %v: the seek index was kept: %v", preview, kept)
			}
			told := false
			for waiting := true; waiting; {
				select {
				case n := <-notices:
					told = told || n.Kind == PreviewOnly
				default:
					waiting = false
				}
			}
			if told != preview {
				t.Errorf("preview %v: told so: %v", preview, told)
			}
		})
	}
}
