package library

import (
	"errors"
	"testing"
)

func TestACoverWaitsAndIsConfirmed(t *testing.T) {
	l := newLibrary(t)
	p := value[Playlist](t)(l.CreatePlaylist("Mix", "", true))
	shown := func() string { return value[Playlist](t)(l.Playlist(p.ID)).Cover }
	covers := func() (out []Intent) {
		for _, in := range value[[]Intent](t)(l.Outbox()) {
			if in.Kind == IntentPlaylistCover {
				out = append(out, in)
			}
		}
		return out
	}
	if err := l.SetPlaylistCover(p.ID, nil); err == nil {
		t.Error("nothing was taken for a picture")
	}
	if err := l.SetPlaylistCover("nowhere", []byte("x")); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no playlist: %v", err)
	}
	for _, picture := range []string{"one", "two", "two"} {
		must(t, l.SetPlaylistCover(p.ID, []byte(picture)))
		if got := value[[]byte](t)(l.Picture(shown())); string(got) != picture || !IsPicture(shown()) {
			t.Errorf("%s: %q is shown at %s", picture, got, shown())
		}
	}
	if got := covers(); len(got) != 1 || got[0].Cover != shown() || got[0].CoverWas != "" {
		t.Fatalf("what has not left is changed in its place: %+v", got)
	}
	if wanted := value[[]string](t)(l.WantedCovers(9)); len(wanted) != 0 {
		t.Errorf("a picture of one's own is to be fetched: %v", wanted)
	}

	// One is on its way, the next one waits and began from it.
	first := covers()[0]
	must(t, l.MarkCover(first.ID, "v1"))
	must(t, l.MarkCover(first.ID, "v2"))
	must(t, l.SetPlaylistCover(p.ID, []byte("three")))
	if got := covers(); len(got) != 2 || got[0].Version != "v1" || got[1].CoverWas != first.Cover {
		t.Fatalf("%+v", got)
	}
	must(t, l.ConfirmCover(first.ID, "https://coop.example/2.jpg"))
	second := covers()[0]
	if second.CoverWas != "https://coop.example/2.jpg" || string(value[[]byte](t)(l.Picture(shown()))) != "three" {
		t.Errorf("after the first: %+v, %s is shown", second, shown())
	}

	// Another one elsewhere is kept, and told; trying again puts ours in its place.
	must(t, l.FailCover(second.ID, "no", "https://coop.example/3.jpg"))
	if got := covers(); shown() != "https://coop.example/3.jpg" || got[0].State != IntentFailed {
		t.Errorf("%s is shown, %+v", shown(), got)
	}
	must(t, l.Retry(second.ID))
	if got := covers(); shown() != second.Cover || got[0].CoverWas != "https://coop.example/3.jpg" || got[0].Version != "" {
		t.Errorf("again: %s is shown, %+v", shown(), got)
	}
	must(t, l.ConfirmCover(second.ID, ""))
	if shown() != second.Cover {
		t.Errorf("without an address %q is shown", shown())
	}
	if _, err := l.Picture("https://coop.example/9.jpg"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of a picture that is not here: %v", err)
	}
}
