package codec_test

import (
	"math"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
)

func TestDownmixCoefficients(t *testing.T) {
	const c = math.Sqrt2 / 2
	tests := []struct {
		channels int
		in       []float64
		want     [2]float64
	}{
		{1, []float64{0.5}, [2]float64{0.5, 0.5}},
		{2, []float64{0.5, -0.25}, [2]float64{0.5, -0.25}},
		{3, []float64{0, 0, 1}, [2]float64{c, c}},
		{4, []float64{0, 0, 1, 0}, [2]float64{c, 0}},
		{5, []float64{0, 0, 0, 0, 1}, [2]float64{0, c}},
		{6, []float64{0, 0, 0, 1, 0, 0}, [2]float64{0, 0}}, // low frequency
		{6, []float64{0.1, 0.2, 0, 0, 0, 0}, [2]float64{0.1, 0.2}},
		{7, []float64{0, 0, 0, 0, 1, 0, 0}, [2]float64{0.5, 0.5}},
		{8, []float64{0, 0, 0, 0, 0, 1, 0, 1}, [2]float64{0, 2 * c}},
		{9, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, [2]float64{1, 2}},
	}
	for _, tt := range tests {
		got := codec.NewDownmix(codec.DefaultSpeakers(tt.channels)).Frame(tt.in)
		for i := range got {
			if math.Abs(got[i]-tt.want[i]) > 1e-12 {
				t.Errorf("%d channels %v: %v, want %v", tt.channels, tt.in, got, tt.want)
			}
		}
	}
}
