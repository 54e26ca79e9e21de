package vorbis

import (
	"bytes"
	"fmt"
	"math/bits"

	"github.com/ninth-coop/ninth/player/codec"
)

var errSetup = fmt.Errorf("%w: its Vorbis set-up makes no sense", codec.ErrDamaged)

// How the comments and the set-up header begin.
const (
	commentSignature = "\x03vorbis"
	setupSignature   = "\x05vorbis"
)

// maxNumbers bounds the numbers in all code books of a stream.
const maxNumbers = 1 << 22

// setup is what the set-up header says (Vorbis I, §4.2.4).
type setup struct {
	books    []codebook
	floors   []floor
	residues []*residue
	mappings []mapping
	modes    []mode
}

// mapping says which floor and residue each channel has, and which channels
// are coded as sum and difference of a kind.
type mapping struct {
	coupling [][2]int // magnitude, angle
	mux      []int    // submap of each channel
	submaps  []submap
}

type submap struct{ floor, residue int }

type mode struct {
	long    bool
	mapping int
}

func parseSetup(packet []byte, channels int) (*setup, error) {
	if !bytes.HasPrefix(packet, []byte(setupSignature)) {
		return nil, errSetup
	}
	s, r := &setup{}, &bitReader{data: packet[len(setupSignature):]}
	if !s.parseBooks(r) || !s.parseFloors(r) || !s.parseResidues(r) ||
		!s.parseMappings(r, channels) || !s.parseModes(r) || r.over {
		return nil, errSetup
	}
	return s, nil
}

func (s *setup) parseBooks(r *bitReader) bool {
	budget := maxNumbers
	for range r.take(8) + 1 {
		book, ok := parseCodebook(r, &budget)
		if !ok {
			return false
		}
		s.books = append(s.books, book)
	}
	for range r.take(6) + 1 {
		if r.take(16) != 0 { // a transform in time, of which there are none
			return false
		}
	}
	return true
}

func (s *setup) parseFloors(r *bitReader) bool {
	for range r.take(6) + 1 {
		parse := parseFloor0
		switch r.take(16) {
		case 0:
		case 1:
			parse = parseFloor1
		default:
			return false
		}
		f, ok := parse(r, s.books)
		if !ok {
			return false
		}
		s.floors = append(s.floors, f)
	}
	return true
}

func (s *setup) parseResidues(r *bitReader) bool {
	for range r.take(6) + 1 {
		d, ok := parseResidue(r, s.books)
		if !ok {
			return false
		}
		s.residues = append(s.residues, d)
	}
	return true
}

func (s *setup) parseMappings(r *bitReader, channels int) bool {
	width := bits.Len(uint(channels - 1))
	for range r.take(6) + 1 {
		m := mapping{mux: make([]int, channels)}
		if r.take(16) != 0 {
			return false
		}
		submaps := 1
		if r.flag() {
			submaps = int(r.take(4)) + 1
		}
		if r.flag() {
			for range r.take(8) + 1 {
				pair := [2]int{int(r.take(width)), int(r.take(width))}
				if pair[0] == pair[1] || pair[0] >= channels || pair[1] >= channels {
					return false
				}
				m.coupling = append(m.coupling, pair)
			}
		}
		if r.take(2) != 0 {
			return false
		}
		for c := range m.mux {
			if submaps > 1 {
				m.mux[c] = int(r.take(4))
			}
			if m.mux[c] >= submaps {
				return false
			}
		}
		for range submaps {
			r.take(8) // of no use
			sub := submap{int(r.take(8)), int(r.take(8))}
			if sub.floor >= len(s.floors) || sub.residue >= len(s.residues) {
				return false
			}
			m.submaps = append(m.submaps, sub)
		}
		s.mappings = append(s.mappings, m)
	}
	return true
}

func (s *setup) parseModes(r *bitReader) bool {
	for range r.take(6) + 1 {
		m := mode{long: r.flag()}
		window, transform := r.take(16), r.take(16)
		m.mapping = int(r.take(8))
		if window != 0 || transform != 0 || m.mapping >= len(s.mappings) {
			return false
		}
		s.modes = append(s.modes, m)
	}
	return r.flag() // framing
}
