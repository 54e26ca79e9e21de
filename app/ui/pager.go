package ui

import "github.com/ninth-coop/ninth/library"

// pageSize is how many entries of a list are read at once: more than any
// window shows, few enough to be read in a blink.
const pageSize = 64

// pager is a list of the library of which only the parts in sight are read.
// It is used on Fyne's goroutine; the reading is not done there.
type pager[T any] struct {
	s       *shell
	read    func(offset, limit int) (library.Page[T], error)
	arrived func() // a part has been read
	total   int
	known   bool // total has been read
	pages   map[int][]T
	asked   map[int]bool
	epoch   int // counts reloads; parts of an older epoch are dropped
}

func newPager[T any](s *shell, read func(offset, limit int) (library.Page[T], error), arrived func()) *pager[T] {
	return &pager[T]{s: s, read: read, arrived: arrived, pages: map[int][]T{}, asked: map[int]bool{}}
}

// at is entry i. It says false, and reads it, while it is not here.
func (p *pager[T]) at(i int) (v T, ok bool) {
	if page, ok := p.pages[i/pageSize]; ok && i%pageSize < len(page) {
		return page[i%pageSize], true
	}
	if !p.asked[i/pageSize] {
		p.ask(i / pageSize)
	}
	return v, false
}

// reload reads again what has been read; what is shown stays until then.
func (p *pager[T]) reload() {
	p.epoch++
	seen := p.pages
	p.asked = map[int]bool{}
	p.ask(0)
	for n := range seen {
		if n != 0 {
			p.ask(n)
		}
	}
}

func (p *pager[T]) ask(n int) {
	p.asked[n] = true
	epoch := p.epoch
	read(p.s, func() (library.Page[T], error) { return p.read(n*pageSize, pageSize) }, func(page library.Page[T]) {
		if epoch != p.epoch {
			return
		}
		p.total, p.known = page.Total, true
		p.pages[n] = page.Items
		if len(page.Items) == 0 {
			delete(p.pages, n)
		}
		p.arrived()
	})
}
