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
)

// The layout of the file: RIFF header, a "fmt " chunk of the 18 bytes that a
// non-PCM format has, the "fact" chunk that it requires, and "data"
// (Microsoft Multimedia Standards Update, revision 3.0, 1994).
const (
	wavHeaderSize = 12 + (8 + 18) + (8 + 4) + 8
	wavFrameSize  = 4 * channels
	// wavMaxFrames keeps the RIFF size within its 32 bits.
	wavMaxFrames = (math.MaxUint32 - wavHeaderSize) / wavFrameSize

	waveFormatIEEEFloat = 3
)

// ErrTooLong: a WAV file holds at most 4 GiB, which is 3 h 6 min at 48 kHz.
var ErrTooLong = errors.New("output: the WAV file is full (4 GiB)")

// WAV returns a device that writes a 32-bit float WAV file at path, as fast as
// it is fed. Until Close succeeds there is only a temporary file beside path;
// what was at path before is then replaced. The rate is DefaultRate.
//
// The person who asked for the file names the folder, so a folder that is not
// there is an error and not created.
func WAV(path string) (Device, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ninth-*.wav")
	if err != nil {
		return nil, fmt.Errorf("output: creating %s: %w", path, err)
	}
	d := &wav{path: path, file: f, buf: bufio.NewWriterSize(f, 1<<16)}
	d.wake = sync.NewCond(&d.mu)
	if _, err := d.buf.Write(wavHeader(0)); err != nil {
		return nil, errors.Join(fmt.Errorf("output: writing %s: %w", path, err), d.discard())
	}
	return d, nil
}

type wav struct {
	path string
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
	for d.mayPull() {
		n, err := feed(samples)
		raw = raw[:0]
		for _, s := range samples[:n*channels] {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(s))
		}
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
	if total > wavMaxFrames {
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
		func() error { _, err := d.file.WriteAt(wavHeader(uint32(d.frames)), 0); return err },
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

// wavHeader is everything in front of the samples.
func wavHeader(frames uint32) []byte {
	le := binary.LittleEndian
	size := frames * wavFrameSize
	h := make([]byte, 0, wavHeaderSize)
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, wavHeaderSize-8+size)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 18)
	h = le.AppendUint16(h, waveFormatIEEEFloat)
	h = le.AppendUint16(h, channels)
	h = le.AppendUint32(h, DefaultRate)
	h = le.AppendUint32(h, DefaultRate*wavFrameSize)
	h = le.AppendUint16(h, wavFrameSize)
	h = le.AppendUint16(h, 32) // bits per sample
	h = le.AppendUint16(h, 0)  // bytes of format extension
	h = append(h, "fact"...)
	h = le.AppendUint32(h, 4)
	h = le.AppendUint32(h, frames)
	h = append(h, "data"...)
	return le.AppendUint32(h, size)
}
