package sync

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// rule is a row of a table in the package comment.
type rule struct {
	began, here, there, then string
	told                     bool
	text                     string
}

// rules reads the tables of the package comment: each begins with the names
// of its columns, and has a rule in every row.
func rules(t *testing.T) (tables [][]rule) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	must(t, err)
	for line := range strings.Lines(file.Doc.Text()) {
		f := strings.Fields(line)
		switch {
		case !strings.HasPrefix(line, "\t"):
		case slices.Equal(f, []string{"began", "here", "there", "then", "told", "rule"}):
			tables = append(tables, nil)
		case len(f) > 5 && (f[4] == "yes" || f[4] == "no") && len(tables) > 0:
			last := &tables[len(tables)-1]
			*last = append(*last, rule{f[0], f[1], f[2], f[3], f[4] == "yes", strings.Join(f[5:], " ")})
		default:
			t.Fatalf("no rule: %q", line)
		}
	}
	return tables
}

// column is what the columns of a table stand for.
type column interface {
	// list is a playlist at the co-op.
	list(cell string) *api.Playlist
	// edit makes the playlist in the library what the cell says.
	edit(t *testing.T, l *library.Library, cell string)
	// cell is what stands in a cell for a playlist.
	cell(title, cover string, tracks []string) string
}

const (
	gone  = "gone" // the playlist was removed
	blank = "–"    // it has no tracks
)

// TestRules goes through the tables of the package comment, row by row.
func TestRules(t *testing.T) {
	tables := rules(t)
	if len(tables) != 3 || len(tables[0]) < 20 || len(tables[1]) < 5 || len(tables[2]) < 5 {
		t.Fatalf("the tables are not whole: %+v", tables)
	}
	for i, c := range []column{byTracks{}, byTitle{}, byCover{}} {
		for _, r := range tables[i] {
			t.Run(r.text, func(t *testing.T) { checkRule(t, r, c) })
		}
	}
}

// checkRule lets a library and a co-op begin alike, edits both and sends.
func checkRule(t *testing.T, r rule, c column) {
	b := testBench(t)
	b.coop.lists = []*api.Playlist{c.list(r.began)}
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	if r.here == gone {
		must(t, b.lib.DeletePlaylist("p"))
	} else {
		c.edit(t, b.lib, r.here)
	}
	b.coop.lists = nil
	if r.there != gone {
		b.coop.lists = []*api.Playlist{c.list(r.there)}
	}
	b.drain(t)
	_ = value[Report](t)(b.s.Refresh(t.Context()))

	here, there := gone, gone
	if len(b.coop.lists) > 0 {
		there = c.cell(b.coop.lists[0].Title, b.coop.lists[0].CoverURL, trackIDs(b.coop.lists[0].Items))
	}
	if p := value[library.Page[library.Playlist]](t)(b.lib.Playlists(0, 9)).Items; len(p) > 0 {
		here = c.cell(p[0].Title, p[0].Cover, shownTracks(t, b.lib, p[0].ID))
	}
	if here != r.then || there != r.then {
		t.Errorf("%s → %s with %s there: here %s, there %s, want %s", r.began, r.here, r.there, here, there, r.then)
	}
	var failed []library.Intent
	for _, in := range value[[]library.Intent](t)(b.lib.Outbox()) {
		if in.State != library.IntentFailed {
			t.Errorf("still in the outbox: %+v", in)
		}
		failed = append(failed, in)
	}
	if (len(failed) == 1) != r.told {
		t.Errorf("told %+v", failed)
	}
	// What came of it on a server is what comes of the lists alone.
	if _, tracks := c.(byTracks); tracks && r.here != gone && r.there != gone {
		if got := c.cell("", "", merge(letters(r.began), letters(r.here), letters(r.there))); got != r.then {
			t.Errorf("merged: %s, want %s", got, r.then)
		}
	}
}

func letters(cell string) []string {
	if cell == blank {
		return nil
	}
	return strings.Split(cell, "")
}

func shownTracks(t fataler, l *library.Library, id string) []string {
	var out []string
	for _, it := range value[library.Playlist](t)(l.Playlist(id)).Items {
		out = append(out, it.Track.ID)
	}
	return out
}

// byTracks is a table of tracks.
type byTracks struct{}

func (byTracks) list(cell string) *api.Playlist {
	return &api.Playlist{ID: "p", Title: "List", Items: items(letters(cell))}
}

func (byTracks) cell(_, _ string, tracks []string) string {
	if len(tracks) == 0 {
		return blank
	}
	return strings.Join(tracks, "")
}

// edit removes, adds and moves what it takes, as a person would.
func (byTracks) edit(t *testing.T, l *library.Library, cell string) {
	wished := letters(cell)
	left := slices.Clone(wished)
	for _, it := range value[library.Playlist](t)(l.Playlist("p")).Items {
		if i := slices.Index(left, it.Track.ID); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			must(t, l.RemoveFromPlaylist("p", it.ID))
		}
	}
	must(t, l.AddToPlaylist("p", left...))
	for i, track := range wished {
		now := value[library.Playlist](t)(l.Playlist("p")).Items
		from := i + slices.IndexFunc(now[i:], func(it library.PlaylistItem) bool { return it.Track.ID == track })
		must(t, l.MovePlaylistItem("p", now[from].ID, i))
	}
}

// byTitle is a table of titles.
type byTitle struct{}

func (byTitle) list(cell string) *api.Playlist {
	return &api.Playlist{ID: "p", Title: cell, Items: items([]string{"a"})}
}

func (byTitle) cell(title, _ string, _ []string) string { return title }

func (byTitle) edit(t *testing.T, l *library.Library, cell string) {
	must(t, l.UpdatePlaylist("p", cell, "", false))
}

// byCover is a table of pictures.
type byCover struct{}

func (byCover) list(cell string) *api.Playlist {
	p := &api.Playlist{ID: "p", Title: "List", Items: items([]string{"a"})}
	if cell != blank {
		p.CoverURL = coverOf(cell)
	}
	return p
}

func (byCover) cell(_, cover string, _ []string) string {
	for _, picture := range []string{"Sun", "Moon", "Star"} {
		if cover == coverOf(picture) {
			return picture
		}
	}
	return blank + cover
}

func (byCover) edit(t *testing.T, l *library.Library, cell string) {
	p := value[library.Playlist](t)(l.Playlist("p"))
	if cell != blank && p.Cover != coverOf(cell) {
		must(t, l.SetPlaylistCover("p", []byte(cell)))
	}
}
