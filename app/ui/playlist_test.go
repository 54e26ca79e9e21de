package ui

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
)

// nightWalkFile is a playlist of another player, of which two tracks are not
// in the co-op.
const nightWalkFile = `#EXTM3U
#PLAYLIST:Night walk
#EXTINF:-1,Ines Aguiar - Harbour lights
1.mp3
#EXTINF:-1,Nobody - Unheard
2.mp3
#EXTINF:-1,Ines Aguiar - Slow telegraph
3.mp3
#EXTINF:-1,The Quiet Commons - Paper boats
4.mp3
#EXTINF:-1,Somebody - Later
5.mp3
`

// nightWalk is that playlist in the library: low-1, low-3, ledger-1.
func nightWalk(t *testing.T, lib *library.Library) library.Playlist {
	t.Helper()
	list, err := playlistfile.Decode(strings.NewReader(nightWalkFile), playlistfile.M3U8)
	if err != nil {
		t.Fatal(err)
	}
	list.About = "For the way home."
	in, err := lib.ImportPlaylist(list, "")
	if err != nil {
		t.Fatal(err)
	}
	return in.Playlist
}

// onPlaylist opens the window at that playlist.
func onPlaylist(t *testing.T, size fyne.Size) (*window, *playlistScreen) {
	t.Helper()
	s := listening(t)
	w := openWindow(t, s, size, 1, "playlist/"+nightWalk(t, s.Library()).ID)
	return w, w.shell.screen.(*playlistScreen)
}

// now is the tracks of the playlist, in the library and on the screen.
func (p *playlistScreen) now(t *testing.T) string {
	t.Helper()
	list, err := p.s.lib.Playlist(p.id)
	if err != nil {
		t.Fatal(err)
	}
	p.s.changed(library.Playlists)
	if there, here := strings.Join(tracksOn(list), " "), strings.Join(tracksOn(p.list), " "); there != here {
		t.Errorf("in the library %q, on the screen %q", there, here)
	}
	return strings.Join(tracksOn(list), " ")
}

// handed are files without a person: what is opened, and what was saved.
type handed struct {
	name    string
	content string
	fails   error // of opening, or of closing what was written
	saved   *bytes.Buffer
}

type closing struct {
	io.Reader
	io.Writer
	err error
}

func (c closing) Close() error { return c.err }

func (h *handed) open(_ *shell, _ []string, chosen func(string, io.ReadCloser, error)) {
	chosen(h.name, closing{Reader: strings.NewReader(h.content)}, h.fails)
}

func (h *handed) save(_ *shell, name string, chosen func(string, io.WriteCloser, error)) {
	h.name, h.saved = name, &bytes.Buffer{}
	chosen(name, closing{Writer: h.saved, err: h.fails}, nil)
}

func TestAFileBecomesAPlaylistAndNothingIsDroppedSilently(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		w := openWindow(t, s, size, 1, "library/playlists")
		files := &handed{name: "walk.m3u8", content: nightWalkFile}
		w.shell.files = files
		tap[*widgets.Pill](t, w.shell.root, "Import")
		p, ok := w.shell.screen.(*playlistScreen)
		if !ok || p.now(t) != "low-1 low-3 ledger-1" {
			t.Fatalf("after the import at %+v", w.shell.trail.here())
		}
		p.column.ScrollTo(p.column.Height() - p.column.Size().Height)
		layout := layoutOf(w.shell.root)
		for _, want := range []string{"3 of 5 tracks were found.", `"2 tracks were not found"`, `"Unheard · Nobody"`, `"Later · Somebody"`} {
			if !strings.Contains(layout, want) {
				t.Errorf("%s is not shown:\n%s", want, layout)
			}
		}
		w.shell.exportPlaylist(p.list, playlistfile.M3U8)
		back, err := playlistfile.Decode(files.saved, playlistfile.M3U8)
		if err != nil || files.name != "Night walk.m3u8" || len(back.Entries) != 5 || back.Entries[1].Title != "Unheard" {
			t.Errorf("%s holds %+v, %v", files.name, back, err)
		}

		// The co-op has one of them by now.
		err = s.Library().PutTracks(library.Track{ID: "later", Title: "Later", Artist: "Somebody"})
		if err != nil {
			t.Fatal(err)
		}
		tap[*widgets.Pill](t, w.shell.root, "Look again")
		if got := p.now(t); got != "low-1 low-3 ledger-1 later" {
			t.Errorf("found again: %s", got)
		}
		tap[*widgets.Pill](t, w.shell.root, "Forget them")
		tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "Forget them")
		p.now(t)
		if layout := layoutOf(w.shell.root); strings.Contains(layout, `"Not found"`) {
			t.Errorf("it is not forgotten:\n%s", layout)
		}
	}
}

