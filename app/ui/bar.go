package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/player"
)

// transport is the controls that the player bar, the small player and the
// full-screen player share.
type transport struct {
	shuffle, previous, next, repeat *widgets.IconButton
	play                            *widgets.RingButton
	heart                           *widgets.IconButton
	wave                            *widgets.Waveform
	position, length                *widgets.Text
	quiet                           fyne.ThemeColorName // of controls that are off
}

func newTransport(s *shell, ring float32, disc bool, icon, skip, pitch float32, quiet fyne.ThemeColorName) *transport {
	t := &transport{quiet: quiet}
	t.shuffle = widgets.NewIconButton(assets.IconShuffle, icon, lang.L("Shuffle"), func() {
		s.session.SetShuffle(!s.m.snap.Queue.Shuffled())
	})
	t.previous = widgets.NewIconButton(assets.IconPrevious, skip, lang.L("Previous"), s.session.Previous)
	t.next = widgets.NewIconButton(assets.IconNext, skip, lang.L("Next"), s.session.Next)
	t.repeat = widgets.NewIconButton(assets.IconRepeat, icon, lang.L("Repeat"), func() {
		s.session.SetRepeat((s.m.snap.Queue.Repeat + 1) % (player.RepeatEntry + 1))
	})
	t.play = widgets.NewRingButton(ring, disc, s.toggle)
	t.heart = widgets.NewIconButton(assets.IconHeartOutline, icon, lang.L("Favourite"), func() { s.favour(s.m.track) })
	t.wave = widgets.NewWaveform(pitch, s.session.Seek)
	t.position = widgets.NewText("", look.Small, look.Regular, look.Muted)
	t.length = widgets.NewText("", look.Small, look.Regular, look.Muted)
	return t
}

// show takes over what the model says.
func (t *transport) show(m *model) {
	snap := m.snap
	on := func(b *widgets.IconButton, icon assets.IconName, lit bool) {
		colour := t.quiet
		if lit {
			colour = look.Accent
		}
		b.Set(icon, colour)
	}
	on(t.shuffle, assets.IconShuffle, snap.Queue.Shuffled())
	repeat := assets.IconRepeat
	if snap.Queue.Repeat == player.RepeatEntry {
		repeat = assets.IconRepeatOne
	}
	on(t.repeat, repeat, snap.Queue.Repeat != player.RepeatOff)
	t.previous.Set(assets.IconPrevious, t.quiet)
	t.next.Set(assets.IconNext, t.quiet)
	heart := assets.IconHeartOutline
	if m.track.Favourite {
		heart = assets.IconHeart
	}
	on(t.heart, heart, m.track.Favourite)
	t.heart.Hidden = m.track.ID == ""
	t.play.Set(m.track.Plays, m.track.Owned || m.track.Own, m.playing())
	t.wave.SetPeaks(m.peaks)
	t.wave.Set(snap.Position, m.duration(), snap.Buffered)
	t.wave.SetLoop(snap.Loop.From, snap.Loop.To)
	t.position.Set(clock(snap.Estimated, t.wave.Shown()))
	t.length.Set(widgets.Clock(m.duration()))
}

// bar is the player bar of a desk.
type bar struct {
	*transport
	object        *fyne.Container
	cover         *widgets.Cover
	title, second *widgets.Link
	trouble       *widgets.Text
	price, toOwn  *widgets.Text
	menu          *widgets.IconButton
	mute, fold    *widgets.IconButton
	volume        *widgets.Slider
	s             *shell
}

