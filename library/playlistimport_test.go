package library

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/library/playlistfile"
)

// shelf is a library with tracks that are easily taken for one another.
func shelf(t *testing.T) *Library {
	t.Helper()
	l := newLibrary(t)
	must(t, l.PutReleases(
		Release{ID: "r1", Title: "Debut", Artist: "Björk", Tracks: []Track{
			{ID: "0a-joga", Title: "Jóga", Artist: "Björk", Release: "Homogenic", Duration: 305 * time.Second},
			{ID: "0b-live", Title: "Jóga", Artist: "Björk", Release: "Live", Duration: 330 * time.Second},
			{ID: "0c-intro", Title: "Intro", Artist: "Low Tide", Release: "Harbour", Duration: 60 * time.Second},
			{ID: "0d-intro", Title: "Intro", Artist: "High Tide", Release: "Harbour", Duration: 61 * time.Second},
		}},
		Release{ID: "r2", Title: "Harbour", Artist: "Low Tide", Tracks: []Track{
			{ID: "1a-song", Title: "Song (reprise)", Artist: "Low Tide", Release: "Harbour", Duration: 200 * time.Second},
			{ID: "1c-song", Title: "Song", Artist: "Low Tide", Release: "Harbour", Duration: 201 * time.Second},
			{ID: "1d-hidden", Title: "Draft", Artist: "Low Tide", Duration: 100 * time.Second, Status: Hidden},
			{ID: "1e-night", Title: "夜の歌", Artist: "月", Duration: 100 * time.Second},
		}},
		Release{ID: "r3", Title: "Single", Artist: "Low Tide", Tracks: []Track{
			{ID: "1b-song", Title: "Song", Artist: "Low Tide", Release: "Single", Duration: 200 * time.Second},
		}},
	))
	return l
}

func TestWhatAnEntryStandsFor(t *testing.T) {
	l := shelf(t)
	s := time.Second
	type entry = playlistfile.Entry
	at := func(locations ...string) entry { return entry{Locations: locations} }
	tests := []struct {
		name  string
		entry entry
		want  string
	}{
		{"our URI", entry{Identifiers: []string{TrackURI("0b-live")}, Title: "Intro"}, "0b-live"},
		{"our URI, unknown here", entry{Locations: []string{TrackURI("zz")}, Title: "Jóga", Artist: "Björk", Duration: 331 * s}, "0b-live"},
		{"an address of the co-op", at("https://coop.example/api/v3/user/stream/1b-song?x=y"), "1b-song"},
		{"its playlist of pieces", at("https://coop.example/stream/1b-song/playlist.m3u8"), "1b-song"},
		{"another player's path", at("/music/Björk/03 - Bjork - JOGA.mp3"), "0a-joga"},
		{"folded", entry{Title: "joga", Artist: "BJÖRK", Duration: 306 * s}, "0a-joga"},
		{"by its length", entry{Title: "Jóga", Artist: "Björk", Duration: 329 * s}, "0b-live"},
		{"another recording", entry{Title: "Jóga", Artist: "Björk", Duration: 200 * s}, ""},
		{"another artist", entry{Title: "Jóga", Artist: "Bjarki"}, ""},
		{"part of a title", entry{Title: "Reprise", Artist: "Low Tide"}, ""},
		{"by its release", entry{Title: "Song", Artist: "Low Tide", Release: "harbour", Duration: 200 * s}, "1c-song"},
		{"nearest, without a release", entry{Title: "Song", Artist: "Low Tide", Duration: 200 * s}, "1b-song"},
		{"without an artist, and one has it", entry{Title: "Song (Reprise)"}, "1a-song"},
		{"without an artist, and two have it", entry{Title: "Intro"}, ""},
		{"in signs", entry{Title: "夜の歌", Artist: "月"}, "1e-night"},
		{"a draft of someone else", entry{Title: "Draft", Artist: "Low Tide"}, ""},
		{"a draft by its URI", at(TrackURI("1d-hidden")), ""},
		{"only signs", entry{Title: "???"}, ""},
		{"nothing", entry{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, unfound, err := l.look([]playlistfile.Entry{tt.entry})
			if err != nil || len(found)+len(unfound) != 1 || strings.Join(found, "") != tt.want {
				t.Errorf("found %v, not found %v, %v", found, unfound, err)
			}
		})
	}
}

