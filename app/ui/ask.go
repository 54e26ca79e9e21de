package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// sheet is a question over the window: a title, a paragraph or a field, and
// buttons.
type sheet struct {
	s   *shell
	pop *widget.PopUp
}

func (p *sheet) close() {
	p.pop.Hide()
	p.s.scrim.Hide()
}

const sheetWide = 400 // dp at most

// sheetWidth is how wide what lies in a sheet is.
func (s *shell) sheetWidth() float32 { return min(s.win.Canvas().Size().Width-72, sheetWide) }

// openSheet shows a question. body may be nil; the last button is the one
// that does nothing.
func (s *shell) openSheet(title, text string, body fyne.CanvasObject, buttons ...fyne.CanvasObject) *sheet {
	head := widgets.NewParagraph(title, look.Section, look.Name, look.Text)
	words := widgets.NewParagraph(text, look.Body, look.Regular, look.Muted)
	words.Hidden = text == ""
	foot := widgets.NewFlow(10, false, buttons...)
	inner := s.sheetWidth()
	objects := []fyne.CanvasObject{head, words, foot}
	if body != nil {
		objects = append(objects, body)
	}
	lay := func(place bool) float32 {
		const edge = 20
		y := float32(edge)
		row := func(o fyne.CanvasObject, h, below float32) {
			if place {
				put(o, edge, y, inner, h)
			}
			y += h + below
		}
		row(head, head.HeightAt(inner), 10)
		if words.Visible() {
			row(words, words.HeightAt(inner), 18)
		}
		if body != nil {
			row(body, heightAt(body, inner), 18)
		}
		row(foot, foot.HeightAt(inner), edge)
		return y
	}
	content := group(func(fyne.Size) { lay(true) },
		func() fyne.Size { return fyne.NewSize(inner+40, lay(false)) }, objects...)
	p := &sheet{s: s, pop: widget.NewModalPopUp(content, s.win.Canvas())}
	s.scrim.Show()
	p.pop.Show()
	return p
}

// heightAt is how high an object is at a width.
func heightAt(o fyne.CanvasObject, width float32) float32 {
	if tall, ok := o.(interface{ HeightAt(width float32) float32 }); ok {
		return tall.HeightAt(width)
	}
	return o.MinSize().Height
}

// ask asks one question; does is called when the answer is yes.
func (s *shell) ask(title, text, yes string, does func()) {
	var open *sheet
	open = s.openSheet(title, text, nil,
		widgets.NewPill(yes, "", true, func() {
			open.close()
			does()
		}),
		widgets.NewPill(lang.L("Not now"), "", false, func() { open.close() }))
}

// tell says something that has to be read.
func (s *shell) tell(title, text string) {
	var open *sheet
	open = s.openSheet(title, text, nil, widgets.NewPill(lang.L("All right"), "", true, func() { open.close() }))
}
