package vorbis

import (
	"math"
	"math/bits"
	"slices"
)

// floor is the coarse shape of a spectrum.
type floor interface {
	// read reads the shape of one channel in a packet; false if there is none,
	// which is silence.
	read(r *bitReader, s *shape) bool
	// apply multiplies the lines of a spectrum by the shape.
	apply(lines []float32, s *shape)
}

// shape is what was read of a floor for one channel.
type shape struct {
	posts     [maxPosts]int // floor 1: heights
	used      [maxPosts]bool
	amplitude int // floor 0
	lsp       [maxLSP]float64
}

const (
	maxPosts = 65
	maxLSP   = 256 + 255 // coefficients, and what the last vector has too many
)

// loudness is the amplitude of a floor height: 140/256 dB a step (Vorbis I,
// §10.1, whose table this formula gives).
var loudness = func() (l [256]float32) {
	for i := range l {
		l[i] = float32(math.Pow(10, float64(i-255)*140/256/20))
	}
	return l
}()

// floor1 is a line of straight pieces between posts (Vorbis I, §7).
type floor1 struct {
	partitions []int // class of each
	classes    []floorClass
	multiplier int
	x          []int // places of the posts
	sorted     []int // posts by their places
	low, high  []int // for each post, the nearest on both sides among those before it
	books      []codebook
}

type floorClass struct {
	dimensions, subclasses int
	master                 int
	books                  [8]int // −1 is none
}

// floor1Ranges is how high a post may be, by multiplier − 1.
var floor1Ranges = [4]int{256, 128, 86, 64}

func parseFloor1(r *bitReader, books []codebook) (floor, bool) {
	f := &floor1{books: books}
	classes := 0
	for range r.take(5) {
		class := int(r.take(4))
		f.partitions = append(f.partitions, class)
		classes = max(classes, class+1)
	}
	for range classes {
		c, ok := parseClass(r, len(books))
		if !ok {
			return nil, false
		}
		f.classes = append(f.classes, c)
	}
	f.multiplier = int(r.take(2)) + 1
	width := int(r.take(4))
	f.x = []int{0, 1 << width}
	for _, class := range f.partitions {
		for range f.classes[class].dimensions {
			f.x = append(f.x, int(r.take(width)))
		}
	}
	if r.over || len(f.x) > maxPosts {
		return nil, false
	}
	return f, f.arrange()
}

func parseClass(r *bitReader, books int) (c floorClass, ok bool) {
	c.dimensions = int(r.take(3)) + 1
	c.subclasses = int(r.take(2))
	if c.subclasses > 0 {
		if c.master = int(r.take(8)); c.master >= books {
			return c, false
		}
	}
	for i := range 1 << c.subclasses {
		if c.books[i] = int(r.take(8)) - 1; c.books[i] >= books {
			return c, false
		}
	}
	return c, true
}

// arrange finds the order of the posts and their neighbours; false if two
// stand in one place.
func (f *floor1) arrange() bool {
	for i := range f.x {
		f.sorted = append(f.sorted, i)
	}
	slices.SortFunc(f.sorted, func(a, b int) int { return f.x[a] - f.x[b] })
	for i := 1; i < len(f.sorted); i++ {
		if f.x[f.sorted[i]] == f.x[f.sorted[i-1]] {
			return false
		}
	}
	f.low, f.high = make([]int, len(f.x)), make([]int, len(f.x))
	for i := 2; i < len(f.x); i++ {
		low, high := 0, 1
		for k := range i {
			if f.x[k] < f.x[i] && f.x[k] > f.x[low] {
				low = k
			}
			if f.x[k] > f.x[i] && f.x[k] < f.x[high] {
				high = k
			}
		}
		f.low[i], f.high[i] = low, high
	}
	return true
}

func (f *floor1) read(r *bitReader, s *shape) bool {
	if !r.flag() {
		return false
	}
	limit := floor1Ranges[f.multiplier-1]
	width := bits.Len(uint(limit - 1))
	s.posts[0], s.posts[1] = int(r.take(width)), int(r.take(width))
	at := 2
	for _, class := range f.partitions {
		c := &f.classes[class]
		selector := 0
		if c.subclasses > 0 {
			if selector = f.books[c.master].decode(r); selector < 0 {
				return false
			}
		}
		for range c.dimensions {
			s.posts[at] = 0
			if book := c.books[selector&(1<<c.subclasses-1)]; book >= 0 {
				if s.posts[at] = f.books[book].decode(r); s.posts[at] < 0 {
					return false
				}
			}
			selector >>= c.subclasses
			at++
		}
	}
	if r.over {
		return false
	}
	f.unfold(s, limit)
	return true
}

// unfold makes heights of the differences to what the neighbours predict
// (Vorbis I, §7.2.4, step 1).
func (f *floor1) unfold(s *shape, limit int) {
	s.used[0], s.used[1] = true, true
	for i := 2; i < len(f.x); i++ {
		low, high := f.low[i], f.high[i]
		predicted := between(f.x[low], s.posts[low], f.x[high], s.posts[high], f.x[i])
		value := s.posts[i]
		s.used[i] = value != 0
		if value == 0 {
			s.posts[i] = predicted
			continue
		}
		s.used[low], s.used[high] = true, true
		above, below := limit-predicted, predicted
		switch room := 2 * min(above, below); {
		case value >= room && above > below:
			s.posts[i] = value - below + predicted
		case value >= room:
			s.posts[i] = predicted - value + above - 1
		case value%2 == 1:
			s.posts[i] = predicted - (value+1)/2
		default:
			s.posts[i] = predicted + value/2
		}
		s.posts[i] = max(0, min(s.posts[i], limit-1)) // only damage is outside
	}
}

