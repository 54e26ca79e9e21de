package dsp

import (
	"math"

	"github.com/gopxl/beep/v2"
)

// Bounds of the speed, and the measures of a Stretch in seconds.
const (
	MinSpeed = 0.5
	MaxSpeed = 2.0

	stretchHop    = 0.024 // of output from one seam to the next, all of it cross-fade
	stretchSearch = 0.013 // to either side: half a period of 40 Hz
	stretchCoarse = 6000  // Hz that the first search runs at
)

// Stretch plays src faster or slower with its pitch kept. It is WSOLA
// (Verhelst & Roelands, ICASSP 1993): every 24 ms it jumps to where the source
// should be by now, or up to 13 ms beside that, to where it is most like what
// would have followed, and fades over. Both channels jump together, so that the
// stereo image stays. At speed 1 the frames are those of src, bit for bit.
type Stretch struct {
	src   beep.Streamer
	speed float64 // to be taken at the next seam

	hop, search, coarse int
	fade                []float64 // weight of what comes, for each frame of a hop

	in    [][2]float64 // source around here; in[0] is frame first
	first int64
	total int64 // frames of the source; −1 until it has ended

	next    int64        // source frame that follows what was given, unheard seams aside
	due     float64      // source frame that should be heard after the hop
	direct  bool         // frames of src go through
	out     [][2]float64 // the hop being given
	given   int          // frames of it that have been
	from    float64      // source position of out[0]
	pace    float64      // source frames for each frame of out
	reached int64        // see Consumed

	follow, choice [][2]float64 // at the coarse rate: what would follow, and what may
	block          [][2]float64
}

// NewStretch returns src, at rate, played at speed.
func NewStretch(src beep.Streamer, rate beep.SampleRate, speed float64) *Stretch {
	s := &Stretch{
		src: src, total: -1, direct: true,
		hop:    max(2, int(stretchHop*float64(rate))),
		search: max(1, int(stretchSearch*float64(rate))),
		coarse: max(1, int(rate)/stretchCoarse),
		block:  make([][2]float64, 1024),
	}
	s.fade = make([]float64, s.hop)
	for i := range s.fade {
		// What is joined is alike, so the weights add up to 1, not their squares.
		s.fade[i] = (1 - math.Cos(math.Pi*(float64(i)+0.5)/float64(s.hop))) / 2
	}
	s.SetSpeed(speed)
	return s
}

// SetSpeed changes the speed from the next seam on, that is within 24 ms. It is
// held to [MinSpeed, MaxSpeed]; what is no number is speed 1.
func (s *Stretch) SetSpeed(speed float64) {
	if math.IsNaN(speed) {
		speed = 1
	}
	s.speed = min(max(speed, MinSpeed), MaxSpeed)
}

// Speed is the speed as it was set.
func (s *Stretch) Speed() float64 { return s.speed }

// Consumed is the place in the source, in frames from where it began, of the
// next frame that Stream will give. It never goes back, and ends at the length
// of the source. At speeds other than 1 it is where that frame should be from;
// the sound may be up to 13 ms beside it.
func (s *Stretch) Consumed() int64 { return s.reached }

// Err implements beep.Streamer.
func (s *Stretch) Err() error { return s.src.Err() }

// Stream implements beep.Streamer.
func (s *Stretch) Stream(samples [][2]float64) (n int, ok bool) {
	for n < len(samples) {
		if s.given == len(s.out) {
			if s.direct && s.speed == 1 {
				got := s.through(samples[n:])
				if n += got; got == 0 {
					break
				}
				continue
			}
			if s.stitch(); len(s.out) == 0 {
				break
			}
		}
		got := copy(samples[n:], s.out[s.given:])
		s.given += got
		n += got
		s.reach(int64(s.from + float64(s.given)*s.pace))
	}
	return n, n > 0
}

func (s *Stretch) reach(frame int64) {
	if s.total >= 0 && (frame > s.total || s.ended() && s.given == len(s.out)) {
		frame = s.total
	}
	s.reached = max(s.reached, frame)
}

func (s *Stretch) ended() bool { return s.total >= 0 && s.due >= float64(s.total) }

// through gives frames of the source as they are: first what was read ahead.
func (s *Stretch) through(samples [][2]float64) int {
	n := 0
	if at := s.next - s.first; at < int64(len(s.in)) {
		n = copy(samples, s.in[at:])
	} else if s.total < 0 {
		var ok bool
		n, ok = s.src.Stream(samples)
		s.first, s.in = s.next+int64(n), s.in[:0]
		if !ok || n == 0 {
			s.total = s.next + int64(n)
		}
	}
	s.next += int64(n)
	s.due = float64(s.next)
	s.reach(s.next)
	return n
}

