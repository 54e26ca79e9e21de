package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// aheadChoice is the choice of how many tracks are fetched before they are
// heard, and on which networks.
type aheadChoice struct {
	s       *shell
	counts  map[int]*widgets.Chip
	metered map[bool]*widgets.Chip
}

func newAheadChoice(s *shell) *aheadChoice {
	return &aheadChoice{s: s, counts: map[int]*widgets.Chip{}, metered: map[bool]*widgets.Chip{}}
}

func (c *aheadChoice) parts() []fyne.CanvasObject {
	var counts, networks []fyne.CanvasObject
	for _, n := range []int{0, 1, 2, 5} {
		label := lang.N("{{.N}} tracks", n, with{"N": n})
		if n == 0 {
			label = lang.L("No tracks")
		}
		c.counts[n] = widgets.NewChip(label, func() { c.change(func(a *app.Ahead) { a.Tracks = n }) })
		counts = append(counts, c.counts[n])
	}
	for _, metered := range []bool{false, true} {
		label := lang.L("On Wi-Fi and cables")
		if metered {
			label = lang.L("On any network")
		}
		c.metered[metered] = widgets.NewChip(label, func() { c.change(func(a *app.Ahead) { a.Metered = metered }) })
		networks = append(networks, c.metered[metered])
	}
	c.show()
	return []fyne.CanvasObject{
		teach(lang.L("So many tracks of the queue are fetched before they are heard, so that a gap in the network is not heard. It costs no credits.")),
		widgets.NewFlow(8, false, counts...), widgets.NewFlow(8, false, networks...),
	}
}

func (c *aheadChoice) change(how func(*app.Ahead)) {
	c.s.run(func() func() {
		a := c.s.session.Ahead()
		how(&a)
		err := c.s.session.SetAhead(a)
		return func() {
			c.s.try(err)
			c.show()
		}
	})
}

func (c *aheadChoice) show() {
	now := c.s.session.Ahead()
	for n, chip := range c.counts {
		chip.Choose(n == now.Tracks)
	}
	for metered, chip := range c.metered {
		chip.Choose(metered == now.Metered)
	}
}
