package library

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestTokens(t *testing.T) {
	tests := map[string]string{
		"Sigur Rós":               "sigur ros",
		"Ágætis byrjun":           "agaetis byrjun",
		"Don’t Look Back":         "dont look back",
		"AC/DC – Live!":           "ac dc live",
		"STRASSE Straße":          "strasse strasse",
		"Øyvind Łódź ıssız":       "oyvind lodz issiz",
		"東京事変":                    "東京 京事 事変 変",
		"aiko「花火」2nd":             "aiko 花火 火 2nd",
		"ﬁne ２０２６":                "fine 2026",
		"":                        "",
		"… — !":                   "",
		"e\u0301te\u0301":         "ete",
		"Ёлка":                    "елка",
		"한국 노래":                   "\u1112\u1161\u11ab\u1100\u116e\u11a8 \u1102\u1169\u1105\u1162",
		"bad \xff utf8":           "bad utf8",
		"ΣΊΣΥΦΟΣ":                 "σισυφοσ",
		"İstanbul":                "istanbul",
		strings.Repeat("x", 5000): strings.Repeat("x", maxToken),
	}
	for text, want := range tests {
		if got := strings.Join(tokens(text), " "); got != want {
			t.Errorf("%.40q gives %q, want %q", text, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	l := newLibrary(t)
	kid := release("kid", "Kid A", "Radiohead", 2)
	kid.Tags = []string{"Électronique"}
	kid.Tracks[0].Title, kid.Tracks[1].Title = "Everything in Its Right Place", "Kid A"
	ros := release("ros", "Ágætis byrjun", "Sigur Rós", 1)
	ros.Tracks[0].Title = "Svefn-g-englar"
	tokyo := release("tokyo", "教育", "東京事変", 1)
	tokyo.Tracks[0].Title = "群青日和"
	must(t, l.PutReleases(kid, ros, tokyo, release("kids", "Kidneys", "Kidder", 1)))
	must(t, l.PutPlaylists(theirs("p", "Kids' room", "kid-1")))

	tests := []struct{ query, tracks, releases, artists, playlists string }{
		{"radiohaed", "[kid-2 kid-1]", "[kid]", "[by-Radiohead]", "[]"},
		{"raidohead everithing", "[kid-1]", "[]", "[]", "[]"},
		{"kid a", "[kid-2 kid-1]", "[kid]", "[]", "[]"},
		{"KID", "[kid-2 kids-1 kid-1]", "[kid kids]", "[by-Kidder]", "[p]"},
		{"place radio", "[kid-1]", "[]", "[]", "[]"},
		{"radio place", "[kid-1]", "[]", "[]", "[]"},
		{"ros", "[ros-1]", "[ros]", "[by-Sigur Rós]", "[]"},
		{"agaetis", "[ros-1]", "[ros]", "[]", "[]"},
		{"englar svefn", "[ros-1]", "[]", "[]", "[]"},
		{"electro", "[]", "[kid]", "[]", "[]"},
		{"東京", "[tokyo-1]", "[tokyo]", "[by-東京事変]", "[]"},
		{"京事変", "[tokyo-1]", "[tokyo]", "[by-東京事変]", "[]"},
		{"変", "[tokyo-1]", "[tokyo]", "[by-東京事変]", "[]"},
		{"群青", "[tokyo-1]", "[]", "[]", "[]"},
		{"青群", "[]", "[]", "[]", "[]"},
		{"kix", "[]", "[]", "[]", "[]"},
		{"kid nobody", "[]", "[]", "[]", "[]"},
		{"", "[]", "[]", "[]", "[]"},
		{"!?", "[]", "[]", "[]", "[]"},
	}
	for _, tt := range tests {
		r := value[Results](t)(l.Search(tt.query, 10))
		var artists, playlists []string
		for _, a := range r.Artists {
			artists = append(artists, a.ID)
		}
		for _, p := range r.Playlists {
			playlists = append(playlists, p.ID)
		}
		got := fmt.Sprint(ids(r.Tracks), releaseIDs(r.Releases), artists, playlists)
		if want := strings.Join([]string{tt.tracks, tt.releases, tt.artists, tt.playlists}, " "); got != want {
			t.Errorf("%q finds %s, want %s", tt.query, got, want)
		}
	}
	if r := value[Results](t)(l.Search("kid", 1)); len(r.Tracks) != 1 || r.Tracks[0].ID != "kid-2" {
		t.Errorf("the best one alone: %v", ids(r.Tracks))
	}
}

// TestSearchModel puts, renames and removes releases at random; what a search
// finds is what a look at every title finds.
func TestSearchModel(t *testing.T) {
	word := rapid.SampledFrom([]string{"ab", "abc", "b", "ça", "東京", "京事", "d'or"})
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, rapidFolder(t))
		defer func() { must(t, l.Close()) }()
		titles := map[string]string{}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(t, "id")
				title := strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "title"), " ")
				must(t, l.PutReleases(Release{ID: id, Title: title}))
				titles[id] = title
			},
			"remove": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(t, "id")
				must(t, l.RetainReleases(func(r string) bool { return r != id }))
				delete(titles, id)
			},
			"": func(t *rapid.T) {
				query := strings.Join(rapid.SliceOfN(word, 1, 2).Draw(t, "query"), " ")
				var want []string
				for id, title := range titles {
					has := tokens(title)
					all := true
					for _, q := range queryTokens(query) {
						all = all && slices.ContainsFunc(has, func(w string) bool { return strings.HasPrefix(w, q) })
					}
					if all {
						want = append(want, id)
					}
				}
				got := releaseIDs(value[Results](t)(l.Search(query, 10)).Releases)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%q finds %v, want %v in %v", query, got, want, titles)
				}
			},
		})
	})
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Sigur Rós", "東京事変", "\xff\xfe", "ﷺﷺﷺ", "a\u0301\u0302", "\x00", "👩‍🎤 live", "ｶﾞ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := tokens(text)
		if len(got) > maxTokens {
			t.Fatalf("%d tokens", len(got))
		}
		for _, w := range got {
			if w == "" || len(w) > maxToken || !utf8.ValidString(w) || strings.ContainsRune(w, 0) {
				t.Fatalf("token %q", w)
			}
		}
		if s := sortable(text); len(s) > maxSortable || strings.ContainsRune(s, 0) {
			t.Fatalf("sort key %q", s)
		}
		// What is typed whole is found: each of its words begins one of the words.
		for _, q := range queryTokens(text) {
			if !slices.ContainsFunc(got, func(w string) bool { return strings.HasPrefix(w, q) }) {
				t.Fatalf("%q is not found by its own word %q", text, q)
			}
		}
	})
}

