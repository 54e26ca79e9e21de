package library

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// music is an absolute path.
func music(parts ...string) string {
	root, err := filepath.Abs(string(filepath.Separator) + "music")
	if err != nil {
		panic(err)
	}
	return filepath.Join(append([]string{root}, parts...)...)
}

// song is a file of a release in the folder of that name.
func song(release, artist string, number int) LocalFile {
	return LocalFile{
		Path: music(release, fmt.Sprintf("%02d.flac", number)), Size: 1000, Modified: start,
		Title: fmt.Sprint("Song ", number), Artist: artist, Release: release, Number: number, Duration: time.Minute,
	}
}

func localIDs(t *testing.T, l *Library) (out []string) {
	t.Helper()
	for _, tr := range value[Page[Track]](t)(l.LocalTracks(0, 100)).Items {
		out = append(out, fmt.Sprint(tr.Artist, "/", tr.Release, "/", tr.Title))
	}
	return out
}

func localTrackAt(t *testing.T, l *Library, path string) LocalStat {
	t.Helper()
	for _, s := range value[[]LocalStat](t)(l.LocalStats("", 1000)) {
		if s.Path == path {
			return s
		}
	}
	t.Fatalf("no file at %s", path)
	return LocalStat{}
}

func TestLocalFiles(t *testing.T) {
	l := newLibrary(t)
	a, b, c := song("Low", "Ana", 2), song("Low", "Ana", 1), song("Low", "Ben", 3)
	a.Genre, b.Year, c.AlbumArtist, c.Cover = "Dub", 1999, "Ána", true
	alone := LocalFile{Path: music("x.mp3"), Title: "Alone", Artist: "Zoë", Modified: start, Cover: true}
	must(t, l.PutLocal(a, b, c, alone))
	if got := fmt.Sprint(localIDs(t, l)); got != "[Ana/Low/Song 1 Ana/Low/Song 2 Ben/Low/Song 3 Zoë//Alone]" {
		t.Errorf("tracks: %s", got)
	}
	p := value[Page[Release]](t)(l.LocalReleases(0, 9))
	if p.Total != 1 || !p.Items[0].Local || p.Items[0].Artist != "Ána" || p.Items[0].Date != "1999" || fmt.Sprint(p.Items[0].Tags) != "[Dub]" {
		t.Fatalf("releases: %+v", p)
	}
	r := value[Release](t)(l.Release(p.Items[0].ID))
	if len(r.Tracks) != 3 || r.Tracks[0].Title != "Song 1" || r.Tracks[2].Artist != "Ben" {
		t.Errorf("the release: %+v", r)
	}
	tr := r.Tracks[0]
	if !tr.Local || !tr.Own || tr.Price() != 0 || tr.ToOwn() != 0 || tr.Offline != Pinned || tr.Cover != r.Cover || tr.ArtistID != r.ArtistID {
		t.Errorf("a track: %+v", tr)
	}
	if r.Tracks[2].ArtistID != "" {
		t.Errorf("a guest leads to %q", r.Tracks[2].ArtistID)
	}
	if id, ok := LocalCover(r.Cover); !ok || id != r.ID {
		t.Errorf("the cover of the release: %q", r.Cover)
	}
	found := value[Results](t)(l.Search("low", 9))
	if len(found.Tracks) != 3 || len(found.Releases) != 1 {
		t.Errorf("found %+v", found)
	}
	if found := value[Results](t)(l.Search("dub", 9)); len(found.Tags) != 1 || len(found.Releases) != 1 {
		t.Errorf("found by its genre: %+v", found)
	}
	if artist := value[Artist](t)(l.Artist(r.ArtistID)); len(artist.Releases) != 1 || artist.Name != "Ána" {
		t.Errorf("the artist: %+v", artist)
	}
	if p := value[Page[Release]](t)(l.Releases(ByTitle, 0, 9)); p.Total != 0 {
		t.Errorf("among the co-op's: %+v", p)
	}
	must(t, l.RetainReleases(func(string) bool { return false }))
	if w := value[[]string](t)(l.WantedCovers(9)); len(w) > 0 {
		t.Errorf("covers to fetch: %v", w)
	}
	if got := value[Page[Track]](t)(l.Matching(Rule{Match: one(FieldLocal, Is, nil)}, 0, 9)); got.Total != 4 {
		t.Errorf("by a rule: %+v", got)
	}
}

