package ui

import (
	"errors"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// letGo takes a track from this machine, with a way back.
func (s *shell) letGo(t library.Track) {
	s.run(func() func() { // which moves its file
		undo, err := s.session.LetGo(t.ID)
		return func() {
			if !s.try(err) {
				return
			}
			s.toast(lang.L("{{.Title}} is off this machine.", with{"Title": t.Title}), false, func() {
				s.run(func() func() {
					err := undo()
					return func() { s.try(err) }
				})
			})
		}
	})
}

// keepItems are what can be done with the bytes of a track.
func (s *shell) keepItems(t library.Track) (items []*fyne.MenuItem) {
	if t.Local {
		return nil
	}
	here := t.Offline == library.Pinned || t.Offline == library.Cached
	if (t.Owned || t.Own) && t.Offline != library.Pinned {
		items = append(items, fyne.NewMenuItem(lang.L("Keep on this machine"), func() { s.try(s.session.SetPinned(t.ID, true)) }))
	}
	if here {
		items = append(items, fyne.NewMenuItem(lang.L("Let go from this machine"), func() { s.letGo(t) }))
	}
	if here && (t.Owned || t.Own) {
		items = append(items, fyne.NewMenuItem(lang.L("Save as a file…"), func() { s.askWhereToSave(t) }))
	}
	return items
}

// askWhereToSave asks where a copy of a track is to be written.
func (s *shell) askWhereToSave(t library.Track) {
	read(s, func() (string, error) { return s.session.ExportName(t.ID) }, func(name string) {
		d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
			if s.try(err) && to != nil {
				s.save(t, to, to.URI().Name(), func() error { return storage.Delete(to.URI()) })
			}
		}, s.win)
		d.SetFileName(name)
		d.Show()
	})
}

// save writes a copy of a track; what a failure leaves of it is removed.
func (s *shell) save(t library.Track, to io.WriteCloser, name string, remove func() error) {
	s.run(func() func() {
		err := errors.Join(s.session.ExportTrack(s.ctx, t.ID, to), to.Close())
		if err != nil {
			err = errors.Join(err, remove())
		}
		return func() {
			if s.try(err) {
				s.toast(lang.L("{{.Title}} is in {{.File}}.", with{"Title": t.Title, "File": name}), false, nil)
			}
		}
	})
}

// askWhereToSaveAll asks for a folder for copies of the tracks of a release that
// are owned and here.
func (s *shell) askWhereToSaveAll(r library.Release) {
	dialog.ShowFolderOpen(func(folder fyne.ListableURI, err error) {
		if s.try(err) && folder != nil && folder.Scheme() == "file" {
			s.saveAll(r, folder.Path())
		}
	}, s.win)
}

func (s *shell) saveAll(r library.Release, folder string) {
	s.run(func() func() {
		written := 0
		var err error
		for _, t := range savable(r) {
			if _, err = s.session.ExportTo(s.ctx, t.ID, folder); err != nil {
				break
			}
			written++
		}
		return func() {
			if s.try(err) {
				s.toast(lang.N("{{.N}} tracks were written into the folder.", written, with{"N": written}), false, nil)
			}
		}
	})
}

// savable are the tracks of a release of which a copy can be written.
func savable(r library.Release) (out []library.Track) {
	for _, t := range r.Tracks {
		if (t.Owned || t.Own) && !t.Local && (t.Offline == library.Pinned || t.Offline == library.Cached) {
			out = append(out, t)
		}
	}
	return out
}

// pinButton is the control that keeps a release or a playlist on this machine.
type pinButton struct {
	*widgets.IconButton
	on bool
}

// newPinButton makes the control; set keeps, or keeps no longer.
func newPinButton(set func(on bool)) *pinButton {
	b := &pinButton{IconButton: widgets.NewIconButton(assets.IconPin, 20, "", nil)}
	b.OnTapped = func() { set(!b.on) }
	b.show(false)
	return b
}

// show shows whether it is kept.
func (b *pinButton) show(on bool) {
	b.on = on
	label, colour := lang.L("Keep what you own of it on this machine"), look.Muted
	if on {
		label, colour = lang.L("Kept on this machine: keep it no longer"), look.Owned
	}
	b.SetLabel(label)
	b.Set(assets.IconPin, colour)
}

// keepRelease pins a release or takes its pin away, with a way back.
func (s *shell) keepRelease(r library.Release, on bool) {
	n := 0
	s.wish(func() (err error) {
		n, err = s.session.KeepRelease(r.ID, on)
		return err
	}, func() {
		if on {
			s.toast(lang.N("{{.N}} tracks will be kept on this machine.", n, with{"N": n}), false, nil)
			return
		}
		s.keptNoLonger(r.Title, func() { s.keepRelease(r, true) })
	})
}

// keepPlaylist is keepRelease for a playlist.
func (s *shell) keepPlaylist(p library.Playlist, on bool) {
	s.wish(func() error { return s.session.KeepPlaylist(p.ID, on) }, func() {
		if on {
			s.toast(lang.L("What you own of {{.Title}} is kept on this machine, also what joins it later.", with{"Title": p.Title}), false, nil)
			return
		}
		s.keptNoLonger(p.Title, func() { s.keepPlaylist(p, true) })
	})
}

func (s *shell) keptNoLonger(title string, undo func()) {
	s.toast(lang.L("{{.Title}} is kept no longer; what you own of it stays by the rule for downloads.", with{"Title": title}), false, undo)
}
