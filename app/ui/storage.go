package ui

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// The chips of what is on this machine, and the ids of its places.
const (
	chipHere  = ""
	chipRules = "rules"
)

// storageScreen is what is on this machine and why; or when more is fetched, and
// how much room it may take.
type storageScreen struct {
	s       *shell
	column  *widgets.Column
	rows    *widgets.Rows
	sum     *widgets.Text
	warning *widgets.Text
	empty   *widgets.Text
	pins    *pinsView
	pager   *pager[library.Stored]
}

func newStorageScreen(s *shell, chip string) *storageScreen {
	v := &storageScreen{s: s, pins: newPinsView(s), sum: teach("")}
	v.warning = widgets.NewParagraph("", look.Body, look.Medium, look.Warning)
	v.warning.Hide()
	v.empty = teach(lang.L("Nothing is here yet. What you own is fetched by itself, and what you hear is kept for a while."))
	v.empty.Hide()
	v.pager = newPager(s, s.lib.Stored, v.arrived)
	v.rows = &widgets.Rows{
		Height: max(widgets.NewStoredTile(s.pictures).MinSize().Height, look.TouchHeight),
		Create: func() fyne.CanvasObject { return widgets.NewStoredTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) { v.update(i, o.(*widgets.StoredTile)) },
	}
	head := s.heading(lang.L("On this machine"))
	if s.isPhone {
		head = s.heading(lang.L("On this phone"))
	}
	head.Above = 0
	choose := func(label, id string) fyne.CanvasObject {
		c := widgets.NewChip(label, func() { s.visit(place{atStorage, id}) })
		c.Choose(id == chip)
		return c
	}
	chips := widgets.NewFlow(8, false, choose(lang.L("What is here, and why"), chipHere), choose(lang.L("Rules and limits"), chipRules))
	parts := []widgets.Part{s.wayBack(), head, {Object: v.sum, Above: 12}, {Object: v.warning, Above: 10}, {Object: chips, Above: 16}}
	if chip == chipRules {
		parts = append(parts, newStorageChoice(s).parts()...)
	} else {
		parts = append(parts, v.here()...)
	}
	v.column = widgets.NewColumn(s.gutter(), parts...)
	v.column.MaxWidth = storageWidth
	return v
}

// here is what is kept, and all that is here.
func (v *storageScreen) here() []widgets.Part {
	return []widgets.Part{
		{Object: v.pins.head, Above: 26}, {Object: v.pins.list, Above: 12}, {Object: v.pins.rest, Above: 12},
		{Object: section(lang.L("Tracks by their size")), Above: 26}, {Object: v.empty, Above: 12}, {Rows: v.rows, Above: 8},
	}
}

// storageWidth is the greatest width of the screen, in dp: sizes far from their
// titles are hard to follow.
const storageWidth = 760

func (v *storageScreen) body() *widgets.Column { return v.column }
func (v *storageScreen) watches() library.Change {
	return library.Files | library.Ownership | library.Playlists
}

// sounded shows a change of the connection, too: that is when downloads fail.
func (v *storageScreen) sounded() { v.load() }

func (v *storageScreen) load() {
	v.pager.reload()
	read(v.s, func() (library.Page[library.Reason], error) { return v.s.lib.Pins(0, mostPins) }, func(p library.Page[library.Reason]) {
		v.pins.show(p)
		v.column.Reflow()
	})
	read(v.s, v.s.readRoom, func(r room) {
		v.sum.Set(r.line())
		v.warning.Set(r.warning(v.s.m.status))
		v.warning.Hidden = v.warning.Content() == ""
		v.column.Reflow()
	})
}

func (v *storageScreen) arrived() {
	v.rows.Count = v.pager.total
	v.empty.Hidden = !v.pager.known || v.pager.total > 0
	v.column.Reflow()
}

func (v *storageScreen) update(i int, tile *widgets.StoredTile) {
	x, ok := v.pager.at(i)
	if !ok {
		tile.Set(widgets.StoredView{}, nil, nil)
		return
	}
	t := x.Track
	if t.Title == "" {
		t.Title = lang.L("A track that is no longer known")
	}
	second := strings.Join(kept(strings.Join(reasons(x), ", "), t.Artist), " · ") // a phone has no room for both
	tile.Set(widgets.StoredView{
		Cover: t.Cover, Title: t.Title, Second: second, Size: widgets.Bytes(x.Bytes),
		LetGo: lang.L("Let go of {{.Title}}", with{"Title": t.Title}),
	}, func() { v.s.openRelease(t.ReleaseID) }, func() { v.s.letGo(t) })
}

// reasons are why a track is on this machine, in words.
func reasons(x library.Stored) (words []string) {
	for _, r := range x.Reasons {
		switch r.Why {
		case library.WhyOwned:
			words = append(words, lang.L("owned"))
		case library.WhyPinned:
			words = append(words, lang.L("kept by itself"))
		case library.WhyRelease:
			words = append(words, lang.L("kept with its release"))
		case library.WhyPlaylist:
			words = append(words, lang.L("kept with {{.Title}}", with{"Title": r.Title}))
		default:
			words = append(words, lang.L("heard lately"))
		}
	}
	if !x.Whole {
		words = append(words, lang.L("not whole yet"))
	}
	return words
}

// room is how much there is on this machine, and how much there could be.
type room struct {
	bytes  int64
	tracks int
	coming int // tracks that are to be fetched
	free   int64
}

func (s *shell) readRoom() (r room, err error) {
	if r.bytes, r.tracks, err = s.lib.DiskUse(); err != nil {
		return r, err
	}
	wanted, err := s.lib.Wanted()
	if err != nil {
		return r, err
	}
	r.coming = len(wanted)
	r.free, err = s.session.FreeSpace()
	return r, err
}

// line sums it up.
func (r room) line() string {
	text := lang.N("{{.N}} tracks take {{.Size}}.", r.tracks, with{"N": r.tracks, "Size": widgets.Bytes(r.bytes)}) + " " +
		lang.L("{{.Size}} are free.", with{"Size": widgets.Bytes(r.free)})
	if r.coming > 0 {
		text += " " + lang.N("{{.N}} more tracks are to be fetched.", r.coming, with{"N": r.coming})
	}
	return text
}

// diskFull says whether a download has failed for lack of room.
func diskFull(status app.Status) bool {
	return slices.ContainsFunc(status.Downloads, func(d sync.Download) bool { return errors.Is(d.Err, sync.ErrDiskFull) })
}

// littleRoom is below how many free bytes that is said: some dozen tracks
// before downloads stop.
const littleRoom = 512 << 20

// warning says that there is little room, or why the last download failed; ""
// when all is well.
func (r room) warning(status app.Status) string {
	if r.free < littleRoom {
		return lang.L("Only {{.Size}} are free: downloads stop until there is more room. Let go of something below, or make room elsewhere.",
			with{"Size": widgets.Bytes(r.free)})
	}
	for _, d := range status.Downloads {
		if text := app.Explain(d.Err); text != "" {
			return text
		}
	}
	return ""
}
