package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// phone is the arrangement of a narrow window: the screen, a small player
// under it, and tabs. The full-screen player and the queue lie over them.
type phone struct {
	s      *shell
	root   *fyne.Container
	body   *fyne.Container
	banner *widgets.Banner
	screen fyne.CanvasObject
	mini   *mini
	tabs   map[kind]*widgets.NavItem
	order  []kind
	here   kind          // the tab that is marked
	strip  *widgets.Fill // behind the tabs
	full   *full
	queue  *queueSheet
}

func newPhone(s *shell) *phone {
	p := &phone{s: s, tabs: map[kind]*widgets.NavItem{}, order: []kind{atHome, atSearch, atLibrary, atYou}}
	p.banner = widgets.NewBanner(assets.IconOffline)
	p.body = group(p.placeBody, nil)
	p.mini = newMini(s, func() { p.open(p.full.object) })
	p.strip = widgets.NewFill(look.Surface)
	objects := []fyne.CanvasObject{p.body, p.mini, p.strip}
	add := func(k kind, label string, icon assets.IconName) {
		p.tabs[k] = widgets.NewTab(label, icon, func() { s.visit(place{kind: k}) })
		objects = append(objects, p.tabs[k])
	}
	add(atHome, lang.L("Home"), assets.IconHome)
	add(atSearch, lang.L("Search"), assets.IconSearch)
	add(atLibrary, lang.L("Library"), assets.IconLibrary)
	add(atYou, lang.L("You"), assets.IconPerson)
	p.full = newFull(s, func() { p.escape() }, func() { p.open(p.queue.object) })
	p.queue = newQueueSheet(s, func() { p.escape() })
	p.full.object.Hide()
	p.queue.object.Hide()
	objects = append(objects, p.full.object, p.queue.object)
	p.root = group(p.place, func() fyne.Size { return fyne.NewSize(320, 480) }, objects...)
	return p
}

func (p *phone) object() fyne.CanvasObject { return p.root }

// statusHeight is left free at the top where the system draws over the
// window's own edge; a phone's driver keeps that free itself.
func statusHeight() float32 {
	if fyne.CurrentDevice().IsMobile() {
		return 0
	}
	return 36
}

func (p *phone) place(size fyne.Size) {
	w, h := size.Width, size.Height
	tabs := p.tabs[atHome].MinSize().Height
	put(p.strip, 0, h-tabs, w, tabs)
	each := w / float32(len(p.order))
	for i, k := range p.order {
		put(p.tabs[k], float32(i)*each, h-tabs, each, tabs)
	}
	bottom := h - tabs
	if p.mini.Visible() {
		m := p.mini.MinSize().Height
		put(p.mini, 8, bottom-8-m, w-16, m)
		bottom -= m + 16
	}
	top := statusHeight()
	put(p.body, 0, top, w, bottom-top)
	put(p.full.object, 0, 0, w, h)
	put(p.queue.object, 0, 0, w, h)
}

func (p *phone) placeBody(size fyne.Size) {
	top := float32(0)
	if p.banner.Visible() {
		inner := size.Width - 2*look.PhoneGutter
		h := p.banner.HeightAt(inner)
		put(p.banner, look.PhoneGutter, 16, inner, h)
		top = 16 + h
	}
	if p.screen != nil {
		put(p.screen, 0, top, size.Width, size.Height-top)
	}
}

func (p *phone) enter(at place, body fyne.CanvasObject) {
	p.screen = body
	p.body.Objects = []fyne.CanvasObject{body, p.banner}
	p.placeBody(p.body.Size())
	p.body.Refresh()
	p.here = at.kind.marked(p.here)
	if p.here == atSettings || p.here == atStudio {
		p.here = atYou
	}
	for other, tab := range p.tabs {
		tab.Choose(other == p.here)
	}
}

func (p *phone) show() {
	p.mini.show()
	p.full.show()
	p.place(p.root.Size())
	line := p.s.fillBanner(p.banner)
	if p.banner.Visible() != (line != "") {
		p.banner.Hidden = line == ""
	}
	p.placeBody(p.body.Size())
}

func (p *phone) showQueue() {
	p.queue.panel.show()
	p.full.show()
}

// open lays something over the screen.
func (p *phone) open(o fyne.CanvasObject) {
	o.Show()
	p.place(p.root.Size())
	p.root.Refresh()
	p.s.toasts.settle()
}

func (p *phone) foot() float32 {
	if p.full.object.Visible() { // over the cover, where nothing is pressed
		cover := p.full.cover
		return p.root.Size().Height - cover.Position().Y - cover.Size().Height + 12
	}
	return p.tabs[atHome].MinSize().Height + p.mini.MinSize().Height + 24
}

func (p *phone) escape() bool {
	for _, o := range []fyne.CanvasObject{p.queue.object, p.full.object} {
		if o.Visible() {
			o.Hide()
			p.root.Refresh()
			p.s.toasts.settle()
			return true
		}
	}
	return false
}

// foldQueue opens the queue, or closes it.
func (p *phone) foldQueue() {
	if p.queue.object.Visible() {
		p.escape()
	} else {
		p.open(p.queue.object)
	}
}

// queueSheet is the queue over the whole of a phone's window.
type queueSheet struct {
	object *fyne.Container
	panel  *queuePanel
}

func newQueueSheet(s *shell, done func()) *queueSheet {
	q := &queueSheet{panel: newQueuePanel(s, look.PhoneGutter)}
	ground := widgets.NewFill(look.Ground)
	down := widgets.NewIconButton(assets.IconDown, 20, lang.L("Close"), done)
	down.SetSquare(look.TouchHeight)
	q.object = group(func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		middle(down, 39, statusHeight()+27)
		top := statusHeight() + 44
		put(q.panel.object, 0, top, size.Width, size.Height-top)
	}, nil, ground, newCurtain(), q.panel.object, down)
	return q
}
