package ogg_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/ogg"
	"github.com/ninth-coop/ninth/player/source"
)

// counting is a codec for tests: a packet is the number of its first frame and
// how many follow; a frame's value is its number.
type counting struct {
	out     [][2]float64
	decoded int // packets
}

// spoilt marks a packet that cannot be decoded.
const spoilt = 0xFF

func (*counting) Reset() {}

func (c *counting) Lengths(lengths []int, packets [][]byte) []int {
	for _, packet := range packets {
		n := 0
		if len(packet) >= 6 {
			n = int(binary.BigEndian.Uint16(packet[4:]))
		}
		lengths = append(lengths, n)
	}
	return lengths
}

func (c *counting) Decode(packet []byte) [][2]float64 {
	if c.decoded++; len(packet) < 6 || len(packet) > 6 && packet[6] == spoilt {
		return nil
	}
	first, n := binary.BigEndian.Uint32(packet), binary.BigEndian.Uint16(packet[4:])
	c.out = c.out[:0]
	for i := range uint32(n) {
		c.out = append(c.out, [2]float64{float64(first + i), 0})
	}
	return c.out
}

const signature = "count"

func open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	return ogg.Open(ctx, src, func(first []byte, next func() ([]byte, error)) (ogg.Stream, error) {
		if !bytes.HasPrefix(first, []byte(signature)) {
			return ogg.Stream{}, codec.ErrDamaged
		}
		skip := int64(first[len(signature)])
		_, err := next() // comments
		return ogg.Stream{Decoder: &counting{}, Format: codec.Format{Codec: "count", SampleRate: 1000, Channels: 1}, Skip: skip}, err
	})
}

// muxer writes pages of one stream.
type muxer struct {
	serial, sequence uint32
	pages            [][]byte
}

const (
	continued = 1
	first     = 2
	last      = 4
)

// page adds a page; its last packet goes on if open is set.
func (m *muxer) page(flags byte, granule int64, open bool, packets ...[]byte) {
	le := binary.LittleEndian
	var table, body []byte
	for i, p := range packets {
		for range len(p) / 255 {
			table = append(table, 255)
		}
		if !open || i < len(packets)-1 {
			table = append(table, byte(len(p)%255))
		}
		body = append(body, p...)
	}
	b := append([]byte("OggS\x00"), flags)
	b = le.AppendUint64(b, uint64(granule))
	b = le.AppendUint32(b, m.serial)
	b = le.AppendUint32(b, m.sequence)
	b = le.AppendUint32(b, 0)
	b = append(append(append(b, byte(len(table))), table...), body...)
	m.sequence++
	m.pages = append(m.pages, codectest.OggChecksums(b))
}

// perPacket and perPage are the frames in a packet and in a page.
const (
	perPacket = 100
	perPage   = 4 * perPacket
)

// packet is one of so many bytes.
func packet(start, frames, size int) []byte {
	b := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(nil, uint32(start)), uint16(frames))
	return append(b, make([]byte, size-len(b))...)
}

// stream is a file of so many pages of sound with packets of 300 bytes.
func stream(serial uint32, skip byte, pages int) *muxer {
	m := &muxer{serial: serial}
	m.page(first, 0, false, append([]byte(signature), skip))
	m.page(0, 0, false, []byte("comments"))
	for i := range pages {
		flags := byte(0)
		if i == pages-1 {
			flags = last
		}
		var packets [][]byte
		for k := range 4 {
			packets = append(packets, packet(i*perPage+k*perPacket, perPacket, 300))
		}
		m.page(flags, int64((i+1)*perPage), false, packets...)
	}
	return m
}

func (m *muxer) file() []byte { return slices.Concat(m.pages...) }

// sound is frames from one number up to another.
func sound(from, to int) (out [][2]float64) {
	for i := from; i < to; i++ {
		out = append(out, [2]float64{float64(i), 0})
	}
	return out
}

func check(t *testing.T, file []byte, want [][2]float64) {
	t.Helper()
	codectest.Check(t, open, file, codectest.Reference{
		Format: codec.Format{Codec: "count", SampleRate: 1000, Channels: 1}, Frames: want,
	})
}

func TestContract(t *testing.T) {
	check(t, stream(1, 0, 200).file(), sound(0, 200*perPage))
}

func TestSkip(t *testing.T) {
	check(t, stream(1, 250, 200).file(), sound(250, 200*perPage))
}

