package dsp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Bounds of what ParseEQ takes.
const (
	maxEQBytes  = 256 << 10
	maxEQBands  = 64
	maxEQPoints = 4096
	maxEQGain   = 40.0 // dB, either way
)

// ErrNotEQ is returned by ParseEQ for text that holds no equaliser setting.
var ErrNotEQ = errors.New("dsp: no equaliser setting in this text")

// ParseEQ reads a setting as AutoEq writes it: either
// ParametricEQ.txt, lines such as
//
//	Preamp: -6.2 dB
//	Filter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70
//
// with the filters PK, LS, LSC, HS and HSC, or GraphicEQ.txt,
//
//	GraphicEQ: 20 -0.5; 21 -0.4; …
//
// whose curve becomes 31 bands a third of an octave apart. Filters that are off
// are left out; other kinds of filter are an error that names them. Where a text
// makes something louder, its pre-amp is lowered by that.
func ParseEQ(r io.Reader) (EQ, error) {
	var eq EQ
	found := false
	lines := bufio.NewScanner(io.LimitReader(r, maxEQBytes+1))
	lines.Buffer(nil, maxEQBytes)
	for n := 1; lines.Scan(); n++ {
		key, rest, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), ":")
		if !ok {
			continue
		}
		var err error
		switch key = strings.ToLower(strings.TrimSpace(key)); {
		case key == "preamp":
			var db float64
			db, err = eqNumber(strings.TrimSuffix(strings.ToLower(strings.Join(strings.Fields(rest), "")), "db"), -maxEQGain, maxEQGain)
			eq.Preamp += db
		case key == "graphiceq":
			var g EQ
			if g, err = graphicEQ(rest); err == nil {
				eq.Preamp += g.Preamp
				eq.Bands = append(eq.Bands, g.Bands...)
				found = true
			}
		case strings.HasPrefix(key, "filter"):
			var b Band
			if b, ok, err = eqFilter(rest); ok {
				eq.Bands = append(eq.Bands, b)
			}
			found = true
		}
		if err == nil && len(eq.Bands) > maxEQBands {
			err = fmt.Errorf("more than %d filters", maxEQBands)
		}
		if err != nil {
			return EQ{}, fmt.Errorf("dsp: equaliser setting, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return EQ{}, fmt.Errorf("dsp: reading an equaliser setting: %w", err)
	}
	if !found {
		return EQ{}, ErrNotEQ
	}
	return eq.withRoom(), nil
}

// eqFilter reads what follows "Filter 1:". It is not ok for a filter that is off.
func eqFilter(text string) (b Band, ok bool, err error) {
	f := strings.Fields(text)
	if len(f) < 2 || !strings.EqualFold(f[0], "ON") || strings.EqualFold(f[1], "None") {
		return b, false, nil
	}
	switch strings.ToUpper(f[1]) {
	case "PK", "PEQ":
		b.Kind = Peaking
	case "LS", "LSC", "LSQ":
		b.Kind, b.Q = LowShelf, math.Sqrt2/2
	case "HS", "HSC", "HSQ":
		b.Kind, b.Q = HighShelf, math.Sqrt2/2
	default:
		return b, false, fmt.Errorf("a filter of kind %q is not known here", f[1])
	}
	for i := 2; i+1 < len(f); i++ {
		switch strings.ToLower(f[i]) {
		case "fc":
			b.Frequency, err = eqNumber(f[i+1], 1, 1e6)
		case "gain":
			b.Gain, err = eqNumber(f[i+1], -maxEQGain, maxEQGain)
		case "q":
			b.Q, err = eqNumber(f[i+1], 0.01, 1000)
		default:
			continue
		}
		if err != nil {
			return Band{}, false, err
		}
		i++
	}
	if b.Frequency == 0 || b.Q == 0 {
		return Band{}, false, errors.New("a filter without its frequency or Q")
	}
	return b, true, nil
}

// eqNumber reads a number and holds it to its bounds.
func eqNumber(s string, low, high float64) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= low && v <= high) {
		return 0, fmt.Errorf("%.40q is not a number from %g to %g", s, low, high)
	}
	return v, nil
}

// graphicEQ reads "20 -0.5; 21 -0.4; …" and fits bands to the curve.
func graphicEQ(text string) (EQ, error) {
	var hz, db []float64
	for point := range strings.SplitSeq(text, ";") {
		f := strings.Fields(point)
		if len(f) == 0 {
			continue
		}
		if len(f) != 2 {
			return EQ{}, fmt.Errorf("%.40q is not a frequency and a gain", point)
		}
		x, err := eqNumber(f[0], 1, 1e6)
		if err != nil {
			return EQ{}, err
		}
		y, err := eqNumber(f[1], -3*maxEQGain, maxEQGain)
		if err != nil {
			return EQ{}, err
		}
		if len(hz) > 0 && x <= hz[len(hz)-1] {
			return EQ{}, fmt.Errorf("%g Hz after %g Hz", x, hz[len(hz)-1])
		}
		if hz, db = append(hz, x), append(db, y); len(hz) > maxEQPoints {
			return EQ{}, fmt.Errorf("more than %d points", maxEQPoints)
		}
	}
	if len(hz) == 0 {
		return EQ{}, ErrNotEQ
	}
	return fitCurve(hz, db), nil
}

// fitCurve finds the bands whose sum follows a curve, at their centres.
func fitCurve(hz, db []float64) EQ {
	const (
		bands  = 31
		q      = 1.4   // wider than the third of an octave from one to the next, so that none dips between them
		rate   = 48000 // bands bend a little near Nyquist; this rate is in the middle
		rounds = 100
	)
	eq := EQ{Bands: make([]Band, bands)}
	var want, have [bands]float64
	for i := range eq.Bands {
		centre := 1000 * math.Pow(10, float64(i-17)/10)
		eq.Bands[i] = Band{Peaking, centre, 0, q}
		want[i] = curveAt(hz, db, centre)
		eq.Preamp += want[i] / bands
	}
	// A band's neighbours add to it: the part of its gain that is missing at
	// its centre is added, again and again. 0.25 keeps that from swinging, as a
	// centre hears four times what its own band does when all are alike.
	for range rounds {
		for i, b := range eq.Bands {
			have[i] = eq.Response(rate, b.Frequency)
		}
		for i := range eq.Bands {
			g := eq.Bands[i].Gain + 0.25*(want[i]-have[i])
			eq.Bands[i].Gain = min(max(g, -maxEQGain), maxEQGain)
		}
	}
	return eq
}

// curveAt is the curve at f, in a straight line between its points over the
// logarithm of the frequency, and level beyond its ends.
func curveAt(hz, db []float64, f float64) float64 {
	for i, x := range hz {
		if f > x {
			continue
		}
		if i == 0 {
			return db[0]
		}
		t := math.Log(f/hz[i-1]) / math.Log(x/hz[i-1])
		return db[i-1] + t*(db[i]-db[i-1])
	}
	return db[len(db)-1]
}
