package dsp

import (
	"context"
	"fmt"
	"math"

	"github.com/gopxl/beep/v2"
)

// Analysis is what a track is like.
type Analysis struct {
	// Peaks is the waveform: for each of the buckets, which share the time
	// evenly, the greatest magnitude of any sample, 0 for silence and 255 for
	// full scale and above.
	Peaks []byte
	// LUFS is the integrated loudness, if Loud: see Loudness.Integrated.
	LUFS     float64
	Loud     bool
	TruePeak float64 // see Loudness.TruePeak
}

// Analyse reads src, at rate, to its end, for a waveform of the given number of
// buckets (> 0).
func Analyse(ctx context.Context, src beep.Streamer, rate beep.SampleRate, buckets int) (Analysis, error) {
	var b PeakBuilder
	loudness := NewLoudness(rate)
	frames := make([][2]float64, 4096)
	for {
		if err := ctx.Err(); err != nil {
			return Analysis{}, err
		}
		n, ok := src.Stream(frames)
		b.Add(frames[:n])
		loudness.Write(frames[:n])
		if !ok {
			break
		}
	}
	if err := src.Err(); err != nil {
		return Analysis{}, fmt.Errorf("dsp: analysing a track: %w", err)
	}
	a := Analysis{Peaks: b.Buckets(buckets), TruePeak: loudness.TruePeak()}
	a.LUFS, a.Loud = loudness.Integrated()
	return a, nil
}

const (
	// peakCells bounds what a PeakBuilder holds; it is enough for twice the
	// buckets of the widest waveform on screen.
	peakCells = 4096
	// peakCell is the length of a cell to begin with, in frames.
	peakCell = 256
)

// PeakBuilder gathers a waveform from frames as they come, without knowing how
// many there will be. Its memory is bounded. The zero value is ready.
type PeakBuilder struct {
	cells  []float32 // greatest magnitude of each full cell, then of the open one
	width  int64     // frames in a full cell
	inOpen int64     // frames in the open cell; 0 if there is none
}

// Add appends frames.
func (b *PeakBuilder) Add(frames [][2]float64) {
	if b.width == 0 {
		b.width = peakCell
	}
	for len(frames) > 0 {
		if b.inOpen == 0 {
			b.makeRoom()
			b.cells = append(b.cells, 0)
		}
		n := min(int64(len(frames)), b.width-b.inOpen)
		cell := &b.cells[len(b.cells)-1]
		for _, f := range frames[:n] {
			*cell = max(*cell, float32(math.Abs(f[0])), float32(math.Abs(f[1])))
		}
		b.inOpen = (b.inOpen + n) % b.width
		frames = frames[n:]
	}
}

// makeRoom joins the cells in pairs when there are too many.
func (b *PeakBuilder) makeRoom() {
	if len(b.cells) < peakCells {
		return
	}
	for i := range peakCells / 2 {
		b.cells[i] = max(b.cells[2*i], b.cells[2*i+1])
	}
	b.cells = b.cells[:peakCells/2]
	b.width *= 2
}

// Frames is how many frames were added.
func (b *PeakBuilder) Frames() int64 {
	n := int64(len(b.cells)) * b.width
	if b.inOpen > 0 {
		n += b.inOpen - b.width
	}
	return n
}

// Buckets returns the waveform so far, as in an Analysis.
func (b *PeakBuilder) Buckets(buckets int) []byte {
	out := make([]byte, buckets)
	frames := b.Frames()
	if frames == 0 {
		return out
	}
	for i := range out {
		from := int64(i) * frames / int64(buckets) / b.width
		to := (int64(i+1)*frames/int64(buckets) + b.width - 1) / b.width
		var peak float32
		for _, c := range b.cells[from:max(from+1, min(to, int64(len(b.cells))))] {
			peak = max(peak, c)
		}
		out[i] = byte(math.Round(255 * float64(min(peak, 1))))
	}
	return out
}