func TestEndIsTrimmed(t *testing.T) {
	m := stream(1, 0, 99)
	m.pages = m.pages[:len(m.pages)-1]
	m.sequence--
	m.page(last, 98*perPage+33, false, packet(98*perPage, perPacket, 300))
	check(t, m.file(), sound(0, 98*perPage+33))
}

func TestStartIsTrimmed(t *testing.T) {
	m := &muxer{serial: 1}
	m.page(first, 0, false, []byte(signature+"\x00"))
	m.page(0, 0, false, []byte("comments"))
	for i := range 100 {
		m.page(0, int64((i+1)*perPage-30), false, packet(i*perPage, perPage, 800))
	}
	check(t, m.file(), sound(30, 100*perPage))
}

func TestAStreamCutOutOfALongerOne(t *testing.T) {
	m := stream(1, 0, 300)
	cut := slices.Concat(slices.Concat(m.pages[:2]...), slices.Concat(m.pages[100:]...))
	check(t, cut, sound(98*perPage, 300*perPage))
}

func TestPacketsAcrossPages(t *testing.T) {
	m := &muxer{serial: 1}
	m.page(first, 0, false, []byte(signature+"\x00"))
	m.page(0, 0, false, []byte("comments"))
	const n = 120
	for i := range n {
		p := packet(i*perPage, perPage, 3*255+10)
		m.page(0, -1, true, p[:255])
		m.page(continued, -1, true, p[255:2*255])
		m.page(continued, int64((i+1)*perPage), false, p[2*255:])
	}
	check(t, m.file(), sound(0, n*perPage))
}

func TestOtherStreamsAreLeftOut(t *testing.T) {
	m, other := stream(1, 0, 200), stream(2, 0, 200)
	var file []byte
	for i := range m.pages {
		file = append(append(file, m.pages[i]...), other.pages[i]...)
	}
	d := codectest.Open(t, open, codectest.NewSource(file))
	if got := codectest.Drain(d); !slices.Equal(got, sound(0, 200*perPage)) || d.Err() != nil {
		t.Errorf("%d frames, %v", len(got), d.Err())
	}
	if err := d.SeekTo(150*perPage + 7); err != nil {
		t.Fatal(err)
	}
	if got := codectest.Drain(d); !slices.Equal(got, sound(150*perPage+7, 200*perPage)) {
		t.Errorf("%d frames after a seek", len(got))
	}
}

func TestChainedStreams(t *testing.T) {
	want := slices.Concat(sound(0, 100*perPage), sound(50, 100*perPage), sound(0, 3*perPage))
	check(t, slices.Concat(stream(1, 0, 100).file(), stream(2, 50, 100).file(), stream(3, 0, 3).file()), want)
}

func TestDamagedPagesAreSilenceOfTheirLength(t *testing.T) {
	const bad = 50
	whole := sound(0, 100*perPage)
	silent := slices.Clone(whole)
	clear(silent[bad*perPage : (bad+1)*perPage])
	broken := func(change func(m *muxer)) []byte {
		m := stream(1, 0, 100)
		change(m)
		return m.file()
	}
	const at = bad + 2 // after the headers
	for name, tt := range map[string]struct {
		file []byte
		want [][2]float64
	}{
		"a byte changed":  {broken(func(m *muxer) { m.pages[at][400] ^= 1 }), silent},
		"a page left out": {broken(func(m *muxer) { m.pages[at] = nil }), silent},
		"cut off":         {broken(func(m *muxer) { m.pages[at] = m.pages[at][:600] }), silent},
		"no capture":      {broken(func(m *muxer) { m.pages[at][0] = 0 }), silent},
		"a page repeated": {broken(func(m *muxer) { m.pages[at] = slices.Concat(m.pages[at], m.pages[at]) }), whole},
		"pages repeated": {broken(func(m *muxer) {
			m.pages[at] = slices.Concat(m.pages[at-3 : at+1]...)
			m.pages[at-1] = slices.Concat(m.pages[at-1], m.pages[at])
		}), whole},
		"garbage between":   {broken(func(m *muxer) { m.pages[at] = slices.Concat([]byte("OggOggSgarbage"), m.pages[at]) }), whole},
		"a header by luck":  {broken(func(m *muxer) { m.pages[at] = slices.Concat(m.pages[at][:200], m.pages[at]) }), whole},
		"the last page cut": {broken(func(m *muxer) { m.pages[101] = m.pages[101][:1000] }), whole[:99*perPage]},
	} {
		got := codectest.Decode(t, open, tt.file)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %d frames, want %d, or others", name, len(got), len(tt.want))
		}
	}
}

