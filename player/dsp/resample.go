package dsp

import (
	"math"
	"slices"
	"sync"

	"github.com/gopxl/beep/v2"
)

const (
	// taps is the length of the filter in frames of the slower rate. With
	// the attenuation below it leaves everything up to 88 % of the slower
	// rate's Nyquist frequency untouched: 19.3 kHz of 44.1 kHz.
	taps = 128
	// attenuation of images and aliases, in dB.
	attenuation = 130.0
	// maxPhases bounds the table of coefficients. Every usual pair of rates
	// needs at most 640 (11.025 to 48 kHz). Pairs that need more round to the
	// nearest of this many phases.
	maxPhases = 4096
)

// Resample returns src, which runs at rate from, at rate to (both in frames
// per second, > 0). It is a polyphase filter with a Kaiser-windowed sinc
// (Oppenheim & Schafer, Discrete-Time Signal Processing, §7.6) without delay:
// frame n of the result is the signal at the time n/to. N frames become
// ⌈N·to/from⌉. At equal rates it is src itself.
func Resample(src beep.Streamer, from, to beep.SampleRate) beep.Streamer {
	return new(Filters).Resample(src, from, to)
}

// Filters keeps the coefficients of resamplers: to compute them takes longer
// than all else that a track needs to begin. The zero value has none yet. It is
// safe for concurrent use.
type Filters struct {
	mu   sync.Mutex
	kept []*filter // of the last pairs of rates, the latest one last
}

// maxFilters bounds how many pairs of rates are kept; the usual ones take 170
// KB each.
const maxFilters = 4

// Resample is the function of that name.
func (f *Filters) Resample(src beep.Streamer, from, to beep.SampleRate) beep.Streamer {
	if from == to {
		return src
	}
	return newResampler(src, f.filter(int64(from), int64(to)))
}

// filter finds the filter of a pair of rates, or makes it.
func (f *Filters) filter(from, to int64) *filter {
	g := gcd(from, to)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, kept := range f.kept {
		if kept.up == to/g && kept.down == from/g {
			f.kept = append(slices.Delete(f.kept, i, i+1), kept)
			return kept
		}
	}
	if len(f.kept) == maxFilters {
		f.kept = slices.Delete(f.kept, 0, 1)
	}
	made := newFilter(to/g, from/g)
	f.kept = append(f.kept, made)
	return made
}

// filter is what resamplers of the same rates have in common. It is not changed
// once it is made.
type filter struct {
	up, down int64     // to and from in lowest terms
	half     int       // frames of input on each side of an output frame
	table    []float64 // phases+1 rows of 2*half coefficients
	phases   int64
}

// resampler steps through the input by down/up frames for each output frame.
type resampler struct {
	*filter
	src beep.Streamer

	in    [][2]float64 // input around the next output frame; in[0] is frame `first`
	first int64
	at    int64 // input frame at or before the next output frame
	frac  int64 // and how far behind it, in 1/up of an input frame
	total int64 // length of the input; -1 until it has ended
}

func newFilter(up, down int64) *filter {
	f := &filter{up: up, down: down, phases: min(up, maxPhases)}
	// Going down, the filter must be as long in time as it is at the slower rate.
	stretch := max(1, float64(down)/float64(up))
	f.half = int(math.Ceil(taps / 2 * stretch))
	f.table = kaiserSinc(f.half, int(f.phases), 1/stretch)
	return f
}