// between is the height at x on a line, in integers (Vorbis I, §9.2.6).
func between(x0, y0, x1, y1, x int) int {
	dy := y1 - y0
	offset := max(dy, -dy) * (x - x0) / (x1 - x0)
	if dy < 0 {
		return y0 - offset
	}
	return y0 + offset
}

func (f *floor1) apply(lines []float32, s *shape) {
	x, y := 0, s.posts[f.sorted[0]]*f.multiplier
	for _, post := range f.sorted[1:] {
		if !s.used[post] {
			continue
		}
		toX, toY := f.x[post], s.posts[post]*f.multiplier
		slope(lines, x, y, toX, toY)
		x, y = toX, toY
	}
	if x < len(lines) {
		gain := loudness[min(y, 255)]
		for i := range lines[x:] {
			lines[x+i] *= gain
		}
	}
}

// slope applies one straight piece, from x0 up to x1 (Vorbis I, §9.2.7).
func slope(lines []float32, x0, y0, x1, y1 int) {
	dy, width := y1-y0, x1-x0
	base := dy / width
	step := base + 1
	if dy < 0 {
		step = base - 1
	}
	rest := max(dy, -dy) - max(base, -base)*width
	y, fault := y0, 0
	for x := x0; x < min(x1, len(lines)); x++ {
		lines[x] *= loudness[y&255]
		if fault += rest; fault >= width {
			fault -= width
			y += step
		} else {
			y += base
		}
	}
}

// floor0 is a filter by its line spectral pairs (Vorbis I, §6).
type floor0 struct {
	order, rate, marks, width, offset int
	choice                            []int // books
	books                             []codebook
	maps                              map[int][]float64 // by lines: 2·cos of each one's angle
}

func parseFloor0(r *bitReader, books []codebook) (floor, bool) {
	f := &floor0{books: books, maps: map[int][]float64{}}
	f.order, f.rate, f.marks = int(r.take(8)), int(r.take(16)), int(r.take(16))
	f.width, f.offset = int(r.take(6)), int(r.take(8))
	for range r.take(4) + 1 {
		book := int(r.take(8))
		if book >= len(books) || books[book].vectors == nil || books[book].dimensions > 255 {
			return nil, false
		}
		f.choice = append(f.choice, book)
	}
	return f, !r.over && f.order > 0 && f.rate > 0 && f.marks > 0 && f.width <= 32
}

func (f *floor0) read(r *bitReader, s *shape) bool {
	s.amplitude = int(r.take(f.width))
	if s.amplitude == 0 || r.over {
		return false
	}
	choice := int(r.take(bits.Len(uint(len(f.choice)))))
	if choice >= len(f.choice) {
		return false
	}
	book := &f.books[f.choice[choice]]
	last := 0.0
	for at := 0; at < f.order; {
		vector := book.vector(r)
		if vector == nil {
			return false
		}
		for _, v := range vector {
			s.lsp[at] = float64(v) + last
			at++
		}
		last = s.lsp[at-1]
	}
	return true
}

func (f *floor0) apply(lines []float32, s *shape) {
	angles := f.angles(len(lines))
	loudest := float64(s.amplitude*f.offset) / (math.Ldexp(1, f.width) - 1)
	gain, before := float32(0), math.NaN()
	for i, angle := range angles {
		if angle != before {
			before = angle
			p, q := 1.0, 1.0
			for k, v := range s.lsp[:f.order] {
				if k%2 == 1 {
					p *= 2 * (math.Cos(v) - angle)
				} else {
					q *= 2 * (math.Cos(v) - angle)
				}
			}
			if f.order%2 == 1 {
				p, q = p*p*(1-angle*angle), q*q/4
			} else {
				p, q = p*p*(1-angle)/2, q*q*(1+angle)/2
			}
			if gain = float32(math.Exp(0.11512925 * (loudest/math.Sqrt(p+q) - float64(f.offset)))); gain > 1e3 || gain != gain {
				gain = 0 // no sound is like that
			}
		}
		lines[i] *= gain
	}
}

// angles are the cosines of the place of each line on the scale of Bark.
func (f *floor0) angles(n int) []float64 {
	if angles, ok := f.maps[n]; ok {
		return angles
	}
	bark := func(x float64) float64 {
		return 13.1*math.Atan(0.00074*x) + 2.24*math.Atan(0.0000000185*x*x) + 0.0001*x
	}
	angles := make([]float64, n)
	for i := range angles {
		mark := math.Floor(bark(float64(f.rate)*float64(i)/(2*float64(n))) * float64(f.marks) / bark(float64(f.rate)/2))
		angles[i] = math.Cos(math.Pi * min(float64(f.marks-1), mark) / float64(f.marks))
	}
	f.maps[n] = angles
	return angles
}
