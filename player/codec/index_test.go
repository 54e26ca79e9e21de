package codec_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/player/codec"
)

var indexOf = codec.IndexOf{Codec: "MP3", Size: 1 << 40, ETag: `"abc"`}

// places draws places that ascend.
func places(rt *rapid.T) []codec.Place {
	var last codec.Place
	out := make([]codec.Place, rapid.IntRange(2, 300).Draw(rt, "n"))
	for i := range out {
		last.Unit += rapid.Int64Range(1, 1<<20).Draw(rt, "units")
		last.Offset += rapid.Int64Range(1, 1<<20).Draw(rt, "bytes")
		out[i] = last
	}
	return out
}

func TestIndexIsWrittenAndRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := codec.Index{Places: places(rt), Length: rapid.Int64Range(-1, 1<<50).Draw(rt, "length")}
		got, err := codec.DecodeIndex(codec.EncodeIndex(x, indexOf), indexOf)
		if err != nil || got.Length != x.Length || !slices.Equal(got.Places, x.Places) {
			rt.Fatalf("%v becomes %v, %v", x, got, err)
		}
	})
}

func TestIndexIsBounded(t *testing.T) {
	x := codec.Index{Places: make([]codec.Place, 1_000_000)}
	for i := range x.Places {
		x.Places[i] = codec.Place{Unit: int64(i) * 32, Offset: int64(i) * 40000}
	}
	data := codec.EncodeIndex(x, indexOf)
	got, err := codec.DecodeIndex(data, indexOf)
	if err != nil || len(data) > 256<<10 || len(got.Places) < 8000 || got.Places[0] != x.Places[0] {
		t.Errorf("a million places are %d bytes, %d places, %v", len(data), len(got.Places), err)
	}
}

func TestIndexIsOfOneTrack(t *testing.T) {
	x := codec.Index{Places: []codec.Place{{0, 10}, {32, 4000}}, Length: 5000}
	data := codec.EncodeIndex(x, indexOf)
	for name, tt := range map[string]struct {
		of codec.IndexOf
		ok bool
	}{
		"the same":      {indexOf, true},
		"no ETag":       {codec.IndexOf{Codec: "MP3", Size: 1 << 40}, true},
		"another ETag":  {codec.IndexOf{Codec: "MP3", Size: 1 << 40, ETag: `"abd"`}, false},
		"another size":  {codec.IndexOf{Codec: "MP3", Size: 1<<40 + 1, ETag: `"abc"`}, false},
		"another codec": {codec.IndexOf{Codec: "FLAC", Size: 1 << 40, ETag: `"abc"`}, false},
	} {
		if _, err := codec.DecodeIndex(data, tt.of); (err == nil) != tt.ok || err != nil && !errors.Is(err, codec.ErrIndex) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, x := range map[string]codec.Index{
		"nothing": {}, "one place": {Places: []codec.Place{{0, 1}}},
		"not ascending": {Places: []codec.Place{{0, 1}, {5, 9}, {5, 10}}},
	} {
		if data := codec.EncodeIndex(x, indexOf); data != nil {
			t.Errorf("%s is kept as %d bytes", name, len(data))
		}
	}
	more := codec.EncodeIndex(codec.Index{Places: append(x.Places, codec.Place{64, 9000})}, indexOf)
	other := codec.EncodeIndex(x, codec.IndexOf{Codec: "MP3", Size: 1 << 40, ETag: `"abd"`})
	for name, tt := range map[string]struct {
		data, old []byte
		want      bool
	}{
		"the first": {data, nil, true}, "the same": {data, data, false}, "more": {more, data, true},
		"less": {data, more, false}, "another track's": {other, more, true}, "none": {nil, data, false},
	} {
		if got := codec.BetterIndex(tt.data, tt.old); got != tt.want {
			t.Errorf("%s: better is %v", name, got)
		}
	}
}

// A stored index may have been damaged, or made to do harm: what is read of it
// ascends, lies within the track, and is no longer than its bytes.
func FuzzIndex(f *testing.F) {
	f.Add(codec.EncodeIndex(codec.Index{Places: []codec.Place{{0, 10}, {32, 4000}}, Length: 5000}, indexOf))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := codec.DecodeIndex(codec.SealIndex(data), indexOf)
		if err != nil {
			return
		}
		last := codec.Place{Unit: -1, Offset: -1}
		for _, p := range x.Places {
			if p.Unit <= last.Unit || p.Offset <= last.Offset || p.Offset >= indexOf.Size {
				t.Fatalf("%v follows %v", p, last)
			}
			last = p
		}
		if len(x.Places) > len(data) || x.Length < -1 {
			t.Fatalf("%d places, length %d of %d bytes", len(x.Places), x.Length, len(data))
		}
	})
}