// TestLocalFilesAreNobodysBusiness: what the person does with them stays here.
func TestLocalFilesAreNobodysBusiness(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "Theirs", "Ben", 1)))
	must(t, l.PutLocal(song("Low", "Ana", 1)))
	id := localTrackAt(t, l, song("Low", "", 1).Path).TrackID
	must(t, l.SetFavourite(id, true))
	must(t, second(l.Play(id, start, time.Minute)))
	must(t, l.Pin(id, true))
	must(t, l.SaveMeasured(id, Measured{Peaks: []byte{1}}))
	must(t, l.SetFavourite("r-1", true))
	if out := value[[]Intent](t)(l.Outbox()); len(out) != 1 || out[0].TrackID != "r-1" {
		t.Errorf("the outbox: %+v", out)
	}
	if w := wantedIDs(t, l); len(w) > 0 {
		t.Errorf("to download: %v", w)
	}
	if k := value[[]string](t)(l.Known()); slices.Contains(k, id) {
		t.Errorf("the co-op would be asked about %v", k)
	}
	if _, err := l.Buy(id, 0); !errors.Is(err, ErrOwned) {
		t.Errorf("bought: %v", err)
	}
	mix := value[Playlist](t)(l.CreatePlaylist("Mix", "", false))
	if err := l.AddToPlaylist(mix.ID, id); !errors.Is(err, ErrLocal) {
		t.Errorf("on a playlist: %v", err)
	}
	must(t, l.PutFavourites())
	for name, err := range map[string]error{
		"track":   l.PutTracks(Track{ID: id, Title: "Theirs now"}),
		"release": l.PutReleases(Release{ID: "file-x", Title: "Theirs"}),
		"artist":  l.PutArtists(Artist{ID: "file-x", Name: "Theirs"}),
	} {
		if !errors.Is(err, ErrLocal) {
			t.Errorf("a co-op describes a local %s: %v", name, err)
		}
	}
	must(t, l.SignOut(true))
	tr := value[Track](t)(l.Track(id))
	h := value[Page[HistoryEntry]](t)(l.History(0, 9))
	if !tr.Favourite || h.Total != 1 || h.Items[0].Track.ID != id || !h.Items[0].Sent || h.Items[0].Cost != 0 {
		t.Errorf("after signing out: %+v, %+v", tr, h)
	}
}

func TestLocalFilesGoAndComeBack(t *testing.T) {
	l := newLibrary(t)
	a, b := song("Low", "Ana", 1), song("Low", "Ana", 2)
	must(t, l.PutLocal(a, b))
	first, other := localTrackAt(t, l, a.Path).TrackID, localTrackAt(t, l, b.Path).TrackID
	must(t, second(l.Play(first, start, time.Minute)))
	must(t, l.RemoveLocal(a.Path, b.Path, music("never")))
	if got := localIDs(t, l); len(got) > 0 {
		t.Errorf("after all went: %v", got)
	}
	if found := value[Results](t)(l.Search("low song ana", 9)); found.Count() > 0 {
		t.Errorf("found: %+v", found)
	}
	if h := value[Page[HistoryEntry]](t)(l.History(0, 9)); h.Total != 1 || h.Items[0].Track.Title != "Song 1" || !h.Items[0].Track.Gone {
		t.Errorf("the history: %+v", h)
	}
	if _, err := l.Track(other); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that nothing was done with: %v", err)
	}
	must(t, l.PutLocal(a))
	tr := value[Track](t)(l.Track(first))
	if tr.Gone || tr.ReleaseID == "" || tr.Offline != Pinned {
		t.Errorf("after it came back: %+v", tr)
	}

	// Moved: it keeps its id, and a new file at its old path has another.
	moved := a
	moved.ID, moved.Path = first, music("Else", "01.flac")
	must(t, l.PutLocal(moved))
	must(t, l.PutLocal(a))
	if got := localTrackAt(t, l, moved.Path).TrackID; got != first {
		t.Errorf("moved, it is %s, was %s", got, first)
	}
	if got := localTrackAt(t, l, a.Path).TrackID; got == first {
		t.Error("two files are one track")
	}
	if p := value[Page[Release]](t)(l.LocalReleases(0, 9)); p.Total != 2 {
		t.Errorf("releases: %+v", p)
	}

	// Gone and back at the place it was moved to, it is still the same.
	must(t, l.RemoveLocal(moved.Path))
	moved.ID = ""
	must(t, l.PutLocal(moved))
	if got := localTrackAt(t, l, moved.Path).TrackID; got != first {
		t.Errorf("back where it was moved to, it is %s, was %s", got, first)
	}
	if h := value[Page[HistoryEntry]](t)(l.History(0, 9)); h.Items[0].Track.ID != first || h.Items[0].Track.Gone {
		t.Errorf("its history: %+v", h.Items)
	}
}