func FuzzPostings(f *testing.F) {
	f.Add(encodePostings([]uint64{1, 2, 900, 1 << 20}))
	f.Add([]byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f})
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := decodePostings(raw, nil)
		if err != nil {
			return
		}
		if !slices.IsSorted(list) {
			t.Fatalf("not sorted: %v", list)
		}
		if again, err := decodePostings(encodePostings(list), nil); err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v becomes %v (%v)", list, again, err)
		}
	})
}

// FuzzDecode feeds stored values that somebody else wrote.
func FuzzDecode(f *testing.F) {
	for _, v := range []any{
		trackRecord{Title: "t", Duration: 5}, releaseRecord{Tracks: []string{"a"}}, artistRecord{Name: "n"},
		playlistRecord{Items: []itemRecord{{"i", "t"}}}, intentRecord{Intent: Intent{ID: "x", At: start}},
		File{TrackID: "t", Ranges: []Range{{0, 5}}}, entryRecord{TrackID: "t"}, Queue{NextID: 3}, Account{ID: "me"},
		document{3, []string{"nw"}},
	} {
		raw, err := encoding.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})       // an array of 2⁶⁴−1
	f.Add([]byte{0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}) // as many bytes
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, v := range []any{
			&trackRecord{}, &releaseRecord{}, &artistRecord{}, &playlistRecord{}, &intentRecord{},
			&File{}, &entryRecord{}, &heardRecord{}, &Queue{}, &Account{}, &document{}, &pendingRecord{},
		} {
			_ = decode(raw, v)
		}
	})
}
