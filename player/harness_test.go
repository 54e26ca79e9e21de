package player

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
)

// The tests' own formats. The first: "RAW1", rate and number of frames as uint32, then
// interleaved float32. It is decoded by reading it from the source, so that
// slow and failing sources are felt.
const rawHeader = 12

func rawFile(rate int, frames [][2]float64) []byte {
	le := binary.LittleEndian
	b := append([]byte(nil), "RAW1"...)
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(len(frames)))
	for _, f := range frames {
		b = le.AppendUint32(b, math.Float32bits(float32(f[0])))
		b = le.AppendUint32(b, math.Float32bits(float32(f[1])))
	}
	return b
}

var rawCodecs = codec.Registry{}.With(codec.Entry{
	Name:  "RAW1",
	Match: func(head []byte) bool { return len(head) >= 4 && string(head[:4]) == "RAW1" },
	Open: func(ctx context.Context, src source.Source) (codec.Decoder, error) {
		head := make([]byte, rawHeader)
		if _, err := src.ReadAt(ctx, head, 0); err != nil {
			return nil, err
		}
		return &rawDecoder{
			ctx: ctx, src: src,
			rate:   int(binary.LittleEndian.Uint32(head[4:])),
			length: int64(binary.LittleEndian.Uint32(head[8:])),
		}, nil
	},
}, codec.Entry{
	Name:  "LEV1",
	Match: func(head []byte) bool { return len(head) >= 4 && string(head[:4]) == "LEV1" },
	Open:  openLevel,
})

// levelFile is a track of one level throughout, which costs nothing to keep:
// "LEV1", rate and number of frames as uint32, the level as float32.
func levelFile(rate, frames int, level float32) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("LEV1"), uint32(rate))
	b = le.AppendUint32(b, uint32(frames))
	return le.AppendUint32(b, math.Float32bits(level))
}

func openLevel(ctx context.Context, src source.Source) (codec.Decoder, error) {
	head := make([]byte, 16)
	if _, err := src.ReadAt(ctx, head, 0); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	return &levelDecoder{
		rawDecoder: rawDecoder{ctx: ctx, rate: int(le.Uint32(head[4:])), length: int64(le.Uint32(head[8:]))},
		level:      float64(math.Float32frombits(le.Uint32(head[12:]))),
	}, nil
}

type levelDecoder struct {
	rawDecoder
	level   float64
	guessed bool
}

// SeekTo guesses in the second half of the track.
func (d *levelDecoder) SeekTo(frame int64) error {
	d.guessed = frame > d.length/2
	return d.rawDecoder.SeekTo(frame)
}

func (d *levelDecoder) Estimated() bool { return d.guessed }

func (d *levelDecoder) Stream(samples [][2]float64) (int, bool) {
	n := min(int64(len(samples)), d.length-d.pos)
	for i := range samples[:n] {
		samples[i] = [2]float64{d.level, d.level}
	}
	d.pos += n
	return int(n), n > 0
}

type rawDecoder struct {
	ctx         context.Context
	src         source.Source
	rate        int
	length, pos int64
	err         error
}

func (d *rawDecoder) Stream(samples [][2]float64) (int, bool) {
	n := min(int64(len(samples)), d.length-d.pos)
	if n <= 0 || d.err != nil {
		return 0, false
	}
	raw := make([]byte, 8*n)
	if _, err := d.src.ReadAt(d.ctx, raw, rawHeader+8*d.pos); err != nil {
		d.err = err
		return 0, false
	}
	for i := range samples[:n] {
		samples[i][0] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[8*i:])))
		samples[i][1] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[8*i+4:])))
	}
	d.pos += n
	return int(n), true
}

func (d *rawDecoder) Err() error { return d.err }
func (d *rawDecoder) Format() codec.Format {
	return codec.Format{Codec: "RAW1", SampleRate: beep.SampleRate(d.rate), Channels: 2, Lossless: true}
}
func (d *rawDecoder) Len() int64      { return d.length }
func (d *rawDecoder) Position() int64 { return d.pos }
func (d *rawDecoder) Close() error    { return nil }

func (d *rawDecoder) SeekTo(frame int64) error {
	d.pos, d.err = frame, nil
	return d.ctx.Err()
}

// tone makes frames that are different everywhere, so that a frame lost, added
// or exchanged is seen.
func tone(rate, frames int) [][2]float64 {
	out := make([][2]float64, frames)
	for i := range out {
		t := float64(i) / float64(rate)
		out[i][0] = float64(float32(0.4*math.Sin(2*math.Pi*440*t) + 1e-7*float64(i%4099)))
		out[i][1] = float64(float32(0.4*math.Cos(2*math.Pi*313*t) - 1e-7*float64(i%5003)))
	}
	return out
}

// constant makes seconds of the value v at 48 kHz.
func constant(v, seconds float64) [][2]float64 {
	out := make([][2]float64, int(seconds*48000))
	for i := range out {
		out[i] = [2]float64{v, v}
	}
	return out
}

// opener is how an Item is opened.
type opener = func(ctx context.Context) (source.Source, error)

// library is what the tests' Resolve knows.
type library struct{ tracks *sync.Map }

func newLibrary() library { return library{new(sync.Map)} }

func (l library) put(key string, open opener) { l.tracks.Store(key, open) }

