package mp3

import "math"

const (
	subbands     = 32
	subbandLines = 18 // lines of a subband in a granule, and its samples
)

// hybrid is the hybrid synthesis filter bank of one channel (ISO/IEC 11172-3
// §2.4.3.4.10): the inverse modified cosine transform of each subband,
// overlapped with that of the granule before.
type hybrid struct {
	overlap [subbands][subbandLines]float64
	// sounding is how many of the lowest subbands have an overlap that is not
	// all zero.
	sounding int
}

// slots is the output of the transform: for each time slot a sample of every
// subband.
type slots [subbandLines][subbands]float64

// aliasCS and aliasCA are the butterflies between neighbouring subbands
// (ISO/IEC 11172-3 table B.9).
var aliasCS, aliasCA = func() (cs, ca [8]float64) {
	for i, c := range [8]float64{-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037} {
		cs[i] = 1 / math.Sqrt(1+c*c)
		ca[i] = c / math.Sqrt(1+c*c)
	}
	return cs, ca
}()

// reduceAlias crosses over the lines at the first boundaries between subbands.
func reduceAlias(lines *[granuleSize]float64, boundaries int) {
	for sb := 1; sb <= boundaries; sb++ {
		lower := lines[subbandLines*sb-8 : subbandLines*sb]
		upper := lines[subbandLines*sb : subbandLines*sb+8]
		for i := range 8 {
			a, b := lower[7-i], upper[i]
			lower[7-i] = a*aliasCS[i] - b*aliasCA[i]
			upper[i] = b*aliasCS[i] + a*aliasCA[i]
		}
	}
}

// windows are those of long blocks by block type (ISO/IEC 11172-3
// §2.4.3.4.10.3): normal, start, (short, which has its own), stop.
var windows = func() (w [4][2 * subbandLines]float64) {
	for i := range 2 * subbandLines {
		at := float64(i) + 0.5
		long, short := math.Sin(math.Pi/36*at), math.Sin(math.Pi/12*(at-18))
		w[0][i] = long
		switch {
		case i < 18:
			w[1][i] = long
		case i < 24:
			w[1][i] = 1
		case i < 30:
			w[1][i] = short
		}
	}
	for i := range w[1] {
		w[3][35-i] = w[1][i]
	}
	return w
}()

// shortWindow is that of each of the three short blocks.
var shortWindow = func() (w [12]float64) {
	for i := range w {
		w[i] = math.Sin(math.Pi / 12 * (float64(i) + 0.5))
	}
	return w
}()

// synthesise transforms the lines, of which the first count may be other than
// zero, into the samples of the subbands. It uses lines as its workspace.
func (hy *hybrid) synthesise(lines *[granuleSize]float64, count int, g *granuleInfo, out *slots) {
	filled := (count + subbandLines - 1) / subbandLines
	longEnd := subbands // subbands below have a long block
	if g.blockType == blockShort {
		longEnd = 0
		if g.mixed {
			longEnd = 2
		}
	}
	if boundaries := min(filled, longEnd-1, subbands-1); boundaries > 0 {
		reduceAlias(lines, boundaries)
		filled = max(filled, boundaries+1)
	}
	for sb := range filled {
		x := (*[subbandLines]float64)(lines[subbandLines*sb:])
		switch {
		case sb >= longEnd:
			hy.short(x, sb, out)
		case g.blockType == blockShort:
			hy.long(x, sb, &windows[blockLong], out)
		default:
			hy.long(x, sb, &windows[g.blockType], out)
		}
	}
	for sb := filled; sb < subbands; sb++ {
		if sb < hy.sounding {
			for i, v := range hy.overlap[sb] {
				out[i][sb] = v
			}
			hy.overlap[sb] = [subbandLines]float64{}
		} else {
			for i := range out {
				out[i][sb] = 0
			}
		}
	}
	hy.sounding = filled
	// Frequency inversion (ISO/IEC 11172-3 §2.4.3.4.10.5).
	for i := 1; i < subbandLines; i += 2 {
		slot := &out[i]
		for sb := 1; sb < subbands; sb += 2 {
			slot[sb] = -slot[sb]
		}
	}
}

// long transforms subband sb of a long block. The 36 values of the inverse
// transform are those of a DCT-IV and their mirror images.
func (hy *hybrid) long(x *[subbandLines]float64, sb int, w *[36]float64, out *slots) {
	dctIV18(x)
	overlap := &hy.overlap[sb]
	for i := range 9 {
		out[i][sb] = overlap[i] + w[i]*x[i+9]
		out[17-i][sb] = overlap[17-i] - w[17-i]*x[i+9]
	}
	for i := range 9 {
		overlap[i] = -w[18+i] * x[8-i]
		overlap[17-i] = -w[35-i] * x[8-i]
	}
}

// short transforms the three short blocks of subband sb, which overlap each
// other.
func (hy *hybrid) short(x *[subbandLines]float64, sb int, out *slots) {
	var sum [36]float64
	for window := range 3 {
		t := dctIV6(x[window:])
		to := sum[6+6*window : 18+6*window]
		w := &shortWindow
		for i := range 3 {
			to[i] += w[i] * t[i+3]
			to[5-i] -= w[5-i] * t[i+3]
			to[6+i] -= w[6+i] * t[2-i]
			to[11-i] -= w[11-i] * t[2-i]
		}
	}
	overlap := &hy.overlap[sb]
	for i := range subbandLines {
		out[i][sb] = overlap[i] + sum[i]
	}
	copy(overlap[:], sum[subbandLines:])
}
