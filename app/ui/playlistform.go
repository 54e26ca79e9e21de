package ui

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// askForHeading asks what a playlist says of itself: its title, its text and
// who sees it. does is called with the answer, unless the title is empty.
func (s *shell) askForHeading(title string, before library.Heading, yes string, does func(library.Heading)) {
	var open *sheet
	name, about := widget.NewEntry(), widget.NewMultiLineEntry()
	name.SetPlaceHolder(lang.L("Title"))
	about.SetPlaceHolder(lang.L("What it is about"))
	about.Wrapping = fyne.TextWrapWord
	about.SetMinRowsVisible(3)
	name.SetText(before.Title)
	about.SetText(before.About)
	limit(name, library.MaxPlaylistTitle)
	limit(about, library.MaxPlaylistAbout)
	private := before.Private
	var mine, all *widgets.Chip
	choose := func(only bool) func() {
		return func() {
			private = only
			mine.Choose(private)
			all.Choose(!private)
		}
	}
	mine, all = widgets.NewChip(lang.L("Only you see it"), choose(true)), widgets.NewChip(lang.L("Everybody sees it"), choose(false))
	choose(private)()
	done := func() {
		h := library.Heading{
			Known: true, Title: strings.TrimSpace(name.Text), About: strings.TrimSpace(about.Text), Private: private,
		}
		if h.Title == "" {
			s.win.Canvas().Focus(name)
			return
		}
		open.close()
		does(h)
	}
	name.OnSubmitted = func(string) { done() }
	body := stack(10, name, about, widgets.NewFlow(8, false, mine, all))
	open = s.openSheet(title, "", body, widgets.NewPill(yes, "", true, done),
		widgets.NewPill(lang.L("Not now"), "", false, func() { open.close() }))
	s.win.Canvas().Focus(name)
}

// stack puts objects one under the other, gap dp apart.
func stack(gap float32, objects ...fyne.CanvasObject) *widgets.Box {
	return widgets.NewBox(func(width float32, place bool) float32 {
		y := float32(0)
		for i, o := range objects {
			if i > 0 {
				y += gap
			}
			h := heightAt(o, width)
			if place {
				put(o, 0, y, width, h)
			}
			y += h
		}
		return y
	}, objects...)
}

// limit keeps a field to as many bytes as a co-op takes.
func limit(field *widget.Entry, most int) {
	field.OnChanged = func(text string) {
		if len(text) <= most {
			return
		}
		n := most
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		field.SetText(text[:n])
	}
}

// askForPlaylist makes a playlist, with tracks on it.
func (s *shell) askForPlaylist(trackIDs []string) {
	s.askForHeading(lang.L("New playlist"), library.Heading{Private: true}, lang.L("Make it"), func(h library.Heading) {
		var p library.Playlist
		s.wish(func() (err error) {
			p, err = s.lib.CreatePlaylist(h.Title, h.About, h.Private)
			return err
		}, func() {
			if len(trackIDs) > 0 {
				s.addTo(p, trackIDs)
				return
			}
			s.visit(place{atPlaylist, p.ID})
		})
	})
}

// editPlaylist asks what a playlist of the person's own is to say of itself.
func (s *shell) editPlaylist(p library.Playlist) {
	s.askForHeading(lang.L("Edit the playlist"), p.Heading(), lang.L("Save"), func(h library.Heading) {
		s.wish(func() error { return s.lib.UpdatePlaylist(p.ID, h.Title, h.About, h.Private) }, nil)
	})
}