func newBar(s *shell) *bar {
	b := &bar{transport: newTransport(s, 46, false, 18, 20, 4, look.Muted), s: s}
	b.cover = widgets.NewCover(s.pictures, 56)
	b.title = widgets.NewLink(widgets.NewText("", look.Body, look.SemiBold, look.Text), func() { s.openRelease(s.m.track.ReleaseID) })
	b.second = widgets.NewLink(widgets.NewText("", look.Small, look.Regular, look.Muted), func() { s.openArtist(s.m.track.ArtistID) })
	b.price = widgets.NewText("", look.Small, look.Medium, look.Text)
	b.toOwn = widgets.NewText("", look.Small, look.Regular, look.Muted)
	b.trouble = widgets.NewText("", look.Small, look.Regular, look.Warning)
	b.trouble.Align = fyne.TextAlignCenter
	b.price.Align, b.toOwn.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	b.position.Align = fyne.TextAlignTrailing
	b.mute = widgets.NewIconButton(assets.IconVolume, 20, lang.L("Mute"), func() { s.session.SetMuted(!s.m.snap.Muted) })
	b.menu = widgets.NewIconButton(assets.IconMore, 18, lang.L("More"), nil)
	b.menu.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.menu)
		s.playerMenu(at)
	}
	b.fold = widgets.NewIconButton(assets.IconQueue, 20, lang.L("Queue"), s.foldQueue)
	b.volume = widgets.NewSlider(lang.L("Volume"), s.session.SetVolume)
	b.object = group(b.place, func() fyne.Size { return fyne.NewSize(look.PhoneWidth, look.BarHeight) },
		widgets.NewFill(look.Raised), b.cover, b.title, b.second, b.heart, b.menu,
		b.shuffle, b.previous, b.play, b.next, b.repeat,
		b.position, b.wave, b.length, b.trouble, b.price, b.toOwn, b.mute, b.volume, b.fold)
	return b
}

// The bar's parts, in dp.
const (
	barCover   = 56
	barEdge    = 20
	barText    = barEdge + barCover + 14
	waveWidest = 420
	waveLeast  = 140
	barSide    = 360 // kept for each side before the waveform grows
	volumeFrom = 820 // narrower bars leave the slider out
)

func (b *bar) place(size fyne.Size) {
	w, h := size.Width, size.Height
	put(b.object.Objects[0], 0, 0, w, h)
	mid := h / 2
	put(b.cover, barEdge, mid-barCover/2, barCover, barCover)

	wave := min(max(w-2*barSide, waveLeast), waveWidest)
	left, c := (w-wave)/2, w/2
	titleWide := b.title.Text().Natural().Width
	secondWide := b.second.Text().Natural().Width
	room := left - 44 - 82 - barText
	text := min(max(titleWide, secondWide), max(room, 40))
	twoLines(b.title, b.second, barText, 0, barText+text, h)
	middle(b.heart, barText+text+28, mid)
	middle(b.menu, barText+text+62, mid)

	middle(b.play, c, 30)
	middle(b.previous, c-55, 30)
	middle(b.next, c+55, 30)
	middle(b.shuffle, c-94, 30)
	middle(b.repeat, c+95, 30)
	put(b.wave, left, 56, wave, 26)
	wide := b.position.Natural().Width
	line(b.position, left-10-wide, 69, wide)
	line(b.length, left+wave+10, 69, b.length.Natural().Width)
	line(b.trouble, left, 69, wave)

	middle(b.fold, w-31, mid)
	right := w - 61
	b.volume.Hidden = w < volumeFrom
	if !b.volume.Hidden {
		put(b.volume, w-126, mid-12, 70, 24)
		right = w - 151
	}
	middle(b.mute, right, mid)
	right -= 27
	from := c + wave/2 + 50
	twoLines(b.price, b.toOwn, from, 0, right, h)
}

func (b *bar) show() {
	m := &b.s.m
	b.transport.show(m)
	b.cover.Hidden = m.track.ID == "" && m.snap.Item.Title == ""
	title, artist, release := m.track.Title, m.track.Artist, m.track.Release
	if m.track.ID == "" {
		title, artist, release = m.snap.Item.Title, m.snap.Item.Artist, m.snap.Item.Release
	}
	b.cover.Set(m.track.Cover, release)
	b.title.Set(title)
	second := artist
	if release != "" {
		second += " · " + release
	}
	if line := waitingFor(m.snap); line != "" {
		second = line
	}
	b.second.Set(second)
	price, toOwn := nextPlay(m.track)
	b.price.Set(price)
	b.toOwn.Set(toOwn)
	icon := assets.IconVolume
	if m.snap.Muted || m.snap.Volume == 0 {
		icon = assets.IconVolumeMute
	}
	b.mute.Set(icon, look.Muted)
	b.menu.Set(assets.IconMore, look.Muted)
	b.menu.Hidden = title == ""
	b.volume.Set(m.snap.Volume)
	failed := m.snap.State == player.Failed
	b.trouble.Hidden, b.wave.Hidden = !failed, failed
	b.trouble.Set(trouble(m.snap))
	b.place(b.object.Size())
}
