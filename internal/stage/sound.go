package stage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/internal/audiomatch"
)

const (
	channels    = 2
	sampleBytes = 4
	sinkName    = "stage"
)

// audible is the level above which a sample counts as sound: −60 dBFS.
const audible = 1e-3

// usualGrain is what the card plays at a time unless it is told.
const usualGrain = 10 * time.Millisecond

// Recording is what the stage's sound card is playing, taken down in full. It
// grows until Stop, at about 0.4 MB a second.
type Recording struct {
	sound *sound
	// The rest is guarded by sound.mu.
	samples []float32
	before  int // frames that were read before it began
	heard   int // the frame of the first audible sample, −1 before it
}

// Sound is a stretch of sound.
type Sound struct {
	// Rate in Hz.
	Rate int
	// Channels that are interleaved in Samples.
	Channels int
	// Samples with a full scale of ±1.
	Samples []float32
}

// Mono folds the sound into one channel.
func (s Sound) Mono() []float32 { return audiomatch.Mono(s.Samples, s.Channels) }

// WriteWAV writes the sound to a WAVE file of 32-bit floating-point samples.
func (s Sound) WriteWAV(path string) error {
	const (
		ieeeFloat = 3
		fmtSize   = 16
	)
	frame, data := sampleBytes*s.Channels, sampleBytes*len(s.Samples)
	var file bytes.Buffer
	for _, field := range []any{
		[]byte("RIFF"), uint32(4 + 8 + fmtSize + 8 + data), []byte("WAVE"),
		[]byte("fmt "), uint32(fmtSize), uint16(ieeeFloat), uint16(s.Channels),
		uint32(s.Rate), uint32(s.Rate * frame), uint16(frame), uint16(8 * sampleBytes),
		[]byte("data"), uint32(data), s.Samples,
	} {
		if err := binary.Write(&file, binary.LittleEndian, field); err != nil {
			return fmt.Errorf("stage: encoding a recording: %w", err)
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		return fmt.Errorf("stage: writing a recording: %w", err)
	}
	return nil
}

// sound is the sound card: a PulseAudio server with a null sink, and one reader
// of its monitor. The reader runs as long as the stage, because the sink renders
// far ahead while nobody asks for less, and a stream that starts then stalls.
type sound struct {
	rate   int
	reader *Process

	mu         sync.Mutex
	recordings map[*Recording]bool
	total      int           // frames read since the start
	clock      cardClock     // of these frames
	changed    chan struct{} // closed and replaced whenever frames arrive
}

// openSound starts the sound server and waits until its card runs.
func (s *Stage) openSound(ctx context.Context, rate int, grain time.Duration) error {
	realtime := "yes"
	if grain == 0 {
		grain, realtime = usualGrain, "no"
	}
	ctx, cancel := context.WithTimeout(ctx, startupTime)
	defer cancel()
	socket := filepath.Join(s.dir, "run", "pulse.sock")
	s.env["PULSE_SERVER"] = "unix:" + socket
	s.env["PULSE_RUNTIME_PATH"] = filepath.Join(s.dir, "run")
	s.env["PULSE_STATE_PATH"] = filepath.Join(s.dir, "state")
	s.env["PULSE_COOKIE"] = filepath.Join(s.dir, "run", "cookie")
	s.env["PULSE_SINK"] = sinkName
	path, err := lookUp("pulseaudio")
	if err != nil {
		return err
	}
	server, err := s.Start(Program{Path: path, Args: []string{
		"-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=yes",
		"--disable-shm=yes", "--high-priority=no", "--realtime=" + realtime, "--resample-method=soxr-vhq",
		// Without rewinds the sink renders 50 ms ahead instead of 2 s.
		"-L", fmt.Sprintf("module-null-sink sink_name=%s rate=%d channels=%d format=float32le norewinds=yes", sinkName, rate, channels),
		"-L", "module-native-protocol-unix auth-anonymous=1 socket=" + socket,
	}})
	if err != nil {
		return err
	}
	err = until(ctx, "the sound server", func() error {
		select {
		case <-server.Done():
			return &exitedError{server.Output()}
		default:
		}
		_, err := s.run(ctx, "pactl", "info")
		return err
	})
	if err != nil {
		return err
	}
	return s.listen(ctx, rate, grain)
}

// exitedError says that a server went away, with what it printed.
type exitedError struct{ output string }

func (e *exitedError) Error() string { return "it ended: " + e.output }

// listen starts the one reader and waits until the card runs in real time.
func (s *Stage) listen(ctx context.Context, rate int, grain time.Duration) error {
	path, err := lookUp("parec")
	if err != nil {
		return err
	}
	cmd := s.command(path, "-d", sinkName+".monitor", "--raw", "--format=float32le",
		"--rate="+strconv.Itoa(rate), "--channels="+strconv.Itoa(channels),
		"--latency-msec="+strconv.FormatInt(max(grain.Milliseconds(), 1), 10))
	// The crew closes the writing end when the reader ends, and so the loop.
	read, write := io.Pipe()
	cmd.Stdout = write
	card := &sound{
		rate: rate, recordings: map[*Recording]bool{},
		clock: cardClock{rate: rate}, changed: make(chan struct{}),
	}
	if card.reader, err = s.crew.start("parec", cmd); err != nil {
		return err
	}
	s.crew.home.Go(func() {
		<-card.reader.Done()
		write.Close()
	})
	s.crew.home.Go(func() { card.read(read) })
	s.sound = card
	warm := rate / 4
	return card.wait(ctx, "the sound card", func() bool { return card.total >= warm })
}

// read hands what the monitor gives to every recording until the reader ends.
func (c *sound) read(from io.Reader) {
	buffer := make([]byte, 4096*channels*sampleBytes)
	for filled := 0; ; {
		n, err := from.Read(buffer[filled:])
		arrived := time.Now()
		if err != nil {
			return
		}
		filled += n
		whole := filled - filled%(channels*sampleBytes)
		c.deliver(audiomatch.Samples(buffer[:whole]), arrived)
		filled = copy(buffer, buffer[whole:filled])
	}
}

func (c *sound) deliver(samples []float32, arrived time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock.note(arrived, c.total)
	c.total += len(samples) / channels
	for r := range c.recordings {
		for i, v := range samples {
			if r.heard < 0 && (v > audible || v < -audible) {
				r.heard = (len(r.samples) + i) / channels
			}
		}
		r.samples = append(r.samples, samples...)
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

var errReaderEnded = errors.New("the sound server's reader ended")

// wait waits until the condition, which is asked with c.mu held, is met.
func (c *sound) wait(ctx context.Context, what string, met func() bool) error {
	for {
		c.mu.Lock()
		done, changed := met(), c.changed
		c.mu.Unlock()
		if done {
			return nil
		}
		var err error
		select {
		case <-changed:
			continue
		case <-ctx.Done():
			err = ctx.Err()
		case <-c.reader.Done():
			err = errReaderEnded
		}
		return fmt.Errorf("stage: waiting for %s: %w", what, err)
	}
}

// Record starts to take down what is played. It panics on a stage that is mute.
func (s *Stage) Record() *Recording {
	if s.sound == nil {
		panic("stage: Record on a mute stage")
	}
	s.sound.mu.Lock()
	defer s.sound.mu.Unlock()
	r := &Recording{sound: s.sound, before: s.sound.total, heard: -1}
	s.sound.recordings[r] = true
	return r
}

// WaitSound waits until this much has been recorded since the first audible
// sample (over −60 dBFS); 0 waits for that sample.
func (r *Recording) WaitSound(ctx context.Context, length time.Duration) error {
	frames := int(length.Seconds() * float64(r.sound.rate))
	return r.sound.wait(ctx, fmt.Sprintf("%v of sound", length), func() bool {
		return r.heard >= 0 && len(r.samples)/channels-r.heard >= frames
	})
}

// Heard is when the card played the first audible sample (over −60 dBFS), by
// its place among all that was recorded and not by when it arrived; ok is false
// before it. It goes by the same clock as time.Now, and is at most as late as
// the quickest block of the last second was on its way to the recorder.
func (r *Recording) Heard() (at time.Time, ok bool) {
	r.sound.mu.Lock()
	defer r.sound.mu.Unlock()
	if r.heard < 0 {
		return time.Time{}, false
	}
	return r.sound.clock.at(r.before + r.heard), true
}

// WaitSilence waits until nothing audible has been recorded for this long,
// counted in recorded frames.
func (r *Recording) WaitSilence(ctx context.Context, length time.Duration) error {
	samples := int(length.Seconds()*float64(r.sound.rate)) * channels
	return r.sound.wait(ctx, fmt.Sprintf("%v of silence", length), func() bool {
		if len(r.samples) < samples {
			return false
		}
		for _, v := range r.samples[len(r.samples)-samples:] {
			if v > audible || v < -audible {
				return false
			}
		}
		return true
	})
}

// Stop ends the recording and gives it. Stopping again gives the same.
func (r *Recording) Stop() Sound {
	r.sound.mu.Lock()
	defer r.sound.mu.Unlock()
	delete(r.sound.recordings, r)
	return Sound{Rate: r.sound.rate, Channels: channels, Samples: r.samples}
}
