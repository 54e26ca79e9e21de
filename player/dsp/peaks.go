package dsp

import (
	"context"
	"fmt"
	"math"

	"github.com/gopxl/beep/v2"
)

// Peaks reads src to its end and returns its waveform: for each of the given
// number of buckets (> 0), which share the time evenly, the greatest magnitude
// of any sample, 0 for silence and 255 for full scale and above.
func Peaks(ctx context.Context, src beep.Streamer, buckets int) ([]byte, error) {
	var b PeakBuilder
	frames := make([][2]float64, 4096)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, ok := src.Stream(frames)
		b.Add(frames[:n])
		if !ok {
			break
		}
	}
	if err := src.Err(); err != nil {
		return nil, fmt.Errorf("dsp: reading the waveform: %w", err)
	}
	return b.Buckets(buckets), nil
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

// Buckets returns the waveform so far, as Peaks does.
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
