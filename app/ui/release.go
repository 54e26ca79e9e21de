package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// releaseScreen is a release: its cover, its tracks, and what it takes to own
// them.
type releaseScreen struct {
	s       *shell
	id      string
	release library.Release
	column  *widgets.Column
	head    *releaseHead
	rows    *widgets.Rows
	about   *widgets.Text
	wait    *widgets.Skeleton
}

func newReleaseScreen(s *shell, id string) *releaseScreen {
	r := &releaseScreen{s: s, id: id}
	r.head = newReleaseHead(s, r)
	r.about = widgets.NewParagraph("", look.Body, look.Regular, look.Muted)
	r.about.Hide()
	r.wait = widgets.NewSkeleton(6)
	height := widgets.NewTrackLine().MinSize().Height
	if s.isPhone {
		height = max(height, look.TouchHeight)
	}
	r.rows = &widgets.Rows{
		Height: height,
		Create: func() fyne.CanvasObject { return widgets.NewTrackLine() },
		Update: func(i int, o fyne.CanvasObject) { r.update(i, o.(*widgets.TrackLine)) },
	}
	r.head.Hide()
	r.column = widgets.NewColumn(s.gutter(), s.wayBack(), widgets.Part{Object: r.wait},
		widgets.Part{Object: r.head.Box}, widgets.Part{Rows: r.rows, Above: 18}, widgets.Part{Object: r.about, Above: 28})
	return r
}

func (r *releaseScreen) body() *widgets.Column { return r.column }

func (r *releaseScreen) load() {
	type news struct {
		release library.Release
		pinned  bool
	}
	read(r.s, func() (n news, err error) {
		if n.release, err = r.s.lib.Release(r.id); err != nil {
			return n, err
		}
		n.pinned, err = r.s.lib.ReleasePinned(r.id)
		return n, err
	}, func(n news) {
		release := n.release
		r.release = release
		r.head.pin.show(n.pinned)
		r.wait.Hide()
		r.head.Show()
		r.head.set(release)
		r.about.Set(release.About)
		r.about.Hidden = release.About == ""
		r.rows.Count = len(release.Tracks)
		r.column.Reflow()
	})
}

func (r *releaseScreen) watches() library.Change {
	return library.Catalogue | library.Ownership | library.Favourites | library.Files
}

func (r *releaseScreen) sounded() {
	r.head.sounded()
	r.column.Reflow()
}

func (r *releaseScreen) update(i int, line *widgets.TrackLine) {
	t := r.release.Tracks[i]
	line.Set(r.s.trackView(t), widgets.TrackActions{
		Play: func() { r.play(t.ID) },
		Menu: func(at fyne.Position) { r.s.trackMenu(t, at) },
	})
}

// play plays from a track on, or pauses if it is the one that plays.
func (r *releaseScreen) play(trackID string) {
	if r.s.m.current(trackID) {
		r.s.toggle()
		return
	}
	r.s.try(r.s.session.PlayRelease(r.id, trackID))
}

// sounds says whether a track of this release is in the player.
func (r *releaseScreen) sounds() bool { return r.id != "" && r.s.m.track.ReleaseID == r.id }

func (r *releaseScreen) trackIDs() []string {
	ids := make([]string, len(r.release.Tracks))
	for i, t := range r.release.Tracks {
		ids[i] = t.ID
	}
	return ids
}

// releaseHead is the cover with the names and the buttons: side by side where
// there is room, else one under the other.
type releaseHead struct {
	*widgets.Box
	s             *shell
	of            *releaseScreen
	cover         *widgets.Cover
	kicker, title *widgets.Text
	artist        *widgets.Link
	play, queue   *widgets.Pill
	heart, more   *widgets.IconButton
	pin           *pinButton
	buttons       *widgets.Box
	owning        *widgets.Text
}

const (
	headCover  = 212
	headGap    = 28
	headNarrow = 480 // narrower heads stand upright; it grows with the text
)

