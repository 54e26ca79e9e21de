package output

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"

	"github.com/ninth-coop/ninth/player/dsp"
)

// The layout of the file: RIFF header, a "fmt " chunk of the 18 bytes that a
// non-PCM format has, the "fact" chunk that it requires, and "data"
// (Microsoft Multimedia Standards Update, revision 3.0, 1994). PCM may have
// them too.
const (
	wavHeaderSize = 12 + (8 + 18) + (8 + 4) + 8
	wavFrameSize  = 4 * channels // of floats

	waveFormatPCM       = 1
	waveFormatIEEEFloat = 3
)

// ErrTooLong: a WAV file holds at most 4 GiB, which is 3 h 6 min at 48 kHz in
// 32 bits and twice that in 16.
var ErrTooLong = errors.New("output: the WAV file is full (4 GiB)")

// WAV returns a device that writes a 32-bit float WAV file at path, as fast as
// it is fed. Until Close succeeds there is only a temporary file beside path;
// what was at path before is then replaced. The rate is DefaultRate.
//
// The person who asked for the file names the folder, so a folder that is not
// there is an error and not created.
func WAV(path string) (Device, error) { return newWAV(path, 32) }

// WAV16 is WAV with 16-bit integers, dithered (see dsp.Dither).
func WAV16(path string) (Device, error) { return newWAV(path, 16) }

func newWAV(path string, bits int) (Device, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ninth-*.wav")
	if err != nil {
		return nil, fmt.Errorf("output: creating %s: %w", path, err)
	}
	d := &wav{path: path, bits: bits, file: f, buf: bufio.NewWriterSize(f, 1<<16)}
	d.wake = sync.NewCond(&d.mu)
	if _, err := d.buf.Write(d.header(0)); err != nil {
		return nil, errors.Join(fmt.Errorf("output: writing %s: %w", path, err), d.discard())
	}
	return d, nil
}

type wav struct {
	path string
	bits int // 32 for floats, 16 for integers
	file *os.File
	buf  *bufio.Writer // used by run, and by Close after run has ended

	mu      sync.Mutex
	wake    *sync.Cond // paused or closed has changed
	started bool
	paused  bool
	closed  bool
	frames  int64 // written
	err     error

	done   sync.WaitGroup
	finish sync.Once
	result error // of Close
}

func (d *wav) Info() Info { return Info{Name: d.path, Rate: DefaultRate} }

func (d *wav) Start(feed Feed) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrClosed
	case d.started:
		return errors.New("output: device is already started")
	}
	d.started = true
	d.done.Go(func() { d.run(feed) })
	return nil
}

// run copies from the feed to the file until the feed ends, the device is
// closed, or writing fails.
func (d *wav) run(feed Feed) {
	samples := make([]float32, 4096*channels)
	raw := make([]byte, 0, len(samples)*4)
	encode := appendFloats
	if d.bits == 16 {
		encode = dithered(len(samples))
	}
	for d.mayPull() {
		n, err := feed(samples)
		raw = encode(raw[:0], samples[:n*channels])
		if werr := d.write(raw, n); werr != nil {
			d.fail(werr)
			return
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				d.fail(err)
			}
			return
		}
	}
}

func appendFloats(raw []byte, samples []float32) []byte {
	for _, s := range samples {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(s))
	}
	return raw
}

// dithered appends up to the given number of samples at once as integers. The
// noise is the same each time: the same music makes the same file.
func dithered(most int) func(raw []byte, samples []float32) []byte {
	dither, values := dsp.NewDither(0), make([]int16, most)
	return func(raw []byte, samples []float32) []byte {
		dither.Quantise(values, samples)
		for _, v := range values[:len(samples)] {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		}
		return raw
	}
}

// mayPull waits while the device is paused; it is false once it is closed.
func (d *wav) mayPull() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.paused && !d.closed {
		d.wake.Wait()
	}
	return !d.closed
}

func (d *wav) write(raw []byte, frames int) error {
	d.mu.Lock()
	total := d.frames + int64(frames)
	d.mu.Unlock()
	if total > (math.MaxUint32-wavHeaderSize)/d.frameSize() {
		return ErrTooLong
	}
	if _, err := d.buf.Write(raw); err != nil {
		return fmt.Errorf("output: writing %s: %w", d.path, err)
	}
	d.mu.Lock()
	d.frames = total
	d.mu.Unlock()
	return nil
}

func (d *wav) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

func (d *wav) set(paused bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paused = paused
	d.wake.Broadcast()
}

func (d *wav) Pause()  { d.set(true) }
func (d *wav) Resume() { d.set(false) }

// Flush drops nothing: what is in the file has been heard.
func (d *wav) Flush() int { return 0 }

// Held is zero: what is in the file has been heard.
func (d *wav) Held() int { return 0 }

func (d *wav) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Close completes the file. After an error of writing there is no file at
// path, or the one that was there before.
func (d *wav) Close() error {
	d.finish.Do(func() {
		d.mu.Lock()
		d.closed = true
		d.wake.Broadcast()
		d.mu.Unlock()
		d.done.Wait()
		d.result = d.Err()
		if d.result == nil && d.frames > 0 {
			d.result = d.complete()
		}
		if d.result != nil || d.frames == 0 {
			d.result = errors.Join(d.result, d.discard())
		}
	})
	return d.result
}

// complete writes the real lengths into the header and gives the file its name.
func (d *wav) complete() error {
	steps := []func() error{
		d.buf.Flush,
		func() error { _, err := d.file.WriteAt(d.header(uint32(d.frames)), 0); return err },
		// CreateTemp makes files for their owner alone; a rendered track is
		// an ordinary document.
		func() error { return d.file.Chmod(0o644) },
		d.file.Sync,
		d.file.Close,
		func() error { return os.Rename(d.file.Name(), d.path) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("output: completing %s: %w", d.path, err)
		}
	}
	return nil
}

func (d *wav) discard() error {
	_ = d.file.Close() // closed already when the last step failed
	if err := os.Remove(d.file.Name()); err != nil {
		return fmt.Errorf("output: removing the unfinished file: %w", err)
	}
	return nil
}

// frameSize is a frame's length in the file, in bytes.
func (d *wav) frameSize() int64 { return int64(d.bits/8) * channels }

// header is everything in front of the samples.
func (d *wav) header(frames uint32) []byte {
	le := binary.LittleEndian
	frame, format := uint32(d.frameSize()), uint16(waveFormatIEEEFloat)
	if d.bits == 16 {
		format = waveFormatPCM
	}
	size := frames * frame
	h := make([]byte, 0, wavHeaderSize)
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, wavHeaderSize-8+size)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 18)
	h = le.AppendUint16(h, format)
	h = le.AppendUint16(h, channels)
	h = le.AppendUint32(h, DefaultRate)
	h = le.AppendUint32(h, DefaultRate*frame)
	h = le.AppendUint16(h, uint16(frame))
	h = le.AppendUint16(h, uint16(d.bits))
	h = le.AppendUint16(h, 0) // bytes of format extension
	h = append(h, "fact"...)
	h = le.AppendUint32(h, 4)
	h = le.AppendUint32(h, frames)
	h = append(h, "data"...)
	return le.AppendUint32(h, size)
}
