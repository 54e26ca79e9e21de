package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/source"
)

const (
	toneRate   = 44100
	toneTarget = 48000
	toneLength = 4 // seconds
)

// benchResample compares how clean and how fast 44.1 kHz becomes 48 kHz.
func benchResample(ctx context.Context, b *bench) error {
	b.out.begin("Resampling 44.1 to 48 kHz: SINAD of tones", "tone", "Ninth", "sox rate -v")
	for _, hz := range []float64{1000, 5000, 10000, 15000, 18000} {
		ours, theirs, err := b.resampled(ctx, hz)
		if err != nil {
			return err
		}
		b.out.row(fmt.Sprintf("%g Hz", hz), fmt.Sprintf("%.0f dB", ours), fmt.Sprintf("%.0f dB", theirs))
	}
	if err := b.out.end(); err != nil {
		return err
	}
	music, err := b.files.music(ctx, b.minutes)
	if err != nil {
		return err
	}
	target := filepath.Join(b.files.dir, "resampled.raw")
	ours, theirs, err := compare(ctx, b.runs,
		[]string{b.self, "resample-file", music, target},
		// One thread, and 32-bit floats, as ours.
		[]string{"sox", "--single-threaded", "-V1", music, "-t", "f32", target, "rate", "-v", fmt.Sprint(toneTarget)})
	if err != nil {
		return err
	}
	b.out.begin(fmt.Sprintf("Resampling %d minutes: CPU of the whole process", b.minutes), "", "Ninth", "sox rate -v", "ratio")
	b.out.row("stereo", milliseconds(ours.cpu), milliseconds(theirs.cpu), ratio(ours.cpu, theirs.cpu))
	return b.out.end()
}

// resampled measures one tone through both.
func (b *bench) resampled(ctx context.Context, hz float64) (ours, theirs float64, err error) {
	in := filepath.Join(b.files.dir, "tone.f64")
	var samples bytes.Buffer
	for i := range toneLength * toneRate {
		v := 0.5 * math.Sin(2*math.Pi*hz*float64(i)/toneRate)
		_ = binary.Write(&samples, binary.LittleEndian, [2]float64{v, v}) // a buffer takes everything
	}
	if err := os.WriteFile(in, samples.Bytes(), 0o600); err != nil {
		return 0, 0, err
	}
	decoded := make([]float64, 0, toneLength*toneTarget)
	stage := dsp.Resample(raw(samples.Bytes()), toneRate, toneTarget)
	for buf := make([][2]float64, 1024); ; {
		n, ok := stage.Stream(buf)
		for _, s := range buf[:n] {
			decoded = append(decoded, s[0])
		}
		if !ok {
			break
		}
	}
	out := filepath.Join(b.files.dir, "tone.out.f64")
	if _, err := measure(ctx, "sox", "-t", "f64", "-r", fmt.Sprint(toneRate), "-c", "2", in,
		"-t", "f64", out, "rate", "-v", fmt.Sprint(toneTarget)); err != nil {
		return 0, 0, err
	}
	theirsRaw, err := os.ReadFile(out)
	if err != nil {
		return 0, 0, err
	}
	var peer []float64
	for at := 0; at+16 <= len(theirsRaw); at += 16 {
		peer = append(peer, math.Float64frombits(binary.LittleEndian.Uint64(theirsRaw[at:])))
	}
	return sinad(decoded, hz), sinad(peer, hz), nil
}

// raw streams interleaved 64-bit floats.
func raw(data []byte) beep.Streamer {
	at := 0
	return beep.StreamerFunc(func(samples [][2]float64) (n int, ok bool) {
		for n < len(samples) && at+16 <= len(data) {
			for c := range 2 {
				samples[n][c] = math.Float64frombits(binary.LittleEndian.Uint64(data[at+8*c:]))
			}
			at += 16
			n++
		}
		return n, n > 0
	})
}

// sinad is the ratio, in dB, of the tone of this frequency to everything else
// in the middle half of the signal: the sine of best fit (IEEE 1057) against
// what it leaves.
func sinad(signal []float64, hz float64) float64 {
	part := signal[len(signal)/4 : 3*len(signal)/4]
	w := 2 * math.Pi * hz / toneTarget
	var ss, cc, sc, xs, xc float64
	for i, x := range part {
		s, c := math.Sincos(w * float64(i))
		ss, cc, sc = ss+s*s, cc+c*c, sc+s*c
		xs, xc = xs+x*s, xc+x*c
	}
	det := ss*cc - sc*sc
	a, b := (xs*cc-xc*sc)/det, (xc*ss-xs*sc)/det
	var tone, rest float64
	for i, x := range part {
		s, c := math.Sincos(w * float64(i))
		fit := a*s + b*c
		tone += fit * fit
		rest += (x - fit) * (x - fit)
	}
	return 10 * math.Log10(tone/rest)
}

// resampleFile is Ninth's part: a file to 48 kHz, as raw 32-bit floats.
func resampleFile(ctx context.Context, args []string) (err error) {
	if len(args) != 2 {
		return errors.New("resample-file: wants a file and where to write")
	}
	src, err := source.OpenFile(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	decoder, err := formats.All().Open(ctx, src)
	if err != nil {
		return err
	}
	out, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	stage := dsp.Resample(decoder, decoder.Format().SampleRate, toneTarget)
	frames := make([][2]float64, 4096)
	buf := make([]byte, 0, 8*len(frames))
	for {
		n, ok := stage.Stream(frames)
		buf = buf[:0]
		for _, s := range frames[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(float32(s[0])))
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(float32(s[1])))
		}
		if _, err := out.Write(buf); err != nil {
			return err
		}
		if !ok {
			return decoder.Err()
		}
	}
}
