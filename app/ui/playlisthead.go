package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// playlistHead is the cover with what a playlist says of itself, and the
// buttons.
type playlistHead struct {
	*widgets.Box
	s             *shell
	of            *playlistScreen
	cover         *widgets.Cover
	kicker, title *widgets.Text
	about         *widgets.Text
	missing       *widgets.Link // the way to what was not found
	play, queue   *widgets.Pill
	more          *widgets.IconButton
	pin           *pinButton
	buttons       *widgets.Box
}

func newPlaylistHead(s *shell, of *playlistScreen) *playlistHead {
	h := &playlistHead{s: s, of: of, cover: widgets.NewCover(s.pictures, headCover)}
	h.kicker = widgets.NewParagraph("", look.Small, look.Regular, look.Muted)
	size := look.Display
	if s.isPhone {
		size = look.Title
	}
	h.title = widgets.NewParagraph("", size, look.Name, look.Text)
	h.title.Lines = 2
	h.about = widgets.NewParagraph("", look.Body, look.Regular, look.Muted)
	h.about.Lines = 4
	h.play = widgets.NewPill(lang.L("Play"), assets.IconPlay, true, func() {
		if of.sounds() {
			s.toggle()
			return
		}
		if len(of.list.Items) > 0 {
			s.session.PlayTracks(tracksOn(of.list), 0)
		}
	})
	h.queue = widgets.NewPill(lang.L("Queue"), assets.IconQueue, false, func() { s.withTracks(of.list, s.enqueue) })
	h.pin = newPinButton(func(on bool) { s.keepPlaylist(of.list, on) })
	h.more = widgets.NewIconButton(assets.IconMore, 18, lang.L("More"), nil)
	h.more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more)
		s.playlistMenu(of.list, at.AddXY(0, h.more.Size().Height))
	}
	h.buttons = widgets.NewFlow(10, false, h.play, h.queue, h.pin.IconButton, h.more)
	h.missing = widgets.NewLink(widgets.NewText("", look.Small, look.Medium, look.Accent), func() {
		column := of.column
		column.ScrollTo(min(column.Offset()+column.RowTop(of.unfoundRows, 0)-column.Size().Height/2, column.Height()-column.Size().Height))
	})
	h.Box = widgets.NewBox(h.lay, h.cover, h.kicker, h.title, h.about, h.buttons, h.missing)
	return h
}

func (h *playlistHead) lay(width float32, place bool) float32 {
	return h.s.layHead(width, place, h.cover,
		headPart{o: h.kicker}, headPart{o: h.title, above: 1}, headPart{o: h.about, above: 4.5},
		headPart{o: h.buttons, above: 17}, headPart{o: h.missing, above: 14, widest: h.missing.Text().Natural().Width})
}

// set shows the playlist. Without a cover of its own it has that of its first
// track that has one.
func (h *playlistHead) set() {
	p := h.of.list
	cover := p.Cover
	for i := 0; cover == "" && i < len(p.Items); i++ {
		cover = p.Items[i].Track.Cover
	}
	h.cover.Set(cover, p.Title)
	h.kicker.Set(lang.L("Playlist") + " · " + aboutPlaylist(p))
	h.title.Set(p.Title)
	h.about.Set(p.About)
	h.about.Hidden = p.About == ""
	n := len(p.Unfound)
	h.missing.Set(lang.N("{{.N}} tracks were not found", n, with{"N": n}))
	h.missing.Hidden = n == 0
	h.pin.show(h.of.kept)
	h.sounded()
}

func (h *playlistHead) sounded() { h.s.offerPause(h.play, h.of.sounds()) }