func TestAFileThatIsNoPlaylistIsSaid(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "library/playlists")
	told := func() string { return layoutOfText(w.shell.toasts.object) }
	for _, c := range []struct {
		files *handed
		want  string
	}{
		{&handed{name: "x.txt", content: "once upon a time"}, "This is no playlist that Ninth knows"},
		{&handed{name: "x.xspf", content: "<playlist"}, "This playlist cannot be read"},
		{&handed{fails: errors.New("denied")}, "denied"},
	} {
		w.shell.files = c.files
		tap[*widgets.Pill](t, w.shell.root, "Import")
		if w.shell.trail.here().kind != atLibrary || !strings.Contains(told(), c.want) {
			t.Errorf("%+v: %s", c.files, told())
		}
	}
	full := &handed{fails: errors.New("full")}
	w.shell.files = full
	w.shell.exportPlaylist(nightWalk(t, w.shell.lib), playlistfile.JSPF)
	if !strings.Contains(told(), "full") {
		t.Errorf("of a file that could not be written: %s", told())
	}
}

func TestNamesOfPlaylistsFiles(t *testing.T) {
	for title, want := range map[string]string{
		"Night walk": "Night walk.xspf", "AC/DC: best?": "AC-DC- best-.xspf", " ..": "playlist.xspf", "夜": "夜.xspf",
		strings.Repeat("ä", 200): strings.Repeat("ä", 80) + ".xspf",
	} {
		if got := fileName(title, playlistfile.XSPF); got != want {
			t.Errorf("%q: %q", title, got)
		}
	}
}

func TestAPlaylistIsReorderedByMouseAndKey(t *testing.T) {
	_, p := onPlaylist(t, deskSize)
	row := func(i int) (found *widgets.MovingTrackTile) {
		p.column.Reflow()
		for _, r := range all[*widgets.MovingTrackTile](p.column) {
			if strings.HasPrefix(r.AccessibilityLabel(), p.list.Items[i].Track.Title) {
				found = r
			}
		}
		return found
	}
	drag := func(i int, rows float32) {
		r := row(i)
		for range 10 {
			r.Dragged(&fyne.DragEvent{Dragged: fyne.Delta{DY: rows * p.rows.Height / 10}})
		}
		if _, marked := p.column.Marked(); !marked {
			t.Error("it is not shown where it will go")
		}
		r.DragEnd()
	}
	drag(0, 2)
	if got := p.now(t); got != "low-3 ledger-1 low-1" {
		t.Errorf("the first dragged to the end: %s", got)
	}
	drag(2, -1)
	if got := p.now(t); got != "low-3 low-1 ledger-1" {
		t.Errorf("the last dragged up by one: %s", got)
	}
	if _, marked := p.column.Marked(); marked {
		t.Error("the line stays")
	}
	row(0).TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	row(0).TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp}) // there is nothing above it
	if got := p.now(t); got != "low-1 low-3 ledger-1" {
		t.Errorf("by keys: %s", got)
	}
	row(1).TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if got := p.now(t); got != "low-1 ledger-1" {
		t.Errorf("after delete: %s", got)
	}
	tap[*widgets.Link](t, p.s.toasts.object, "Undo")
	if got := p.now(t); got != "low-1 low-3 ledger-1" {
		t.Errorf("taken back: %s", got)
	}
}

func TestAPlaylistIsReorderedOnAPhone(t *testing.T) {
	w, p := onPlaylist(t, phoneSize)
	if err := w.shell.lib.AddToPlaylist(p.id, "low-1"); err != nil { // a second copy
		t.Fatal(err)
	}
	p.now(t)
	for _, c := range []struct {
		at     int
		choose string
		want   string
	}{
		{0, "Move to the end", "low-3 ledger-1 low-1 low-1"},
		{2, "Move up", "low-3 low-1 ledger-1 low-1"},
		{0, "Move down", "low-1 low-3 ledger-1 low-1"},
		{2, "Move to the top", "ledger-1 low-1 low-3 low-1"},
		{1, "Take off this playlist", "ledger-1 low-3 low-1"},
	} {
		p.menu(c.at, p.list.Items[c.at], fyne.NewPos(10, 10))
		pick(t, w.win.Canvas().Overlays().Top(), c.choose)
		if got := p.now(t); got != c.want {
			t.Errorf("%s: %s, want %s", c.choose, got, c.want)
		}
	}
	for _, o := range all[fyne.CanvasObject](p.column) {
		if _, ok := o.(fyne.Draggable); ok && o.Size().Height < 200 {
			t.Errorf("%T keeps the list from scrolling", o)
		}
	}
}

