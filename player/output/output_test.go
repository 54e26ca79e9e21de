package output_test

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/output/outputtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNullContract(t *testing.T) {
	outputtest.RunVirtual(t, func(t *testing.T) output.Device { return output.Null(output.System{}, 0, nil) })
}

func TestWAVContract(t *testing.T) {
	outputtest.Run(t, func(t *testing.T) output.Device {
		d, err := output.WAV(filepath.Join(t.TempDir(), "out.wav"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func TestNullKeepsExactTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := output.Null(output.System{}, 44100, nil)
		var taken int
		if err := d.Start(func(p []float32) (int, error) { taken += len(p) / 2; return len(p) / 2, nil }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if heard := taken - d.Held(); heard < 44100*3600-1 || heard > 44100*3600+1 {
			t.Errorf("%d frames are heard in an hour, want %d", heard, 44100*3600)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNullSaysWhy(t *testing.T) {
	info := output.Null(output.System{}, 0, output.ErrNoDevice).Info()
	if !info.Silent || !errors.Is(info.Reason, output.ErrNoDevice) || info.Rate != output.DefaultRate {
		t.Errorf("it says %+v", info)
	}
}

// feedOf gives the samples and then ends.
func feedOf(samples []float32) output.Feed {
	return func(p []float32) (int, error) {
		n := copy(p, samples)
		samples = samples[n:]
		if len(samples) == 0 {
			return n / 2, io.EOF
		}
		return n / 2, nil
	}
}

func TestWAVFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.wav")
	samples := []float32{0, 1, -1, 0.5, math.Pi, -2}
	if err := os.WriteFile(path, []byte("what was there"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := output.WAV(path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	feed := feedOf(samples)
	if err := d.Start(func(p []float32) (int, error) { defer close(ended); return feed(p) }); err != nil {
		t.Fatal(err)
	}
	<-ended
	if b, _ := os.ReadFile(path); string(b) != "what was there" {
		t.Error("the file is replaced before Close")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if string(b[:4]) != "RIFF" || le.Uint32(b[4:]) != uint32(len(b)-8) || string(b[8:16]) != "WAVEfmt " {
		t.Errorf("header is % x", b[:16])
	}
	if le.Uint16(b[20:]) != 3 || le.Uint16(b[22:]) != 2 || le.Uint32(b[24:]) != 48000 || le.Uint16(b[34:]) != 32 {
		t.Errorf("format is % x", b[16:38])
	}
	if string(b[38:42]) != "fact" || le.Uint32(b[46:]) != 3 || string(b[50:54]) != "data" || le.Uint32(b[54:]) != 24 {
		t.Errorf("chunks are % x", b[38:58])
	}
	for i, want := range samples {
		if got := math.Float32frombits(le.Uint32(b[58+4*i:])); got != want {
			t.Errorf("sample %d is %v, want %v", i, got, want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWAV16File(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.wav")
	d, err := output.WAV16(path)
	if err != nil {
		t.Fatal(err)
	}
	// A third of a step: only noise can carry it into 16 bits.
	samples := make([]float32, 2*48000)
	for i := range samples {
		samples[i] = 1.0 / 3 / 32768
	}
	ended := make(chan struct{})
	feed := feedOf(samples)
	if err := d.Start(func(p []float32) (int, error) {
		n, err := feed(p)
		if err != nil {
			close(ended)
		}
		return n, err
	}); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if le.Uint16(b[20:]) != 1 || le.Uint32(b[28:]) != 48000*4 || le.Uint16(b[32:]) != 4 || le.Uint16(b[34:]) != 16 {
		t.Errorf("format is % x", b[16:38])
	}
	if le.Uint32(b[4:]) != uint32(len(b)-8) || le.Uint32(b[46:]) != 48000 || le.Uint32(b[54:]) != 4*48000 || len(b) != 58+4*48000 {
		t.Errorf("%d bytes, chunks % x", len(b), b[38:58])
	}
	sum := 0
	for at := 58; at < len(b); at += 2 {
		sum += int(int16(le.Uint16(b[at:])))
	}
	if mean := float64(sum) / float64(len(samples)); math.Abs(mean-1.0/3) > 0.02 {
		t.Errorf("the mean is %.3f steps, want 0.333", mean)
	}
}

// Nothing to play is no reason to replace a file by an empty one.
func TestWAVWithoutFrames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.wav")
	if err := os.WriteFile(path, []byte("what was there"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := output.WAV(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "what was there" {
		t.Errorf("the file is %q now", b)
	}
}

// A device that fails leaves what was there, and nothing else.
func TestWAVFailure(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.wav")
	d, err := output.WAV(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken on purpose")
	called := make(chan struct{})
	if err := d.Start(func([]float32) (int, error) { defer close(called); return 0, broken }); err != nil {
		t.Fatal(err)
	}
	<-called
	if err := d.Close(); !errors.Is(err, broken) || !errors.Is(d.Err(), broken) {
		t.Errorf("Close gives %v, Err %v", err, d.Err())
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := output.WAV(filepath.Join(dir, "no such folder", "out.wav")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there gives %v", err)
	}
}
