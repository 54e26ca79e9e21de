package formats

// matchMPEG returns a match of MPEG audio of layer 1 or 2, the forebears of MP3:
// two headers in a row, or one if the track ends with it.
func matchMPEG(layer int) func(head []byte) bool {
	return func(head []byte) bool {
		size, ok := mpegSize(head, layer)
		if !ok {
			return false
		}
		if len(head) < size+4 {
			return len(head) == size
		}
		_, ok = mpegSize(head[size:], layer)
		return ok
	}
}

// Bit rates in kbit/s by index: MPEG 1 layers I and II, then those of MPEG 2
// (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3).
var mpegBitRates = [4][15]int{
	{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// mpegSize is the length in bytes of the frame of the given layer that b begins
// with. Free-format frames, whose length the header does not tell, are refused.
func mpegSize(b []byte, layer int) (int, bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE0 != 0xE0 || int(b[1]>>1&3) != 4-layer {
		return 0, false
	}
	version := b[1] >> 3 & 3 // 3: MPEG 1, 2: MPEG 2
	rateIndex, bitIndex, padding := b[2]>>2&3, b[2]>>4, int(b[2]>>1&1)
	if version < 2 || rateIndex == 3 || bitIndex == 0 || bitIndex == 15 {
		return 0, false
	}
	rate := [3]int{44100, 48000, 32000}[rateIndex]
	row := layer - 1
	if version == 2 {
		rate, row = rate/2, row+2
	}
	bits := mpegBitRates[row][bitIndex] * 1000
	if layer == 1 {
		return (12*bits/rate + padding) * 4, true
	}
	return 144*bits/rate + padding, true
}
