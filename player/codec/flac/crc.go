package flac

// The checksums of RFC 9639: §9.1.8 has x⁸+x²+x+1 for headers, §9.3 has
// x¹⁶+x¹⁵+x²+1 for frames. Both begin at zero and are not reflected, so the
// CRC-16 over a frame with its own checksum is zero.
var crc8Table, crc16Table = crcTables()

func crcTables() (t8 [256]uint8, t16 [256]uint16) {
	const poly8, poly16 = 0x07, 0x8005
	for i := range t8 {
		c8, c16 := uint8(i), uint16(i)<<8
		for range 8 {
			high8, high16 := c8&0x80 != 0, c16&0x8000 != 0
			c8, c16 = c8<<1, c16<<1
			if high8 {
				c8 ^= poly8
			}
			if high16 {
				c16 ^= poly16
			}
		}
		t8[i], t16[i] = c8, c16
	}
	return t8, t16
}

func crc8(b []byte) (c uint8) {
	for _, x := range b {
		c = crc8Table[c^x]
	}
	return c
}

// crc16 continues the checksum c with b, eight bytes at a time: what a byte
// does to the checksum n bytes later is looked up in crc16Ahead[n].
func crc16(c uint16, b []byte) uint16 {
	for ; len(b) >= 8; b = b[8:] {
		x := (*[8]byte)(b)
		c = crc16Ahead[7][x[0]^uint8(c>>8)] ^ crc16Ahead[6][x[1]^uint8(c)] ^
			crc16Ahead[5][x[2]] ^ crc16Ahead[4][x[3]] ^ crc16Ahead[3][x[4]] ^
			crc16Ahead[2][x[5]] ^ crc16Ahead[1][x[6]] ^ crc16Ahead[0][x[7]]
	}
	for _, x := range b {
		c = c<<8 ^ crc16Table[uint8(c>>8)^x]
	}
	return c
}

// crc16Ahead is crc16Table after n more zero bytes.
var crc16Ahead = func() (ahead [8][256]uint16) {
	ahead[0] = crc16Table
	for n := 1; n < len(ahead); n++ {
		for x, c := range ahead[n-1] {
			ahead[n][x] = c<<8 ^ crc16Table[c>>8]
		}
	}
	return ahead
}()
