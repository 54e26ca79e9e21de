package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// playlists goes through what can be done with them, as a person would.
func playlists(t *testing.T, home string, do func(...string) result) {
	t.Helper()
	says := func(want string, args ...string) {
		t.Helper()
		if out := do(append([]string{"playlist"}, args...)...).out; !strings.Contains(out, want) {
			t.Errorf("ninth playlist %s lacks %q:\n%s", strings.Join(args, " "), want, out)
		}
	}
	file := filepath.Join(t.TempDir(), "Night walk.m3u")
	const theirs = "#EXTM3U\n#EXTINF:135,Slow Telegraph\n/music/Somebody/03 - slow telegraph.mp3\n#EXTINF:100,Nobody - Unheard\nunheard.mp3\n"
	if err := os.WriteFile(file, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	says("Night walk is made: 1 of 2 tracks found.", "import", file)
	says("   2  Unheard · Nobody", "show", "night walk")
	says("Night walk  (1 track, ", "list")
	says("0 more tracks found for Night walk.\nNot found", "look", "Night walk")

	says("is on Night walk.", "add", "Night walk", "Slow telegraph")
	says("   2  Slow telegraph", "show", "Night walk")
	says("is off Night walk.", "remove", "Night walk", "1")
	says("Slow telegraph", "show", "Night walk") // the other copy

	for _, format := range []string{"m3u8", "xspf", "jspf"} {
		out := filepath.Join(t.TempDir(), "list."+format)
		says("2 tracks.", "export", "Night walk", out)
		says("Night walk is made: 1 of 2 tracks found.", "import", out)
		says("is deleted.", "delete", newest(do("playlist").out))
	}
	says("#EXTINF:100,Nobody - Unheard", "export", "Night walk")
	says("<title>Unheard</title>", "export", "Night walk", "--format", "xspf")
	says("Dusk  (1 track", "change", "Night walk", "--title", "Dusk", "--about", "Slow.", "--public")
	says("Slow.", "show", "Dusk")
	says("is number 1 on Dusk", "move", "Dusk", "1", "1")

	for want, args := range map[string][]string{
		"no playlist \"Dawn\"": {"show", "Dawn"},
		"There is no place 7":  {"remove", "Dusk", "7"},
		"M3U8, XSPF and JSPF":  {"import", demoFile(t, firstTrack(t).Audio.Path)},
		"no such file":         {"import", filepath.Join(t.TempDir(), "gone.m3u8")},
	} {
		if r := ninth(t, append([]string{"--home", home, "--demo", "playlist"}, args...)...); r.code != 1 || !strings.Contains(r.err, want) {
			t.Errorf("%v: %d %q", args, r.code, r.err)
		}
	}
	says("Dusk", "change", "Dusk", "--cover", demoFile(t, "covers/bread-and-static-600.jpg"))
	do("sync")
	if out := do("status").out; strings.Contains(out, "failed") && !strings.Contains(out, "0 failed") {
		t.Errorf("after sending a cover:\n%s", out)
	}
	says("", "delete", "Dusk")
	do("sync")
	if out := do("playlist").out; strings.Contains(out, "Dusk") {
		t.Errorf("after deleting it:\n%s", out)
	}
}

// newest is the id of the playlist that the co-op has not named last listed.
func newest(list string) string {
	id := ""
	for f := range strings.FieldsSeq(list) {
		if strings.HasPrefix(f, "local-") {
			id = f
		}
	}
	return id
}
