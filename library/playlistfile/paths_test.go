package playlistfile

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestPaths(t *testing.T) {
	folder := filepath.FromSlash("/lists")
	for _, tt := range []struct {
		locations []string
		want      []string
	}{
		{[]string{"a b.mp3"}, []string{"/lists/a b.mp3"}},
		{[]string{"../low/1.flac"}, []string{"/low/1.flac"}},
		{[]string{"/music/1.flac"}, []string{"/music/1.flac"}},
		{[]string{`low\1.flac`}, []string{`/lists/low\1.flac`, "/lists/low/1.flac"}},
		{[]string{"a%20b.ogg"}, []string{"/lists/a%20b.ogg", "/lists/a b.ogg"}},
		{[]string{"file:///music/a%20b.ogg"}, []string{"/music/a b.ogg"}},
		{[]string{"file://localhost/x.ogg"}, []string{"/x.ogg"}},
		{[]string{"file://elsewhere/x.ogg", "https://coop.example/x.ogg", "ninth:track:7"}, nil},
		{[]string{"https://coop.example/x.ogg", "x.ogg"}, []string{"/lists/x.ogg"}},
		{nil, nil},
	} {
		if filepath.Separator != '/' {
			t.Skip("the paths below are those of Unix")
		}
		if got := (Entry{Locations: tt.locations}).Paths(folder); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.locations, got, tt.want)
		}
	}
}
