package dsp

import (
	"math"
	"slices"

	"github.com/gopxl/beep/v2"
)

// BandKind is the shape of an equaliser's band.
type BandKind uint8

// The shapes of a band.
const (
	Peaking   BandKind = iota // a bell around Frequency
	LowShelf                  // all below Frequency
	HighShelf                 // all above Frequency
)

// Band is one filter of an equaliser. Frequency is its centre, for a shelf the
// middle of its slope, in Hz; Gain is in dB; Q is its narrowness as in the
// cookbook (see EQ), 1/√2 for a shelf without a bump. A band with a frequency
// that the rate cannot hold, or with a frequency or Q that is not above 0, does
// nothing.
type Band struct {
	Kind               BandKind
	Frequency, Gain, Q float64
}

// EQ is the setting of an equaliser: its bands, one after the other, and a gain
// in dB before them that leaves room for what they make louder. The zero EQ is
// flat. The bands are the biquads of Robert Bristow-Johnson's "Cookbook formulae
// for audio EQ biquad filter coefficients". An EQ is a value; nobody changes
// the bands of one that was handed over.
type EQ struct {
	Preamp float64
	Bands  []Band
}

// Flat reports whether the setting changes nothing.
func (e EQ) Flat() bool {
	return e.Preamp == 0 && !slices.ContainsFunc(e.Bands, func(b Band) bool { return b.Gain != 0 })
}

// Response is the gain at a frequency of hz, in dB, at the given rate.
func (e EQ) Response(rate beep.SampleRate, hz float64) float64 {
	sum := e.Preamp
	for _, b := range e.Bands {
		if b.heard(rate) {
			sum += b.biquad(rate).response(rate, hz)
		}
	}
	return sum
}

// withRoom is the setting with so much less gain before the bands that no
// frequency comes out louder than it went in: neighbouring bands add up, and a
// text may have no pre-amp at all.
func (e EQ) withRoom() EQ {
	const rate = 48000 // others differ near their Nyquist frequency only
	louder := 0.0
	try := func(hz float64) { louder = max(louder, e.Response(rate, hz)) }
	for hz := 20.0; hz < 20000; hz *= 1.03 { // some 24 to an octave
		try(hz)
	}
	for _, b := range e.Bands {
		if b.heard(rate) {
			try(b.Frequency)
		}
	}
	if louder > 1e-6 { // less is rounding
		e.Preamp -= louder
	}
	return e
}

// octave is the Q of a peaking band one octave wide.
const octave = math.Sqrt2

// TenBands is the setting of ten sliders, gains in dB, at the octaves of
// ISO 266 from 31.5 Hz to 16 kHz. Its pre-amp takes off what the sliders add, so
// that nothing gets louder than it was.
func TenBands(gains [10]float64) EQ {
	if gains == [10]float64{} {
		return EQ{}
	}
	var eq EQ
	for i, hz := range tenCentres {
		eq.Bands = append(eq.Bands, Band{Peaking, hz, gains[i], octave})
	}
	return eq.withRoom()
}

var tenCentres = [10]float64{31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000}

// TenCentres are the frequencies of the ten sliders, in Hz.
func TenCentres() [10]float64 { return tenCentres }

// Preset is a named setting of the ten sliders, in dB. Name is an English word
// to be translated.
type Preset struct {
	Name  string
	Gains [10]float64
}

