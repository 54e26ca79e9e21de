package aac

import (
	"math"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// bitWriter writes what no encoder here does.
type bitWriter struct {
	data []byte
	n    int // bits
}

func (w *bitWriter) put(v, n int) {
	for n--; n >= 0; n-- {
		if w.n%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.n/8] |= byte(v>>n&1) << (7 - w.n%8)
		w.n++
	}
}

// copyBits appends the bits of data from one place to another.
func (w *bitWriter) copyBits(data []byte, from, to int) {
	for ; from < to; from++ {
		w.put(int(data[from/8]>>(7-from%8)&1), 1)
	}
}

// scaleFactor writes the difference of two scale factors.
func (w *bitWriter) scaleFactor(v int) {
	for _, l := range leaves(huffmanCodes[scaleBook]) {
		if l.payload == v+60 {
			w.put(int(l.code>>(32-l.length)), l.length)
		}
	}
}

// parts are where things are in a unit, in bits.
type parts struct {
	body, pulses int // of its first channel: beginning, pulse flag
	element      int // end of the first element with sound
	channel      *channel
}

// parts takes a unit apart that begins with fill elements or one with sound.
func (s stream) parts(t *testing.T, unit []byte) (p parts) {
	t.Helper()
	d, err := NewDecoder(s.config)
	if err != nil {
		t.Fatal(err)
	}
	r := newBitReader(unit)
	kind := r.take(3)
	for kind == elementFill {
		d.readFill(r)
		kind = r.take(3)
	}
	if kind > elementPair {
		t.Fatalf("an element of kind %d", kind)
	}
	r.take(4)
	p.body = r.Position()
	p.channel = d.channels[0]
	if kind == elementSingle {
		gain := r.take(8)
		if !d.readWindows(r, &p.channel.windows) || !p.channel.readSections(r) || !d.readScales(r, p.channel, gain) {
			t.Fatal("a damaged unit")
		}
		p.pulses = r.Position()
		r.seek(p.body)
		if !d.readChannel(r, p.channel, nil, false) {
			t.Fatal("a damaged unit")
		}
	} else if !d.readPair(r, d.channels[0], d.channels[1]) {
		t.Fatal("a damaged unit")
	}
	p.element = r.Position()
	return p
}

// adts frames units as a file for ffmpeg. The channel configuration is 0 if the
// units bring a plan.
func adts(units [][]byte, rateIndex, channels int) (file []byte) {
	for _, u := range units {
		var w bitWriter
		w.put(0xFFF1, 16)
		w.put(1, 2)
		w.put(rateIndex, 4)
		w.put(channels, 4) // after a private bit
		w.put(0, 4)
		w.put(7+len(u), 13)
		w.put(0x7FF, 11)
		w.put(0, 2)
		file = append(append(file, w.data...), u...)
	}
	return file
}

// agree holds the decoding of units to that of ffmpeg.
func agree(t *testing.T, config Config, units [][]byte, rateIndex, channels int) (all [][2]float64) {
	t.Helper()
	all = stream{units: units, config: config}.decode(t)
	want := codectest.FFmpegDecode(t, adts(units, rateIndex, channels), "aac", config.Channels)
	if db := codectest.SNR(all, want); db < 110 {
		t.Errorf("SNR %.1f dB", db)
	} else {
		t.Logf("%.1f dB", db)
	}
	return all
}

func TestPulses(t *testing.T) {
	s := encode(t, 40, 1, 44100, "-b:a", "64k")
	spliced := 0
	var units [][]byte
	for i, u := range s.units {
		p := s.parts(t, u)
		if p.channel.sequence == eightShort || p.channel.bands < 10 {
			units = append(units, u)
			continue
		}
		var w bitWriter
		w.copyBits(u, 0, p.pulses)
		w.put(1, 1)
		w.put(i%4, 2)
		w.put(i%7, 6)
		for k := range i%4 + 1 {
			w.put((i+13*k)%32, 5)
			w.put((3*i+k)%16, 4)
		}
		w.copyBits(u, p.pulses+1, p.element)
		w.put(elementEnd, 3)
		units = append(units, w.data)
		spliced++
	}
	if spliced < 20 {
		t.Fatalf("%d of %d units have long windows", spliced, len(units))
	}
	with := agree(t, s.config, units, 4, 1)
	if codectest.SNR(with, s.decode(t)) > 60 {
		t.Error("the pulses make no difference")
	}
}

