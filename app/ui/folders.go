package ui

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"

	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// foldersView is the part of the settings about folders of the person's own
// music: which they are, how the scan of them gets on, and what to do with
// them.
type foldersView struct {
	s       *shell
	list    *widgets.Grid
	state   *widgets.Text
	buttons *widgets.Box
	scan    *widgets.Pill
	files   int // with sound, in the library
	folders []string
}

func newFoldersView(s *shell) *foldersView {
	v := &foldersView{s: s, state: teach("")}
	// A column of settings has no room for two of these side by side.
	v.list = widgets.NewGrid(widgets.Cells{Least: settingsWidth/2 + 1, Below: 10})
	v.list.Hide()
	v.scan = widgets.NewPill(lang.L("Look through them now"), "", false, s.session.RescanLocal)
	v.scan.Hide()
	v.buttons = widgets.NewFlow(10, false, widgets.NewPill(lang.L("Add a folder"), assets.IconPlus, false, s.chooseFolder), v.scan)
	return v
}

// hasFolders says whether this machine has folders of the person's own. Those
// of a phone belong to its programs: there is none to choose.
func hasFolders() bool { return !fyne.CurrentDevice().IsMobile() }

// folderNews is what the view reads of the library.
type folderNews struct {
	folders []string
	files   int
}

func (v *foldersView) read() (n folderNews, err error) {
	if n.folders, err = v.s.session.LocalFolders(); err != nil {
		return n, err
	}
	tracks, err := v.s.lib.LocalTracks(0, 0)
	n.files = tracks.Total
	return n, err
}

func (v *foldersView) show(n folderNews) {
	v.folders, v.files = n.folders, n.files
	rows := make([]fyne.CanvasObject, len(n.folders))
	for i, folder := range n.folders {
		rows[i] = v.row(folder)
	}
	v.list.Set(rows...)
	v.list.Hidden, v.scan.Hidden = len(rows) == 0, len(rows) == 0
	v.describe()
}

// row is one folder: its name, where it is, and a button that takes it out.
func (v *foldersView) row(folder string) fyne.CanvasObject {
	name := widgets.NewText(filepath.Base(folder), look.Body, look.Medium, look.Text)
	path := widgets.NewParagraph(folder, look.Small, look.Regular, look.Muted)
	remove := widgets.NewIconButton(assets.IconTrash, 16, lang.L("Take {{.Folder}} out of the library", with{"Folder": name.Content()}),
		func() { v.s.removeFolder(folder) }).SetSquare(look.TouchHeight)
	return widgets.NewBox(func(width float32, place bool) float32 {
		left := width - look.TouchHeight - 8
		above, below := name.Natural().Height, path.HeightAt(left)
		height := max(above+2+below, look.TouchHeight)
		if place {
			put(name, 0, 0, left, above)
			put(path, 0, above+2, left, below)
			put(remove, width-look.TouchHeight, (height-look.TouchHeight)/2, look.TouchHeight, look.TouchHeight)
		}
		return height
	}, name, path, remove)
}

// describe says how the scan stands.
func (v *foldersView) describe() {
	v.state.Set(scanWords(len(v.folders), v.files, v.s.session.LocalScan()))
	v.state.Hidden = v.state.Content() == ""
}

// scanWords says how a scan of some folders stands, of which the library has
// so many files.
func scanWords(folders, files int, p local.Progress) string {
	switch {
	case folders == 0 && !p.Scanning:
		return ""
	case p.Scanning && p.Total > 0:
		return lang.L("Reading {{.Done}} of {{.Total}} files…", with{"Done": p.Done, "Total": p.Total})
	case p.Scanning:
		return lang.L("Looking through the folders…")
	}
	line := lang.N("{{.N}} tracks are in the library.", files, with{"N": files})
	for _, path := range p.Unreadable {
		line += "\n" + lang.L("{{.Folder}} cannot be read just now; what was known there stays.", with{"Folder": path})
	}
	return line
}

// chooseFolder asks for a folder of music.
func (s *shell) chooseFolder() {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if s.try(err) && folder != nil {
			s.addFolder(folder)
		}
	}, s.win)
	if home, err := os.UserHomeDir(); err == nil { // else it begins where it likes
		if music, err := storage.ListerForURI(storage.NewFileURI(filepath.Join(home, "Music"))); err == nil {
			d.SetLocation(music)
		}
	}
	d.SetOnClosed(s.scrim.Hide)
	s.scrim.Show()
	d.Show()
	d.Resize(s.win.Canvas().Size()) // as large as there is room, which it can only be told once shown
}

func (s *shell) addFolder(folder fyne.URI) {
	if folder.Scheme() != "file" {
		s.toast(lang.L("Only folders on this machine can be added."), true, nil)
		return
	}
	path := filepath.FromSlash(folder.Path())
	s.run(func() func() { // which looks at the folder
		err := s.session.AddLocalFolder(path)
		return func() {
			if s.try(err) {
				s.toast(lang.L("The music in {{.Folder}} is on its way into the library.", with{"Folder": filepath.Base(path)}), false, nil)
			}
		}
	})
}

func (s *shell) removeFolder(folder string) {
	if s.try(s.session.RemoveLocalFolder(folder)) {
		s.toast(lang.L("{{.Folder}} is out of the library; its files stay where they are.", with{"Folder": filepath.Base(folder)}), false,
			func() { s.try(s.session.AddLocalFolder(folder)) })
	}
}

// scanned takes over how the scan of the person's folders gets on.
func (s *shell) scanned(local.Progress) {
	if v, ok := s.screen.(*settingsScreen); ok {
		v.folders.describe()
		v.column.Reflow()
	}
}

// localWords is the head of the list of the person's own files.
func localWords(_ *shell, p *pager[library.Track]) (info, empty string) {
	return lang.N("{{.N}} tracks from your own folders", p.total, with{"N": p.total}), noLocalMusic()
}

// noLocalMusic stands where there is no music of one's own yet.
func noLocalMusic() string {
	return lang.L("Music from your own folders plays here too, and costs nothing. Choose the folders in the settings.")
}
