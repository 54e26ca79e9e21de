package ui

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// ruleScreen changes the rule of a list, or makes a new one: conditions, their
// order, and how many tracks at most. What is typed is kept in the shell's
// draft; nothing is stored until the person says so.
type ruleScreen struct {
	s          *shell
	id         string
	column     *widgets.Column
	title      *widgets.Text
	name       *widget.Entry
	all, some  *widgets.Chip
	conditions *widgets.Grid
	sort       *widgets.Pill
	up, down   *widgets.Chip
	limit      *widget.Entry
	count      *widgets.Text
	asked      int               // counts questions for the number of tracks; answers to older ones are dropped
	playlists  map[string]string // titles by id
	offered    []library.Playlist
}

// Widths of the fields of a rule, in dp.
const (
	nameWide  = 360
	valueWide = 170
	limitWide = 120
)

func newRuleScreen(s *shell, id string) *ruleScreen {
	v := &ruleScreen{s: s, id: id, count: teach("")}
	head := s.heading(lang.L("New list"))
	head.Above = 0
	v.title = head.Object.(*widgets.Text)
	v.name = typed(lang.L("What the list is called"), func(text string) { v.edit(func(d *ruleDraft) { d.title = text }) })
	v.all = widgets.NewChip(lang.L("All of these"), func() { v.setAny(false) })
	v.some = widgets.NewChip(lang.L("Any of these"), func() { v.setAny(true) })
	v.conditions = widgets.NewGrid(widgets.Cells{Least: 2000, Below: 10}) // one below the other
	add := widgets.NewPill(lang.L("Add a condition"), assets.IconPlus, false, nil)
	add.OnTapped = func() {
		v.chooseField(add, func(f library.Field) { v.edit(func(d *ruleDraft) { d.add(f) }) })
	}
	v.sort = widgets.NewPill("", assets.IconDown, false, v.chooseSort)
	v.up = widgets.NewChip(lang.L("Ascending"), func() { v.setDescending(false) })
	v.down = widgets.NewChip(lang.L("Descending"), func() { v.setDescending(true) })
	v.limit = typed(lang.L("number"), func(text string) {
		v.edit(func(d *ruleDraft) { d.limit = text })
		v.countLater()
	})
	save := widgets.NewPill(lang.L("Store the list"), "", true, v.save)
	discard := widgets.NewPill(lang.L("Not now"), "", false, func() { v.leave(place{atLibrary, chipLists}) })
	parts := []widgets.Part{
		s.wayBack(), head, {Object: wide(nameWide, v.name), Above: 14},
		{Object: section(lang.L("Tracks that meet")), Above: 24},
		{Object: widgets.NewFlow(8, false, v.all, v.some), Above: 10}, {Object: v.conditions, Above: 14},
		{Object: widgets.NewFlow(0, false, add), Above: 12},
		{Object: section(lang.L("In this order")), Above: 24}, {Object: widgets.NewFlow(8, false, v.sort, v.up, v.down), Above: 10},
		{Object: section(lang.L("At most")), Above: 24},
		{Object: teach(lang.L("Leave it empty for all of them.")), Above: 6}, {Object: wide(limitWide, v.limit), Above: 10},
		{Object: v.count, Above: 24}, {Object: widgets.NewFlow(10, false, save, discard), Above: 14},
	}
	v.column = widgets.NewColumn(s.gutter(), parts...)
	return v
}

// typed is a field that hands over what is typed.
func typed(hint string, changed func(string)) *widget.Entry {
	e := widget.NewEntry()
	e.SetPlaceHolder(hint)
	e.OnChanged = changed
	return e
}

// wide is a field of a width, or less where there is no room for it.
func wide(width float32, field fyne.CanvasObject) *widgets.Box {
	return widgets.NewBox(func(room float32, place bool) float32 {
		h := field.MinSize().Height
		if place {
			put(field, 0, 0, min(room, width), h)
		}
		return h
	}, field)
}

func (v *ruleScreen) body() *widgets.Column { return v.column }
func (v *ruleScreen) sounded()              {}

