package ui

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

// popUp shows a menu.
func (s *shell) popUp(items []*fyne.MenuItem, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), s.win.Canvas(), at)
}

// trackMenu is what can be done with a track.
func (s *shell) trackMenu(t library.Track, at fyne.Position) {
	if t.ID != "" {
		s.popUp(s.trackItems(t), at)
	}
}

// playerMenu is what can be done in the player: with its track, its speed, a
// loop and the sleep timer.
func (s *shell) playerMenu(at fyne.Position) {
	var items []*fyne.MenuItem
	if s.m.track.ID != "" {
		items = append(s.trackItems(s.m.track), fyne.NewMenuItemSeparator())
	}
	items = append(items, s.loopItems()...)
	s.popUp(append(items,
		fyne.NewMenuItem(lang.L("Speed"), func() { s.popUp(s.speedItems(), at) }),
		fyne.NewMenuItem(lang.L("Loudness and fades"), s.openSound),
		fyne.NewMenuItem(lang.L("Sleep timer"), func() { s.popUp(s.sleepItems(), at) })), at)
}

// sleepItems are the lengths of the sleep timer, with what is left of it, and
// whether the last track is heard to its end.
func (s *shell) sleepItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	if at := s.session.SleepAt(); !at.IsZero() {
		rest := int(math.Ceil(at.Sub(s.now()).Minutes()))
		off := fyne.NewMenuItem(lang.N("Stay awake: it pauses in {{.N}} minutes", rest, with{"N": rest}), func() { s.session.SleepIn(0) })
		items = append(items, off, fyne.NewMenuItemSeparator())
	}
	if s.m.snap.StopAfter {
		off := fyne.NewMenuItem(lang.L("Stay awake: it stops after this track"), func() { s.session.SleepIn(0) })
		items = append(items, off, fyne.NewMenuItemSeparator())
	}
	items = append(items, fyne.NewMenuItem(lang.L("At the end of this track"), func() {
		s.session.SleepAfterTrack()
		s.toast(lang.L("The music stops after this track."), false, nil)
	}))
	for _, n := range []int{15, 30, 45, 60} {
		items = append(items, fyne.NewMenuItem(lang.N("Pause in {{.N}} minutes", n, with{"N": n}), func() {
			s.session.SleepIn(time.Duration(n) * time.Minute)
			s.toast(lang.N("The music pauses in {{.N}} minutes.", n, with{"N": n}), false, nil)
		}))
	}
	finish, err := s.session.SleepFinishes()
	s.try(err)
	last := fyne.NewMenuItem(lang.L("Let the last track end"), func() { s.try(s.session.SetSleepFinishes(!finish)) })
	last.Checked = finish
	return append(items, fyne.NewMenuItemSeparator(), last)
}

func (s *shell) trackItems(t library.Track) []*fyne.MenuItem {
	star := lang.L("Add to favourites")
	if t.Favourite {
		star = lang.L("Take out of favourites")
	}
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Play next"), func() {
			s.session.PlayNext(t.ID)
			s.toast(lang.L("{{.Title}} plays next.", with{"Title": t.Title}), false, nil)
		}),
		fyne.NewMenuItem(lang.L("Add to the queue"), func() {
			s.session.Enqueue(t.ID)
			s.toast(lang.L("{{.Title}} is in the queue.", with{"Title": t.Title}), false, nil)
		}),
	}
	if !t.Local { // no co-op has it
		items = append(items, fyne.NewMenuItem(lang.L("Add to a playlist…"), func() { s.choosePlaylist(t) }))
	}
	items = append(items, fyne.NewMenuItem(star, func() { s.favour(t) }))
	if t.ToOwn() > 0 && t.Status != library.Free {
		items = append(items, fyne.NewMenuItem(lang.L("Own it now for {{.Price}}…", with{"Price": t.ToOwn()}), func() { s.askToBuy(t) }))
	}
	items = append(append(items, s.keepItems(t)...), fyne.NewMenuItemSeparator())
	if t.ReleaseID != "" {
		items = append(items, fyne.NewMenuItem(lang.L("Go to the release"), func() { s.openRelease(t.ReleaseID) }))
	}
	if t.ArtistID != "" {
		items = append(items, fyne.NewMenuItem(lang.L("Go to the artist"), func() { s.openArtist(t.ArtistID) }))
	}
	return items
}

