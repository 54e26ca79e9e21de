//go:build linux && !android

package output

import (
	"testing"
	"time"

	"github.com/ninth-coop/ninth/internal/stage"
)

// startPulse plays feed through a sound server of the test's own.
func startPulse(t *testing.T, feed Feed) *pulseDevice {
	t.Helper()
	stage.NewSoundServer(t)
	opened, err := Pulse(t.Context(), "Ninth")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	if err := opened.Start(feed); err != nil {
		t.Fatal(err)
	}
	return opened.(*pulseDevice)
}

// What the server has asked for while its buffer was long, and was not given
// before a pause, is not asked for when the music goes on: nobody has decoded
// so much then.
func TestPulseBeginsShortAfterAPause(t *testing.T) {
	given := make(chan int, 1000) // frames of each call
	d := startPulse(t, func(p []float32) (int, error) {
		given <- len(p) / 2
		return len(p) / 2, nil
	})
	<-given

	d.mu.Lock() // so that the device does not give what is asked for
	err := d.stream.buffer(pulseSafe)
	for err == nil && d.link.wanted.Load() < int64(pulseBytes(pulseSafe/2)) {
		err = d.stream.ask() // a round trip gives the server time
	}
	d.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	d.Pause()
	d.Flush()
	for len(given) > 0 {
		<-given
	}
	d.Resume()
	select {
	case frames := <-given:
		if short := int(pulseShort.Seconds() * DefaultRate); frames > short {
			t.Errorf("it begins with %d frames, want %d at most", frames, short)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not go on")
	}
}

// A server that runs dry because this machine is busy holds more from then on.
func TestPulseLearnsHowMuchToHold(t *testing.T) {
	d := startPulse(t, func(p []float32) (int, error) { return len(p) / 2, nil })
	length := func() time.Duration {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.stream.length
	}
	stage.Until(t, "it holds what is enough", func() bool { return length() >= pulseLong })
	d.mu.Lock() // nothing is given any more
	for end := time.Now().Add(10 * time.Second); !d.link.dry.Load() && time.Now().Before(end); {
		if err := d.stream.ask(); err != nil {
			t.Error(err)
			break
		}
	}
	d.mu.Unlock()
	stage.Until(t, "it holds more", func() bool { return length() == pulseSafe })
}
