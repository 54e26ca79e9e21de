package player

import (
	"context"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/dsp"
)

// writer hands a line's frames to the outlet, behind a limiter: gains, down-mixes
// and lossy codecs can exceed full scale. What does not is left alone, bit for
// bit. The limiter's delay is taken off, so that frames stay where they are.
type writer struct {
	line    *line
	limiter *dsp.Limiter
	skip    int    // frames of the limiter's own that are still to come
	at      int64  // frame of the ring where the next frame taken in will be
	done    int64  // frame of the ring where the next one handed on will be
	marks   []mark // of frames from done on
}

func newWriter(l *line) *writer {
	base := l.outlet.written()
	w := &writer{line: l, limiter: dsp.NewLimiter(beep.SampleRate(l.outlet.rate), 0), at: base, done: base}
	w.skip = w.limiter.Delay()
	return w
}

// write takes in frames and the marks that fall among them, and changes both.
func (w *writer) write(ctx context.Context, frames [][2]float64, marks []mark) error {
	w.at += int64(len(frames))
	w.marks = append(w.marks, marks...)
	w.limiter.Process(frames)
	own := min(w.skip, len(frames))
	w.skip -= own
	frames = frames[own:]
	w.done += int64(len(frames))
	n := 0
	for n < len(w.marks) && w.marks[n].at < w.done {
		n++
	}
	marks = w.marks[:n:n]
	w.marks = w.marks[n:]
	return w.line.outlet.write(ctx, w.line.gen, frames, marks)
}

// flush writes what the limiter holds, and all marks that are left.
func (w *writer) flush(ctx context.Context) error {
	rest := make([][2]float64, w.limiter.Delay())
	w.limiter.Process(rest)
	rest = rest[w.skip:]
	return w.line.outlet.write(ctx, w.line.gen, rest, w.marks)
}
