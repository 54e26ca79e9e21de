package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// full is the full-screen player of a phone, over a ground that takes its
// colours from the cover.
type full struct {
	*transport
	s            *shell
	object       *fyne.Container
	ground       *widgets.Backdrop
	down, menu   *widgets.IconButton
	release      *widgets.Link
	cover        *widgets.Cover
	title        *widgets.Text
	artist       *widgets.Link
	price, toOwn *widgets.Text
	buy          *widgets.Link
	sheet        *widgets.Fill
	upNext       *widgets.Text
	nextTitle    *widgets.Text
	queue        *widgets.IconButton
	curtain      *curtain
}

func newFull(s *shell, done, queue func()) *full {
	f := &full{transport: newTransport(s, 104, true, 24, 30, 5.08, look.Text), s: s}
	f.ground = widgets.NewBackdrop(s.pictures)
	f.down = widgets.NewIconButton(assets.IconDown, 20, lang.L("Close"), done)
	f.menu = widgets.NewIconButton(assets.IconMore, 20, lang.L("More"), nil)
	f.menu.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.menu)
		s.playerMenu(at.AddXY(0, f.menu.Size().Height))
	}
	for _, b := range []*widgets.IconButton{f.down, f.menu, f.shuffle, f.previous, f.next, f.repeat, f.heart} {
		b.SetSquare(look.TouchHeight)
	}
	f.release = widgets.NewLink(widgets.NewText("", look.Small, look.Regular, look.Muted), func() {
		done()
		s.openRelease(s.m.track.ReleaseID)
	})
	f.release.Text().Align = fyne.TextAlignCenter
	f.cover = widgets.NewCover(s.pictures, 312)
	f.cover.Radius = 12
	f.title = widgets.NewText("", look.Title, look.Name, look.Text)
	f.artist = widgets.NewLink(widgets.NewText("", look.Lead, look.Regular, look.Muted), func() {
		done()
		s.openArtist(s.m.track.ArtistID)
	})
	f.length.Align = fyne.TextAlignTrailing
	f.price = widgets.NewParagraph("", look.Body, look.SemiBold, look.Text)
	f.toOwn = widgets.NewParagraph("", look.Body, look.Regular, look.Muted)
	f.price.Align, f.toOwn.Align = fyne.TextAlignCenter, fyne.TextAlignCenter
	f.buy = widgets.NewLink(f.toOwn, func() { s.askToBuy(s.m.track) })
	f.sheet = widgets.NewFill(look.Surface)
	f.sheet.TopRadius = 20
	f.upNext = widgets.NewText(lang.L("Up next"), look.Small, look.Regular, look.Muted)
	f.nextTitle = widgets.NewText("", look.Body, look.SemiBold, look.Text)
	f.queue = widgets.NewIconButton(assets.IconQueue, 20, lang.L("Queue"), queue)
	f.queue.SetSquare(look.TouchHeight)
	f.curtain = newCurtain()
	f.curtain.down = done
	f.object = group(f.place, nil, f.ground, f.curtain, f.down, f.release, f.menu, f.cover, f.title, f.artist,
		f.heart, f.wave, f.position, f.length, f.shuffle, f.previous, f.play, f.next, f.repeat,
		f.price, f.buy, f.sheet, f.upNext, f.nextTitle, f.queue)
	return f
}

// The player's parts, in dp, from the cover's lower edge down.
const (
	fullSide   = 28
	fullFoot   = 76
	fullBelow  = 270 // what lies between the cover and the foot, without text
	fullHeader = 64  // from the top edge, below the system's, to the cover
)

func (f *full) place(size fyne.Size) {
	w, h := size.Width, size.Height
	put(f.ground, 0, 0, w, h)
	put(f.curtain, 0, 0, w, h)
	top := statusHeight()
	middle(f.down, 39, top+27)
	middle(f.menu, w-39, top+27)
	line(f.release, 72, top+27, w-144)

	inner := w - 2*fullSide
	title, artist := f.title.MinSize().Height, f.artist.MinSize().Height
	times, price, own := f.position.MinSize().Height, f.price.HeightAt(inner), f.toOwn.HeightAt(inner)
	foot := max(fullFoot, f.upNext.MinSize().Height+f.nextTitle.MinSize().Height+32)
	below := title + artist + times + price + own + foot + fullBelow
	cover := floor(max(min(w-100, h-top-fullHeader-below), 80))
	put(f.cover, (w-cover)/2, top+fullHeader, cover, cover)

	y := top + fullHeader + cover + 25
	put(f.title, fullSide, floor(y), inner-56, title)
	put(f.artist, fullSide, floor(y+title+2), inner-56, artist)
	middle(f.heart, w-41, y+title/2+12)
	y += title + 3 + artist + 22
	put(f.wave, fullSide, y, inner, 48)
	y += 48
	put(f.position, fullSide, y+1, inner/2, times)
	put(f.length, w/2, y+1, inner/2, times)
	y += 1 + times
	ring := y + 68
	middle(f.play, w/2, ring)
	middle(f.previous, w/2-101, ring)
	middle(f.next, w/2+101, ring)
	middle(f.shuffle, w/2-160, ring)
	middle(f.repeat, w/2+161, ring)
	y = ring + 52 + 17
	put(f.price, fullSide, floor(y), inner, price)
	put(f.buy, fullSide, floor(y+price+3), inner, own)

	put(f.sheet, 0, h-foot, w, foot)
	twoLines(f.upNext, f.nextTitle, 24, h-foot-6, w-64, foot)
	middle(f.queue, w-36, h-foot+32)
}

func (f *full) show() {
	m := &f.s.m
	f.transport.show(m)
	title, artist, release := m.track.Title, m.track.Artist, m.track.Release
	if title == "" {
		title, artist, release = m.snap.Item.Title, m.snap.Item.Artist, m.snap.Item.Release
	}
	f.ground.Set(m.track.Cover)
	f.cover.Set(m.track.Cover, release)
	f.release.Set(release)
	f.title.Set(title)
	f.artist.Set(artist)
	price, toOwn := fullPrice(m.track)
	if line := trouble(m.snap); line != "" {
		price, toOwn = line, ""
	}
	f.price.Set(price)
	f.buy.Set(toOwn)
	next, ok := m.upNext()
	f.nextTitle.Set(next.Title)
	if !ok {
		f.nextTitle.Set(lang.L("Nothing"))
	}
	if f.object.Size().Width > 0 {
		f.place(f.object.Size())
	}
}
