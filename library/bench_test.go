package library

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The size of the library in these benchmarks.
const (
	benchReleases  = 10_000
	benchTracks    = 10 // on each
	benchArtists   = 2_000
	benchPlaylists = 500
)

// title makes titles of a vocabulary like a real one: few words are in many
// titles, many in few.
func title(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		x := r.Float64()
		words[i] = vocabulary(int(x * x * x * 20_000))
	}
	return strings.Join(words, " ")
}

// vocabulary is the nth word of a made-up language.
func vocabulary(n int) string {
	syllables := []string{"ka", "lo", "mi", "ré", "su", "ta", "ven", "or", "el", "ga", "zu", "bri", "ño", "shi", "um", "qua"}
	var b strings.Builder
	for n++; n > 0; n /= len(syllables) {
		b.WriteString(syllables[n%len(syllables)])
	}
	return b.String()
}

func fillBench(b *testing.B, l *Library) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var batch []Release
	for i := range benchReleases {
		artist := r.IntN(benchArtists)
		rel := Release{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Title: title(r, 2), Artist: "Artist " + vocabulary(artist),
			ArtistID: fmt.Sprintf("00000000-0000-4000-9000-%012d", artist), Kind: "lp",
			Date: fmt.Sprintf("%d-%02d-%02d", 1990+r.IntN(36), 1+r.IntN(12), 1+r.IntN(28)), Tags: []string{title(r, 1)},
		}
		for j := range benchTracks {
			rel.Tracks = append(rel.Tracks, Track{ID: fmt.Sprintf("00000000-0000-4000-a000-%012d", i*benchTracks+j), Title: title(r, 3), Status: Paid})
		}
		if batch = append(batch, rel); len(batch) == 100 {
			must(b, l.PutReleases(batch...))
			batch = batch[:0]
		}
	}
	for i := range benchPlaylists {
		p := Playlist{ID: fmt.Sprint("playlist-", i), Title: title(r, 2), Own: true}
		for range 50 {
			p.Items = append(p.Items, PlaylistItem{Track: Track{ID: fmt.Sprintf("00000000-0000-4000-a000-%012d", r.IntN(benchReleases*benchTracks))}})
		}
		must(b, l.PutPlaylists(p))
	}
	owned := make([]string, 5000)
	for i := range owned {
		owned[i] = fmt.Sprintf("00000000-0000-4000-a000-%012d", i*7)
	}
	must(b, l.PutOwned(owned...))
}

// benchLibrary is a library of 100,000 tracks, made once.
func benchLibrary(b *testing.B) (folder string) {
	b.Helper()
	folder = filepath.Join(os.TempDir(), fmt.Sprint("ninth-library-bench-", len(migrations)))
	if _, err := os.Stat(filepath.Join(folder, "ready")); err == nil {
		return folder
	}
	must(b, os.RemoveAll(folder))
	l := openAt(b, folder)
	fillBench(b, l)
	must(b, l.Close())
	must(b, os.WriteFile(filepath.Join(folder, "ready"), nil, 0o600))
	return folder
}

// BenchmarkFill is what the first refresh of the whole catalogue writes.
func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		l := openAt(b, b.TempDir())
		fillBench(b, l)
		info := value[os.FileInfo](b)(os.Stat(filepath.Join(l.folder, "ninth.db")))
		b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
		must(b, l.Close())
	}
}

func BenchmarkOpen(b *testing.B) {
	folder := benchLibrary(b)
	for b.Loop() {
		l := value[*Library](b)(Open(folder, Options{}))
		_ = value[Page[Release]](b)(l.Releases(Newest, 0, 50))
		must(b, l.Close())
	}
}

func BenchmarkSearch(b *testing.B) {
	l := openAt(b, benchLibrary(b))
	defer l.Close()
	for _, query := range []string{"k", "ka", "kal", "artist", "artist l", "re mi", "ré lo ka", "zzz", "artits", "qauqua", "brikolamis", "shizumisu lokamive"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				_ = value[Results](b)(l.Search(query, 20))
			}
		})
	}
}

// BenchmarkKeystroke types names letter by letter, every third with two
// letters swapped, and searches after each letter. It tells the 99th
// percentile of a keystroke.
func BenchmarkKeystroke(b *testing.B) {
	l := openAt(b, benchLibrary(b))
	defer l.Close()
	r := rand.New(rand.NewPCG(3, 4))
	var took []time.Duration
	for b.Loop() {
		text := []rune(title(r, 1+r.IntN(3)))
		if i := 1 + r.IntN(max(len(text)-2, 1)); len(took)%3 == 0 && i+1 < len(text) {
			text[i], text[i+1] = text[i+1], text[i]
		}
		for n := range text {
			began := time.Now()
			_ = value[Results](b)(l.Search(string(text[:n+1]), 24))
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
}

func BenchmarkPages(b *testing.B) {
	l := openAt(b, benchLibrary(b))
	defer l.Close()
	for _, offset := range []int{0, benchReleases / 2, benchReleases - 50} {
		b.Run(fmt.Sprint("releases from ", offset), func(b *testing.B) {
			for b.Loop() {
				_ = value[Page[Release]](b)(l.Releases(ByTitle, offset, 50))
			}
		})
	}
	b.Run("collection", func(b *testing.B) {
		for b.Loop() {
			_ = value[Page[Track]](b)(l.Collection(2500, 50))
		}
	})
	b.Run("playlists", func(b *testing.B) {
		for b.Loop() {
			_ = value[Page[Playlist]](b)(l.Playlists(0, 50))
		}
	})
}

// BenchmarkRules reads the first page and one in the middle of lists by rules.
func BenchmarkRules(b *testing.B) {
	l := openAt(b, benchLibrary(b))
	defer l.Close()
	rules := map[string]Rule{
		"all":       {},
		"titles":    {Sort: SortTitle, Descending: true},
		"years":     {Sort: SortYear},
		"shuffled":  {Sort: Shuffled},
		"owned":     {Match: one(FieldOwned, Is, nil), Sort: SortTitle},
		"named":     {Match: one(FieldTitle, Contains, "lo")},
		"by artist": {Match: one(FieldArtist, Contains, "lo")},
		"artist is": {Match: one(FieldArtist, Begins, "lo")},
		"never":     NeverPlayed(),
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		p := value[Page[Track]](b)(l.Matching(r, 0, 64))
		for place, from := range map[string]int{"first": 0, "middle": p.Total / 2} {
			b.Run(name+" "+place, func(b *testing.B) {
				for b.Loop() {
					_ = value[Page[Track]](b)(l.Matching(r, from, 64))
				}
				b.ReportMetric(float64(p.Total), "tracks")
			})
		}
	}
}

// BenchmarkNoNews stores what is there already, a hundred releases at a time.
func BenchmarkNoNews(b *testing.B) {
	l := openAt(b, benchLibrary(b))
	defer l.Close()
	p := value[Page[Release]](b)(l.Releases(Newest, 0, 100))
	for b.Loop() {
		must(b, l.PutReleases(p.Items...))
	}
}
