package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// desk is the arrangement of a wide window: the rail, the screen, the queue,
// and the player bar under all of them.
type desk struct {
	s       *shell
	root    *fyne.Container
	rail    *rail
	body    *fyne.Container // the banner and the screen
	banner  *widgets.Banner
	screen  fyne.CanvasObject
	divider *widgets.Fill
	back    *widgets.Fill // behind the queue
	queue   *queuePanel
	bar     *bar
	asked   bool // for the queue, in a window too narrow to show it by itself
}

func newDesk(s *shell) *desk {
	d := &desk{s: s}
	d.rail = newRail(s)
	d.banner = widgets.NewBanner(assets.IconOffline)
	d.body = group(d.placeBody, nil)
	d.divider, d.back = widgets.NewFill(look.Line), widgets.NewFill(look.Surface)
	d.queue = newQueuePanel(s, 16)
	d.bar = newBar(s)
	d.root = group(d.place, func() fyne.Size { return fyne.NewSize(look.PhoneWidth, 400) },
		d.body, d.rail.object, d.back, d.divider, d.queue.object, d.bar.object)
	return d
}

func (d *desk) object() fyne.CanvasObject { return d.root }

func (d *desk) place(size fyne.Size) {
	w, h := size.Width, size.Height-look.BarHeight
	rail, queue := d.s.theme.Room(look.RailWidth), d.s.theme.Room(look.QueueWidth)
	put(d.bar.object, 0, h, w, look.BarHeight)
	put(d.rail.object, 0, 0, rail, h)
	right := w
	for _, o := range []fyne.CanvasObject{d.back, d.divider, d.queue.object} {
		if d.queueShown(w) {
			o.Show()
		} else {
			o.Hide()
		}
	}
	if d.queueShown(w) {
		left := w - queue
		put(d.back, left, 0, queue, h)
		put(d.divider, left, 0, 1, h)
		put(d.queue.object, left+1, 0, queue-1, h)
		if d.wide(w) {
			right = left
		}
	}
	put(d.body, rail, 0, right-rail, h)
}

// wide says whether there is room for the queue beside the screen.
func (d *desk) wide(width float32) bool { return width >= d.s.theme.Room(look.WideWidth) }

// queueShown says whether the queue is open: on a wide window unless folded,
// on a narrower one, over the screen, when asked for.
func (d *desk) queueShown(width float32) bool {
	if d.wide(width) {
		return !d.s.folded
	}
	return d.asked
}

func (d *desk) placeBody(size fyne.Size) {
	top := float32(0)
	if d.banner.Visible() {
		inner := size.Width - 2*look.Gutter
		h := d.banner.HeightAt(inner)
		put(d.banner, look.Gutter, 16, inner, h)
		top = 16 + h
	}
	if d.screen != nil {
		put(d.screen, 0, top, size.Width, size.Height-top)
	}
}

func (d *desk) enter(p place, body fyne.CanvasObject) {
	d.screen = body
	d.body.Objects = []fyne.CanvasObject{body, d.banner}
	d.placeBody(d.body.Size())
	d.rail.choose(p.kind)
	d.body.Refresh()
}

func (d *desk) show() {
	d.rail.show()
	d.bar.show()
	line := d.s.fillBanner(d.banner)
	if d.banner.Visible() != (line != "") {
		d.banner.Hidden = line == ""
		d.placeBody(d.body.Size())
	}
}

func (d *desk) showQueue() { d.queue.show() }

// foldQueue opens or closes the queue.
func (d *desk) foldQueue() {
	if d.wide(d.root.Size().Width) {
		d.s.folded = !d.s.folded
	} else {
		d.asked = !d.asked
	}
	d.place(d.root.Size())
	d.root.Refresh()
}

func (d *desk) foot() float32 { return look.BarHeight + 16 }

func (d *desk) escape() bool {
	if d.asked {
		d.foldQueue()
		return true
	}
	return false
}

// rail is the way to the places of the program, and the wallet.
type rail struct {
	s      *shell
	object *fyne.Container
	mark   *widgets.Ring
	name   *widgets.Text
	items  map[kind]*widgets.NavItem
	order  []kind
	here   kind // the one that is marked
	wallet *widgets.CreditBox
	person *widgets.NavItem
}

func newRail(s *shell) *rail {
	r := &rail{s: s, items: map[kind]*widgets.NavItem{}, order: []kind{atHome, atSearch, atLibrary, atStudio}}
	r.mark = widgets.NewMark(30)
	r.name = widgets.NewText("Ninth", look.Mark, look.Name, look.Text)
	objects := []fyne.CanvasObject{widgets.NewFill(look.Surface), r.mark, r.name}
	add := func(k kind, label string, icon assets.IconName) {
		r.items[k] = widgets.NewRailItem(label, icon, func() { s.visit(place{kind: k}) })
		objects = append(objects, r.items[k])
	}
	add(atHome, lang.L("Home"), assets.IconHome)
	add(atSearch, lang.L("Search"), assets.IconSearch)
	add(atLibrary, lang.L("Library"), assets.IconLibrary)
	add(atStudio, lang.L("Studio"), assets.IconStudio)
	r.wallet = widgets.NewCreditBox()
	r.person = widgets.NewRailItem("", assets.IconPerson, func() { s.visit(place{kind: atSettings}) })
	r.items[atSettings] = widgets.NewRailItem(lang.L("Settings"), assets.IconSettings, func() { s.visit(place{kind: atSettings}) })
	objects = append(objects, r.wallet, r.person, r.items[atSettings])
	r.object = group(r.place, nil, objects...)
	return r
}

func (r *rail) place(size fyne.Size) {
	put(r.object.Objects[0], 0, 0, size.Width, size.Height)
	put(r.mark, 20, 21, 30, 30)
	line(r.name, 60, 35.5, size.Width-70)
	inner, y := size.Width-24, float32(75)
	for _, k := range r.order {
		if !r.items[k].Visible() {
			continue
		}
		h := r.items[k].MinSize().Height
		put(r.items[k], 12, y, inner, h)
		y += h + 4
	}
	y = size.Height - 20
	for _, o := range []fyne.CanvasObject{r.items[atSettings], r.person} {
		h := o.MinSize().Height
		y -= h
		put(o, 12, y, inner, h)
		y -= 4
	}
	h := r.wallet.HeightAt(inner)
	put(r.wallet, 12, y-8-h, inner, h)
}

// choose marks the place the person is in.
func (r *rail) choose(k kind) {
	r.here = k.marked(r.here)
	for other, item := range r.items {
		item.Choose(other == r.here)
	}
}

func (r *rail) show() {
	m := &r.s.m
	line, share := monthLine(m.spent, m.budget)
	r.wallet.Set(lang.L("{{.Amount}} credits", with{"Amount": m.account.Credits}), line, share)
	r.wallet.Hidden = !m.account.Known
	r.person.Set(m.account.Name)
	r.person.Hidden = m.account.Name == ""
	r.items[atStudio].Hidden = !m.account.Artist
	r.place(r.object.Size())
}