func TestLocalReleasesAreByFolder(t *testing.T) {
	l := newLibrary(t)
	in := func(folder string, disc, n int) LocalFile {
		f := song("Hits", "Ana", n)
		f.Path, f.Disc = music(folder, fmt.Sprint(n, ".mp3")), disc
		f.Title = fmt.Sprint(disc, ".", n)
		return f
	}
	must(t, l.PutLocal(in("a/CD 2", 2, 1), in("a/cd1", 1, 2), in("a/cd1", 1, 1), in("b", 0, 1)))
	p := value[Page[Release]](t)(l.LocalReleases(0, 9))
	if p.Total != 2 {
		t.Fatalf("releases: %+v", p)
	}
	var got []string
	for _, r := range p.Items {
		titles := []string{}
		for _, tr := range value[Release](t)(l.Release(r.ID)).Tracks {
			titles = append(titles, tr.Title)
		}
		got = append(got, strings.Join(titles, " "))
	}
	slices.Sort(got)
	if fmt.Sprint(got) != "[0.1 1.1 1.2 2.1]" {
		t.Errorf("the releases' tracks: %q", got)
	}
}

func TestLocalFolders(t *testing.T) {
	l := newLibrary(t)
	must(t, l.AddLocalFolder(music("b")+string(filepath.Separator)))
	must(t, l.AddLocalFolder(music("a")))
	must(t, l.AddLocalFolder(music("b")))
	if err := l.AddLocalFolder("relative"); err == nil {
		t.Error("a relative path is a folder of music")
	}
	if got := value[[]string](t)(l.LocalFolders()); !slices.Equal(got, []string{music("a"), music("b")}) {
		t.Errorf("folders: %v", got)
	}
	must(t, l.RemoveLocalFolder(music("a")))
	if got := value[[]string](t)(l.LocalFolders()); !slices.Equal(got, []string{music("b")}) {
		t.Errorf("folders: %v", got)
	}
}

// TestLocalModel puts, changes, moves and removes files at random: the tracks
// and releases are those of the files that are there.
func TestLocalModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, rapidFolder(t))
		defer func() { must(t, l.Close()) }()
		files := map[string]LocalFile{}
		draw := func(t *rapid.T) LocalFile {
			f := song(rapid.SampledFrom([]string{"", "Low", "High"}).Draw(t, "release"), rapid.SampledFrom([]string{"Ana", "Ben"}).Draw(t, "artist"), 1)
			f.Path = music(rapid.SampledFrom([]string{"p", "q"}).Draw(t, "folder"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "name"))
			f.Number = rapid.IntRange(0, 3).Draw(t, "number")
			f.Cover = rapid.Bool().Draw(t, "cover")
			return f
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				f, g := draw(t), draw(t)
				must(t, l.PutLocal(f, g))
				files[f.Path] = f
				files[g.Path] = g
			},
			"remove": func(t *rapid.T) {
				f := draw(t)
				must(t, l.RemoveLocal(f.Path))
				delete(files, f.Path)
			},
			"move": func(t *rapid.T) {
				f := draw(t)
				for _, s := range value[[]LocalStat](t)(l.LocalStats("", 1)) {
					if _, taken := files[f.Path]; taken {
						continue
					}
					f.ID = s.TrackID
					must(t, l.PutLocal(f))
					delete(files, s.Path)
					files[f.Path] = f
				}
			},
			"star": func(t *rapid.T) {
				for _, s := range value[[]LocalStat](t)(l.LocalStats("", 1)) {
					must(t, l.SetFavourite(s.TrackID, true))
				}
			},
			"": func(t *rapid.T) {
				checkInvariants(t, l)
				releases := map[string]int{}
				for _, f := range files {
					if f.Release != "" {
						releases[filepath.Dir(f.Path)+f.Release]++
					}
				}
				stats := value[[]LocalStat](t)(l.LocalStats("", 100))
				tracks := value[Page[Track]](t)(l.LocalTracks(0, 100))
				p := value[Page[Release]](t)(l.LocalReleases(0, 100))
				if len(stats) != len(files) || tracks.Total != len(files) || p.Total != len(releases) {
					t.Fatalf("%d files, %d tracks, %d releases; want %d and %d", len(stats), tracks.Total, p.Total, len(files), len(releases))
				}
				on := 0
				for _, r := range p.Items {
					on += len(value[Release](t)(l.Release(r.ID)).Tracks)
				}
				want := 0
				for _, n := range releases {
					want += n
				}
				if on != want {
					t.Fatalf("%d tracks are on releases, want %d", on, want)
				}
				for _, s := range stats {
					tr := value[Track](t)(l.Track(s.TrackID))
					if f := files[s.Path]; tr.Title != f.Title || tr.Release != f.Release || tr.Gone {
						t.Fatalf("%s is %+v", s.Path, tr)
					}
				}
			},
		})
	})
}
