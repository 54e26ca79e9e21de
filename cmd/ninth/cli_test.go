package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dhowden/tag"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/assets/demo"
)

// result is what one run of the program left behind.
type result struct {
	out, err string // streams; err holds the sentence too
	code     int
}

// ninth runs the program in this process, as main does.
func ninth(t *testing.T, args ...string) result {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	err := run(ctx, args, terminal{in: strings.NewReader(""), out: &out, err: &errs})
	if ctx.Err() != nil {
		t.Fatalf("ninth %s did not end\n%s%s", strings.Join(args, " "), out.String(), errs.String())
	}
	r := result{out: out.String(), err: errs.String()}
	if text := app.Explain(err); text != "" {
		r.err += text
		r.code = exitCode(err)
	}
	return r
}

// demoFile writes a file of the demo catalogue where a person could have it.
func demoFile(t *testing.T, name string) string {
	t.Helper()
	content, err := demo.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(name))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func firstTrack(t *testing.T) demo.Track {
	t.Helper()
	c, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Releases[0].Tracks[0]
}

// wavFrames is how many frames of 32-bit float stereo a WAV file holds.
func wavFrames(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("data"))
	if i < 0 || len(b) < i+8 {
		t.Fatalf("%s is no WAV file", path)
	}
	if n := int(binary.LittleEndian.Uint32(b[i+4:])); n != len(b)-i-8 {
		t.Fatalf("%s says %d bytes of samples and holds %d", path, n, len(b)-i-8)
	}
	return (len(b) - i - 8) / 8
}

func TestRendersAFileWithoutAnyServer(t *testing.T) {
	track := firstTrack(t)
	out := filepath.Join(t.TempDir(), "out.wav")
	r := ninth(t, "--home", t.TempDir(), "play", demoFile(t, track.Audio.Path), "--output", "wav:"+out)
	if r.code != 0 {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if got := wavFrames(t, out); int64(got) != track.Frames {
		t.Errorf("%d frames, the track has %d", got, track.Frames)
	}
	if !strings.Contains(r.out, track.Title) {
		t.Errorf("it does not say what it plays: %q", r.out)
	}
}

// TestDemoFromEndToEnd goes through the commands as a person would, on one
// home: sign in, sync, look, search, render long enough for a play, look again.
func TestDemoFromEndToEnd(t *testing.T) {
	home := t.TempDir()
	do := func(args ...string) result {
		t.Helper()
		r := ninth(t, append([]string{"--home", home, "--demo"}, args...)...)
		if r.code != 0 {
			t.Fatalf("ninth --demo %s: exit code %d: %s", strings.Join(args, " "), r.code, r.err)
		}
		return r
	}
	status := func() (s report) {
		t.Helper()
		if err := json.Unmarshal([]byte(do("status", "--json").out), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if out := do("login").out; !strings.Contains(out, "Mara") {
		t.Errorf("login says %q", out)
	}
	do("sync")
	before := status()
	if !before.SignedIn || before.Credits != 12_480 || before.Releases < 4 || before.Owned == 0 || before.OnDisk < before.Owned {
		t.Fatalf("after the first sync: %+v", before)
	}
	if out := do("search", "tele", "slow").out; !strings.Contains(out, "Slow telegraph") || !strings.Contains(out, "0.032") {
		t.Errorf("search says %q", out)
	}
	out := filepath.Join(t.TempDir(), "out.wav")
	do("play", "Slow telegraph", "--output", "wav:"+out, "--for", "46s")
	if got := wavFrames(t, out); got != 46*48000 {
		t.Errorf("%d frames, want 46 s exactly", got)
	}
	after := status()
	if after.Credits != before.Credits-32 || after.Spent != 32 || after.Waiting != 0 {
		t.Errorf("after a play for 0.032 credits: %+v", after)
	}
	do("play", "Slow telegraph", "--output", "wav:"+out, "--for", "44s")
	if again := status(); again.Credits != after.Credits {
		t.Errorf("44 s cost %d milli-credits", after.Credits-again.Credits)
	}
	if out := do("doctor").out; strings.ContainsAny(out, "✗!") {
		t.Errorf("the doctor says\n%s", out)
	}
	playlists(t, home, do)
	exports(t, home, do)
	whatIsOnDisk(t, home, do)
	do("logout")
}

// exports writes an owned track as a file, and what is owned of a release; of
// what is not owned it says so.
func exports(t *testing.T, home string, do func(...string) result) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "music")
	var id string
	for line := range strings.Lines(do("disk").out) {
		if fields := strings.Fields(line); strings.Contains(line, "(owned)") {
			id = fields[len(fields)-1]
		}
	}
	path := strings.TrimSpace(do("export", "--to", folder, id).out)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := tag.ReadFrom(f)
	if err != nil || m.Title() == "" || m.Album() == "" || m.Artist() == "" || m.Picture() == nil {
		t.Errorf("%s has the tags %+v, %v", path, m, err)
	}
	if filepath.Dir(path) != folder {
		t.Errorf("written to %s, not to %s", path, folder)
	}
	if r := ninth(t, "--home", home, "--demo", "export", "--to", folder, "Slow telegraph"); r.code != 1 || !strings.Contains(r.err, "Only owned tracks") {
		t.Errorf("what is not owned: %d %q", r.code, r.err)
	}
}

// whatIsOnDisk lists it, spoils it, has the doctor mend it, and lets go of it.
func whatIsOnDisk(t *testing.T, home string, do func(...string) result) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "*", "library", "audio", "*", "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	if out := do("disk").out; strings.Count(out, "\n") != len(files)+1 || !strings.Contains(out, "(owned)") || !strings.Contains(out, "(streamed lately)") {
		t.Errorf("on disk there are %d files, and the list is\n%s", len(files), out)
	}
	spoilAndMend(t, do, files)
	if out := do("doctor").out; strings.ContainsAny(out, "✗!") {
		t.Errorf("after mending the doctor says\n%s", out)
	}
	if out := do("disk", "--limit", "2GB,5%", "--download", "never").out; !strings.Contains(out, "2.0 GB and 5 % of the disk") || !strings.Contains(out, "not fetched by themselves") {
		t.Errorf("the limit reads %q", out)
	}
	id := filepath.Base(files[1])
	do("disk", "--let-go", id)
	if out := do("disk").out; strings.Contains(out, id) {
		t.Errorf("let go, and there still:\n%s", out)
	}
	if r := ninth(t, "--home", home, "--demo", "disk", "--limit", "much"); r.code != 1 || !strings.Contains(r.err, "is no limit") {
		t.Errorf("a limit that is none: %d %q", r.code, r.err)
	}
}