func TestWhatIsNotSoundIsPassedBy(t *testing.T) {
	s := encode(t, 10, 2, 44100)
	want := s.decode(t)
	for name, tt := range map[string]struct {
		write    func(w *bitWriter)
		extended bool
	}{
		"data": {write: func(w *bitWriter) {
			w.put(elementData, 3)
			w.put(5, 4)
			w.put(0, 1)
			w.put(3, 8)
			w.put(0xABCDEF, 24)
		}},
		"aligned data, much of it": {write: func(w *bitWriter) {
			w.put(elementData, 3)
			w.put(5, 4)
			w.put(1, 1)
			w.put(255, 8)
			w.put(2, 8)
			w.put(0, -w.n&7)
			for i := range 257 {
				w.put(i&255, 8)
			}
		}},
		"a plan": {write: func(w *bitWriter) {
			w.put(elementProgram, 3)
			writePlan(w, elementPair, 0)
		}},
		"filling": {write: func(w *bitWriter) {
			w.put(elementFill, 3)
			w.put(15, 4)
			w.put(20, 8)
			for range 15 + 20 - 1 {
				w.put(0xA5, 8)
			}
		}},
		"no filling": {write: func(w *bitWriter) {
			w.put(elementFill, 3)
			w.put(0, 4)
		}},
		"HE-AAC": {extended: true, write: func(w *bitWriter) {
			w.put(elementFill, 3)
			w.put(4, 4)
			w.put(13, 4)
			w.put(0x1234567, 28)
		}},
	} {
		var units [][]byte
		for _, u := range s.units {
			var w bitWriter
			tt.write(&w)
			p := s.parts(t, u)
			w.copyBits(u, p.body-7, p.element)
			tt.write(&w)
			w.put(elementEnd, 3)
			units = append(units, w.data)
		}
		d, err := NewDecoder(s.config)
		if err != nil {
			t.Fatal(err)
		}
		var got [][2]float64
		for _, u := range units {
			got = append(got, d.Decode(u)...)
		}
		if db := codectest.SNR(got, want); !math.IsInf(db, 1) {
			t.Errorf("%s: SNR %.1f dB", name, db)
		}
		if d.Extended() != tt.extended {
			t.Errorf("%s: extended is %v", name, d.Extended())
		}
	}
}

// writePlan writes a plan of one element in front, and coupling channels 0 and
// up.
func writePlan(w *bitWriter, kind, couplings int) {
	w.put(0, 4)
	w.put(1, 2)
	w.put(4, 4)
	w.put(1, 4) // front
	w.put(0, 4)
	w.put(0, 4)
	w.put(0, 2)
	w.put(0, 3)
	w.put(couplings, 4)
	w.put(0, 3) // no mixdowns
	w.put(kind, 1)
	w.put(0, 4)
	for i := range couplings {
		w.put(0, 1)
		w.put(i, 4)
	}
	w.put(0, -w.n&7)
	w.put(0, 8) // no comment
}

func TestCoupling(t *testing.T) {
	// The coupled channel is another encode of the same kind of signal, so that
	// their windows are alike.
	mono := encode(t, 30, 1, 44100, "-b:a", "48k")
	hosts := map[int]stream{elementSingle: mono, elementPair: encode(t, 30, 2, 44100)}
	for _, tt := range []struct {
		name                string
		kind                int
		independent, shaped int
		sides               int // of a pair: left and right bits
		signs, scale        int
		common              int
		gains               []int // of the lists behind the first
	}{
		{name: "to the samples of one", independent: 1, shaped: 1},
		{name: "to the spectrum of one", kind: elementSingle},
		{name: "to the spectrum of one, behind shaping", shaped: 1},
		{name: "to both of a pair alike", kind: elementPair, scale: 2},
		{name: "to the left", kind: elementPair, sides: 2, independent: 1},
		{name: "to the right", kind: elementPair, sides: 1, shaped: 1},
		{name: "to both of a pair, each at its level", kind: elementPair, sides: 3, scale: 3, common: 1, gains: []int{2}},
		{name: "to the samples of both", kind: elementPair, sides: 3, scale: 1, independent: 1, gains: []int{-3}},
		{name: "to both by bands", kind: elementPair, sides: 3, scale: 2, gains: []int{1}},
		{name: "to both by bands with signs", kind: elementPair, sides: 3, scale: 1, signs: 1, gains: []int{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := hosts[tt.kind]
			var units [][]byte
			for i, u := range host.units {
				var w bitWriter
				w.put(elementProgram, 3)
				writePlan(&w, tt.kind, 1)
				p := host.parts(t, u)
				w.copyBits(u, p.body-7, p.element)
				w.put(elementCoupling, 3)
				w.put(0, 4)
				w.put(tt.independent, 1)
				w.put(0, 3) // one target
				w.put(tt.kind, 1)
				w.put(0, 4)
				if tt.kind == elementPair {
					w.put(tt.sides, 2)
				}
				w.put(tt.shaped, 1)
				w.put(tt.signs, 1)
				w.put(tt.scale, 2)
				added := mono.units[min(i, len(mono.units)-1)]
				q := mono.parts(t, added)
				w.copyBits(added, q.body, q.element)
				for _, gain := range tt.gains {
					if tt.independent == 0 {
						w.put(tt.common, 1)
					}
					if tt.independent == 1 || tt.common == 1 {
						w.scaleFactor(gain)
						continue
					}
					for g := range q.channel.groups {
						for k := range q.channel.bands {
							if q.channel.codes[g*groupSlots+k] != bookZero {
								w.scaleFactor(k%3 - gain)
							}
						}
					}
				}
				w.put(elementEnd, 3)
				units = append(units, w.data)
			}
			config, err := ConfigIn(2, 4, units[0])
			if err != nil {
				t.Fatal(err)
			}
			with := agree(t, config, units, 4, 0)
			if codectest.SNR(with, host.decode(t)) > 20 {
				t.Error("what was added makes no difference")
			}
		})
	}
}

