package player

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Commands do not wait for a track that takes its time to be looked up, and
// nobody waits for it once it is not wanted any more.
func TestASlowResolveHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, _ := threeTracks()
		r := start(t, lib, func(c *Config) {
			c.Resolve = func(ctx context.Context, e Entry) (Item, error) {
				if e.Key == "never" {
					<-ctx.Done()
					return Item{}, ctx.Err()
				}
				return lib.resolve(ctx, e)
			}
		})
		r.SetQueue(Queue{}.Append("never", "a"))
		r.Play()
		r.after(time.Hour)
		r.wantState(Loading)
		r.Next()
		r.after(time.Second)
		r.wantState(Playing)
		r.Previous()
		r.after(time.Second)
		r.wantState(Loading)
		began := time.Now()
		if err := r.stop(); err != nil || time.Since(began) > time.Second {
			t.Errorf("Serve ends with %v after %v", err, time.Since(began))
		}
	})
}

// stuckDecoder computes until it is let go.
type stuckDecoder struct {
	rawDecoder
	release <-chan struct{}
}

func (d *stuckDecoder) Stream([][2]float64) (int, bool) {
	<-d.release
	return 0, false
}

func TestAStuckDecoderIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := start(t, newLibrary(), func(c *Config) {
			c.Codecs = codec.Registry{}.With(codec.Entry{
				Match: func([]byte) bool { return true },
				Open: func(ctx context.Context, _ source.Source) (codec.Decoder, error) {
					return &stuckDecoder{rawDecoder{ctx: ctx, rate: 48000, length: 48000}, release}, nil
				},
			})
		})
		r.lib.addLevel("x", 0, 0)
		r.SetQueue(Queue{}.Append("x"))
		r.Play()
		r.after(5 * time.Second)
		r.wantState(Loading)
		s := r.after(10 * time.Second)
		r.wantState(Failed)
		if !errors.Is(s.Err, ErrStuck) {
			t.Errorf("failed with %v", s.Err)
		}
		began := time.Now()
		if err := r.stop(); err != nil || time.Since(began) > 3*time.Second {
			t.Errorf("Serve ends with %v after %v", err, time.Since(began))
		}
		close(release)
	})
}

// Typed errors of the layers below stay visible.
func TestErrorsKeepTheirTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		garbage := []byte("this is not music")
		lib.put("garbage", func(context.Context) (source.Source, error) { return source.FromBytes(garbage), nil })
		lib.addLevel("empty", 0, 0)
		lib.put("full", func(context.Context) (source.Source, error) { return nil, source.ErrDiskFull })
		r := start(t, lib, nil)
		for key, want := range map[string]error{
			"garbage": codec.ErrUnknownFormat, "empty": ErrSilent, "full": source.ErrDiskFull,
		} {
			r.SetQueue(Queue{}.Append(key))
			r.PlayEntry(1)
			s := r.after(time.Second)
			r.wantState(Failed)
			if !errors.Is(s.Err, want) {
				t.Errorf("%s fails with %v, want %v", key, s.Err, want)
			}
		}
	})
}

// slowServer gives a track at a rate in bytes per second, and fails at times.
type slowServer struct {
	data    []byte
	rate    int
	preview bool
	down    atomic.Bool
}

var errDown = errors.New("the network is down")

func (s *slowServer) Fetch(ctx context.Context, off int64, _ string) (source.Response, error) {
	select {
	case <-time.After(50 * time.Millisecond): // a round trip
	case <-ctx.Done():
		return source.Response{}, ctx.Err()
	}
	if s.down.Load() {
		return source.Response{}, errDown
	}
	return source.Response{
		Body: &slowBody{ctx, s, s.data[off:]}, Offset: off,
		Size: int64(len(s.data)), Ranged: true, Preview: s.preview,
	}, nil
}

type slowBody struct {
	ctx    context.Context
	server *slowServer
	rest   []byte
}

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := min(len(p), len(b.rest), 8<<10)
	select {
	case <-time.After(time.Duration(n) * time.Second / time.Duration(b.server.rate)):
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
	if b.server.down.Load() {
		return 0, errDown
	}
	copy(p, b.rest[:n])
	b.rest = b.rest[n:]
	return n, nil
}

func (b *slowBody) Close() error { return nil }

// The whole way: a track plays while it downloads, the network goes and comes
// back, and a seek beyond what is there takes a few round trips.
func TestPlaysWhileItDownloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = 8 * 48000
		server := &slowServer{data: rawFile(48000, constant(0.5, 60)), rate: 2 * second, preview: true}
		lib := newLibrary()
		path := filepath.Join(t.TempDir(), "track")
		lib.put("a", func(context.Context) (source.Source, error) {
			return source.OpenProgressive(source.Options{Path: path, Fetcher: server})
		})
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(150 * time.Millisecond)
		r.wantState(Playing)
		s := r.after(2*time.Second - 150*time.Millisecond)
		if s.Buffered < 0.05 || s.Buffered > 0.08 || !s.Item.Preview {
			t.Errorf("after 2 s %.3f of it is here, preview %v", s.Buffered, s.Item.Preview)
		}

		r.Seek(40 * time.Second)
		r.after(250 * time.Millisecond)
		r.wantState(Playing)

		server.down.Store(true)
		s = r.after(10 * time.Second)
		r.wantState(Buffering)
		if !errors.Is(s.Trouble, errDown) {
			t.Errorf("the trouble is %v", s.Trouble)
		}
		server.down.Store(false)
		r.after(20 * time.Second)
		s = r.wantState(Playing)
		if s.Trouble != nil {
			t.Errorf("the trouble is still %v", s.Trouble)
		}
	})
}

func TestAGuessedPositionIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.5, time.Minute)
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		if s := r.after(time.Second); s.Estimated {
			t.Error("it is a guess from the beginning")
		}
		r.Seek(40 * time.Second)
		if s := r.after(time.Second); !s.Estimated {
			t.Error("a guess is not told")
		}
		r.Seek(10 * time.Second)
		if s := r.after(time.Second); s.Estimated {
			t.Error("it is still a guess")
		}
	})
}