// spoilAndMend changes a byte of an owned track, removes another one and leaves
// a stray file: the doctor finds all three, and fetches both tracks again.
func spoilAndMend(t *testing.T, do func(...string) result, files []string) {
	t.Helper()
	listed := do("disk").out
	owned := slices.DeleteFunc(slices.Clone(files), func(name string) bool {
		for line := range strings.Lines(listed) {
			if strings.Contains(line, filepath.Base(name)) {
				return !strings.Contains(line, "(owned)")
			}
		}
		return true
	})
	if len(owned) < 2 {
		t.Fatalf("%d owned tracks in\n%s", len(owned), listed)
	}
	content := func(name string) []byte {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first, second := content(owned[0]), content(owned[1])
	spoilt := slices.Clone(first)
	spoilt[len(spoilt)/2]++
	stray := filepath.Join(filepath.Dir(filepath.Dir(owned[0])), "stray")
	err := errors.Join(os.WriteFile(owned[0], spoilt, 0o600), os.Remove(owned[1]), os.WriteFile(stray, nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	out := do("doctor", "--fix").out
	for _, words := range []string{"its file was damaged", "audio/stray: it belonged to nothing", "all mended", "2 tracks were fetched"} {
		if !strings.Contains(out, words) {
			t.Errorf("of a spoilt file, a missing one and a stray one the doctor says\n%s", out)
			break
		}
	}
	if !bytes.Equal(content(owned[0]), first) || !bytes.Equal(content(owned[1]), second) {
		t.Error("the tracks are not what they were")
	}
	if _, err := os.Stat(stray); err == nil {
		t.Error("the stray file is there still")
	}
}

// TestWithNeitherDisplayNorTerminal is what 'make run' comes down to on a
// machine that has nothing.
func TestWithNeitherDisplayNorTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays 20 s in real time")
	}
	r := ninth(t, "--home", t.TempDir(), "--demo")
	if r.code != 0 || !strings.Contains(r.out, "Playing ") || !strings.Contains(r.out, "Signed in") {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
}

// TestBadInput holds every mistake to one sentence that says what is wrong and
// what to do.
func TestBadInput(t *testing.T) {
	write := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	answer := func(status int, kind, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // the client may have gone
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	takenPort := taken.Addr().(*net.TCPAddr).Port
	track := firstTrack(t)
	whole, err := demo.FS.ReadFile(track.Audio.Path)
	if err != nil {
		t.Fatal(err)
	}
	scrambled := bytes.Clone(whole)
	for i := len(scrambled) / 8; i < len(scrambled)/4; i++ {
		scrambled[i] ^= 0xa5
	}
	headless := append([]byte("\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42isom"), whole[200_000:]...)
	wma := []byte("\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C")
	null := func(what ...string) []string { return append([]string{"play", "--output", "null"}, what...) }
	demoAt := startForTest(t)

	for name, c := range map[string]struct {
		args []string
		want string // part of the sentence
		code int
	}{
		"no such file":           {null("./nothing.flac"), "no such file", 1},
		"an unknown format":      {null(write("text.flac", []byte("once upon a time"))), "no sound file", 1},
		"an empty file":          {null(write("empty.wav", nil)), "no sound file", 1},
		"a web page for a file":  {null(write("page.m4a", []byte("<!doctype html><html><body>404</body></html>"))), "no sound file", 1},
		"an undecodable format":  {null(write("song.wma", wma)), "Windows Media Audio", 1},
		"a damaged file":         {null(write("damaged.m4a", headless)), "damaged", 1},
		"nothing found":          {null("xyzzy", "plugh"), "xyzzy plugh", 1},
		"no such output":         {[]string{"play", "--output", "tape", write("a.wav", nil)}, "tape", 1},
		"an output that is not":  {[]string{"play", "--output", "wav:/nonexistent/dir/out.wav", demoFile(t, track.Audio.Path)}, "no such file", 1},
		"not an address":         {[]string{"login", "--server", "not an address"}, "not the address of a co-op", 1},
		"nobody there":           {[]string{"login", "--server", "http://127.0.0.1:1"}, "cannot be reached", 1},
		"a web page":             {[]string{"login", "--server", answer(200, "text/html", "<html>hello</html>")}, "no co-op at this address", 1},
		"a server that fails":    {[]string{"login", "--server", answer(500, "text/plain", "oops")}, "fault of its own", 1},
		"a server in a hurry":    {[]string{"login", "--server", answer(429, "text/plain", "slow down")}, "try again in 7s", 1},
		"no address at all":      {[]string{"login"}, "No co-op is known", 1},
		"signing out of nothing": {[]string{"logout"}, "not signed in", 1},
		"syncing with nobody":    {[]string{"sync"}, "not signed in", 1},
		"a port that is taken": {[]string{
			"login", "--server", demoAt, "--no-browser", "--redirect", "http://127.0.0.1:" + strconv.Itoa(takenPort) + "/callback",
		}, "Port " + strconv.Itoa(takenPort), 1},
		"a redirect elsewhere": {[]string{"login", "--server", demoAt, "--no-browser", "--redirect", "http://example.org/"}, "on this machine", 1},
		"a redirect that the co-op refuses": {[]string{
			"login", "--server", demoAt, "--no-browser", "--redirect", "http://127.0.0.1:" + freePort(t) + "/elsewhere",
		}, "does not know this client or redirect", 1},
		"a client that nobody knows": {[]string{"login", "--server", demoAt, "--no-browser", "--client-id", "nobody"}, "does not know this client", 1},
		"an unencrypted server":      {[]string{"login", "--server", "http://coop.example"}, "not encrypted", 1},
		"no such command":            {[]string{"dance"}, "--help", 80},
		"a window of no size":        {[]string{"play", "--for", "soon"}, "--help", 80},
		"less than no music":         {[]string{"play", "--for=-3s"}, "less than nothing", 1},
		"nine times as fast":         {[]string{"play", "--speed", "9"}, "between 0.5 and 2", 1},
		"a crossfade of an hour":     {[]string{"play", "--crossfade", "1h"}, "between 0s and 12s", 1},
		"no way of loudness":         {[]string{"play", "--loudness", "very"}, "--help", 80},
	} {
		t.Run(name, func(t *testing.T) {
			r := ninth(t, append([]string{"--home", t.TempDir()}, c.args...)...)
			checkSentence(t, r.err, c.want)
			if r.code != c.code {
				t.Errorf("exit code %d, want %d", r.code, c.code)
			}
		})
	}

	t.Run("a scrambled file plays on", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "out.wav")
		r := ninth(t, "--home", t.TempDir(), "play", write("scrambled.m4a", scrambled), "--output", "wav:"+out)
		if r.code != 0 || int64(wavFrames(t, out)) != track.Frames {
			t.Errorf("exit code %d: %s", r.code, r.err)
		}
	})
}

func checkSentence(t *testing.T, got, want string) {
	t.Helper()
	text := strings.TrimSpace(got)
	if !strings.Contains(text, want) {
		t.Errorf("it says %q, which lacks %q", text, want)
	}
	if strings.Contains(text, "goroutine ") || strings.Contains(text, ".go:") || strings.Contains(text, "no words for") {
		t.Errorf("that is not for a person: %q", text)
	}
	if lines := strings.Split(text, "\n"); len(lines) > 1 && lines[0] != lines[len(lines)-1] {
		t.Errorf("more than one sentence: %q", text)
	}
}

// TestLibrariesThatCannotBeOpened holds that they are left as they were.
func TestLibrariesThatCannotBeOpened(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"no database at all": {[]byte(strings.Repeat("not a database ", 2000)), "cannot be read"},
		"half a page":        {make([]byte, 1000), "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			file := filepath.Join(home, "library", "ninth.db")
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			r := ninth(t, "--home", home, "status")
			if r.code != 1 || !strings.Contains(r.err, c.want) {
				t.Errorf("exit code %d: %q", r.code, r.err)
			}
			after, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(after, c.content) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
	t.Run("in use", func(t *testing.T) {
		home := t.TempDir()
		s, err := app.Open(t.Context(), app.Config{Home: home, Device: silent()})
		if err != nil {
			t.Fatal(err)
		}
		r := ninth(t, "--home", home, "status")
		checkSentence(t, r.err, "Another Ninth")
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// freePort is a port that nobody listens on at this moment.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// startForTest runs the demo co-op and gives its address.
func startForTest(t *testing.T) string {
	t.Helper()
	stop, address, err := startDemo(t.Context(), t.TempDir(), &environment{cli: &cli{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return address
}
