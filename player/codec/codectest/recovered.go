package codectest

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

// Recovered is what could still be made of damaged files.
type Recovered struct {
	Played time.Duration // silence that stands for what is lost included
	Heard  time.Duration // of that, what is not silent
}

const (
	// listened is how long a test listens to a damaged file: a header may claim
	// hours.
	listened = 5 * time.Second
	// listenedRate is that of ffmpeg's output, in frames per second.
	listenedRate = 44100
)

// CompareDamaged plays variants damaged copies of file, which has the extension
// ext, with the decoder that open makes and with ffmpeg. It returns the sums of
// what each recovered, of each copy no more than the undamaged file gives.
func CompareDamaged(t *testing.T, open codec.Opener, file []byte, ext string, variants int) (ours, theirs Recovered) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged."+ext)
	whole := recovers(t, open, file)
	for seed := range uint64(variants) {
		damaged := Damage(file, seed)
		ours.add(recovers(t, open, damaged), whole)
		theirs.add(ffmpegRecovers(t, path, damaged), whole)
	}
	return ours, theirs
}

func (r *Recovered) add(one, most Recovered) {
	r.Played += min(one.Played, most.Played)
	r.Heard += min(one.Heard, most.Heard)
}

// recovers plays a file for as long as it goes.
func recovers(t *testing.T, open codec.Opener, file []byte) Recovered {
	t.Helper()
	d, err := open(t.Context(), NewSource(file))
	if err != nil {
		return Recovered{}
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	rate := int(d.Format().SampleRate)
	var all [][2]float64
	buffer := make([][2]float64, 4096)
	for len(all) < int(listened.Seconds()*float64(rate)) {
		n, ok := d.Stream(buffer)
		if !ok {
			break
		}
		all = append(all, buffer[:n]...)
	}
	return listen(all, rate)
}

// ffmpegRecovers has ffmpeg play a file, which is written to path, for as long
// as it goes. That it complains is no reason to leave out what it gave.
func ffmpegRecovers(t *testing.T, path string, file []byte) Recovered {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "quiet", "-nostdin", "-threads", "1", "-i", path,
		"-map", "0:a:0", "-t", "5", "-ar", "44100", "-ac", "2", "-f", "s16le", "-")
	raw, _ := cmd.Output() // it fails where the file ends too soon
	all := make([][2]float64, len(raw)/4)
	for i := range all {
		for c := range 2 {
			all[i][c] = float64(int16(binary.LittleEndian.Uint16(raw[4*i+2*c:]))) / (1 << 15)
		}
	}
	return listen(all, listenedRate)
}

// listen measures frames in steps of 10 ms, which are silent below −60 dBFS.
func listen(frames [][2]float64, rate int) Recovered {
	const steps, silent = 100, 1e-6
	r := Recovered{Played: time.Duration(float64(len(frames)) / float64(rate) * float64(time.Second))}
	step := rate / steps
	for ; len(frames) >= step && step > 0; frames = frames[step:] {
		power := 0.0
		for _, f := range frames[:step] {
			power += f[0]*f[0] + f[1]*f[1]
		}
		if power > 2*silent*float64(step) {
			r.Heard += time.Second / steps
		}
	}
	return r
}
