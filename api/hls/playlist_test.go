package hls

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

var base = &url.URL{Scheme: "https", Host: "coop.example", Path: "/api/v3/user/stream/one/playlist.m3u8"}

func parse(t testing.TB, lines ...string) (Playlist, error) {
	t.Helper()
	return Parse([]byte("#EXTM3U\n"+strings.Join(lines, "\n")), base)
}

// shown is what matters of segments, one a line.
func shown(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		fmt.Fprintf(&b, "%s %d+%d %v", s.URL, s.From, s.Length, s.Duration)
		if s.Key != nil {
			fmt.Fprintf(&b, " %s %x", s.Key.URL, s.Key.IV)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestSegments(t *testing.T) {
	const at = "https://coop.example/api/v3/user/stream/one/"
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"a co-op's", []string{"#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:10", "#EXT-X-MEDIA-SEQUENCE:0",
			"#EXTINF:10.005333,", "segment-000.ts", "#EXTINF:0.021333,", "segment-001.ts", "#EXT-X-ENDLIST", ""},
			[]string{at + "segment-000.ts 0+-1 10.005333s", at + "segment-001.ts 0+-1 21.333ms"}},
		{"addresses of all kinds", []string{"#EXTINF:1", "/other", "#EXTINF:1,a title, with a comma", "../x?y=1#part",
			"#EXTINF:1", "//cdn.example/a", "# a comment", "#EXTINF:1", "http://plain.example/b", "#EXT-X-ENDLIST"},
			[]string{"https://coop.example/other 0+-1 1s", "https://coop.example/api/v3/user/stream/x?y=1 0+-1 1s",
				"https://cdn.example/a 0+-1 1s", "http://plain.example/b 0+-1 1s"}},
		{"Windows line ends and a byte order mark", []string{"#EXTINF:2,\r", "a\r", "#EXT-X-PLAYLIST-TYPE:VOD\r"},
			[]string{at + "a 0+-1 2s"}},
		{"ranges", []string{"#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"700@0\"", "#EXTINF:1", "#EXT-X-BYTERANGE:100@700", "all.mp4",
			"#EXTINF:1", "#EXT-X-BYTERANGE:50", "all.mp4", "#EXT-X-ENDLIST"},
			[]string{at + "all.mp4 0+700 0s", at + "all.mp4 700+100 1s", at + "all.mp4 800+50 1s"}},
		{"two sections", []string{"#EXT-X-MAP:URI=\"a\"", "#EXTINF:1", "1", "#EXT-X-DISCONTINUITY", "#EXT-X-MAP:URI=\"b\"",
			"#EXTINF:1", "2", "#EXTINF:1", "3", "#EXT-X-ENDLIST"},
			[]string{at + "a 0+-1 0s", at + "1 0+-1 1s", at + "b 0+-1 0s", at + "2 0+-1 1s", at + "3 0+-1 1s"}},
		{"a gap", []string{"#EXTINF:1", "1", "#EXT-X-GAP", "#EXTINF:1", "2", "#EXTINF:1", "3", "#EXT-X-ENDLIST"},
			[]string{at + "1 0+-1 1s", at + "3 0+-1 1s"}},
		{"keys", []string{"#EXT-X-MEDIA-SEQUENCE:254", "#EXT-X-KEY:METHOD=AES-128,URI=\"key\",IV=0xABC", "#EXTINF:1", "1",
			"#EXT-X-KEY:METHOD=AES-128,URI=\"key\",KEYFORMAT=\"identity\"", "#EXTINF:1", "2", "#EXTINF:1", "3",
			"#EXT-X-KEY:METHOD=NONE", "#EXTINF:1", "4", "#EXT-X-ENDLIST"},
			[]string{at + "1 0+-1 1s " + at + "key 00000000000000000000000000000abc", at + "2 0+-1 1s " + at + "key 000000000000000000000000000000ff",
				at + "3 0+-1 1s " + at + "key 00000000000000000000000000000100", at + "4 0+-1 1s"}},
		{"tags of tomorrow", []string{"#EXT-X-TOMORROW:A=1,B=\"2\"", "#EXTINF:1", "1", "an address without a duration", "#EXT-X-ENDLIST"},
			[]string{at + "1 0+-1 1s"}},
	}
	for _, tt := range tests {
		p, err := parse(t, tt.lines...)
		if got, want := shown(p.Segments), strings.Join(tt.want, "\n")+"\n"; err != nil || got != want {
			t.Errorf("%s: %v\n%swant\n%s", tt.name, err, got, want)
		}
	}
}

func TestWhatIsNotPlayedIsNamed(t *testing.T) {
	one := []string{"#EXTINF:1", "1", "#EXT-X-ENDLIST"}
	for want, lines := range map[string][]string{
		"a live HLS stream":                  {"#EXTINF:1", "1"},
		"a playlist of pictures":             append([]string{"#EXT-X-I-FRAMES-ONLY"}, one...),
		"a playlist with variables":          append([]string{"#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\""}, one...),
		"a SAMPLE-AES track":                 append([]string{"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\""}, one...),
		"a track encrypted with AES-256-GCM": append([]string{"#EXT-X-KEY:METHOD=AES-256-GCM,URI=\"k\""}, one...),
		"a track encrypted for org.drm":      append([]string{"#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"org.drm\""}, one...),
		"an encrypted track":                 append([]string{"#EXT-X-KEY:METHOD=\x1b[2J,URI=\"k\""}, one...),
		"a FairPlay track":                   append([]string{"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\",KEYFORMAT=\"com.apple.streamingkeydelivery\""}, one...),
		"a Widevine track":                   append([]string{"#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:k\",KEYFORMAT=\"urn:uuid:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED\""}, one...),
		"an HLS key from another host":       append([]string{"#EXT-X-KEY:METHOD=AES-128,URI=\"https://keys.example/k\""}, one...),
		"HE-AAC":                             {"#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.5\"", "low"},
	} {
		p, err := parse(t, lines...)
		if err == nil {
			_, err = p.Choose()
		}
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.What != want {
			t.Errorf("%v, want %s named", err, want)
		}
	}
}

func TestWhatMakesNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":              "",
		"a page":               "<html>",
		"no segments":          "#EXTM3U\n#EXT-X-ENDLIST\n",
		"no duration":          "#EXTM3U\n#EXTINF:soon,\na\n#EXT-X-ENDLIST",
		"less than nothing":    "#EXTM3U\n#EXTINF:-1,\na\n#EXT-X-ENDLIST",
		"for ever":             "#EXTM3U\n#EXTINF:1e300,\na\n#EXT-X-ENDLIST",
		"not a number":         "#EXTM3U\n#EXTINF:NaN,\na\n#EXT-X-ENDLIST",
		"a range of nothing":   "#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:0@5\na\n#EXT-X-ENDLIST",
		"a range before 0":     "#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:5@-5\na\n#EXT-X-ENDLIST",
		"a file of one's own":  "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST",
		"a name and password":  "#EXTM3U\n#EXTINF:1,\nhttps://me:secret@coop.example/a\n#EXT-X-ENDLIST",
		"a bad address":        "#EXTM3U\n#EXTINF:1,\nhttps://[::1\n#EXT-X-ENDLIST",
		"a section of nowhere": "#EXTM3U\n#EXT-X-MAP:BYTERANGE=\"1@1\"\n#EXTINF:1,\na\n#EXT-X-ENDLIST",
		"a key of nowhere":     "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:1,\na\n#EXT-X-ENDLIST",
		"a long IV":            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x" + strings.Repeat("1", 34) + "\n#EXTINF:1,\na\n#EXT-X-ENDLIST",
		"too many segments":    "#EXTM3U\n" + strings.Repeat("#EXTINF:1,\na\n", maxSegments+1) + "#EXT-X-ENDLIST",
		"too many variants":    "#EXTM3U\n" + strings.Repeat("#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", maxVariants+1),
		"too much":             "#EXTM3U\n" + strings.Repeat("#\n", maxPlaylist),
	} {
		if _, err := Parse([]byte(text), base); !errors.Is(err, ErrPlaylist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChoose(t *testing.T) {
	const video, lc, he = "avc1.4d401f,mp4a.40.2", "mp4a.40.2", "mp4a.40.5"
	variant := func(name string, bandwidth int, codecs, more string) []string {
		line := fmt.Sprintf("#EXT-X-STREAM-INF:BANDWIDTH=%d", bandwidth)
		if codecs != "" {
			line += fmt.Sprintf(",CODECS=%q", codecs)
		}
		return []string{line + more, name}
	}
	tests := []struct {
		want     string
		variants [][]string
	}{
		{"high", [][]string{variant("low", 64, lc, ""), variant("high", 256, lc, ""), variant("mid", 128, lc, "")}},
		{"lc", [][]string{variant("he", 512, he, ""), variant("lc", 64, lc, "")}},
		{"unsaid", [][]string{variant("he", 512, he, ""), variant("unsaid", 64, "", "")}},
		{"lc", [][]string{variant("unsaid", 512, "", ""), variant("lc", 64, lc, "")}},
		{"sound", [][]string{variant("film", 5000, video, ""), variant("sound", 64, lc, "")}},
		{"small", [][]string{variant("large", 5000, video, ""), variant("small", 500, video, ",RESOLUTION=320x200")}},
		{"mp3", [][]string{variant("mp3", 320, "mp4a.40.34", ""), variant("ac3", 640, "ac-3", "")}},
		{"english", [][]string{
			{"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"French\",URI=\"french\""},
			{"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"English\",DEFAULT=YES,URI=\"english\""},
			{"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"a\",NAME=\"Words\",DEFAULT=YES,URI=\"words\""},
			variant("film", 5000, video, ",AUDIO=\"a\""), variant("sound", 64, lc, ""),
		}},
	}
	for _, tt := range tests {
		var lines []string
		for _, v := range tt.variants {
			lines = append(lines, v...)
		}
		p, err := parse(t, lines...)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Choose()
		if err != nil || !strings.HasSuffix(v.URL.Path, "/"+tt.want) {
			t.Errorf("%v of %v, want %s: %v", v.URL, lines, tt.want, err)
		}
	}
}

// FuzzParse begins with the playlists in testdata/fuzz.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text, base)
		var unsupported *UnsupportedError
		if err != nil && !errors.Is(err, ErrPlaylist) && !errors.As(err, &unsupported) {
			t.Fatalf("an error of no known kind: %v", err)
		}
		if err != nil {
			return
		}
		if len(p.Variants) > 0 {
			if v, err := p.Choose(); err == nil && v.URL == nil {
				t.Fatal("a variant of nowhere")
			}
		}
		var total time.Duration
		for _, s := range p.Segments {
			if s.URL.Host == "" || s.URL.Scheme != "http" && s.URL.Scheme != "https" || s.From < 0 || s.Length == 0 || s.Duration < 0 {
				t.Fatalf("%+v", s)
			}
			if total += s.Duration; total < 0 {
				t.Fatal("the time overflows")
			}
		}
	})
}
