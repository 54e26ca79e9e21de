package dsp

import (
	"math"

	"github.com/gopxl/beep/v2"
)

// Bounds of the gates, and of the histograms that stand for all blocks ever
// measured: what is louder than the top counts as the top.
const (
	gateAbsolute = -70.0 // LUFS
	gateRelative = -10.0 // LU below the mean
	gateRange    = -20.0 // LU below the mean, for the range
	histTop      = 30.0  // LUFS
	histStep     = 0.05  // LU
	histBins     = int((histTop - gateAbsolute) / histStep)
)

// Loudness measures how loud frames are: ITU-R BS.1770-4 and EBU R128 for
// stereo, and the loudness range of EBU Tech 3342. Mono that was doubled up to
// both channels is 3 LU louder than its one channel, as it is heard. It holds
// some 100 kB however long it runs.
type Loudness struct {
	rate int64
	k    [2]section // the K weighting, both channels in each

	buf    [][2]float64
	sum    float64 // of squares in the open tenth of a second, both channels
	inOpen int64   // its frames
	tenths int64   // complete ones
	recent [30]float64
	blocks histogram // of 400 ms, every 100 ms
	shorts histogram // of 3 s, every 100 ms
	peak   truePeak
}

// NewLoudness returns a meter for frames at the given rate (> 0).
func NewLoudness(rate beep.SampleRate) *Loudness {
	l := &Loudness{rate: int64(rate), buf: make([][2]float64, 1024)}
	shelf, high := kWeighting(float64(rate))
	l.k[0].now, l.k[1].now = shelf, high
	l.peak.init(rate)
	return l
}

// kWeighting returns the two filters of BS.1770 for any rate. The standard has
// them for 48 kHz only; these are the analogue filters behind those, with the
// figures of De Man, "Evaluation of implementations of the EBU R128 loudness
// measurement" (2018), mapped to the rate.
func kWeighting(rate float64) (shelf, high biquad) {
	const (
		shelfHz, shelfQ, shelfDB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
		highHz, highQ            = 38.13547087602444, 0.5003270373238773
	)
	// Far below 8 kHz the shelf would lie above what the rate holds.
	k := math.Tan(math.Pi * min(shelfHz, 0.49*rate) / rate)
	vh := math.Pow(10, shelfDB/20)
	vb := math.Pow(vh, 0.4996667741545416)
	a0 := 1 + k/shelfQ + k*k
	shelf = biquad{
		(vh + vb*k/shelfQ + k*k) / a0, 2 * (k*k - vh) / a0, (vh - vb*k/shelfQ + k*k) / a0,
		2 * (k*k - 1) / a0, (1 - k/shelfQ + k*k) / a0,
	}
	k = math.Tan(math.Pi * min(highHz, 0.49*rate) / rate)
	a0 = 1 + k/highQ + k*k
	high = biquad{1, -2, 1, 2 * (k*k - 1) / a0, (1 - k/highQ + k*k) / a0}
	return shelf, high
}

// Write measures frames and leaves them as they are. Samples that are no finite
// number count as silence.
func (l *Loudness) Write(frames [][2]float64) {
	for len(frames) > 0 {
		// Up to the end of this tenth of a second; at rates that ten does not
		// divide, tenths differ by a frame.
		end := (l.tenths+1)*l.rate/10 - l.tenths*l.rate/10
		n := int(min(end-l.inOpen, int64(len(frames)), int64(len(l.buf))))
		part := l.buf[:n]
		for i, f := range frames[:n] {
			// x-x is 0 for numbers and NaN for the others.
			if d := (f[0] - f[0]) + (f[1] - f[1]); d != 0 {
				f = [2]float64{}
			}
			part[i] = f
		}
		frames = frames[n:]
		l.peak.add(part)
		l.k[0].steady(part)
		l.k[1].steady(part)
		for _, f := range part {
			l.sum += f[0]*f[0] + f[1]*f[1]
		}
		if l.inOpen += int64(n); l.inOpen >= end {
			l.closeTenth(end)
		}
	}
}

func (l *Loudness) closeTenth(frames int64) {
	if frames > 0 {
		l.recent[l.tenths%30] = l.sum / float64(frames)
	}
	l.sum, l.inOpen = 0, 0
	if l.tenths++; l.tenths >= 4 {
		l.blocks.add(l.mean(4))
	}
	if l.tenths >= 30 {
		l.shorts.add(l.mean(30))
	}
}

// mean is the mean square of the last n tenths of a second.
func (l *Loudness) mean(n int64) float64 {
	var sum float64
	for i := l.tenths - min(n, l.tenths); i < l.tenths; i++ {
		sum += l.recent[i%30]
	}
	return sum / float64(n)
}

// Momentary is the loudness of the last 400 ms, in LUFS; silence is −Inf.
func (l *Loudness) Momentary() float64 { return lufs(l.mean(4)) }

// ShortTerm is the loudness of the last 3 s, in LUFS; silence is −Inf.
func (l *Loudness) ShortTerm() float64 { return lufs(l.mean(30)) }

// Integrated is the loudness of everything so far, in LUFS. It is not ok as
// long as there were not 400 ms above −70 LUFS.
func (l *Loudness) Integrated() (value float64, ok bool) {
	mean, n := l.blocks.above(gateAbsolute)
	if n == 0 {
		return 0, false
	}
	mean, _ = l.blocks.above(lufs(mean) + gateRelative)
	return lufs(mean), true
}

// Range is the loudness range, in LU: from the quiet tenth to the loud
// twentieth of all 3 s. It is not ok as long as there were not 3 s above −70 LUFS.
func (l *Loudness) Range() (lu float64, ok bool) {
	mean, n := l.shorts.above(gateAbsolute)
	if n == 0 {
		return 0, false
	}
	gate := lufs(mean) + gateRange
	return l.shorts.percentile(gate, 0.95) - l.shorts.percentile(gate, 0.10), true
}

// TruePeak is the greatest magnitude so far, between the samples too, as a
// factor of full scale.
func (l *Loudness) TruePeak() float64 { return l.peak.peak }

// lufs is the loudness of a mean square that is summed over both channels.
func lufs(square float64) float64 { return -0.691 + 10*math.Log10(square) }

// histogram counts blocks by loudness. The sum of each bin's squares is kept,
// so that a mean is exact but for the bin that a gate cuts.
type histogram struct {
	count [histBins]int64
	sum   [histBins]float64
}

func (h *histogram) add(square float64) {
	if v := lufs(square); v >= gateAbsolute {
		i := min(int((v-gateAbsolute)/histStep), histBins-1)
		h.count[i]++
		h.sum[i] += square
	}
}

// bin is the first bin above a gate.
func bin(gate float64) int {
	return min(max(0, int(math.Round((gate-gateAbsolute)/histStep))), histBins)
}

// above is the mean square of the blocks above a gate, and their number.
func (h *histogram) above(gate float64) (mean float64, n int64) {
	var sum float64
	for i := bin(gate); i < histBins; i++ {
		sum += h.sum[i]
		n += h.count[i]
	}
	return sum / float64(max(n, 1)), n
}

// percentile is the loudness that the given part of the blocks above a gate
// does not exceed.
func (h *histogram) percentile(gate, part float64) float64 {
	_, n := h.above(gate)
	rank := int64(math.Round(part * float64(n-1)))
	for i := bin(gate); i < histBins; i++ {
		if rank -= h.count[i]; rank < 0 {
			return lufs(h.sum[i] / float64(h.count[i]))
		}
	}
	return histTop
}