func newReleaseHead(s *shell, of *releaseScreen) *releaseHead {
	h := &releaseHead{s: s, of: of}
	h.cover = widgets.NewCover(s.pictures, headCover)
	h.kicker = widgets.NewParagraph("", look.Small, look.Regular, look.Muted)
	size := look.Display
	if s.isPhone {
		size = look.Title
	}
	h.title = widgets.NewParagraph("", size, look.Name, look.Text)
	h.title.Lines = 2
	h.artist = widgets.NewLink(widgets.NewText("", look.Lead, look.Regular, look.Text), func() { s.openArtist(of.release.ArtistID) })
	h.play = widgets.NewPill(lang.L("Play"), assets.IconPlay, true, func() {
		if of.sounds() {
			s.toggle()
			return
		}
		s.try(s.session.PlayRelease(of.id, ""))
	})
	h.queue = widgets.NewPill(lang.L("Queue"), assets.IconQueue, false, func() {
		s.session.Enqueue(of.trackIDs()...)
		s.toast(lang.N("{{.N}} tracks added to the queue.", len(of.release.Tracks), with{"N": len(of.release.Tracks)}), false, nil)
	})
	h.heart = widgets.NewIconButton(assets.IconHeart, 20, lang.L("Favourite all its tracks"), h.favour)
	h.pin = newPinButton(func(on bool) { s.keepRelease(of.release, on) })
	h.more = widgets.NewIconButton(assets.IconMore, 18, lang.L("More"), nil)
	h.more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more)
		s.releaseMenu(of.release, at.AddXY(0, h.more.Size().Height))
	}
	h.buttons = widgets.NewFlow(10, false, h.play, h.queue, h.heart, h.pin.IconButton, h.more)
	h.owning = widgets.NewParagraph("", look.Small, look.Regular, look.Muted)
	h.Box = widgets.NewBox(h.lay, h.cover, h.kicker, h.title, h.artist, h.buttons, h.owning)
	return h
}

// lay works out the arrangement, places everything if asked, and returns the
// height.
func (h *releaseHead) lay(width float32, place bool) float32 {
	name := h.artist.Text().Natural().Width // only it is a link, not the space behind it
	return h.s.layHead(width, place, h.cover,
		headPart{o: h.kicker}, headPart{o: h.title, above: 1}, headPart{o: h.artist, above: 4.5, widest: name},
		headPart{o: h.buttons, above: 17}, headPart{o: h.owning, above: 14})
}

// headPart is a line beside the cover, or under it.
type headPart struct {
	o      fyne.CanvasObject
	above  float32 // dp of space above it
	widest float32 // 0 is any width
}

// layHead arranges a cover with what is said beside it, or under it where that
// is too narrow, and returns the height. It places everything if asked.
func (s *shell) layHead(width float32, place bool, picture fyne.CanvasObject, parts ...headPart) float32 {
	left, inner, cover := float32(headCover+headGap), width-headCover-headGap, float32(headCover)
	upright := width < headNarrow*max(s.theme.Scale(), 1)
	if upright {
		left, inner, cover = 0, width, min(width, 240)
	}
	text := float32(0)
	for _, p := range parts {
		if p.o.Visible() {
			text += p.above + heightAt(p.o, inner)
		}
	}
	y, height := max(cover-2-text, 0), max(cover, text+2)
	if upright {
		y, height = cover+20, cover+20+text
	}
	if !place {
		return height
	}
	x := float32(0)
	if upright {
		x = (width - cover) / 2
	}
	put(picture, x, 0, cover, cover)
	for _, p := range parts {
		if !p.o.Visible() {
			continue
		}
		wide, h := inner, heightAt(p.o, inner)
		if p.widest > 0 {
			wide = min(p.widest, inner)
		}
		y += p.above
		put(p.o, left, floor(y), wide, h)
		y += h
	}
	return height
}

func (h *releaseHead) set(r library.Release) {
	h.cover.Set(r.Cover, r.Title)
	h.kicker.Set(aboutRelease(r, h.s.now()))
	h.title.Set(r.Title)
	h.artist.Set(r.Artist)
	h.owning.Set(owningRelease(r.Tracks))
	h.pin.Hidden = r.Local // it is here
	h.heart.Set(assets.IconHeart, look.Muted)
	if allFavourite(r.Tracks) {
		h.heart.Set(assets.IconHeart, look.Accent)
	}
	h.sounded()
}

func (h *releaseHead) sounded() { h.s.offerPause(h.play, h.of.sounds()) }

// offerPause has the button that plays something pause it while that is heard:
// sounds tells whether it is in the player.
func (s *shell) offerPause(play *widgets.Pill, sounds bool) {
	if sounds && s.m.playing() {
		play.Set(lang.L("Pause"), assets.IconPause)
	} else {
		play.Set(lang.L("Play"), assets.IconPlay)
	}
}

// favour stars every track of the release, or takes every star away.
func (h *releaseHead) favour() {
	on := !allFavourite(h.of.release.Tracks)
	for _, t := range h.of.release.Tracks {
		if t.Favourite != on && !h.s.try(h.s.session.SetFavourite(t.ID, on)) {
			return
		}
	}
}

func allFavourite(tracks []library.Track) bool {
	for _, t := range tracks {
		if !t.Favourite {
			return false
		}
	}
	return len(tracks) > 0
}

// trackView is a track as rows show it just now.
func (s *shell) trackView(t library.Track) widgets.TrackView {
	current := s.m.current(t.ID)
	return widgets.TrackView{Track: t, Current: current, Playing: current && s.m.playing(), Away: s.m.away(t)}
}
