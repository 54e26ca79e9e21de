package vorbis

// residue is the fine structure of spectra, coded in partitions by a cascade
// of books (Vorbis I, §8).
type residue struct {
	kind            int
	begin, end      int
	partition       int
	classifications int
	class           int        // book of the classifications
	cascade         [64][8]int // book of each stage; −1 is none
	stages          int        // that any classification has
	classes         [][]uint8  // room for a packet's, by channel
	books           []codebook
}

func parseResidue(r *bitReader, books []codebook) (*residue, bool) {
	d := &residue{books: books, kind: int(r.take(16))}
	d.begin, d.end = int(r.take(24)), int(r.take(24))
	d.partition = int(r.take(24)) + 1
	d.classifications = int(r.take(6)) + 1
	d.class = int(r.take(8))
	if d.kind > 2 || d.end < d.begin || d.class >= len(books) {
		return nil, false
	}
	var stages [64]int
	for i := range d.classifications {
		stages[i] = int(r.take(3))
		if r.flag() {
			stages[i] |= int(r.take(5)) << 3
		}
	}
	for i := range d.classifications {
		for stage := range 8 {
			d.cascade[i][stage] = -1
			if stages[i]>>stage&1 == 0 {
				continue
			}
			book := int(r.take(8))
			if book >= len(books) || books[book].vectors == nil {
				return nil, false
			}
			d.cascade[i][stage] = book
			d.stages = max(d.stages, stage+1)
		}
	}
	return d, !r.over
}

// read adds the residue to the spectra of some channels; those that are nil
// have none. It ends early where the packet does.
func (d *residue) read(r *bitReader, spectra [][]float32, interleaved []float32) {
	if d.kind != 2 {
		d.decode(r, spectra)
		return
	}
	some := false
	for _, s := range spectra {
		some = some || s != nil
	}
	if !some {
		return
	}
	n := 0
	for _, s := range spectra {
		n = max(n, len(s))
	}
	channels := len(spectra)
	all := interleaved[:n*channels]
	clear(all)
	d.decode(r, [][]float32{all})
	if channels == 2 && spectra[0] != nil && spectra[1] != nil {
		left, right := spectra[0], spectra[1][:len(spectra[0])]
		for i := range left {
			pair := (*[2]float32)(all[2*i:])
			left[i], right[i] = pair[0], pair[1]
		}
		return
	}
	for c, s := range spectra {
		for i := range s {
			s[i] = all[i*channels+c]
		}
	}
}

// decode reads the partitions of each channel, stage by stage (Vorbis I,
// §8.6.2).
func (d *residue) decode(r *bitReader, spectra [][]float32) {
	length := 0
	for _, s := range spectra {
		length = max(length, len(s))
	}
	begin, end := min(d.begin, length), min(d.end, length)
	partitions := (end - begin) / d.partition
	if partitions == 0 {
		return
	}
	d.makeRoom(len(spectra), partitions)
	book := &d.books[d.class]
	for stage := range d.stages {
		for p := 0; p < partitions; {
			if stage == 0 && !d.classify(r, book, spectra, p) {
				return
			}
			for range book.dimensions {
				if p == partitions {
					break
				}
				for c, s := range spectra {
					if s == nil {
						continue
					}
					if b := d.cascade[d.classes[c][p]][stage]; b >= 0 {
						at := begin + p*d.partition
						if !d.add(r, &d.books[b], s[at:at+d.partition]) {
							return
						}
					}
				}
				p++
			}
		}
	}
}

// classify reads what kinds the partitions from p on are.
func (d *residue) classify(r *bitReader, book *codebook, spectra [][]float32, p int) bool {
	for c, s := range spectra {
		if s == nil {
			continue
		}
		word := book.decode(r)
		if word < 0 {
			return false
		}
		for i := book.dimensions - 1; i >= 0; i-- {
			if p+i < len(d.classes[c]) {
				d.classes[c][p+i] = uint8(word % d.classifications)
			}
			word /= d.classifications
		}
	}
	return true
}

func (d *residue) makeRoom(channels, partitions int) {
	for len(d.classes) < channels {
		d.classes = append(d.classes, nil)
	}
	for c := range channels {
		if cap(d.classes[c]) < partitions {
			d.classes[c] = make([]uint8, partitions)
		}
		d.classes[c] = d.classes[c][:partitions]
	}
}

// add adds the vectors of one partition to its lines.
func (d *residue) add(r *bitReader, book *codebook, lines []float32) bool {
	if d.kind == 0 {
		step := len(lines) / book.dimensions
		for i := range step {
			vector := book.vector(r)
			if vector == nil {
				return false
			}
			for k, v := range vector {
				lines[i+k*step] += v
			}
		}
		return true
	}
	for len(lines) > 0 {
		entry := book.decode(r)
		if entry < 0 {
			return false
		}
		n := book.dimensions
		vector := book.vectors[entry*n:][:n]
		if n > len(lines) {
			vector = vector[:len(lines)]
		}
		for k, v := range vector {
			lines[k] += v
		}
		lines = lines[len(vector):]
	}
	return true
}
