package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a Fetcher over a track in memory, as good or bad as a test wants.
type server struct {
	data    []byte
	etag    string
	linear  bool // ignores offsets
	sizes   bool // says how long the track is
	preview bool

	mu       sync.Mutex
	requests []int64 // offsets asked for
	// fault, if not nil, may spoil a response: it returns an error to give
	// instead, or after how many bytes the body ends or fails.
	fault func(request int) fault
	// pace is how long each read of a body takes; reads are of block bytes.
	pace  time.Duration
	block int
}

type fault struct {
	err    error // instead of a response
	cut    int   // bytes until the body ends; 0 is not at all
	broken error // how it ends; nil is io.EOF
	offset int64 // added to where the body says it begins
}

func (s *server) Fetch(ctx context.Context, off int64, etag string) (Response, error) {
	s.mu.Lock()
	s.requests = append(s.requests, off)
	var f fault
	if s.fault != nil {
		f = s.fault(len(s.requests) - 1)
	}
	data, tag := s.data, s.etag
	s.mu.Unlock()
	if f.err != nil {
		return Response{}, f.err
	}
	from := off
	if s.linear || (etag != "" && etag != tag) {
		from = 0
	}
	from = min(from, int64(len(data)))
	size := int64(-1)
	if s.sizes {
		size = int64(len(data))
	}
	b := &body{ctx: ctx, server: s, rest: data[from:], end: io.EOF}
	if f.cut > 0 && f.cut < len(b.rest) {
		b.rest = b.rest[:f.cut]
		if f.broken != nil {
			b.end = f.broken
		}
	}
	if f.offset != 0 {
		b.rest = nil
		from += f.offset
	}
	return Response{Body: b, Offset: from, Size: size, ETag: tag, Ranged: !s.linear, Preview: s.preview}, nil
}

func (s *server) asked() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

type body struct {
	ctx    context.Context
	server *server
	rest   []byte
	end    error
}

func (b *body) Read(p []byte) (int, error) {
	if b.server.pace > 0 {
		select {
		case <-time.After(b.server.pace):
		case <-b.ctx.Done():
		}
	}
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if len(b.rest) == 0 {
		return 0, b.end
	}
	if b.server.block > 0 {
		p = p[:min(len(p), b.server.block)]
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *body) Close() error { return nil }

func noise(n int) []byte {
	b := make([]byte, n)
	rnd := rand.New(rand.NewPCG(9, 9))
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

func open(t *testing.T, s *server, change func(*Options)) *Progressive {
	t.Helper()
	opts := Options{Path: filepath.Join(t.TempDir(), "track"), Fetcher: s}
	if change != nil {
		change(&opts)
	}
	p, err := OpenProgressive(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// check reads a range and compares it with the truth.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, p *Progressive, data []byte, off int64, n int) {
	t.Helper()
	b := make([]byte, n)
	got, err := p.ReadAt(context.Background(), b, off)
	want, wantErr := bytes.NewReader(data).ReadAt(make([]byte, n), off)
	if got != want || !errors.Is(err, wantErr) {
		t.Fatalf("ReadAt(%d, %d) = %d, %v; want %d, %v", n, off, got, err, want, wantErr)
	}
	if got > 0 && !bytes.Equal(b[:got], data[off:off+int64(got)]) {
		t.Fatalf("ReadAt(%d, %d) gives other bytes", n, off)
	}
}

func TestFetchesToTheEnd(t *testing.T) {
	for _, s := range []*server{
		{data: noise(700_001), sizes: true},
		{data: noise(700_001), linear: true, sizes: true},
		{data: noise(700_001), linear: true},
	} {
		var saved []State
		p := open(t, s, func(o *Options) { o.Save = func(st State) { saved = append(saved, st) } })
		check(t, p, s.data, 0, 100)
		<-p.Done()
		if !p.Complete() || p.Err() != nil {
			t.Fatalf("complete %v, %v", p.Complete(), p.Err())
		}
		check(t, p, s.data, 699_990, 100)
		check(t, p, s.data, 800_000, 1)
		if got := s.asked(); len(got) != 1 {
			t.Errorf("asked for %v, want one request", got)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		last := saved[len(saved)-1]
		if !last.Complete() || last.Size != 700_001 {
			t.Errorf("saved %+v", last)
		}
	}
}

func TestMovesAheadWhereTheServerCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(4 << 20), sizes: true, pace: 10 * time.Millisecond, block: 16 << 10}
		p := open(t, s, nil)
		check(t, p, s.data, 0, 1000)
		// Near enough: it is waited for.
		check(t, p, s.data, 200<<10, 1000)
		if got := s.asked(); len(got) != 1 {
			t.Fatalf("asked for %v, want one request", got)
		}
		began := time.Now()
		check(t, p, s.data, 3<<20, 1000)
		if took := time.Since(began); took > 50*time.Millisecond {
			t.Errorf("took %v", took)
		}
		<-p.Done()
		got := s.asked()
		if len(got) != 3 || got[1] != 3<<20 {
			t.Errorf("asked for %v, want the start, 3 MiB, and the gap", got)
		}
		check(t, p, s.data, 0, 4<<20)
	})
}

