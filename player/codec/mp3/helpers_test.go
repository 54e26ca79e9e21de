package mp3

import (
	"math"
	"testing"
)

// cosineSum is Σ x[n] cos(π/N (n+½)(k+shift)), straight from the definition.
func cosineSum(x []float64, shift float64) []float64 {
	out := make([]float64, len(x))
	for k := range out {
		for n, v := range x {
			out[k] += v * math.Cos(math.Pi/float64(len(x))*(float64(n)+0.5)*(float64(k)+shift))
		}
	}
	return out
}

func closeTo(t *testing.T, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("output %d is %v, want %v", i, got[i], want[i])
		}
	}
}