func newResampler(src beep.Streamer, f *filter) *resampler {
	r := &resampler{filter: f, src: src, total: -1}
	r.in = make([][2]float64, r.half-1, 4*r.half) // silence before the first frame
	r.first = -int64(r.half - 1)
	return r
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// kaiserSinc tabulates a low-pass filter that reaches half frames to each
// side. Row p holds the coefficients for an output frame p/phases behind an
// input frame. width is the passband's part of the input's Nyquist frequency
// before the transition band, which ends there, is taken off.
func kaiserSinc(half, phases int, width float64) []float64 {
	beta := 0.1102 * (attenuation - 8.7)
	// The transition band, as a part of the input's Nyquist frequency.
	transition := (attenuation - 7.95) / (2.285 * float64(2*half)) / math.Pi
	cutoff := width - transition/2
	table := make([]float64, (phases+1)*2*half)
	for p := range phases/2 + 1 {
		row := table[p*2*half : (p+1)*2*half]
		var sum float64
		for k := range row {
			t := float64(k-half+1) - float64(p)/float64(phases)
			x := t / float64(half)
			if x <= -1 || x >= 1 {
				continue
			}
			row[k] = cutoff * sinc(cutoff*t) * bessel0(beta*math.Sqrt(1-x*x))
			sum += row[k]
		}
		// Every phase passes a constant unchanged.
		for k := range row {
			row[k] /= sum
		}
		// As far in front of a frame as another is behind it, the same is so
		// with time reversed.
		mirrored := table[(phases-p)*2*half : (phases-p+1)*2*half]
		for k, c := range row {
			mirrored[2*half-1-k] = c
		}
	}
	return table
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel0 is the modified Bessel function of the first kind and order 0, by
// its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// Stream implements beep.Streamer.
func (r *resampler) Stream(samples [][2]float64) (n int, ok bool) {
	for n < len(samples) {
		r.fill(len(samples) - n)
		if r.total >= 0 && r.at >= r.total {
			break
		}
		for n < len(samples) && r.at+int64(r.half) < r.first+int64(len(r.in)) && (r.total < 0 || r.at < r.total) {
			samples[n] = r.frame()
			n++
		}
	}
	return n, n > 0
}

// frame computes the output frame at r.at and steps on.
func (r *resampler) frame() [2]float64 {
	phase := r.frac
	if r.phases != r.up {
		phase = (r.frac*r.phases + r.up/2) / r.up
	}
	width := 2 * r.half
	row := r.table[int(phase)*width:][:width]
	start := int(r.at-r.first) - r.half + 1
	in := r.in[start:][:width]
	// Two sums each, because one would wait for itself at every step. The
	// slices shrink from the front, so that no index needs to be checked.
	var l0, l1, r0, r1 float64
	for len(row) >= 4 && len(in) >= 4 {
		l0 += row[0] * in[0][0]
		r0 += row[0] * in[0][1]
		l1 += row[1] * in[1][0]
		r1 += row[1] * in[1][1]
		l0 += row[2] * in[2][0]
		r0 += row[2] * in[2][1]
		l1 += row[3] * in[3][0]
		r1 += row[3] * in[3][1]
		row, in = row[4:], in[4:]
	}
	for k, c := range row { // what is left of a width that 4 does not divide
		l0 += c * in[k][0]
		r0 += c * in[k][1]
	}
	r.frac += r.down
	r.at += r.frac / r.up
	r.frac %= r.up
	return [2]float64{l0 + l1, r0 + r1}
}

// fill reads as much input as the given number of output frames needs, and
// silence behind its end.
func (r *resampler) fill(frames int) {
	if drop := int(r.at-r.first) - r.half + 1; drop > cap(r.in)/2 {
		r.in = r.in[:copy(r.in, r.in[min(drop, len(r.in)):])]
		r.first += int64(drop)
	}
	last := r.at + (r.frac+int64(frames-1)*r.down)/r.up + int64(r.half)
	need := int(last - r.first + 1 - int64(len(r.in)))
	if need <= 0 {
		return
	}
	have := len(r.in)
	r.in = append(r.in, make([][2]float64, need)...)
	if r.total >= 0 {
		return
	}
	for have < len(r.in) {
		n, ok := r.src.Stream(r.in[have:])
		have += n
		if !ok {
			r.total = r.first + int64(have)
			return
		}
	}
}

// Err implements beep.Streamer.
func (r *resampler) Err() error { return r.src.Err() }