// watches only what the playlists are called and how many tracks there are:
// what the person types here is theirs.
func (v *ruleScreen) watches() library.Change { return library.Catalogue | library.Playlists }

func (v *ruleScreen) load() {
	type news struct {
		list      library.SmartList
		playlists []library.Playlist
	}
	known := v.s.draft != nil && v.s.draft.id == v.id
	read(v.s, func() (n news, err error) {
		if v.id != "" && !known {
			if n.list, err = v.s.lib.SmartList(v.id); err != nil {
				return n, err
			}
		}
		page, err := v.s.lib.Playlists(0, playlistsOffered)
		n.playlists = page.Items
		return n, err
	}, func(n news) {
		if d := v.s.draft; d == nil || d.id != v.id {
			v.s.draft = newDraft(n.list)
			if v.id == "" {
				v.s.draft.add(library.FieldHeard)
			}
		}
		v.offered, v.playlists = n.playlists, map[string]string{}
		for _, p := range n.playlists {
			v.playlists[p.ID] = p.Title
		}
		v.show()
	})
}

// edit changes the draft, once it is here.
func (v *ruleScreen) edit(change func(*ruleDraft)) {
	if d := v.s.draft; d != nil && d.id == v.id {
		change(d)
	}
}

func missingValue() string {
	return lang.L("Something is still missing: a condition has no value, or none that it knows.")
}

// show shows the draft.
func (v *ruleScreen) show() {
	d := v.s.draft
	if d == nil || d.id != v.id {
		return
	}
	if d.id != "" {
		v.title.Set(lang.L("Change the list"))
	}
	if v.name.Text != d.title {
		v.name.SetText(d.title)
	}
	if v.limit.Text != d.limit {
		v.limit.SetText(d.limit)
	}
	v.all.Choose(!d.anyOf)
	v.some.Choose(d.anyOf)
	rows := make([]fyne.CanvasObject, len(d.conditions))
	for i, c := range d.conditions {
		rows[i] = v.row(c)
	}
	v.conditions.Set(rows...)
	v.sort.Set(sortWords(d.sort), assets.IconDown)
	v.up.Choose(!d.descending)
	v.down.Choose(d.descending)
	v.up.Hidden, v.down.Hidden = d.sort == library.Shuffled, d.sort == library.Shuffled
	v.ask()
	v.column.Reflow()
}

// row is one condition: field, relation, value, and a button that takes it
// away. A group of conditions, which only a rule from elsewhere has, is kept
// as it is.
func (v *ruleScreen) row(c *condition) fyne.CanvasObject {
	remove := widgets.NewIconButton(assets.IconClose, 14, lang.L("Take the condition away"), func() {
		v.edit(func(d *ruleDraft) {
			d.conditions = slices.DeleteFunc(d.conditions, func(o *condition) bool { return o == c })
		})
		v.show()
	}).SetSquare(look.TouchHeight)
	if c.Field == "" {
		return widgets.NewFlow(8, false, widgets.NewText(lang.N("A group of {{.N}} conditions", len(c.Parts), with{"N": len(c.Parts)}),
			look.Body, look.Regular, look.Text), remove)
	}
	field := widgets.NewPill(fieldWords(c.Field), assets.IconDown, false, nil)
	field.OnTapped = func() { v.chooseField(field, c.setField) }
	relation := widgets.NewPill(relationWords(c.Field, c.Relation), assets.IconDown, false, nil)
	relation.OnTapped = func() { v.chooseRelation(relation, c) }
	objects := []fyne.CanvasObject{field, relation}
	switch {
	case c.Field == library.FieldPlaylist:
		title, ok := v.playlists[c.value]
		if !ok {
			title = lang.L("Choose a playlist")
		}
		list := widgets.NewPill(title, assets.IconDown, false, nil)
		list.OnTapped = func() { v.choosePlaylist(list, c) }
		objects = append(objects, list)
	case c.Field.TakesText() || c.Field.TakesNumber():
		value := typed(valueWords(c.Field), func(text string) {
			c.value = text
			v.countLater()
		})
		value.Text = c.value
		objects = append(objects, group(func(size fyne.Size) { put(value, 0, 0, size.Width, size.Height) },
			func() fyne.Size { return fyne.NewSize(valueWide, value.MinSize().Height) }, value))
	}
	return widgets.NewFlow(8, false, append(objects, remove)...)
}

