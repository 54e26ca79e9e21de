package ui

import (
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
)

// files lets the person choose files. chosen is called on Fyne's goroutine, and
// not at all when the person chooses none; it closes what it is given.
type files interface {
	// open asks for a file to read, of one of some endings where the system
	// knows them. name is the file's, without its folder.
	open(s *shell, endings []string, chosen func(name string, content io.ReadCloser, err error))
	// save asks where to write a file; name is a proposal, and then what was
	// chosen.
	save(s *shell, name string, chosen func(name string, content io.WriteCloser, err error))
}

// fyneFiles are files chosen in Fyne's own windows for that, or of the system's on a phone.
type fyneFiles struct{}

func (fyneFiles) open(s *shell, endings []string, chosen func(string, io.ReadCloser, error)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			chosen("", nil, err)
		case r != nil:
			chosen(r.URI().Name(), r, nil)
		}
	}, s.win)
	if !fyne.CurrentDevice().IsMobile() { // which knows types of files, and few of these
		d.SetFilter(storage.NewExtensionFileFilter(endings))
	}
	s.showDialog(d)
}

func (fyneFiles) save(s *shell, name string, chosen func(string, io.WriteCloser, error)) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			chosen("", nil, err)
		case w != nil:
			chosen(w.URI().Name(), w, nil)
		}
	}, s.win)
	d.SetFileName(name)
	s.showDialog(d)
}

// showDialog opens one that leaves an edge of the window in sight, where
// there is room. A phone has its own, which have no size.
func (s *shell) showDialog(d *dialog.FileDialog) {
	const widest, highest, edge = 900, 640, 24
	d.Show()
	if fyne.CurrentDevice().IsMobile() {
		return
	}
	s.scrim.Show()
	d.SetOnClosed(s.scrim.Hide)
	size := s.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(size.Width-edge, widest), min(size.Height-edge, highest)))
	s.win.Canvas().Overlays().Top().Refresh() // it is put into the middle only then
}