// A request for the end of the track has nothing left to give when that is
// there; what is missing before it is asked for without a pause, as it is no
// failure.
func TestGoesBackFromTheEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(2 << 20), sizes: true, pace: time.Millisecond, block: 16 << 10}
		p := open(t, s, nil)
		began := time.Now()
		check(t, p, s.data, 0, 10)
		check(t, p, s.data, int64(len(s.data))-64<<10, 64<<10)
		time.Sleep(5 * time.Millisecond) // virtual: the request has come to its end
		check(t, p, s.data, 300<<10, 1000)
		if took := time.Since(began); took > 30*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		if err := p.Trouble(); err != nil {
			t.Errorf("it is held to be trouble: %v", err)
		}
	})
}

func TestWaitsWhereTheServerCannotSeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(2 << 20), linear: true, sizes: true, pace: time.Millisecond, block: 16 << 10}
		p := open(t, s, nil)
		check(t, p, s.data, 0, 1000)
		check(t, p, s.data, 2<<20-1000, 1000)
		if got := s.asked(); len(got) != 1 {
			t.Errorf("asked for %v, want one request", got)
		}
	})
}

func TestResumesWhatIsThere(t *testing.T) {
	data := noise(600_000)
	path := filepath.Join(t.TempDir(), "track")
	if err := os.WriteFile(path, data[:300_000], 0o600); err != nil {
		t.Fatal(err)
	}
	state := State{Size: 600_000, ETag: "x", Ranges: Ranges{{0, 300_000}}}
	t.Run("the same track", func(t *testing.T) {
		s := &server{data: data, etag: "x", sizes: true}
		p := open(t, s, func(o *Options) { o.Path, o.State = path, state })
		<-p.Done()
		if got := s.asked(); !slices.Equal(got, []int64{300_000}) {
			t.Errorf("asked for %v", got)
		}
		check(t, p, data, 0, 600_000)
	})
	t.Run("another track", func(t *testing.T) {
		other := slices.Clone(data)
		slices.Reverse(other)
		s := &server{data: other, etag: "y", sizes: true}
		p := open(t, s, func(o *Options) { o.Path, o.State = path, state })
		<-p.Done()
		check(t, p, other, 0, 600_000)
	})
	t.Run("another track, when some was read", func(t *testing.T) {
		block := make(chan struct{})
		s := &server{data: noise(500_000), etag: "z", sizes: true, fault: func(int) fault { <-block; return fault{} }}
		p := open(t, s, func(o *Options) {
			o.Path = filepath.Join(t.TempDir(), "copy")
			o.State = state
			if err := os.WriteFile(o.Path, data[:300_000], 0o600); err != nil {
				t.Fatal(err)
			}
		})
		check(t, p, data, 0, 1000)
		close(block)
		if _, err := p.ReadAt(t.Context(), make([]byte, 10), 400_000); !errors.Is(err, ErrChanged) {
			t.Errorf("ReadAt gives %v, want ErrChanged", err)
		}
		if n, _ := p.Fetched(); n != 0 {
			t.Errorf("%d bytes of the old track are kept", n)
		}
	})
	t.Run("a state that lies", func(t *testing.T) {
		s := &server{data: data, etag: "x", sizes: true}
		p := open(t, s, func(o *Options) { o.State = state }) // there is no such file
		<-p.Done()
		check(t, p, data, 0, 600_000)
	})
}

var errServer = errors.New("the server is on fire")

func TestRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(200_000), sizes: true}
		s.fault = func(i int) fault {
			switch i {
			case 0, 1, 2:
				return fault{err: errServer}
			case 3:
				return fault{cut: 50_000, broken: errServer}
			case 4:
				return fault{cut: 50_000} // shorter than promised
			case 5:
				return fault{offset: 7} // not what was asked for
			}
			return fault{}
		}
		p := open(t, s, nil)
		began := time.Now()
		check(t, p, s.data, 0, 1000)
		if took := time.Since(began); took < 300*time.Millisecond || took > 5*time.Second {
			t.Errorf("three failures took %v", took)
		}
		<-p.Done()
		check(t, p, s.data, 0, 200_000)
	})
}

func TestWaitsAsLongAsTheServerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(1000), sizes: true}
		s.fault = func(i int) fault {
			if i == 0 {
				return fault{err: errServer}
			}
			return fault{}
		}
		p := open(t, s, func(o *Options) {
			o.Retryable = func(error) (bool, time.Duration) { return true, time.Minute }
		})
		began := time.Now()
		time.Sleep(time.Second)
		if !errors.Is(p.Trouble(), errServer) {
			t.Errorf("trouble is %v", p.Trouble())
		}
		check(t, p, s.data, 0, 1000)
		if took := time.Since(began); took < time.Minute {
			t.Errorf("asked again after %v", took)
		}
		if p.Trouble() != nil {
			t.Errorf("trouble is %v still", p.Trouble())
		}
	})
}

func TestPermanentErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(100_000), sizes: true}
		s.fault = func(i int) fault {
			if i == 0 {
				return fault{cut: 40_000, broken: errServer}
			}
			return fault{err: errServer}
		}
		p := open(t, s, func(o *Options) {
			o.Retryable = func(error) (bool, time.Duration) { return false, 0 }
		})
		<-p.Done()
		check(t, p, s.data, 0, 40_000)
		b := make([]byte, 1000)
		n, err := p.ReadAt(t.Context(), b, 39_500)
		if n != 500 || !errors.Is(err, errServer) || !bytes.Equal(b[:n], s.data[39_500:40_000]) {
			t.Errorf("ReadAt gives %d, %v", n, err)
		}
	})
}

// A server that never sends anything useful is given up.
func TestGivesUpOnNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(1000), sizes: true, fault: func(int) fault { return fault{offset: 5} }}
		p := open(t, s, nil)
		if _, err := p.ReadAt(t.Context(), make([]byte, 1), 0); !errors.Is(err, errNothing) {
			t.Errorf("ReadAt gives %v", err)
		}
	})
}

func TestASilentServerIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(1000), sizes: true, pace: time.Hour}
		p := open(t, s, nil)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(s.asked()); n < 3 || n > 7 {
			t.Errorf("asked %d times in two silent minutes", n)
		}
		if !errors.Is(p.Trouble(), errStalled) {
			t.Errorf("trouble is %v", p.Trouble())
		}
	})
}

func TestReadersLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(1000), sizes: true, pace: time.Hour}
		p := open(t, s, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.ReadAt(ctx, make([]byte, 1), 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ReadAt gives %v", err)
		}
		got := make(chan error)
		go func() {
			_, err := p.ReadAt(t.Context(), make([]byte, 1), 0)
			got <- err
		}()
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-got; !errors.Is(err, ErrClosed) {
			t.Errorf("ReadAt gives %v", err)
		}
	})
}

func TestSavesAtIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{data: noise(1 << 20), sizes: true, pace: 100 * time.Millisecond, block: 4 << 10}
		var mu sync.Mutex
		var saved []State
		p := open(t, s, func(o *Options) {
			o.Save = func(st State) {
				mu.Lock()
				defer mu.Unlock()
				saved = append(saved, st)
			}
		})
		<-p.Done() // after 25.6 s
		mu.Lock()
		defer mu.Unlock()
		if len(saved) != 6 || !saved[5].Complete() {
			t.Errorf("saved %d times, want every 5 s and at the end", len(saved))
		}
	})
}

// Whatever is read in whatever order from whatever server: the bytes are true,
// and where the server honours ranges nothing is asked for that is there.
func TestAnyReadsOfAnyServer(t *testing.T) {
	dir := t.TempDir()
	count := 0
	rapid.Check(t, func(rt *rapid.T) {
		data := noise(rapid.IntRange(1, 800_000).Draw(rt, "size"))
		s := &server{
			data:   data,
			linear: rapid.Bool().Draw(rt, "linear"),
			sizes:  true,
			block:  rapid.SampledFrom([]int{0, 1000, 5000}).Draw(rt, "block"),
			pace:   rapid.SampledFrom([]time.Duration{0, time.Millisecond}).Draw(rt, "pace"),
		}
		if s.linear {
			s.sizes = rapid.Bool().Draw(rt, "sizes")
		}
		faults := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 6).Draw(rt, "faults")
		s.fault = func(i int) fault {
			if i >= len(faults) {
				return fault{}
			}
			kind := faults[i]
			if kind == 4 && !s.sizes {
				kind = 0 // such a lie cannot be told from the truth
			}
			return []fault{{}, {err: errServer}, {cut: 100_000, broken: errServer}, {cut: 1, broken: errServer}, {offset: 3}}[kind]
		}
		reads := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Range {
			off := rapid.Int64Range(0, int64(len(data))+10).Draw(rt, "offset")
			return Range{off, off + rapid.Int64Range(1, 50_000).Draw(rt, "length")}
		}), 0, 12).Draw(rt, "reads")
		count++
		path := filepath.Join(dir, fmt.Sprint(count))
		synctest.Test(t, func(t *testing.T) {
			p, err := OpenProgressive(Options{Path: path, Fetcher: s})
			if err != nil {
				rt.Fatalf("%v", err)
			}
			defer p.Close()
			var readers sync.WaitGroup
			for _, r := range reads {
				readers.Go(func() { check(t, p, data, r.Start, int(r.End-r.Start)) })
			}
			readers.Wait()
			<-p.Done()
			check(t, p, data, 0, len(data)+1)
		})
		if err := os.Remove(path); err != nil {
			rt.Fatalf("%v", err)
		}
	})
}
