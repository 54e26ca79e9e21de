package library

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bounds of what is indexed of one text. Titles come from a server, so they
// may be anything; beyond these lengths nobody searches or sorts.
const (
	maxFolded   = 1024 // bytes of a text that are looked at
	maxToken    = 64   // bytes of one token
	maxTokens   = 64   // tokens of one text
	maxSortable = 120  // bytes of a sort key
)

// plain are letters that Unicode does not take apart into a letter and a
// mark, yet that people type without.
var plain = map[rune]string{
	'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t",
	'æ': "ae", 'œ': "oe", 'þ': "th", 'ĸ': "k",
}

// tokens are the words of a text as the index knows them: case folded, taken
// apart (NFKD) and without marks, so that "Sigur Rós" is found by "ros".
// Scripts written without spaces give overlapping pairs of signs and their
// last sign, so that any stretch of two signs or more, and the beginning of
// one, is found.
func tokens(text string) []string {
	var out []string
	for _, word := range words(text) {
		if !spaceless(firstRune(word)) {
			out = append(out, cut(word, maxToken))
			continue
		}
		signs := []rune(word)
		for i := range signs {
			out = append(out, string(signs[i:min(i+2, len(signs))]))
		}
	}
	return out[:min(len(out), maxTokens)]
}

// queryTokens are the tokens that all have to be the beginning of a word of
// what is looked for.
func queryTokens(text string) []string {
	out := tokens(text)
	kept := out[:0]
	for i, t := range out {
		// The last sign of a longer stretch is in the pair before it already.
		tail := utf8.RuneCountInString(t) == 1 && spaceless(firstRune(t)) &&
			i > 0 && strings.HasSuffix(out[i-1], t) && out[i-1] != t
		if !tail {
			kept = append(kept, t)
		}
	}
	return kept
}

// sortable is a text as lists are ordered by it.
func sortable(text string) string { return cut(strings.Join(words(text), " "), maxSortable) }

// words splits a folded text at everything that is neither letter nor digit,
// and where spaceless script begins or ends. Apostrophes join.
func words(text string) []string {
	var out []string
	var word strings.Builder
	before := false // the sign before was of a spaceless script
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range fold(text) {
		switch {
		case r == '\'' || r == '’' || r == 'ʼ':
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		default:
			if s := spaceless(r); s != before {
				flush()
				before = s
			}
			if p, ok := plain[r]; ok {
				word.WriteString(p)
			} else {
				word.WriteRune(r)
			}
		}
	}
	flush()
	return out
}

func fold(text string) string {
	text = strings.ToValidUTF8(cut(text, maxFolded), " ")
	if ascii(text) {
		return strings.ToLower(text)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(cases.Fold().String(text)))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// spaceless tells signs of scripts that put no spaces between words. Hangul
// has spaces.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// cut is the longest beginning of s with at most n bytes that does not split
// a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