// noisePair is a unit of a pair, all of it noise.
func noisePair(shared int) []byte {
	var w bitWriter
	w.put(elementPair, 3)
	w.put(0, 4)
	w.put(1, 1)               // common windows: one long one
	w.put(onlyLong<<1, 1+2+1) // with slopes of sine
	const bands = 40
	w.put(bands, 6)
	w.put(0, 1)
	w.put(shared, 2)
	for side := range 2 {
		w.put(150-8*side, 8) // the right one is softer by 12 dB
		w.put(bookNoise, 4)
		w.put(31, 5)
		w.put(bands-31, 5)
		w.put(noiseStart, noiseStartBits)
		for range bands - 1 {
			w.scaleFactor(0)
		}
		w.put(0, 3) // no pulses, filters, gain control
	}
	w.put(elementEnd, 3)
	return w.data
}

func TestNoise(t *testing.T) {
	config, err := ConfigFor(2, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	for shared, alike := range map[int]bool{sharedNone: false, sharedAll: true} {
		frames := stream{units: slices.Repeat([][]byte{noisePair(shared)}, 40), config: config}.decode(t)[FrameSize:]
		var left, right, both float64
		for _, f := range frames {
			left += f[0] * f[0]
			right += f[1] * f[1]
			both += f[0] * f[1]
		}
		// 40 bands of energy 2^(60/2), of which each sample has half by the
		// square of the transform's size, at a full scale of 2^15.
		want := 40 * math.Exp2(30) / 2 / (1 << 20) / math.Exp2(30)
		if level := left / float64(len(frames)) / want; level < 0.9 || level > 1.1 {
			t.Errorf("the noise has %.2g times the energy that the stream says", level)
		}
		if level := right / left * 16; level < 0.8 || level > 1.25 {
			t.Errorf("the right channel is %.2g of what it should be", level)
		}
		if correlation := both / math.Sqrt(left*right); (correlation > 0.999) != alike || !alike && math.Abs(correlation) > 0.1 {
			t.Errorf("shared noise %v: correlation %.3f", alike, correlation)
		}
	}
}

func TestHeadersThatLieOfThePair(t *testing.T) {
	mono, stereo := encode(t, 12, 1, 44100), encode(t, 12, 2, 44100)
	for name, tt := range map[string][2]stream{
		"a pair for one": {{units: stereo.units, config: mono.config}, stereo},
		"one for a pair": {{units: mono.units, config: stereo.config}, mono},
	} {
		if db := codectest.SNR(tt[0].decode(t), tt[1].decode(t)); !math.IsInf(db, 1) {
			t.Errorf("%s: SNR %.1f dB", name, db)
		}
	}
	units := slices.Concat(mono.units[:5], stereo.units[:5], mono.units[5:])
	all := stream{units: units, config: stereo.config}.decode(t)
	for i, want := range map[int][][2]float64{0: mono.decode(t)[:5*FrameSize], 6: stereo.decode(t)[FrameSize : 5*FrameSize]} {
		from := i * FrameSize
		if db := codectest.SNR(all[from:from+len(want)], want); !math.IsInf(db, 1) {
			t.Errorf("from unit %d on: SNR %.1f dB", i, db)
		}
	}
}

// TestAChannelThatIsMissing ends in silence, and the others sound on.
func TestAChannelThatIsMissing(t *testing.T) {
	s := encodeWith(t, codectest.WAV(clicks(20*FrameSize, 5, 48000), 5, 48000, 16), "-aac_pns", "0")
	want := s.decode(t)
	units := slices.Clone(s.units)
	for i := 10; i < len(units); i++ {
		p := s.parts(t, units[i])
		var w bitWriter
		w.copyBits(units[i], p.body-7, p.element) // the centre
		w.put(elementEnd, 3)
		units[i] = w.data
	}
	got := stream{units: units, config: s.config}.decode(t)
	sides := 0.0
	for i, f := range got {
		switch side := math.Abs(f[0] - f[1]); {
		case i < 10*FrameSize && f != want[i]:
			t.Fatalf("frame %d is changed", i)
		case i < 11*FrameSize:
			sides += side
		case side > 1e-9:
			t.Fatalf("frame %d still has sides: %v", i, f)
		case f == [2]float64{} && want[i] != [2]float64{} && i%FrameSize > 100 && i < 18*FrameSize:
			t.Fatalf("frame %d is silent", i)
		}
	}
	if sides == 0 {
		t.Error("there were no sides")
	}
}
