// Package audiomatch answers one question for tests: is this sound in that
// recording, whole and without a gap?
//
// [Find] looks for a reference (what should have been heard) within a capture
// (what was heard), wherever it begins and however loud it is, and says how well
// the two agree. It works on one channel at any sample rate, as long as both
// sides share it; [Mono] folds interleaved frames into one channel, and [Decode]
// reads a file through ffmpeg, a decoder that shares no code with ours.
//
// Everything here is a pure function of its arguments and safe for concurrent
// use, apart from Decode, which starts a process.
package audiomatch

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// ErrNotFound says that the reference is nowhere in the capture: no stretch of
// the capture correlates with it well enough to be compared.
var ErrNotFound = errors.New("audiomatch: the reference is not in the capture")

const (
	// probeFrames is the longest stretch of the reference that is searched for:
	// 1.4 s at 48 kHz, long enough to tell one bar of music from the next.
	probeFrames = 1 << 16
	// maxProbes is how many such stretches are searched for.
	maxProbes = 3
	// minCorrelation is the normalised correlation below which two stretches
	// are taken for different sounds. Unrelated music stays under 0.2.
	minCorrelation = 0.5
	// candidates is how many places are compared in full. Music repeats, and
	// the loudest repetition is not always the right one.
	candidates = 8
	// blockFrames is the grain at which gaps are measured: 1.3 ms at 48 kHz.
	blockFrames = 64
	// quiet is the share of the reference's mean power under which a block is
	// too quiet to tell sound from silence (−40 dB).
	quiet = 1e-4
	// followed is the share of a block's power that may be residual before the
	// capture counts as not following the reference (−10 dB).
	followed = 0.1
)

// Result says where the reference was found and how well the capture follows it.
type Result struct {
	// Offset is where the reference's first frame lies in the capture, in
	// frames. It is negative when the capture began later, and has a fraction
	// when a resampler stood in between.
	Offset float64
	// Frames is how many frames of the reference the capture covers, the
	// length over which SNR and Gap were measured.
	Frames int
	// Gain is the factor from reference to capture: 1 is equally loud, negative
	// is inverted. It is the median over short blocks, so gaps do not bend it.
	Gain float64
	// SNR is the power of the reference (times Gain) over the power of what
	// differs from it, in dB; +Inf when nothing differs.
	SNR float64
	// Gap is the longest run of frames over which the capture does not follow
	// an audible reference: silence, noise, or samples lost or added before.
	Gap int
}

// String gives the result as one line for a test's log.
func (r Result) String() string {
	return fmt.Sprintf("at frame %.3f, %d frames compared, gain %.4f, SNR %.1f dB, longest gap %d frames",
		r.Offset, r.Frames, r.Gain, r.SNR, r.Gap)
}

// Find looks for reference in captured. Both hold one channel at the same sample
// rate. It returns ErrNotFound when nothing in the capture resembles the
// reference, and also when either is silent. The slices are only read.
func Find(reference, captured []float32) (Result, error) {
	best, bestPower := Result{}, -1.0
	for _, start := range probes(reference) {
		probe := reference[start:min(start+probeFrames, len(reference))]
		if len(captured) < len(probe) {
			continue
		}
		for _, at := range search(probe, captured) {
			if r, explained := compare(reference, captured, at-start, 0); explained > bestPower {
				best, bestPower = r, explained
			}
		}
	}
	if bestPower < 0 {
		return Result{}, ErrNotFound
	}
	// The right place to the frame is known; a resampler may have left a fraction.
	offset := int(best.Offset)
	if r, explained := compare(reference, captured, offset, refine(reference, captured, offset)); explained > bestPower {
		best = r
	}
	return best, nil
}

// Mono averages interleaved frames of the given number of channels into one
// channel. A trailing partial frame is left out.
func Mono(interleaved []float32, channels int) []float32 {
	out := make([]float32, len(interleaved)/channels)
	for i := range out {
		var sum float32
		for c := range channels {
			sum += interleaved[i*channels+c]
		}
		out[i] = sum / float32(channels)
	}
	return out
}

// probes gives the starts of the stretches of x that are worth searching for, the
// loudest first. There are several, because a capture that began late or broke
// off early lacks some of them.
func probes(x []float32) []int {
	var starts []int
	powers := map[int]float64{}
	for at := 0; at == 0 || at+probeFrames <= len(x); at += probeFrames {
		if p := power(x[at:min(at+probeFrames, len(x))]); p > 0 {
			starts, powers[at] = append(starts, at), p
		}
	}
	sort.SliceStable(starts, func(i, j int) bool { return powers[starts[i]] > powers[starts[j]] })
	return starts[:min(len(starts), maxProbes)]
}

