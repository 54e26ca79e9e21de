package mdct

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// direct is the formula of Inverse.
func direct(in []float32) []float64 {
	n := len(in)
	out := make([]float64, 2*n)
	for i := range out {
		for k, v := range in {
			out[i] += float64(v) * math.Cos(math.Pi/float64(n)*(float64(i)+0.5+float64(n)/2)*(float64(k)+0.5))
		}
	}
	return out
}

func TestInverse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := minSize; n <= 2048; n *= 2 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			in := make([]float32, n)
			for k := range in {
				in[k] = float32(random.NormFloat64())
			}
			want := direct(in)
			p := New(n)
			got := make([]float32, 2*n)
			p.Inverse(got, in)
			u := p.Cosine(in)
			var signal, noise float64
			for i, w := range want {
				signal += w * w
				noise += (float64(got[i]) - w) * (float64(got[i]) - w)
			}
			if snr := 10 * math.Log10(signal/noise); snr < 125 {
				t.Errorf("%.1f dB", snr)
			}
			for j := range n / 2 {
				if got[n/2-1-j] != u[n-1-j] || got[n/2+j] != -u[n-1-j] || got[3*n/2-1-j] != -u[j] || got[3*n/2+j] != -u[j] {
					t.Fatalf("the samples %d from a quarter are not those of Cosine", j)
				}
			}
		})
	}
}

func TestSizesThatAreNone(t *testing.T) {
	for _, n := range []int{0, 16, 960, 16384} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a transform of %d coefficients", n)
				}
			}()
			New(n)
		}()
	}
}

func BenchmarkCosine(b *testing.B) {
	for _, n := range []int{128, 1024} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p, in := New(n), make([]float32, n)
			for k := range in {
				in[k] = float32(k%7) - 3
			}
			for b.Loop() {
				p.Cosine(in)
			}
		})
	}
}