func TestAPlaylistIsEditedAndDeleted(t *testing.T) {
	w, p := onPlaylist(t, deskSize)
	form := func() (fields []*widget.Entry, top fyne.CanvasObject) {
		top = w.win.Canvas().Overlays().Top()
		return all[*widget.Entry](top), top
	}
	p.s.playlistMenu(p.list, fyne.NewPos(10, 10))
	pick(t, w.win.Canvas().Overlays().Top(), "Edit…")
	fields, top := form()
	fields[0].SetText(" ")
	tap[*widgets.Pill](t, top, "Save")
	if _, still := form(); still == nil {
		t.Fatal("a playlist without a title was taken")
	}
	fields[0].SetText(strings.Repeat("ä", 400))
	if len(fields[0].Text) > library.MaxPlaylistTitle {
		t.Errorf("a title of %d bytes", len(fields[0].Text))
	}
	fields[0].SetText("Dusk")
	fields[1].SetText("Slow.")
	tap[*widgets.Chip](t, top, "Everybody sees it")
	tap[*widgets.Pill](t, top, "Save")
	p.now(t)
	if l := p.list; l.Title != "Dusk" || l.About != "Slow." || l.Private || p.head.title.Content() != "Dusk" {
		t.Errorf("after editing: %+v", l)
	}
	p.s.playlistMenu(p.list, fyne.NewPos(10, 10))
	pick(t, w.win.Canvas().Overlays().Top(), "Delete…")
	tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "Delete")
	if _, err := p.s.lib.Playlist(p.id); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("it is there still: %v", err)
	}
	if got := w.shell.trail.here().place; got != (place{atLibrary, chipPlaylists}) {
		t.Errorf("at %v", got)
	}
}

func TestAPlaylistOfOthersIsCopied(t *testing.T) {
	s := listening(t)
	err := s.Library().PutPlaylists(library.Playlist{
		ID: "theirs", Title: "Sunday", Owner: "Tom", Items: []library.PlaylistItem{{Track: library.Track{ID: "low-1"}}, {Track: library.Track{ID: "low-1"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, s, deskSize, 1, "playlist/theirs")
	p := w.shell.screen.(*playlistScreen)
	p.menu(0, p.list.Items[0], fyne.NewPos(10, 10))
	if layout := layoutOf(w.win.Canvas().Overlays().Top()); strings.Contains(layout, "Move down") || strings.Contains(layout, "Take off") {
		t.Errorf("someone else's list can be changed:\n%s", layout)
	}
	w.shell.escape()
	p.s.playlistMenu(p.list, fyne.NewPos(10, 10))
	pick(t, w.win.Canvas().Overlays().Top(), "Copy to a playlist of mine")
	mine := w.shell.screen.(*playlistScreen)
	if got := mine.now(t); got != "low-1 low-1" || !mine.list.Own || !mine.list.Private {
		t.Errorf("the copy: %s, %+v", got, mine.list)
	}
}

// TestWishesKeepTheirOrder: the later of two wishes waits for the earlier one,
// whichever goroutine comes first.
func TestWishesKeepTheirOrder(t *testing.T) {
	w := openWindow(t, uitest.New(t), deskSize, 1, "home")
	var works []func() func()
	w.shell.run = func(work func() func()) { works = append(works, work) }
	var done []int
	for n := range 3 {
		w.shell.wish(func() error { done = append(done, n); return nil }, nil)
	}
	finished := make(chan struct{})
	for _, work := range slices.Backward(works) {
		go func() {
			work()
			finished <- struct{}{}
		}()
	}
	for range works {
		<-finished
	}
	if !slices.Equal(done, []int{0, 1, 2}) {
		t.Errorf("done in the order %v", done)
	}
}

func TestAPlaylistIsGivenACover(t *testing.T) {
	w, p := onPlaylist(t, phoneSize)
	w.shell.files = &handed{name: "cover.png", content: "a picture"}
	p.s.playlistMenu(p.list, fyne.NewPos(10, 10))
	pick(t, w.win.Canvas().Overlays().Top(), "Cover…")
	p.now(t)
	got, err := p.s.lib.Picture(p.list.Cover)
	if err != nil || string(got) != "a picture" {
		t.Errorf("%q, %v", got, err)
	}
	w.shell.visit(place{kind: atSettings})
	if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"New cover: Night walk"`) {
		t.Errorf("it is not among what waits:\n%s", layout)
	}
}
