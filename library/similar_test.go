package library

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSearchForgivesTypos(t *testing.T) {
	l := newLibrary(t)
	for id, title := range map[string]string{
		"a": "Homogenic", "b": "Homogeneous Mix", "c": "Vespertine", "d": "Post", "e": "Łódź 1999", "f": "Ёлочка",
	} {
		must(t, l.PutReleases(Release{ID: id, Title: title, Date: "2001-01-01"}))
	}
	tests := map[string]string{
		"homogenic":  "[a b]", // as typed first; the other is two edits away
		"homogneic":  "[a]",   // swapped
		"hmogenic":   "[a]",   // left out
		"homoogenic": "[a]",   // put in
		"homagenic":  "[a]",   // another
		"hamagenic":  "[a]",   // two others
		"hamagepic":  "[]",    // three
		"vesparti":   "[c]",   // a beginning
		"psot":       "[d]",   // one edit in four letters
		"pzzt":       "[]",    // two
		"pst":        "[]",    // three letters are taken as typed
		"loda":       "[e]",
		"loda 1998":  "[]", // numbers are taken as typed
		"елачка":     "[f]",
		"mxi homog":  "[]",
	}
	for query, want := range tests {
		if got := fmt.Sprint(releaseIDs(value[Results](t)(l.Search(query, 10)).Releases)); got != want {
			t.Errorf("%q finds %s, want %s", query, got, want)
		}
	}
}

// TestManyResultsNeedNoTypos: where enough is found as typed, nothing else is.
func TestManyResultsNeedNoTypos(t *testing.T) {
	l := newLibrary(t)
	for i := range fewResults {
		must(t, l.PutReleases(Release{ID: fmt.Sprint(i), Title: "Water Music"}))
	}
	must(t, l.PutReleases(Release{ID: "other", Title: "Later"}))
	if got := releaseIDs(value[Results](t)(l.Search("water", 10)).Releases); slices.Contains(got, "other") || len(got) != fewResults {
		t.Errorf("found %v", got)
	}
	if got := releaseIDs(value[Results](t)(l.Search("waten", 10)).Releases); len(got) != fewResults {
		t.Errorf("mistyped, found %v", got)
	}
}

// apart is the optimal string alignment distance, by its definition.
func apart(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

// TestSimilarModel compares the walk through an index with a look at each of
// its words.
func TestSimilarModel(t *testing.T) {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abcéж")), 1, 9, -1)
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, rapidFolder(t))
		defer func() { must(t, l.Close()) }()
		words := rapid.SliceOfNDistinct(letters, 1, 40, rapid.ID[string]).Draw(t, "words")
		w := []rune(rapid.StringOfN(rapid.RuneFrom([]rune("abcéж")), 3, 9, -1).Draw(t, "typed"))
		most := rapid.IntRange(1, mostEdits).Draw(t, "edits")
		must(t, l.update("writing words", func(tx *txn) error {
			for i, word := range words {
				if err := tx.bucket(kindTrack.words()).Put([]byte("n"+word), encodePostings([]uint64{uint64(i + 1)})); err != nil {
					return err
				}
			}
			return tx.bucket(kindTrack.words()).Put([]byte("o"+string(w)), encodePostings([]uint64{99}))
		}))
		var want []string
		for _, word := range words {
			edits := apart(w, []rune(word))
			for n := len(w); n < len([]rune(word)); n++ {
				edits = min(edits, apart(w, []rune(word)[:n]))
			}
			if edits <= most {
				want = append(want, fmt.Sprint(word, edits))
			}
		}
		var got []string
		must(t, l.view("looking", func(tx *txn) error {
			return similar(tx.bucket(kindTrack.words()), inName, w, most, func(raw []byte, edits int) (bool, error) {
				list, err := decodePostings(raw, nil)
				got = append(got, fmt.Sprint(words[list[0]-1], edits))
				return true, err
			})
		}))
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q is like %v, want %v", string(w), got, want)
		}
	})
}

func TestTags(t *testing.T) {
	l := newLibrary(t)
	put := func(id, date string, tags ...string) {
		t.Helper()
		must(t, l.PutReleases(Release{ID: id, Title: "Title " + id, Date: date, Tags: tags, Tracks: []Track{}}))
	}
	tagsFor := func(words string) string {
		t.Helper()
		return strings.ReplaceAll(fmt.Sprint(value[Results](t)(l.Search(words, 10)).Tags), "} {", "}, {")
	}
	put("a", "2020-01-01", "Électro Pop", "ambient", "!?")
	put("b", "2021-01-01", "electro pop")
	put("draft", "", "ambient")
	if got, want := tagsFor("elec"), "[{Électro Pop 2}]"; got != want {
		t.Errorf("tags: %s, want %s", got, want)
	}
	p := value[Page[Release]](t)(l.Tagged("ELECTRO POP", 0, 10))
	if got := fmt.Sprint(releaseIDs(p.Items), p.Total); got != "[b a] 2" {
		t.Errorf("tagged: %s", got)
	}
	if p := value[Page[Release]](t)(l.Tagged("electro pop", 1, 1)); p.Total != 2 || len(p.Items) != 1 || p.Items[0].ID != "a" {
		t.Errorf("a window: %+v", p)
	}
	put("b", "2021-01-01", "Ambient")
	put("a", "2020-01-01")
	if got := tagsFor("elec"); got != "[]" {
		t.Errorf("a tag without releases: %s", got)
	}
	if got, want := tagsFor("ambient"), "[{ambient 2}]"; got != want {
		t.Errorf("tags: %s, want %s", got, want)
	}
	must(t, l.RetainReleases(func(string) bool { return false }))
	if got := tagsFor("ambient"); got != "[]" {
		t.Errorf("tags of an empty catalogue: %s", got)
	}
}