func TestImportAndExport(t *testing.T) {
	l := shelf(t)
	file := playlistfile.List{Title: "Night walk", About: "Slow.", Entries: []playlistfile.Entry{
		{Title: "Unheard", Artist: "Nobody"},
		{Title: "Jóga", Artist: "Björk", Duration: 305 * time.Second},
		{Title: "Later", Artist: "Low Tide", Locations: []string{"later.mp3"}},
		{Title: "Song", Artist: "Low Tide", Release: "Harbour"},
	}}
	in := value[Imported](t)(l.ImportPlaylist(file, "unused"))
	id := in.Playlist.ID
	if in.Found != 2 || len(in.Unfound) != 2 || in.Unfound[1].At != 2 || in.Playlist.Title != "Night walk" || !in.Playlist.Private {
		t.Fatalf("imported %+v", in)
	}
	out := value[[]Intent](t)(l.Outbox())
	if len(out) != 2 || out[0].Kind != IntentPlaylistCreate || out[0].About != "Slow." || fmt.Sprint(out[1].Items) != "[0a-joga 1c-song]" {
		t.Errorf("outbox %+v", out)
	}

	// What was not found goes out again at its place.
	exported := value[playlistfile.List](t)(l.ExportPlaylist(id))
	var titles []string
	for _, e := range exported.Entries {
		titles = append(titles, e.Title)
	}
	if fmt.Sprint(titles) != "[Unheard Jóga Later Song]" || exported.Entries[2].Locations[0] != "later.mp3" {
		t.Errorf("exported %+v", exported)
	}
	// And comes back the same in every format.
	for _, f := range playlistfile.Formats() {
		var b bytes.Buffer
		must(t, playlistfile.Encode(&b, f, exported))
		again := value[Imported](t)(l.ImportPlaylist(value[playlistfile.List](t)(playlistfile.Decode(&b, f)), "unused"))
		if got := itemTracks(value[Playlist](t)(l.Playlist(again.Playlist.ID))); fmt.Sprint(got) != "[0a-joga 1c-song]" || len(again.Unfound) != 2 {
			t.Errorf("%s: %v, %+v", f, got, again)
		}
	}

	// The co-op names it, a refresh brings it, and nothing is forgotten.
	must(t, l.MarkSending(out[0].ID, Before{}))
	must(t, l.ConfirmCreated(out[0].ID, "named"))
	must(t, l.ConfirmItems(out[1].ID, "0a-joga", "1c-song"))
	must(t, l.PutPlaylists(theirs("named", "Night walk", "0a-joga", "1c-song")))
	if p := value[Playlist](t)(l.Playlist(id)); len(p.Unfound) != 2 {
		t.Fatalf("after a refresh: %+v", p)
	}

	// When the catalogue grows, it is found where it was.
	must(t, l.PutTracks(Track{ID: "2a", Title: "Later", Artist: "Low Tide"}))
	if n := value[int](t)(l.LookAgain(id)); n != 1 {
		t.Errorf("found %d", n)
	}
	p := value[Playlist](t)(l.Playlist(id))
	if fmt.Sprint(itemTracks(p)) != "[0a-joga 2a 1c-song]" || len(p.Unfound) != 1 || p.Unfound[0].Title != "Unheard" {
		t.Errorf("after looking again: %v, %+v", itemTracks(p), p.Unfound)
	}
	if out := value[[]Intent](t)(l.Outbox()); fmt.Sprint(out[len(out)-1].Items) != "[0a-joga 2a 1c-song]" {
		t.Errorf("outbox %+v", out)
	}
	must(t, l.ForgetUnfound(id))
	if p := value[Playlist](t)(l.Playlist(id)); len(p.Unfound) != 0 || p.Count != 3 {
		t.Errorf("not forgotten: %+v", p)
	}
}

func TestImportWithoutATitle(t *testing.T) {
	l := newLibrary(t)
	if in := value[Imported](t)(l.ImportPlaylist(playlistfile.List{}, "mix")); in.Playlist.Title != "mix" || in.Found != 0 {
		t.Errorf("%+v", in)
	}
	long := value[Imported](t)(l.ImportPlaylist(playlistfile.List{Title: strings.Repeat("ä", 500)}, ""))
	if len(long.Playlist.Title) > MaxPlaylistTitle {
		t.Errorf("a title of %d bytes", len(long.Playlist.Title))
	}
}