// entryMenu is what can be done with an entry of the queue.
func (s *shell) entryMenu(r app.QueueRow, at fyne.Position) {
	s.popUp([]*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Play"), func() { s.session.PlayEntry(r.Entry) }),
		fyne.NewMenuItem(lang.L("Take out of the queue"), func() { s.session.RemoveEntry(r.Entry) }),
		fyne.NewMenuItem(lang.L("Clear the queue"), s.session.ClearQueue),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Go to the release"), func() { s.openRelease(r.Track.ReleaseID) }),
		fyne.NewMenuItem(lang.L("Go to the artist"), func() { s.openArtist(r.Track.ArtistID) }),
	}, at)
}

// releaseMenu is what can be done with a release.
func (s *shell) releaseMenu(r library.Release, at fyne.Position) {
	ids := make([]string, len(r.Tracks))
	for i, t := range r.Tracks {
		ids[i] = t.ID
	}
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Play next"), func() { s.session.PlayNext(ids...) }),
		fyne.NewMenuItem(lang.L("Add to the queue"), func() { s.session.Enqueue(ids...) }),
	}
	if !r.Local { // no co-op has it
		items = append(items, fyne.NewMenuItem(lang.L("Add to a playlist…"), func() { s.choosePlaylistFor(ids) }))
	}
	// A phone's programs write into no folder but that which is chosen for each file.
	if len(savable(r)) > 0 && !fyne.CurrentDevice().IsMobile() {
		items = append(items, fyne.NewMenuItem(lang.L("Save what you own as files…"), func() { s.askWhereToSaveAll(r) }))
	}
	if r.ArtistID != "" {
		items = append(items, fyne.NewMenuItem(lang.L("Go to the artist"), func() { s.openArtist(r.ArtistID) }))
	}
	s.popUp(items, at)
}

func (s *shell) choosePlaylist(t library.Track) { s.choosePlaylistFor([]string{t.ID}) }

// playlistsOffered bounds the menu of playlists.
const playlistsOffered = 30

// choosePlaylistFor offers the own playlists, and a new one.
func (s *shell) choosePlaylistFor(trackIDs []string) {
	read(s, func() (library.Page[library.Playlist], error) { return s.lib.Playlists(0, playlistsOffered) },
		func(page library.Page[library.Playlist]) {
			items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("New playlist…"), func() { s.askForPlaylist(trackIDs) })}
			for _, p := range page.Items {
				if p.Own {
					items = append(items, fyne.NewMenuItem(p.Title, func() { s.addTo(p, trackIDs) }))
				}
			}
			size := s.win.Canvas().Size()
			s.popUp(items, fyne.NewPos(size.Width/2-80, size.Height/4))
		})
}

func (s *shell) addTo(p library.Playlist, trackIDs []string) {
	s.wish(func() error { return s.lib.AddToPlaylist(p.ID, trackIDs...) }, func() {
		s.toast(lang.N("{{.N}} tracks are on {{.Title}}.", len(trackIDs), with{"N": len(trackIDs), "Title": p.Title}), false, nil)
	})
}

// askToBuy asks once before a track is bought, with the price.
func (s *shell) askToBuy(t library.Track) {
	price := t.ToOwn()
	if t.ID == "" || price == 0 || t.Status == library.Free {
		return
	}
	if s.m.account.Known && s.m.account.Credits < price {
		s.tell(lang.L("Not enough credits"), lang.L("Owning {{.Title}} costs {{.Price}} credits; you have {{.Have}}.",
			with{"Title": t.Title, "Price": price, "Have": s.m.account.Credits}))
		return
	}
	s.ask(lang.L("Own {{.Title}}?", with{"Title": t.Title}),
		lang.L("It costs {{.Price}} credits, {{.Euros}}, and then plays anywhere, offline too, and never costs again. You have {{.Have}} credits.",
			with{"Price": price, "Euros": euros(price), "Have": s.m.account.Credits}),
		lang.L("Own it for {{.Price}}", with{"Price": price}), func() { s.try(s.session.Buy(t.ID, price)) })
}
