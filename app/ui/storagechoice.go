package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// storageChoice is when what is owned is fetched by itself, and how large the
// rolling cache may grow.
type storageChoice struct {
	s       *shell
	rules   map[app.DownloadRule]*widgets.Chip
	sizes   map[int64]*widgets.Chip
	percent map[int]*widgets.Chip
}

func newStorageChoice(s *shell) *storageChoice {
	return &storageChoice{
		s: s, rules: map[app.DownloadRule]*widgets.Chip{}, sizes: map[int64]*widgets.Chip{}, percent: map[int]*widgets.Chip{},
	}
}

func (c *storageChoice) parts() (parts []widgets.Part) {
	var rules, sizes, percent []fyne.CanvasObject
	for _, r := range []struct {
		label string
		rule  app.DownloadRule
	}{
		{lang.L("Always"), app.DownloadAlways}, {lang.L("On Wi-Fi and cables"), app.DownloadUnmetered}, {lang.L("Never"), app.DownloadNever},
	} {
		c.rules[r.rule] = widgets.NewChip(r.label, func() { c.setRule(r.rule) })
		rules = append(rules, c.rules[r.rule])
	}
	now := c.s.session.CacheLimit()
	for _, n := range choices(now.Bytes, 1<<30, app.DefaultCache, 16<<30, 64<<30, 0) {
		label := sizeWords(n)
		c.sizes[n] = widgets.NewChip(label, func() { c.limit(func(l *app.CacheLimit) { l.Bytes = n }) })
		sizes = append(sizes, c.sizes[n])
	}
	for _, n := range choices(now.Percent, 5, 10, 25, 50, 0) {
		label := fmt.Sprintf("%d %%", n)
		if n == 0 {
			label = lang.L("No part")
		}
		c.percent[n] = widgets.NewChip(label, func() { c.limit(func(l *app.CacheLimit) { l.Percent = n }) })
		percent = append(percent, c.percent[n])
	}
	c.show()
	add := func(name string, objects ...fyne.CanvasObject) {
		parts = append(parts, widgets.Part{Object: section(name), Above: 26})
		for _, o := range objects {
			parts = append(parts, widgets.Part{Object: o, Above: 12})
		}
	}
	add(lang.L("Fetch what you own by itself"), widgets.NewFlow(8, false, rules...),
		teach(lang.L("What you keep is always fetched, but over a network that costs money only with “Always”.")))
	add(lang.L("Room for what you hear"),
		teach(lang.L("What was streamed lately stays until all that is here takes this much; then the oldest goes. What you own or keep never does.")),
		widgets.NewFlow(8, false, sizes...), teach(lang.L("And as a part of the disk:")), widgets.NewFlow(8, false, percent...))
	return parts
}

// choices are those that are offered, with the present one among them.
func choices[T int | int64](now T, offered ...T) []T {
	if !slices.Contains(offered, now) {
		offered = append([]T{now}, offered...)
	}
	return offered
}

// sizeWords is a limit as it is chosen: in the whole units that disks are
// counted in here.
func sizeWords(n int64) string {
	switch {
	case n == 0:
		return lang.L("Any size")
	case n%(1<<30) == 0:
		return fmt.Sprintf("%d GB", n>>30)
	}
	return widgets.Bytes(n)
}

func (c *storageChoice) setRule(r app.DownloadRule) {
	c.change(func() error { return c.s.session.SetDownloadRule(r) })
}

func (c *storageChoice) limit(how func(*app.CacheLimit)) {
	l := c.s.session.CacheLimit()
	how(&l)
	if l == (app.CacheLimit{}) {
		c.s.toast(lang.L("Choose a size or a part of the disk: without any limit the disk would fill up."), true, nil)
		return
	}
	c.change(func() error { return c.s.session.SetCacheLimit(l) })
}

func (c *storageChoice) change(do func() error) {
	c.s.run(func() func() {
		err := do()
		return func() {
			c.s.try(err)
			c.show()
		}
	})
}

func (c *storageChoice) show() {
	rule, limit := c.s.session.DownloadRule(), c.s.session.CacheLimit()
	for r, chip := range c.rules {
		chip.Choose(r == rule)
	}
	for n, chip := range c.sizes {
		chip.Choose(n == limit.Bytes)
	}
	for n, chip := range c.percent {
		chip.Choose(n == limit.Percent)
	}
}
