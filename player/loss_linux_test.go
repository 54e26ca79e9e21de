//go:build linux && !android

package player

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/internal/stage"
	"github.com/ninth-coop/ninth/player/output"
)

// ramp is a track whose level tells the time: rampStart at its beginning, and
// more by rampSlope with each second.
func ramp(length time.Duration) [][2]float64 {
	out := make([][2]float64, int(length.Seconds()*output.DefaultRate))
	for i := range out {
		v := rampStart + rampSlope*float64(i)/output.DefaultRate
		out[i] = [2]float64{v, v}
	}
	return out
}

const rampStart, rampSlope = 0.1, 0.02

// ear records a sound server's sink. What it has heard can be asked at any time.
type ear struct {
	mu  sync.Mutex
	raw bytes.Buffer
}

func (e *ear) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.raw.Write(p)
}

// heard is the left channel so far.
func (e *ear) heard() []float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.raw.Bytes()
	out := make([]float64, len(b)/8)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[8*i:])))
	}
	return out
}

// quiet tells whether the last part of what was heard is silence of that length.
func (e *ear) quiet(length time.Duration) bool {
	all := e.heard()
	n := int(length.Seconds() * output.DefaultRate)
	if len(all) < n {
		return false
	}
	for _, v := range all[len(all)-n:] {
		if v != 0 {
			return false
		}
	}
	return true
}

// soundServer starts a sound server whose only sink is one that stands for none,
// and listens there: what other sinks are given goes on to it.
func soundServer(t *testing.T) (*stage.SoundServer, *ear) {
	t.Helper()
	s := stage.NewSoundServer(t)
	t.Setenv("PULSE_SINK", "")
	s.Pactl("load-module", "module-null-sink", "sink_name=auto_null", "rate=48000", "channels=2", "format=float32le", "norewinds=yes")
	s.Unload("sink_name=stage")
	e := &ear{}
	cmd := exec.CommandContext(t.Context(), "parec", "-d", "auto_null.monitor", "--raw", "--format=float32le",
		"--rate=48000", "--channels=2", "--latency-msec=10")
	cmd.Stdout = e
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended with the server
		_ = cmd.Wait()
	})
	stage.Until(t, "the ear hears", func() bool { return e.quiet(time.Second / 4) })
	return s, e
}

// TestTheDeviceGoesAndComesBack loses the only sink of a real sound server while
// music plays, and gives it another one: the music goes on where it was last
// heard, to within what the server held.
func TestTheDeviceGoesAndComesBack(t *testing.T) {
	s, e := soundServer(t)
	card := func(name string) string {
		module := s.Pactl("load-module", "module-remap-sink", "sink_name="+name, "master=auto_null", "remix=no")
		s.Pactl("set-default-sink", name)
		return module
	}
	first := card("first")
	device, err := output.Pulse(t.Context(), "Ninth")
	if err != nil {
		t.Fatal(err)
	}
	lib := newLibrary()
	lib.add("ramp", output.DefaultRate, ramp(20*time.Second))
	p := New(Config{Device: device, Codecs: rawCodecs, Resolve: lib.resolve})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx) }()
	defer func() {
		cancel()
		if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	p.SetQueue(Queue{}.Append("ramp"))
	p.Play()
	stage.Until(t, "two seconds are heard", func() bool { return p.Snapshot().Position > 2*time.Second })

	s.Pactl("unload-module", first)
	stage.Until(t, "the loss is told", func() bool { return errors.Is(p.Snapshot().Device.Err, output.ErrNoDevice) })
	stage.Until(t, "there is silence", func() bool { return e.quiet(time.Second / 5) })
	place := p.Snapshot().Position
	stage.Until(t, "there is more silence", func() bool { return e.quiet(time.Second / 2) })
	if now := p.Snapshot().Position; now != place {
		t.Errorf("without a device it goes from %v on to %v", place, now)
	}

	card("second")
	stage.Until(t, "it is heard again", func() bool { return !e.quiet(time.Second / 5) })
	stage.Until(t, "two more seconds are heard", func() bool { return p.Snapshot().Position > place+2*time.Second })

	// The level around the silence, away from where it fades.
	const edge = output.DefaultRate / 20
	sound := e.heard()
	begin, end := longestSilence(sound)
	if begin < edge || end+edge > len(sound) {
		t.Fatalf("the silence lasts from %d to %d of %d", begin, end, len(sound))
	}
	at := func(frame int) time.Duration {
		return time.Duration((sound[frame] - rampStart) / rampSlope * float64(time.Second))
	}
	margin := time.Second * edge / output.DefaultRate
	before, after := at(begin-edge)+margin, at(end+edge)-margin
	t.Logf("heard up to %v, told %v, and again from %v", before, place, after)
	const held = 300 * time.Millisecond // what a server may hold
	if after > before+20*time.Millisecond || after < before-held {
		t.Errorf("after %v it goes on at %v", before, after)
	}
	if place > before+20*time.Millisecond || place < before-held {
		t.Errorf("it says that it is at %v, and was heard up to %v", place, before)
	}
}

// longestSilence is where it begins and ends, between sounds.
func longestSilence(sound []float64) (begin, end int) {
	last := -1
	for i, v := range sound {
		if v == 0 {
			continue
		}
		if last >= 0 && i-last > end-begin {
			begin, end = last+1, i
		}
		last = i
	}
	return begin, end
}
