package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// walk finds the first fragment from the box at byte at on that has packets of
// the track. io.EOF means that there is none.
func (f *fragments) walk(at int64) (fragment, error) {
	for {
		head, err := f.r.Bytes(at, boxHeader)
		if err != nil && !errors.Is(err, io.EOF) {
			return fragment{}, err
		}
		if len(head) < 8 {
			return fragment{}, io.EOF
		}
		kind, size, ok := f.plausible(head, at)
		switch {
		case !ok || kind == "moof" && size > maxFragment:
			if at, err = f.resync(at + 1); err != nil {
				return fragment{}, err
			}
			continue
		case kind == "moof":
			b, err := f.r.Bytes(at, int(size))
			if err != nil {
				return fragment{}, err // cut off by the end of the file
			}
			found := parseFragment(content(bytes.Clone(b)), at, at+size, f.defaults)
			if found.count > 0 {
				return found, nil
			}
		}
		at += size
	}
}

// plausible reads the header of the box at byte at; false if no box is there.
func (f *fragments) plausible(head []byte, at int64) (kind string, size int64, ok bool) {
	size, least := int64(binary.BigEndian.Uint32(head)), int64(8)
	kind = string(head[4:8])
	for _, c := range head[4:8] {
		if c < ' ' || c > '~' {
			return "", 0, false
		}
	}
	if size == 1 && len(head) == boxHeader {
		size, least = int64(binary.BigEndian.Uint64(head[8:])), boxHeader
	}
	if size == 0 {
		size = 1 << 60 // to the end
		return kind, size, true
	}
	end := f.r.Size()
	return kind, size, size >= least && size < 1<<60 && (end < 0 || at+size <= end)
}

// resync finds the next fragment box that begins at byte at or behind it.
func (f *fragments) resync(at int64) (int64, error) {
	for {
		b, err := f.r.Bytes(at, resyncStep)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.Index(b, []byte("moof")); i >= 4 && binary.BigEndian.Uint32(b[i-4:]) <= maxFragment {
			return at + int64(i) - 4, nil
		} else if i >= 0 {
			at += int64(i) + 1
			continue
		}
		if err != nil {
			return 0, io.EOF
		}
		at += int64(len(b)) - 7 // the name, and the size before it, may be cut in two
	}
}

// maxEager bounds how many fragments are looked at to know the length at once.
const maxEager = 1024

// measure reads the segment index that the file begins with, and finds out how
// many frames the fragments give if that can be told without a wait; else -1.
// delay is what the edit list leaves out of them.
func (f *fragments) measure(delay int64) (int64, error) {
	if total, err := f.readIndex(delay); err != nil || total >= 0 {
		return total, err
	}
	if size := f.r.Size(); size < 0 || !f.r.Here(0, size) {
		return -1, nil
	}
	for range maxEager {
		if err := f.follow(len(f.known) - 1); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return -1, err
		}
	}
	if f.total >= 0 && f.known[len(f.known)-1].behind() == 0 {
		return -1, fmt.Errorf("%w: it has no packets", codec.ErrDamaged)
	}
	return f.total, nil
}

// readIndex reads the segment index behind the movie box, if there is one, and
// returns how many frames it tells of if it tells of all of the file, else -1.
// Writers differ in whether its times count what the edit list leaves out: the
// first fragment shows it.
func (f *fragments) readIndex(delay int64) (int64, error) {
	at := f.known[0].end
	head, err := f.r.Bytes(at, boxHeader)
	if err != nil || string(head[4:8]) != "sidx" {
		return -1, ignoreEnd(err)
	}
	length := int64(binary.BigEndian.Uint32(head))
	if length < boxHeader || length > maxFragment {
		return -1, nil
	}
	b, err := f.r.Bytes(at, int(length))
	if err != nil {
		return -1, ignoreEnd(err)
	}
	x, ok := parseIndex(boxes(b[8:]), at+length, f.sound)
	if !ok || len(x.entries) == 0 {
		return -1, nil
	}
	f.index = x.entries
	if x.end != f.r.Size() || f.known[0].count > 0 {
		return -1, nil
	}
	if err := f.follow(0); err != nil {
		return -1, ignoreEnd(err)
	}
	if err := f.load(1); err != nil {
		return -1, ignoreEnd(err)
	}
	total := f.sound.framesAt(x.ticks, x.scale)
	switch f.sound.framesAt(f.loaded.ticks, f.scale) - f.sound.framesAt(x.first, x.scale) {
	case 0:
		return total, nil
	case delay:
		return total + delay, nil
	}
	return -1, nil
}

// ignoreEnd is err, unless it only says that the file ends.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