// Presets are the settings to begin with, flat first.
func Presets() []Preset {
	return []Preset{
		{"Flat", [10]float64{}},
		{"More bass", [10]float64{5, 4.5, 3, 1.5, 0, 0, 0, 0, 0, 0}},
		{"Less bass", [10]float64{-6, -5, -3, -1.5, 0, 0, 0, 0, 0, 0}},
		{"More treble", [10]float64{0, 0, 0, 0, 0, 0, 1, 2.5, 4, 5}},
		{"Less treble", [10]float64{0, 0, 0, 0, 0, 0, -1, -2.5, -4.5, -6}},
		{"Voice", [10]float64{-6, -4, -1.5, 0, 1, 2.5, 3.5, 2.5, 0, -2}},
		{"Acoustic", [10]float64{1, 2, 2, 0.5, 0, 0.5, 1.5, 2, 2, 1}},
		{"Electronic", [10]float64{4.5, 4, 1.5, -0.5, -1.5, 0, 0.5, 1.5, 3, 3.5}},
		{"Rock", [10]float64{3.5, 3, 1.5, -0.5, -1, 0, 1.5, 2.5, 3, 3}},
		{"Quiet listening", [10]float64{6, 4.5, 2.5, 1, 0, 0, 0.5, 1.5, 3, 4}},
		{"Small speakers", [10]float64{-8, -2, 3, 2.5, 1, 0, 0, 1, 2, 2}},
	}
}

// glideTime is how long the equaliser takes from one setting to the next.
const glideTime = 0.03 // seconds

// Equaliser applies an EQ to frames. A new setting is reached in a glide of
// 30 ms, without a click. While it is flat, frames stay the same bit for bit.
type Equaliser struct {
	rate     beep.SampleRate
	sections []section
	preamp   Ramp
	left     int // frames of the glide still to go
	active   bool
}

// NewEqualiser returns a flat equaliser for frames at the given rate.
func NewEqualiser(rate beep.SampleRate) *Equaliser {
	return &Equaliser{rate: rate, preamp: RampAt(1)}
}

// Set changes the setting.
func (q *Equaliser) Set(eq EQ) {
	frames := max(1, int(glideTime*float64(q.rate)))
	bands := slices.DeleteFunc(slices.Clone(eq.Bands), func(b Band) bool { return !b.heard(q.rate) })
	for i, b := range bands {
		if i == len(q.sections) {
			// It begins as the same band with no gain, whose poles and zeros
			// cancel, so that it comes in where it is going to act.
			flat := b
			flat.Gain = 0
			q.sections = append(q.sections, section{now: flat.biquad(q.rate), band: b})
		}
		q.sections[i].to(b, q.rate, frames)
	}
	for i := len(bands); i < len(q.sections); i++ {
		b := q.sections[i].band
		b.Gain = 0
		q.sections[i].to(b, q.rate, frames)
	}
	q.preamp.To(Linear(eq.Preamp), frames)
	q.left = frames
	q.active = true
}

// Idle reports whether Process would leave frames as they are.
func (q *Equaliser) Idle() bool { return !q.active }

// Process applies the setting to frames, in place.
func (q *Equaliser) Process(frames [][2]float64) {
	for q.active && len(frames) > 0 {
		part := frames
		if q.left > 0 {
			part = frames[:min(q.left, len(frames))]
			q.glide(part)
			q.left -= len(part)
		} else {
			q.steady(part)
		}
		frames = frames[len(part):]
		if q.left == 0 {
			q.settle()
		}
	}
}

func (q *Equaliser) glide(frames [][2]float64) {
	for i := range frames {
		g := q.preamp.Next()
		frames[i][0] *= g
		frames[i][1] *= g
	}
	for i := range q.sections {
		q.sections[i].glide(frames)
	}
}

func (q *Equaliser) steady(frames [][2]float64) {
	if g := q.preamp.Value(); g != 1 {
		for i := range frames {
			frames[i][0] *= g
			frames[i][1] *= g
		}
	}
	for i := range q.sections {
		q.sections[i].steady(frames)
	}
}

// settle ends a glide exactly at its target, and takes away sections without
// gain once they have rung out.
func (q *Equaliser) settle() {
	for i := range q.sections {
		q.sections[i].now = q.sections[i].target
	}
	for len(q.sections) > 0 && q.sections[len(q.sections)-1].idle() {
		q.sections = q.sections[:len(q.sections)-1]
	}
	q.active = len(q.sections) > 0 || q.preamp.Value() != 1
}
