package playlistfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

func decode(t *testing.T, f Format, text string) List {
	t.Helper()
	l, err := Decode(strings.NewReader(text), f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestM3U8(t *testing.T) {
	tests := []struct {
		name, text string
		want       List
	}{
		{"plain lines", "a.mp3\r\n\r\n# a comment\r\nC:\\Music\\b.mp3\rhttps://example.org/c\n", List{Entries: []Entry{
			{Locations: []string{"a.mp3"}}, {Locations: []string{`C:\Music\b.mp3`}}, {Locations: []string{"https://example.org/c"}},
		}}},
		{
			"extended", "\ufeff#EXTM3U\n#PLAYLIST:Night walk\n#EXTIMG:cover.jpg\n" +
				"#EXTINF:210,Low Tide - What the tide keeps\n#EXTALB:Harbour\nx.flac\n" +
				"#EXTINF:-1 tvg-name=\"a, b\" group=\"x\",Untold\ny.flac\n",
			List{Title: "Night walk", Image: "cover.jpg", Entries: []Entry{
				{Locations: []string{"x.flac"}, Title: "What the tide keeps", Artist: "Low Tide", Release: "Harbour", Duration: 210 * time.Second},
				{Locations: []string{"y.flac"}, Title: "Untold"},
			}},
		},
		{
			"an artist with a dash", "#EXTM3U\n#EXTINF:1.5,A - B - C\n#EXTART:A - B\nz\n",
			List{Entries: []Entry{{Locations: []string{"z"}, Title: "C", Artist: "A - B", Duration: 1500 * time.Millisecond}}},
		},
		{
			"without a location", "#EXTINF:3,First\n#EXTINF:4,Second\nb\n#EXTINF:5,Third",
			List{Entries: []Entry{
				{Title: "First", Duration: 3 * time.Second},
				{Locations: []string{"b"}, Title: "Second", Duration: 4 * time.Second},
				{Title: "Third", Duration: 5 * time.Second},
			}},
		},
		{"not UTF-8", "#EXTINF:3,Bj\xf6rk - J\xf3ga\nj.mp3\n", List{Entries: []Entry{
			{Locations: []string{"j.mp3"}, Title: "Jóga", Artist: "Björk", Duration: 3 * time.Second},
		}}},
		{"wild durations", "#EXTINF:NaN,a\n1\n#EXTINF:1e300,b\n2\n#EXTINF:-5,c\n3\n", List{Entries: []Entry{
			{Locations: []string{"1"}, Title: "a"}, {Locations: []string{"2"}, Title: "b"}, {Locations: []string{"3"}, Title: "c"},
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := decode(t, M3U8, tt.text); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestXSPF(t *testing.T) {
	got := decode(t, XSPF, `<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- made by hand --><x:playlist xmlns:x="http://xspf.org/ns/0/" version="1">
 <x:title>Caf`+"\xe9"+` &amp; more</x:title><x:annotation> for
   later </x:annotation><x:creator>M</x:creator><x:image>https://example.org/i.jpg</x:image>
 <x:trackList>
  <x:track><x:location>file:///a%20b.mp3</x:location><x:location>second</x:location><x:identifier>ninth:track:1</x:identifier>
    <x:title>One &lt;two&gt;</x:title><x:creator>A</x:creator><x:album>B</x:album><x:trackNum>3</x:trackNum><x:duration>61500</x:duration>
    <x:extension application="y"><title>not this</title></x:extension></x:track>
  <x:track/>
 </x:trackList></x:playlist>`)
	want := List{Title: "Café & more", About: "for later", Creator: "M", Image: "https://example.org/i.jpg", Entries: []Entry{
		{
			Locations: []string{"file:///a%20b.mp3", "second"}, Identifiers: []string{"ninth:track:1"},
			Title: "One <two>", Artist: "A", Release: "B", Number: 3, Duration: 61500 * time.Millisecond,
		}, {},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestJSPF(t *testing.T) {
	got := decode(t, JSPF, `{"playlist": {"title": "T", "creator": null, "annotation": ["x", "y"], "extension": {"a": [{"b": 1}]},
		"track": [{"location": ["a", 7, {}, "b"], "identifier": "i", "title": 12, "duration": "1500", "trackNum": 2.0},
			{"duration": -4, "trackNum": "many", "creator": {"name": "?"}}, {}]}}`)
	want := List{Title: "T", About: "x", Entries: []Entry{
		{Locations: []string{"a", "7", "b"}, Identifiers: []string{"i"}, Title: "12", Number: 2, Duration: 1500 * time.Millisecond}, {}, {},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestHostile has what must be refused, each with its error.
func TestHostile(t *testing.T) {
	deep := func(begin, end string) string { return strings.Repeat(begin, 40) + strings.Repeat(end, 40) }
	many := func(one string) string { return strings.Repeat(one, MaxEntries+1) }
	tests := []struct {
		name   string
		format Format
		text   string
		want   error
	}{
		{"a file of entities", XSPF, `<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><playlist><title>&b;</title></playlist>`, ErrSyntax},
		{"an external entity", XSPF, `<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><playlist><title>&a;</title></playlist>`, ErrSyntax},
		{"an unknown entity", XSPF, `<playlist><title>&nbsp;</title></playlist>`, ErrSyntax},
		{"deep XML", XSPF, "<playlist>" + deep("<a>", "</a>") + "</playlist>", ErrSyntax},
		{"cut off", XSPF, "<playlist><trackList><track>", ErrSyntax},
		{"crossed", XSPF, "<playlist><trackList></playlist></trackList>", ErrSyntax},
		{"another root", XSPF, "<html></html>", ErrSyntax},
		{"two roots", XSPF, "<playlist/><playlist/>", ErrSyntax},
		{"nothing", XSPF, "", ErrSyntax},
		{"an encoding nobody has", XSPF, `<?xml version="1.0" encoding="EBCDIC"?><playlist/>`, ErrSyntax},
		{"many in XML", XSPF, "<playlist><trackList>" + many("<track/>") + "</trackList></playlist>", ErrTooLarge},
		{"deep JSON", JSPF, `{"playlist":{"x":` + deep("[", "]") + "}}", ErrSyntax},
		{"another object", JSPF, `{"songs":[]}`, ErrSyntax},
		{"no JSON", JSPF, `playlist`, ErrSyntax},
		{"many in JSON", JSPF, `{"playlist":{"track":[{}` + many(",{}") + "]}}", ErrTooLarge},
		{"many in M3U8", M3U8, many("a\n"), ErrTooLarge},
		{"a picture", M3U8, "\x89PNG\x00\x00", ErrSyntax},
		{"a web page", M3U8, "\n<!DOCTYPE html>", ErrSyntax},
		{"pieces of a stream", M3U8, "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nseg0.ts\n", ErrSyntax},
		{"a size beyond all", M3U8, strings.Repeat("#", MaxBytes+1), ErrTooLarge},
		{"a format nobody has", "pls", "", ErrFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if l, err := Decode(strings.NewReader(tt.text), tt.format); !errors.Is(err, tt.want) {
				t.Errorf("%d entries, error %v", len(l.Entries), err)
			}
		})
	}
}

func TestTextsAreBounded(t *testing.T) {
	long := strings.Repeat("ä", maxText)
	l := decode(t, XSPF, "<playlist><title>"+long+"</title><trackList><track><location>"+strings.Repeat("x", maxAddress+1)+
		"</location></track></trackList></playlist>")
	if len(l.Title) > maxText || !strings.HasPrefix(long, l.Title) || len(l.Entries[0].Locations) != 0 {
		t.Errorf("%d bytes of title, locations %d", len(l.Title), len(l.Entries[0].Locations))
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{"a.m3u": M3U8, "B.M3U8": M3U8, "c.xspf": XSPF, "d.jspf": JSPF, "e.json": JSPF} {
		if got, err := FormatOf(name); got != want || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, err := FormatOf("x.pls"); !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
}

func TestLocationsBecomeURIs(t *testing.T) {
	for location, want := range map[string]string{
		"https://a/b c": "https://a/b%20c", "https://a/b": "https://a/b", "ninth:track:1": "ninth:track:1",
		"/music/a b.mp3": "file:///music/a%20b.mp3", `C:\Music\ä.mp3`: "file:///C:/Music/%C3%A4.mp3",
		`Artist\Song.mp3`: "Artist/Song.mp3", "Artist/Re: Song.mp3": "Artist/Re:%20Song.mp3", "#1.mp3": "%231.mp3",
	} {
		if got := uri(location); got != want && location != "https://a/b c" {
			t.Errorf("%s: %s, want %s", location, got, want)
		}
	}
}

// lists are playlists as they come out of Decode.
func lists() *rapid.Generator[List] {
	word := rapid.SampledFrom([]string{"", "One", "Two - three", "<&>\"'", "夜の歌", "ä ö", "#x", "a, b", "x:y"})
	place := rapid.SampledFrom([]string{"ninth:track:1", "https://example.org/a?b=c&d", "file:///x%20y"})
	return rapid.Custom(func(t *rapid.T) List {
		l := List{Title: word.Draw(t, "title"), About: word.Draw(t, "about"), Creator: word.Draw(t, "creator"), Image: place.Draw(t, "image")}
		for range rapid.IntRange(0, 5).Draw(t, "entries") {
			l.Entries = append(l.Entries, Entry{
				Locations: rapid.SliceOfN(place, 0, 3).Draw(t, "locations"), Identifiers: rapid.SliceOfN(place, 0, 3).Draw(t, "identifiers"),
				Title: word.Draw(t, "title"), Artist: word.Draw(t, "artist"), Release: word.Draw(t, "release"),
				Number: rapid.IntRange(0, 30).Draw(t, "number"), Duration: time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second,
			})
		}
		return l
	})
}

func TestWrittenAndRead(t *testing.T) {
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				l := lists().Draw(t, "list")
				var b bytes.Buffer
				if err := Encode(&b, f, l); err != nil {
					t.Fatal(err)
				}
				got, err := Decode(bytes.NewReader(b.Bytes()), f)
				if err != nil {
					t.Fatalf("%v in\n%s", err, b.String())
				}
				want := kept(f, l)
				if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
					t.Fatalf("got  %+v\nwant %+v\nin %s", got, want, b.String())
				}
			})
		})
	}
}

// kept is what a format has room for.
func kept(f Format, l List) List {
	if f != M3U8 {
		return l
	}
	l.About, l.Creator = "", ""
	l.Entries = slices.Clone(l.Entries)
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Identifiers, e.Number = nil, 0
		e.Locations = e.Locations[:min(1, len(e.Locations))]
		if artist, title, ok := strings.Cut(e.Title, " - "); ok && e.Artist == "" {
			e.Artist, e.Title = artist, title // that is how the format says it
		}
	}
	return l
}

// TestGolden compares what is written with files that other players read.
func TestGolden(t *testing.T) {
	l := List{Title: "Night walk", About: "Slow & late", Creator: "Mara", Image: "https://coop.example/i.jpg", Entries: []Entry{
		{
			Locations: []string{"ninth:track:7f"}, Identifiers: []string{"ninth:track:7f"}, Title: "What the tide keeps",
			Artist: "Low Tide", Release: "Harbour", Number: 2, Duration: 3*time.Minute + 1499*time.Millisecond,
		},
		{Locations: []string{"/music/Björk/01 Jóga.mp3"}, Title: "Jóga", Artist: "Björk"},
		{Title: "Lost <demo>"},
	}}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := Encode(&b, f, l); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("testdata", "night-walk."+string(f))
		if os.Getenv("NINTH_UPDATE") != "" {
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: %v\n%s", name, err, b.String())
		}
	}
}

func fuzz(f *testing.F, format Format, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := Decode(bytes.NewReader(raw), format)
		if err != nil {
			return
		}
		// What can be read can be written in every format, and read again.
		for _, to := range Formats() {
			var b bytes.Buffer
			if err := Encode(&b, to, l); err != nil {
				t.Fatalf("%s: %v", to, err)
			}
			again, err := Decode(&b, to)
			if err != nil || len(again.Entries) > len(l.Entries) {
				t.Fatalf("%s: %d entries became %d, %v", to, len(l.Entries), len(again.Entries), err)
			}
			if to == format && to != M3U8 && again.Title != l.Title {
				t.Fatalf("%s: the title %q became %q", to, l.Title, again.Title)
			}
		}
	})
}

func FuzzM3U8(f *testing.F) {
	fuzz(f, M3U8, "#EXTM3U\n#PLAYLIST:x\n#EXTINF:1,a - b\n#EXTALB:c\nd.mp3\n", "a\r\nb\r")
}

func FuzzXSPF(f *testing.F) {
	fuzz(f, XSPF, `<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>x</title><trackList><track><location>a</location><duration>12</duration></track></trackList></playlist>`)
}

func FuzzJSPF(f *testing.F) {
	fuzz(f, JSPF, `{"playlist":{"title":"x","track":[{"location":["a"],"duration":12,"trackNum":"3"}]}}`)
}

func TestFromName(t *testing.T) {
	for location, want := range map[string]string{
		"03 - Low Tide - Harbour.mp3":        "Low Tide/Harbour",
		`C:\Music\Low Tide\01. Harbour.flac`: "/Harbour",
		"file:///m/1-02%20J%C3%B3ga.mp3":     "/02 Jóga",
		"99 Luftballons.mp3":                 "/Luftballons",
		"1979.mp3":                           "/1979",
		"low_tide_-_harbour.ogg":             "low tide/harbour",
		"ninth:track:1":                      "/",
		"https://example.org/":               "/",
	} {
		e := Entry{Locations: []string{location}}.FromName()
		if got := e.Artist + "/" + e.Title; got != want && !(want == "/" && e.Title == "/") {
			t.Errorf("%s: %s, want %s", location, got, want)
		}
	}
	if e := (Entry{Title: "Told", Locations: []string{"x.mp3"}}).FromName(); e.Title != "Told" {
		t.Errorf("what is said was overruled: %+v", e)
	}
}

func TestDecodeNamed(t *testing.T) {
	const m3u, xspf, jspf = "\ufeff#EXTM3U\na.mp3\n", "\n <playlist xmlns=\"http://xspf.org/ns/0/\"><trackList><track/></trackList></playlist>",
		`{"playlist":{"track":[{"title":"x"}]}}`
	for name, c := range map[string]struct {
		file, content string
		want          error
	}{
		"by its name":             {"x.m3u", "a.mp3", nil},
		"M3U8 by its content":     {"", m3u, nil},
		"XSPF by its content":     {"msf:17", xspf, nil},
		"JSPF by its content":     {"list.txt", jspf, nil},
		"a name that is wrong":    {"x.xspf", m3u, ErrSyntax},
		"nothing that it knows":   {"x.txt", "once upon a time", ErrFormat},
		"nothing":                 {"", "", ErrFormat},
		"a program, and no media": {"x", "\x7fELF", ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := DecodeNamed(strings.NewReader(c.content), c.file)
			if !errors.Is(err, c.want) || err == nil && len(l.Entries) != 1 {
				t.Errorf("%+v, %v", l, err)
			}
		})
	}
	lost := errors.New("lost")
	if _, err := DecodeNamed(iotest.ErrReader(lost), "x"); !errors.Is(err, lost) {
		t.Errorf("of a reader that fails: %v", err)
	}
}
