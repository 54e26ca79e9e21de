package mp3

// polyphase is the synthesis subband filter of one channel (ISO/IEC 11172-3
// §2.4.3.2.2 and annex A.2).
//
// The standard keeps the last 16 vectors V of 64 values, each a matrix product
// of 32 subband samples. By the symmetries of the cosine those 64 are the 32
// of a DCT-II Y of the samples, with signs:
//
//	V[j] = Y[16+j] for j < 16,  0 for 16,  −Y[48−j] for 17 to 48,  −Y[j−48] above
//
// so only Y is kept.
type polyphase struct {
	// history holds the DCTs of the slots, the newest first. Those of a
	// granule are put before the pastSlots that preceded it.
	history [(subbandLines + pastSlots) * subbands]float64
}

// pastSlots is how many slots back the window reaches.
const pastSlots = 15

// synthesise makes the samples of a granule of its slots and writes them to
// channel of out.
func (p *polyphase) synthesise(in *slots, channel int, out [][2]float64) {
	copy(p.history[subbandLines*subbands:], p.history[:pastSlots*subbands])
	for i := range in {
		at := (subbandLines - 1 - i) * subbands
		dct32(&in[i], (*[subbands]float64)(p.history[at:]))
		window((*[16 * subbands]float64)(p.history[at:]), channel, out[subbands*i:subbands*i+subbands])
	}
}

// window sums 16 slots, the newest first, to 32 samples. Samples j and 32−j
// use the same values with other coefficients.
func window(y *[16 * subbands]float64, channel int, out [][2]float64) {
	out = out[:subbands]
	c := &synthesisWindow[0]
	var first float64
	for pair := range 8 {
		first += y[64*pair+16]*c[4*pair] + y[64*pair+48]*c[4*pair+1]
	}
	out[0][channel] = first
	for j := 1; j < 16; j++ {
		c := &synthesisWindow[j]
		var low, high float64
		newer, older := 16+j, 48-j
		for pair := 0; pair < 32; pair += 4 {
			a, b := y[newer&511], y[older&511]
			low += a*c[pair] + b*c[pair+1]
			high += a*c[pair+2] + b*c[pair+3]
			newer += 64
			older += 64
		}
		out[j][channel] = low
		out[32-j][channel] = high
	}
	c = &synthesisWindow[16]
	var middle float64
	for pair := range 8 {
		middle += y[64*pair+32] * c[4*pair+1]
	}
	out[16][channel] = middle
}
