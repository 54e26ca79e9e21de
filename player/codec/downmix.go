package codec

import "math"

// Speaker is a loudspeaker position, numbered as the bits of a WAVE channel
// mask (WAVEFORMATEXTENSIBLE, dwChannelMask).
type Speaker uint8

// The positions that carry sound in the formats of this project; others are
// treated as silent.
const (
	FrontLeft Speaker = iota
	FrontRight
	FrontCentre
	LowFrequency
	BackLeft
	BackRight
	FrontLeftOfCentre
	FrontRightOfCentre
	BackCentre
	SideLeft
	SideRight
)

// Downmix folds the channels of a frame into two. The coefficients are those
// of ITU-R BS.775, annex 4: centre and surround at −3 dB, the low frequency
// channel left out. Nothing is attenuated further, so that stereo and folded
// tracks are equally loud; the sum of several full-scale channels can exceed
// [-1, 1] and is the limiter's to handle.
type Downmix struct{ left, right []float64 }

// minus3dB is the factor 1/√2.
const minus3dB = 1 / math.Sqrt2

// NewDownmix returns the folding for the given channels, in stream order.
// One channel, whatever its position, sounds on both sides unchanged.
func NewDownmix(speakers []Speaker) Downmix {
	d := Downmix{make([]float64, len(speakers)), make([]float64, len(speakers))}
	if len(speakers) == 1 {
		d.left[0], d.right[0] = 1, 1
		return d
	}
	for i, s := range speakers {
		switch s {
		case FrontLeft, FrontLeftOfCentre:
			d.left[i] = 1
		case FrontRight, FrontRightOfCentre:
			d.right[i] = 1
		case FrontCentre:
			d.left[i], d.right[i] = minus3dB, minus3dB
		case BackLeft, SideLeft:
			d.left[i] = minus3dB
		case BackRight, SideRight:
			d.right[i] = minus3dB
		case BackCentre:
			// One speaker standing for two surrounds: −3 dB each, −3 dB again.
			d.left[i], d.right[i] = 0.5, 0.5
		}
	}
	return d
}

// Frame folds one frame; channels must be as many as the speakers given to
// NewDownmix.
func (d Downmix) Frame(channels []float64) (frame [2]float64) {
	for i, c := range channels {
		frame[0] += c * d.left[i]
		frame[1] += c * d.right[i]
	}
	return frame
}

// DefaultSpeakers is the usual order of n channels (1 to 8), the one that
// FLAC prescribes (RFC 9639, §9.1.3) and WAVE files without a mask use.
// More channels than eight have no agreed meaning: the first two are heard.
func DefaultSpeakers(n int) []Speaker {
	switch n {
	case 1:
		return []Speaker{FrontCentre}
	case 2:
		return []Speaker{FrontLeft, FrontRight}
	case 3:
		return []Speaker{FrontLeft, FrontRight, FrontCentre}
	case 4:
		return []Speaker{FrontLeft, FrontRight, BackLeft, BackRight}
	case 5:
		return []Speaker{FrontLeft, FrontRight, FrontCentre, BackLeft, BackRight}
	case 6:
		return []Speaker{FrontLeft, FrontRight, FrontCentre, LowFrequency, BackLeft, BackRight}
	case 7:
		return []Speaker{FrontLeft, FrontRight, FrontCentre, LowFrequency, BackCentre, SideLeft, SideRight}
	case 8:
		return []Speaker{FrontLeft, FrontRight, FrontCentre, LowFrequency, BackLeft, BackRight, SideLeft, SideRight}
	}
	speakers := make([]Speaker, max(n, 0))
	for i := range speakers {
		speakers[i] = LowFrequency // left out by NewDownmix
	}
	copy(speakers, []Speaker{FrontLeft, FrontRight})
	return speakers
}