func (l library) add(key string, rate int, frames [][2]float64) {
	data := rawFile(rate, frames)
	l.put(key, func(context.Context) (source.Source, error) { return source.FromBytes(data), nil })
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

// addLevel adds a track of one level at 48 kHz.
func (l library) addLevel(key string, level float32, length time.Duration) {
	data := levelFile(48000, int(length.Seconds()*48000), level)
	l.put(key, func(context.Context) (source.Source, error) { return source.FromBytes(data), nil })
}

var errBroken = errors.New("broken on purpose")

func (l library) addBroken(key string) {
	l.put(key, func(context.Context) (source.Source, error) { return nil, errBroken })
}

func (l library) resolve(_ context.Context, e Entry) (Item, error) {
	open, ok := l.tracks.Load(e.Key)
	if !ok {
		return Item{}, fmt.Errorf("no %q: %w", e.Key, os.ErrNotExist)
	}
	return Item{Key: e.Key, Title: "Title of " + e.Key, Open: open.(opener)}, nil
}

// gate is a source in memory that lets only its first bytes be read; readers
// of more wait until it is opened further.
type gate struct {
	*source.Bytes
	mu     sync.Mutex
	limit  int64
	change chan struct{}
}

func newGate(data []byte, limit int64) *gate {
	return &gate{Bytes: source.FromBytes(data), limit: limit, change: make(chan struct{})}
}

func (g *gate) allow(limit int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = limit
	close(g.change)
	g.change = make(chan struct{})
}

func (g *gate) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	for {
		g.mu.Lock()
		limit, change := g.limit, g.change
		g.mu.Unlock()
		size, _ := g.Size()
		if min(off+int64(len(p)), size) <= limit {
			return g.Bytes.ReadAt(ctx, p, off)
		}
		select {
		case <-change:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// tape is a device that goes by the clock and keeps all that it is fed.
type tape struct {
	output.Device
	mu  sync.Mutex
	got []float32
	err error
}

func newTape() *tape { return &tape{Device: output.Null(output.System{}, 0, nil)} }

func (d *tape) Start(feed output.Feed) error {
	return d.Device.Start(func(p []float32) (int, error) {
		n, err := feed(p)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.got = append(d.got, p[:2*n]...)
		return n, err
	})
}

func (d *tape) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

func (d *tape) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
	if err != nil {
		d.Device.Pause()
	} else {
		d.Device.Resume()
	}
}

// Resume does nothing while the device is lost: it takes nothing then.
func (d *tape) Resume() {
	if d.Err() == nil {
		d.Device.Resume()
	}
}

func (d *tape) left() []float32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]float32, len(d.got)/2)
	for i := range out {
		out[i] = d.got[2*i]
	}
	return out
}

// rig is a running player in a bubble of virtual time.
type rig struct {
	*Player
	t       *testing.T
	lib     library
	tape    *tape
	mu      sync.Mutex
	listens []Listen
	skips   []error
	stop    func() error
}

// start runs a player on a tape. It must be called within a bubble.
func start(t *testing.T, lib library, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, lib: lib, tape: newTape()}
	config := Config{
		Device: r.tape, Codecs: rawCodecs, Resolve: lib.resolve,
		OnListen: func(l Listen) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.listens = append(r.listens, l)
		},
		OnSkip: func(_ Entry, why error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.skips = append(r.skips, why)
		},
	}
	if change != nil {
		change(&config)
	}
	r.Player = New(config)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return r
}

// told returns what the callbacks have been told so far.
func (r *rig) told() ([]Listen, []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.listens), slices.Clone(r.skips)
}

func (r *rig) lastListen() Listen {
	listens, _ := r.told()
	return listens[len(listens)-1]
}

// after lets d go by and returns the snapshot then.
func (r *rig) after(d time.Duration) Snapshot {
	time.Sleep(d) // virtual
	synctest.Wait()
	return r.Snapshot()
}

func (r *rig) wantState(want State) Snapshot {
	r.t.Helper()
	synctest.Wait()
	s := r.Snapshot()
	if s.State != want {
		r.t.Fatalf("state is %v (%v), want %v", s.State, s.Err, want)
	}
	return s
}

// near fails the test unless got is within tolerance of want.
func near(t *testing.T, what string, got, want, tolerance time.Duration) {
	t.Helper()
	if d := got - want; d < -tolerance || d > tolerance {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tolerance)
	}
}

// render plays a queue into a WAV file and returns its frames.
func render(t *testing.T, lib library, q Queue, change func(*Config)) [][2]float32 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.wav")
	device, err := output.WAV(path)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Device: device, Codecs: rawCodecs, Resolve: lib.resolve, EndWithQueue: true}
	if change != nil {
		change(&config)
	}
	p := New(config)
	p.SetQueue(q)
	p.Play()
	if err := p.Serve(t.Context()); err != nil {
		t.Fatalf("Serve: %v", err)
	}
	return readWAV(t, path)
}

// readWAV reads what output.WAV has written.
func readWAV(t *testing.T, path string) [][2]float32 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const header = 58
	if _, err := f.Seek(header, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][2]float32, (info.Size()-header)/8)
	if err := binary.Read(f, binary.LittleEndian, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// drain reads a stage to its end as float32.
func drain(s beep.Streamer) [][2]float32 {
	var out [][2]float32
	buf := make([][2]float64, 777)
	for {
		n, ok := s.Stream(buf)
		for _, f := range buf[:n] {
			out = append(out, [2]float32{float32(f[0]), float32(f[1])})
		}
		if !ok {
			return out
		}
	}
}

// memory is a streamer over frames.
type memory struct{ rest [][2]float64 }

func (m *memory) Stream(samples [][2]float64) (int, bool) {
	n := copy(samples, m.rest)
	m.rest = m.rest[n:]
	return n, n > 0
}
func (m *memory) Err() error { return nil }
