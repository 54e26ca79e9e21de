package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// heading is the name of a screen.
func (s *shell) heading(text string) widgets.Part {
	size, above := look.Display, float32(17)
	if s.isPhone {
		size, above = look.Screen, 11
	}
	t := widgets.NewParagraph(text, size, look.Name, look.Text)
	t.Lines = 2
	return widgets.Part{Object: t, Above: above}
}

// section is the name of a part of a screen.
func section(text string) *widgets.Text {
	return widgets.NewText(text, look.Section, look.Name, look.Text)
}

// sectionOfAll is the name of a part of a screen that shows only some of the
// releases, with the way to all of them at its right end.
func (s *shell) sectionOfAll(text string) *widgets.Box {
	name := section(text)
	all := widgets.NewLink(widgets.NewText(lang.L("See all"), look.Body, look.Medium, look.Muted),
		func() { s.visit(place{kind: atReleases}) })
	return widgets.NewBox(func(width float32, placed bool) float32 {
		height, link := name.Natural().Height, all.Text().Natural()
		if placed {
			touch := max(link.Height, look.TouchHeight) // it may be pressed a little above and below
			left := max(width-link.Width, 0)
			put(name, 0, 0, max(left-16, 0), height)
			put(all, left, floor((height-touch)/2)+2, min(link.Width, width), touch)
		}
		return height
	}, name, all)
}

// fillBanner says in a banner what is wrong with the connection, and what can
// be done about it; it gives the line, which is "" while nothing is wrong.
func (s *shell) fillBanner(b *widgets.Banner) (line string) {
	line = offlineLine(s.m.status)
	b.Set(line)
	if s.m.status.Expired || !s.m.status.SignedIn {
		b.SetButton(lang.L("Sign in"), s.signIn)
	} else {
		b.SetButton("", nil)
	}
	return line
}

// wayBack is the row with the buttons of the history, over a screen that was
// reached from another one.
func (s *shell) wayBack() widgets.Part {
	back := widgets.NewIconButton(assets.IconBack, 20, lang.L("Back"), func() { s.step(-1) })
	forward := widgets.NewIconButton(assets.IconForward, 20, lang.L("Forward"), func() { s.step(+1) })
	back.Hidden, forward.Hidden = !s.trail.canGoBack(), !s.trail.canGoForward()
	row := group(func(fyne.Size) {
		middle(back, 10, 30)
		middle(forward, 50, 30)
	}, func() fyne.Size { return fyne.NewSize(60, 56) }, back, forward)
	return widgets.Part{Object: row}
}

// teach is what stands where there is nothing yet: what belongs here, and how
// it gets here.
func teach(text string) *widgets.Text {
	return widgets.NewParagraph(text, look.Body, look.Regular, look.Muted)
}