func TestAJumpOfTheGranuleIsNotBelieved(t *testing.T) {
	m := stream(1, 0, 3)
	m.sequence--
	m.pages = m.pages[:len(m.pages)-1]
	m.page(0, 1<<62, false, packet(2*perPage, perPage, 300))
	m.page(0, -5, false, packet(3*perPage, perPage, 300))
	m.page(0, 5*perPage, false, packet(4*perPage, perPage, 300))
	m.page(last, 6*perPage, false, packet(5*perPage, perPage, 300))
	d := codectest.Open(t, open, codectest.NewSource(m.file()).HideSize())
	if got := codectest.Drain(d); len(got) != 6*perPage {
		t.Errorf("%d frames", len(got))
	}
}

func TestSeekReadsLittle(t *testing.T) {
	const pages = 5000 // 6 MB
	src := codectest.NewSource(stream(1, 0, pages).file())
	d := codectest.Open(t, open, src)
	for _, target := range []int64{pages * perPage / 2, pages*perPage - 1, 12345, pages * perPage / 3} {
		before := src.Read()
		if err := d.SeekTo(target); err != nil {
			t.Fatal(err)
		}
		if read := src.Read() - before; read > 300_000 {
			t.Errorf("%d bytes read to seek to %d", read, target)
		}
	}
}

// download is a source that is not complete.
type download struct{ *codectest.Source }

func (download) Complete() bool { return false }

func TestTheEndOfADownloadIsNotAwaited(t *testing.T) {
	file := stream(1, 0, 500).file()
	d := codectest.Open(t, open, download{codectest.NewSource(file).Hold(100_000)})
	if d.Len() != -1 {
		t.Errorf("Len %d", d.Len())
	}
	d = codectest.Open(t, open, codectest.NewSource(file))
	if d.Len() != 500*perPage {
		t.Errorf("Len %d of a complete file", d.Len())
	}
}

func TestRefusals(t *testing.T) {
	m := stream(1, 0, 3)
	for name, file := range map[string][]byte{
		"only the first page": m.pages[0],
		"only the headers":    slices.Concat(m.pages[:2]...),
		"no first page":       slices.Concat(m.pages[1:]...),
		"no page":             []byte("OggS and no more, however long it may be"),
	} {
		if _, err := open(t.Context(), codectest.NewSource(file)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMatch(t *testing.T) {
	m := stream(1, 0, 1)
	match := ogg.Match(signature)
	for name, tt := range map[string]struct {
		head []byte
		want bool
	}{
		"the first page":   {m.pages[0], true},
		"another page":     {m.pages[2], false},
		"another codec":    {bytes.Replace(m.pages[0], []byte(signature), []byte("noise"), 1), false},
		"half a header":    {m.pages[0][:20], false},
		"no packet":        {m.pages[0][:28], false},
		"something else":   {[]byte("RIFF and so on and so forth, and more"), false},
		"nothing whatever": {nil, false},
	} {
		if got := match(tt.head); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A page is no more decoded than is asked for: the first one would else keep
// the first sound waiting for its last.
func TestPacketsAreDecodedOneByOne(t *testing.T) {
	file := stream(1, 0, 3).file()
	var c counting
	d, err := ogg.Open(t.Context(), codectest.NewSource(file), func(_ []byte, next func() ([]byte, error)) (ogg.Stream, error) {
		_, err := next()
		return ogg.Stream{Decoder: &c, Format: codec.Format{Codec: "count", SampleRate: 1000, Channels: 1}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for asked := 1; asked <= 3*perPage; asked += perPacket / 2 {
		if want := (asked - 1 + perPacket - 1) / perPacket; c.decoded > want {
			t.Fatalf("%d packets are decoded for %d frames", c.decoded, asked-1)
		}
		if n, ok := d.Stream(make([][2]float64, perPacket/2)); n == 0 || !ok {
			t.Fatal("it ends early", d.Err())
		}
	}
}

// A packet that cannot be decoded is silence where it stands.
func TestASpoiltPacketIsSilence(t *testing.T) {
	m := stream(1, 0, 20)
	m.pages, m.sequence = m.pages[:12], 12
	bad := packet(10*perPage+perPacket, perPacket, 300)
	bad[6] = spoilt
	m.page(last, 11*perPage, false,
		packet(10*perPage, perPacket, 300), bad, packet(10*perPage+2*perPacket, perPacket, 300),
		packet(10*perPage+3*perPacket, perPacket, 300))
	want := sound(0, 11*perPage)
	clear(want[10*perPage+perPacket:][:perPacket])
	check(t, m.file(), want)
}