// search gives the places in captured that correlate best with probe, best first.
func search(probe, captured []float32) []int {
	correlation := correlate(probe, captured)
	energy := make([]float64, len(captured)+1)
	for i, v := range captured {
		energy[i+1] = energy[i] + float64(v)*float64(v)
	}
	probeEnergy := power(probe)
	var loudestWindow float64
	for k := range correlation {
		loudestWindow = max(loudestWindow, energy[k+len(probe)]-energy[k])
	}
	type peak struct {
		at    int
		value float64
	}
	var peaks []peak
	for k, c := range correlation {
		e := energy[k+len(probe)] - energy[k]
		if e <= loudestWindow*quiet {
			continue
		}
		correlation[k] = math.Abs(c) / math.Sqrt(e*probeEnergy)
		if correlation[k] >= minCorrelation {
			peaks = append(peaks, peak{k, correlation[k]})
		}
	}
	sort.Slice(peaks, func(i, j int) bool { return peaks[i].value > peaks[j].value })
	// Frames beside a peak correlate nearly as well; only one of each hill counts.
	hill := max(1, len(probe)/256)
	var places []int
	for _, p := range peaks {
		if len(places) == candidates {
			break
		}
		near := false
		for _, q := range places {
			near = near || abs(p.at-q) < hill
		}
		if !near {
			places = append(places, p.at)
		}
	}
	return places
}

// refine gives the fraction of a frame, within ±0.5, by which the capture lies
// later than the whole frame offset. It climbs the correlation over the middle
// of what both cover, by golden section.
func refine(reference, captured []float32, offset int) float64 {
	from, to := max(0, -offset), min(len(reference), len(captured)-offset)
	n := min(to-from, 8192)
	from += (to - from - n) / 2
	score := func(fraction float64) float64 {
		k := newKernel(fraction)
		var dot, energy float64
		for i := from; i < from+n; i++ {
			v := k.at(captured, offset+i)
			dot += v * float64(reference[i])
			energy += v * v
		}
		if energy == 0 {
			return 0
		}
		return math.Abs(dot) / math.Sqrt(energy)
	}
	const golden = 0.6180339887498949
	low, high := -0.5, 0.5
	a, b := high-golden*(high-low), low+golden*(high-low)
	scoreA, scoreB := score(a), score(b)
	for high-low > 1e-5 {
		if scoreA > scoreB {
			high, b, scoreB = b, a, scoreA
			a = high - golden*(high-low)
			scoreA = score(a)
		} else {
			low, a, scoreA = a, b, scoreB
			b = low + golden*(high-low)
			scoreB = score(b)
		}
	}
	return (low + high) / 2
}

// compare measures the capture against the reference, with the reference's first
// frame at the capture's frame offset+fraction. The second result is the power
// of the capture that the reference explains; the right place has the most.
func compare(reference, captured []float32, offset int, fraction float64) (Result, float64) {
	from, to := max(0, -offset), min(len(reference), len(captured)-offset)
	if to <= from {
		return Result{}, -1
	}
	ref := reference[from:to]
	heard := make([]float64, len(ref))
	k := newKernel(fraction)
	for i := range heard {
		heard[i] = k.at(captured, offset+from+i)
	}
	gain := medianGain(ref, heard)
	mean := power(ref) / float64(len(ref))
	var signal, noise, dot float64
	run, gap := 0, 0
	for i := 0; i < len(ref); i += blockFrames {
		end := min(i+blockFrames, len(ref))
		var s, r float64
		for j := i; j < end; j++ {
			want := gain * float64(ref[j])
			s += want * want
			r += (heard[j] - want) * (heard[j] - want)
			dot += heard[j] * want
		}
		signal, noise = signal+s, noise+r
		switch {
		case s <= mean*gain*gain*quiet*float64(end-i): // Too quiet to tell.
		case r > followed*s:
			run += end - i
			gap = max(gap, run)
		default:
			run = 0
		}
	}
	result := Result{
		Offset: float64(offset) + fraction, Frames: len(ref), Gain: gain,
		SNR: math.Inf(1), Gap: gap,
	}
	if noise > 0 {
		result.SNR = 10 * math.Log10(signal/noise)
	}
	return result, dot - noise
}

// medianGain gives the middle of the gains of short blocks, weighing only those
// that are audible.
func medianGain(ref []float32, heard []float64) float64 {
	const block = 16 * blockFrames
	mean := power(ref) / float64(len(ref))
	var gains []float64
	for i := 0; i < len(ref); i += block {
		end := min(i+block, len(ref))
		var dot, energy float64
		for j := i; j < end; j++ {
			dot += heard[j] * float64(ref[j])
			energy += float64(ref[j]) * float64(ref[j])
		}
		if energy > mean*quiet*float64(end-i) {
			gains = append(gains, dot/energy)
		}
	}
	if len(gains) == 0 {
		return 0
	}
	sort.Float64s(gains)
	return gains[len(gains)/2]
}

func power(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}
