package codec_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/source"
)

// panicking is a decoder like a third-party one that a damaged file confuses.
type panicking struct{ codec.Decoder }

func (panicking) Stream([][2]float64) (int, bool) { panic("index out of range") }
func (panicking) SeekTo(int64) error              { panic("slice bounds out of range") }
func (panicking) Close() error                    { panic("nil map") }

func entry(name, signature string, open codec.Opener) codec.Entry {
	return codec.Entry{Name: name, Open: open, Match: func(head []byte) bool {
		return bytes.HasPrefix(head, []byte(signature))
	}}
}

func TestAPanicIsDamage(t *testing.T) {
	opens := func(context.Context, source.Source) (codec.Decoder, error) { return panicking{}, nil }
	r := codec.Registry{}.With(entry("BAD", "bad", opens))
	d, err := r.Open(t.Context(), codectest.NewSource([]byte("bad file")))
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Stream(make([][2]float64, 8)); n != 0 || ok {
		t.Errorf("Stream gave %d, %v", n, ok)
	}
	if !errors.Is(d.Err(), codec.ErrDamaged) {
		t.Errorf("Err: %v", d.Err())
	}
	if err := d.SeekTo(0); !errors.Is(err, codec.ErrDamaged) {
		t.Errorf("SeekTo: %v", err)
	}
	if err := d.Close(); !errors.Is(err, codec.ErrDamaged) {
		t.Errorf("Close: %v", err)
	}
}

func TestAPanicWhileOpeningIsDamage(t *testing.T) {
	bad := func(context.Context, source.Source) (codec.Decoder, error) { panic("makeslice: len out of range") }
	worse := codec.Entry{Name: "WORSE", Match: func(head []byte) bool { return head[99] == 0 }}
	for _, e := range []codec.Entry{entry("BAD", "bad", bad), worse} {
		_, err := codec.Registry{}.With(e).Open(t.Context(), codectest.NewSource([]byte("bad file")))
		if !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

func TestASeekRevivesAfterAPanic(t *testing.T) {
	d := codec.Guard(&once{Decoder: tone(100)})
	d.Stream(make([][2]float64, 10))
	if !errors.Is(d.Err(), codec.ErrDamaged) {
		t.Fatalf("Err: %v", d.Err())
	}
	if err := d.SeekTo(50); err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Stream(make([][2]float64, 100)); n != 50 || !ok || d.Err() != nil {
		t.Errorf("after the seek: %d, %v, %v", n, ok, d.Err())
	}
}

// once panics in its first Stream only.
type once struct {
	codec.Decoder
	done bool
}

func (o *once) Stream(samples [][2]float64) (int, bool) {
	if !o.done {
		o.done = true
		panic("once")
	}
	return o.Decoder.Stream(samples)
}

func TestRegistryIsAValue(t *testing.T) {
	a := codec.Registry{}.With(codec.Recognised("A", nil))
	b, c := a.With(codec.Recognised("B", nil)), a.With(codec.Recognised("C", nil))
	for _, tt := range []struct {
		r    codec.Registry
		want []string
	}{{a, []string{"A"}}, {b, []string{"A", "B"}}, {c, []string{"A", "C"}}} {
		if got := tt.r.Names(); !slices.Equal(got, tt.want) {
			t.Errorf("names %v, want %v", got, tt.want)
		}
	}
}

func TestOpenReportsWhatItFound(t *testing.T) {
	r := codec.Registry{}.With(codec.Recognised("Old", func(h []byte) bool { return h[0] == 'O' }))
	var unsupported *codec.UnsupportedError
	if _, err := r.Open(t.Context(), codectest.NewSource([]byte("Oh"))); !errors.As(err, &unsupported) || unsupported.What != "Old" {
		t.Errorf("a recognised format: %v", err)
	}
	if _, err := r.Open(t.Context(), codectest.NewSource(nil)); !errors.Is(err, codec.ErrUnknownFormat) {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := r.Open(t.Context(), codectest.NewSource([]byte("no"))); !errors.Is(err, codec.ErrUnknownFormat) {
		t.Errorf("an unknown format: %v", err)
	}
	closed := codectest.NewSource([]byte("Oh"))
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(t.Context(), closed); !errors.Is(err, source.ErrClosed) {
		t.Errorf("a closed source: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Open(ctx, codectest.NewSource([]byte("Oh"))); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

// id3 is an ID3v2 tag with a body of n bytes.
func id3(n int, flags byte) []byte {
	head := []byte{'I', 'D', '3', 4, 0, flags, byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}
	tag := append(head, make([]byte, n)...)
	if flags&0x10 != 0 {
		tag = append(tag, head...) // the footer repeats the header
	}
	return tag
}

func TestFormatsAreFoundBehindTags(t *testing.T) {
	seen := ""
	r := codec.Registry{}.With(codec.Entry{Name: "X", Match: func(h []byte) bool {
		seen = string(h[:min(len(h), 3)])
		return false
	}})
	for name, file := range map[string][]byte{
		"no tag":     []byte("fLaC"),
		"a tag":      append(id3(300_000, 0), "fLaC"...),
		"two tags":   append(append(id3(200, 0), id3(7, 0)...), "fLaC"...),
		"a footer":   append(id3(50, 0x10), "fLaC"...),
		"an odd tag": append(id3(0, 0), "fLaC"...),
	} {
		src := codectest.NewSource(file)
		if _, err := r.Open(t.Context(), src); !errors.Is(err, codec.ErrUnknownFormat) || seen != "fLa" {
			t.Errorf("%s: saw %q, %v", name, seen, err)
		}
		if src.Read() > 8<<10 {
			t.Errorf("%s: %d bytes were read to recognise the format", name, src.Read())
		}
	}
}

func TestTagsThatLie(t *testing.T) {
	r := codec.Registry{}.With(codec.Recognised("any", func([]byte) bool { return true }))
	beyond := id3(10, 0)[:10]
	var unsupported *codec.UnsupportedError
	if _, err := r.Open(t.Context(), codectest.NewSource(beyond)); !errors.Is(err, codec.ErrUnknownFormat) {
		t.Errorf("a tag longer than the file: %v", err)
	}
	frames := "TIT2\x00\x00\x00\x03\x00\x00abcTPE1\x00\x00\x00\x01\x00\x00x" + string(make([]byte, 9000))
	for version, frames := range map[byte]string{
		2: "TT2\x00\x00\x03abc" + string(make([]byte, 50)), 3: frames, 4: frames,
	} {
		file := "ID3" + string([]byte{version}) + "\x00\x00\x7f\x7f\x7f\x7f" + frames + "fLaC"
		start, err := codec.AudioStart(t.Context(), codectest.NewSource([]byte(file)))
		if want := int64(len(file) - 4); start != want || err != nil {
			t.Errorf("version %d: the sound begins at %d, %v, want %d", version, start, err, want)
		}
	}
	notATag := []byte("ID3\x04\x00\x00\x80\x00\x00\x00" + strings.Repeat("x", 100))
	if _, err := r.Open(t.Context(), codectest.NewSource(notATag)); !errors.As(err, &unsupported) || unsupported.What != "any" {
		t.Errorf("a malformed tag size: %v", err)
	}
}