// offer opens a menu under a pill.
func (v *ruleScreen) offer(under *widgets.Pill, items []*fyne.MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	v.s.popUp(items, at.AddXY(0, under.Size().Height))
}

func (v *ruleScreen) chooseField(under *widgets.Pill, choose func(library.Field)) {
	var items []*fyne.MenuItem
	for _, f := range library.Fields() {
		items = append(items, fyne.NewMenuItem(fieldWords(f), func() {
			choose(f)
			v.show()
		}))
	}
	v.offer(under, items)
}

func (v *ruleScreen) chooseRelation(under *widgets.Pill, c *condition) {
	var items []*fyne.MenuItem
	for _, r := range c.Field.Relations() {
		item := fyne.NewMenuItem(relationWords(c.Field, r), func() {
			c.Relation = r
			v.show()
		})
		item.Checked = c.Relation == r
		items = append(items, item)
	}
	v.offer(under, items)
}

func (v *ruleScreen) choosePlaylist(under *widgets.Pill, c *condition) {
	var items []*fyne.MenuItem
	for _, p := range v.offered {
		items = append(items, fyne.NewMenuItem(p.Title, func() {
			c.value = p.ID
			v.show()
		}))
	}
	v.offer(under, items)
}

func (v *ruleScreen) chooseSort() {
	var items []*fyne.MenuItem
	for _, o := range library.Sorts() {
		item := fyne.NewMenuItem(sortWords(o), func() {
			v.edit(func(d *ruleDraft) { d.sort = o })
			v.show()
		})
		v.edit(func(d *ruleDraft) { item.Checked = d.sort == o })
		items = append(items, item)
	}
	v.offer(v.sort, items)
}

func (v *ruleScreen) setAny(anyOf bool) {
	v.edit(func(d *ruleDraft) { d.anyOf = anyOf })
	v.show()
}

func (v *ruleScreen) setDescending(on bool) {
	v.edit(func(d *ruleDraft) { d.descending = on })
	v.show()
}

// countLater counts the tracks once the person has stopped typing.
func (v *ruleScreen) countLater() {
	const pause = 400 * time.Millisecond
	v.asked++
	asked := v.asked
	v.s.after(pause, func() {
		if asked == v.asked {
			v.ask()
		}
	})
}

// ask says how many tracks meet the rule as it is now.
func (v *ruleScreen) ask() {
	v.asked++
	asked := v.asked
	if v.s.draft == nil || v.s.draft.id != v.id {
		return
	}
	rule, err := v.s.draft.rule()
	if err != nil {
		v.count.Set(missingValue())
		v.column.Reflow()
		return
	}
	read(v.s, func() (library.Page[library.Track], error) { return v.s.lib.Matching(rule, 0, 0) }, func(p library.Page[library.Track]) {
		if asked == v.asked {
			v.count.Set(lang.N("{{.N}} tracks meet this rule now.", p.Total, with{"N": p.Total}))
			v.column.Reflow()
		}
	})
}

// save stores the list, and shows it.
func (v *ruleScreen) save() {
	d := v.s.draft
	if d == nil || d.id != v.id {
		return // it is still being read
	}
	rule, err := d.rule()
	if errors.Is(err, errNoValue) {
		v.s.toast(missingValue(), true, nil)
		return
	}
	if !v.s.try(err) {
		return
	}
	stored, err := v.s.lib.SaveSmartList(library.SmartList{ID: d.id, Title: strings.TrimSpace(d.title), Rule: rule})
	if !v.s.try(err) {
		return
	}
	v.leave(place{atList, stored.ID})
}

// leave gives the draft up and shows a list in the place of this screen, or
// the one that this screen was reached from.
func (v *ruleScreen) leave(to place) {
	v.s.draft = nil
	if v.id == "" || !v.s.trail.canGoBack() {
		v.s.replace(to)
		return
	}
	v.s.step(-1)
}