// stitch makes the next hop.
func (s *Stretch) stitch() {
	s.given, s.out = 0, s.out[:0]
	if s.ended() {
		return
	}
	s.direct = false
	s.from, s.pace = s.due, s.speed
	target := int64(math.Round(s.due))
	s.read(max(s.next, target+int64(s.search)) + 2*int64(s.hop))
	if s.ended() {
		return
	}
	n := s.hop
	if s.total >= 0 {
		n = min(n, int(math.Ceil((float64(s.total)-s.due)/s.pace)))
	}
	to := s.best(target)
	for i := range n {
		a, b, w := s.frame(s.next+int64(i)), s.frame(to+int64(i)), s.fade[i]
		s.out = append(s.out, [2]float64{a[0] + (b[0]-a[0])*w, a[1] + (b[1]-a[1])*w})
	}
	s.next = to + int64(s.hop)
	s.due += float64(n) * s.pace
	if s.speed == 1 {
		// From here the source goes on by itself, from where the seam led.
		s.direct = true
		s.from = float64(to)
		s.next = to + int64(n)
		s.due = float64(s.next)
	}
	s.forget(min(s.next, int64(s.due)-int64(s.search)) - 1)
}

// read reads the source until frame is there, or its end.
func (s *Stretch) read(frame int64) {
	for s.total < 0 && s.first+int64(len(s.in)) < frame {
		n, ok := s.src.Stream(s.block)
		s.in = append(s.in, s.block[:n]...)
		if !ok || n == 0 {
			s.total = s.first + int64(len(s.in))
		}
	}
}

// forget drops the frames before frame.
func (s *Stretch) forget(frame int64) {
	if n := min(frame-s.first, int64(len(s.in))); n > 0 {
		s.in = s.in[:copy(s.in, s.in[n:])]
		s.first += n
	}
}

// frame is a frame of the source, silent where there is none.
func (s *Stretch) frame(i int64) [2]float64 {
	if i -= s.first; i < 0 || i >= int64(len(s.in)) {
		return [2]float64{}
	}
	return s.in[i]
}

// best is the frame around target from where a hop of the source is most like
// the one that follows what was given.
func (s *Stretch) best(target int64) int64 {
	low := max(target-int64(s.search), s.first)
	high := target + int64(s.search)
	if s.total >= 0 {
		high = min(high, s.total-int64(s.hop)) // rather whole than cut off
	}
	if high <= low {
		return max(low, min(target, high))
	}
	if s.next >= low && s.next <= high {
		return s.next // nothing is more alike than itself
	}
	// First in steps, both sides averaged over one.
	step := int64(s.coarse)
	n := int64(s.hop) / step
	s.follow = s.average(s.follow[:0], s.next, n)
	s.choice = s.average(s.choice[:0], low, (high-low)/step+1+n)
	best, found := math.Inf(-1), int64(0)
	for lag := int64(0); lag <= (high-low)/step; lag++ {
		if v := alike(s.follow, s.choice[lag:lag+n]); v > best {
			best, found = v, lag
		}
	}
	// Then frame by frame around the best, over as many at the edges: a tone
	// that the steps cannot hold has a whole period there.
	from := max(low, min(low+(found-1)*step, high-2*step))
	to := min(high, from+2*step)
	s.follow = s.span(s.follow[:0], s.next, int64(s.hop))
	s.choice = s.span(s.choice[:0], from, to-from+int64(s.hop))
	best, at := math.Inf(-1), from
	for lag := int64(0); lag <= to-from; lag++ {
		if v := alike(s.follow, s.choice[lag:lag+int64(s.hop)]); v > best {
			best, at = v, from+lag
		}
	}
	return at
}

// average appends n averages over coarse frames each, from the given frame on.
func (s *Stretch) average(out [][2]float64, from, n int64) [][2]float64 {
	for ; n > 0; n-- {
		var sum [2]float64
		for range s.coarse {
			f := s.frame(from)
			sum[0] += f[0]
			sum[1] += f[1]
			from++
		}
		out = append(out, sum)
	}
	return out
}

// span appends n frames of the source.
func (s *Stretch) span(out [][2]float64, from, n int64) [][2]float64 {
	for i := range n {
		out = append(out, s.frame(from+i))
	}
	return out
}

// alike is the correlation of both channels, whatever b's loudness; a's is the
// same in all comparisons.
func alike(a, b [][2]float64) float64 {
	var cross, energy float64
	b = b[:len(a)]
	for i, f := range a {
		g := b[i]
		cross += f[0]*g[0] + f[1]*g[1]
		energy += g[0]*g[0] + g[1]*g[1]
	}
	if energy < 1e-20 {
		return 0
	}
	return cross / math.Sqrt(energy)
}
