package output_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/ninth-coop/ninth/player/output"
)

func TestThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.wav")
	file, err := output.WAV(path)
	if err != nil {
		t.Fatal(err)
	}
	d := output.Through(file, func(p []float32) {
		for i := range p {
			p[i] *= -2
		}
	})
	if _, ok := d.(output.Chooser); ok {
		t.Error("a file has sinks to choose from")
	}
	ended := make(chan struct{})
	feed := feedOf([]float32{0.25, -0.5})
	if err := d.Start(func(p []float32) (int, error) {
		defer close(ended)
		return feed(p)
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
	for i, want := range []float32{-0.5, 1} {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(b[len(b)-8+4*i:])); got != want {
			t.Errorf("sample %d is %v, want %v", i, got, want)
		}
	}
}

type chooser struct {
	output.Device
	output.Chooser
}

func TestThroughKeepsTheChoice(t *testing.T) {
	if _, ok := output.Through(chooser{}, nil).(output.Chooser); !ok {
		t.Error("the sinks cannot be chosen any more")
	}
}
