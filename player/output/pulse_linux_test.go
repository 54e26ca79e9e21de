//go:build linux && !android

package output_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/internal/stage"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/output/outputtest"
)

func openPulse(t *testing.T) output.Device {
	t.Helper()
	d, err := output.Pulse(t.Context(), "Ninth")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPulseContract(t *testing.T) {
	stage.NewSoundServer(t)
	outputtest.Run(t, openPulse)
}

// tone is a feed of a sine without end, which counts its frames.
type tone struct {
	mu sync.Mutex
	at int
}

func (f *tone) feed(p []float32) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range len(p) / 2 {
		v := float32(0.5 * math.Sin(2*math.Pi*440*float64(f.at)/output.DefaultRate))
		p[2*i], p[2*i+1] = v, v
		f.at++
	}
	return len(p) / 2, nil
}

func (f *tone) given() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// A busy machine may leave the sound server without sound for a moment; what
// the device itself breaks, it breaks each time.
func TestPulseIsHeard(t *testing.T) {
	s := stage.NewSoundServer(t)
	var broken error
	for range 5 {
		if broken = listenToTone(t, s); broken == nil {
			return
		}
		t.Log(broken)
	}
	t.Error("each time", broken)
}

// listenToTone plays a second of a tone and reports where it breaks.
func listenToTone(t *testing.T, s *stage.SoundServer) error {
	t.Helper()
	d := openPulse(t)
	defer d.Close()
	recording := s.Record()
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	if err := recording.WaitSound(t.Context(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	sound := recording.Stop().Mono()
	begin := 0
	for begin < len(sound) && math.Abs(float64(sound[begin])) < 1e-3 {
		begin++
	}
	// A sine is what its second difference says; a gap or a jump is not.
	k := 2 * math.Cos(2*math.Pi*440/output.DefaultRate)
	for i := begin + 100; i < begin+output.DefaultRate; i++ {
		if off := float64(sound[i+1]) + float64(sound[i-1]) - k*float64(sound[i]); math.Abs(off) > 1e-3 {
			return fmt.Errorf("the tone breaks %d frames after its beginning, by %v", i-begin, off)
		}
	}
	return nil
}

func TestPulseLossAndReturn(t *testing.T) {
	s := stage.NewSoundServer(t)
	d := openPulse(t)
	defer d.Close()
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	stage.Until(t, "it plays", func() bool { return f.given() > output.DefaultRate/2 })
	// The last sink goes, and one comes back.
	s.Unload("module-null-sink")
	stage.Until(t, "the loss is told", func() bool { return d.Err() != nil })
	if info := d.Info(); !info.Silent || info.Reason == nil {
		t.Errorf("while it is lost it says %+v", info)
	}
	lost := d.Flush()
	if lost <= 0 || lost > output.DefaultRate/2 {
		t.Errorf("%d frames were lost with the sink", lost)
	}
	given := f.given()
	s.Pactl("load-module", "module-null-sink", "sink_name=other", "sink_properties=device.description=Other")
	stage.Until(t, "it plays on", func() bool { return d.Err() == nil && f.given() > given+output.DefaultRate/4 })
	stage.Until(t, "it has the name of the other", func() bool { return d.Info().Name == "Other" })
}

func TestPulseSinks(t *testing.T) {
	s := stage.NewSoundServer(t)
	s.Pactl("load-module", "module-null-sink", "sink_name=worn",
		"sink_properties='device.description=Headphones device.form_factor=headphone'")
	d := openPulse(t)
	defer d.Close()
	chooser, ok := d.(output.Chooser)
	if !ok {
		t.Fatal("its sinks cannot be chosen")
	}
	sinks, err := chooser.Sinks()
	if err != nil || len(sinks) != 2 {
		t.Fatalf("sinks %+v, %v", sinks, err)
	}
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	if err := chooser.Choose("worn"); err != nil {
		t.Fatal(err)
	}
	stage.Until(t, "the headphones play", func() bool { return d.Info().Name == "Headphones" })
	if chooser.HeadphonesLeft() {
		t.Error("headphones left when they were chosen")
	}
	if err := chooser.Choose(""); err != nil {
		t.Fatal(err)
	}
	stage.Until(t, "the default plays", func() bool { return d.Info().Name != "Headphones" })
	chooser.HeadphonesLeft()
	if err := chooser.Choose("worn"); err != nil {
		t.Fatal(err)
	}
	stage.Until(t, "the headphones play again", func() bool { return d.Info().Name == "Headphones" })
	given := f.given()
	s.Unload("sink_name=worn")
	stage.Until(t, "headphones left is told", chooser.HeadphonesLeft)
	stage.Until(t, "it plays on elsewhere", func() bool { return f.given() > given+output.DefaultRate/4 && d.Err() == nil })
}

// A sink that a person chose is gone back to when it returns, but not when that
// person took the sound elsewhere in the system's mixer.
func TestPulseGoesBackToWhatWasChosen(t *testing.T) {
	s := stage.NewSoundServer(t)
	load := func() {
		s.Pactl("load-module", "module-null-sink", "sink_name=chosen", "sink_properties=device.description=Chosen")
	}
	load()
	d := openPulse(t)
	defer d.Close()
	chooser, ok := d.(output.Chooser)
	if !ok {
		t.Fatal("its sinks cannot be chosen")
	}
	if err := chooser.Choose("chosen"); err != nil {
		t.Fatal(err)
	}
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	plays := func(name string) {
		t.Helper()
		given := f.given()
		stage.Until(t, "it plays in "+name, func() bool {
			return d.Err() == nil && d.Info().Name == name && f.given() > given+output.DefaultRate/10
		})
	}
	plays("Chosen")
	usual := func() string {
		for _, s := range must(chooser.Sinks()) {
			if s.Default {
				return s.Name
			}
		}
		t.Fatal("there is no usual sink")
		return ""
	}()
	for range 2 {
		s.Unload("sink_name=chosen")
		plays(usual)
		load()
		plays("Chosen")
	}
	inputs := strings.Fields(s.Pactl("list", "short", "sink-inputs"))
	if len(inputs) == 0 {
		t.Fatal("nothing plays")
	}
	s.Pactl("move-sink-input", inputs[0], "stage")
	plays(usual)
	s.Pactl("load-module", "module-null-sink", "sink_name=third")
	stage.Until(t, "the third is listed", func() bool { return len(must(chooser.Sinks())) == 3 })
	plays(usual)
	if chooser.HeadphonesLeft() {
		t.Error("there were no headphones")
	}
}

// Headphones that leave nothing behind have left all the same when there is
// something else to play on.
func TestHeadphonesThatWereAllThereWas(t *testing.T) {
	s := stage.NewSoundServer(t)
	s.Pactl("load-module", "module-null-sink", "sink_name=worn",
		"sink_properties='device.description=Headphones device.form_factor=headphone'")
	s.Unload("sink_name=stage")
	d := openPulse(t)
	defer d.Close()
	chooser, ok := d.(output.Chooser)
	if !ok {
		t.Fatal("its sinks cannot be chosen")
	}
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	stage.Until(t, "the headphones play", func() bool { return d.Info().Name == "Headphones" && f.given() > output.DefaultRate/4 })
	s.Unload("sink_name=worn")
	stage.Until(t, "the loss is told", func() bool { return d.Err() != nil })
	if chooser.HeadphonesLeft() {
		t.Error("headphones left before the sound is elsewhere")
	}
	s.Pactl("load-module", "module-null-sink", "sink_name=loud")
	stage.Until(t, "headphones left is told", chooser.HeadphonesLeft)
}

// must is a list of sinks, which is empty where there is an error.
func must(sinks []output.Sink, err error) []output.Sink {
	if err != nil {
		return nil
	}
	return sinks
}

func TestNoSoundServer(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:"+t.TempDir()+"/none")
	if _, err := output.Pulse(t.Context(), "Ninth"); err == nil {
		t.Error("it opens without a server")
	}
}

// A machine that has no server, and one that has no sink, says so, and plays
// when there is one.
func TestNoDeviceUntilThereIsOne(t *testing.T) {
	s := stage.NewSoundServer(t)
	s.Unload("module-null-sink")
	dummy := s.Pactl("load-module", "module-null-sink", "sink_name=auto_null")
	d := output.Auto(t.Context(), output.OtoOptions{AppName: "Ninth"})
	defer d.Close()
	var f tone
	if err := d.Start(f.feed); err != nil {
		t.Fatal(err)
	}
	if err := d.Err(); !errors.Is(err, output.ErrNoDevice) {
		t.Fatalf("it says %v", err)
	}
	s.Pactl("load-module", "module-null-sink", "sink_name=real")
	s.Pactl("unload-module", dummy)
	stage.Until(t, "it plays", func() bool { return d.Err() == nil && f.given() > output.DefaultRate/2 })
}
