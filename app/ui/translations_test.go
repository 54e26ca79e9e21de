package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/assets/i18n"
	"github.com/ninth-coop/ninth/sync"
)

// wordsOf finds every text that is handed to Fyne's lang package below a
// folder, and whether it has plurals.
func wordsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	words := map[string]bool{}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if x, ok := f.X.(*ast.Ident); !ok || x.Name != "lang" || f.Sel.Name != "L" && f.Sel.Name != "N" {
				return true
			}
			text, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: lang.%s is given what is no literal", name, f.Sel.Name)
				return true
			}
			word, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Error(err)
			}
			words[word] = words[word] || f.Sel.Name == "N"
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// entry is a translation: one form, or one for each plural.
type entry map[string]string

func (e *entry) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*e = entry{"other": one}
		return nil
	}
	var forms map[string]string
	err := json.Unmarshal(data, &forms)
	*e = forms
	return err
}

func translation(t *testing.T, language string) map[string]entry {
	t.Helper()
	data, err := i18n.Files.ReadFile(language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]entry
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatalf("%s: %v", language, err)
	}
	return m
}

var field = regexp.MustCompile(`{{\.\w+}}`)

func fields(s string) []string {
	f := field.FindAllString(s, -1)
	slices.Sort(f)
	return f
}

func TestEveryWordIsTranslated(t *testing.T) {
	words := wordsOf(t, ".")
	for _, s := range slices.Concat(app.Sentences(), sync.Reasons(), []string{auth.SealedWarning}) {
		words[s] = false
	}
	if len(words) < 100 {
		t.Fatalf("only %d texts were found", len(words))
	}
	for _, language := range []string{"en", "de", "fr", "es", "ca"} {
		have := translation(t, language)
		for word, plural := range words {
			if language == "en" && !plural {
				continue // the key is the English text
			}
			e, ok := have[word]
			switch {
			case !ok:
				t.Errorf("%s: %q is missing", language, word)
				continue
			case plural && (e["one"] == "" || e["other"] == ""):
				t.Errorf("%s: %q needs one and other", language, word)
			case !plural && len(e) > 1:
				t.Errorf("%s: %q has plurals and no number", language, word)
			}
			for form, text := range e {
				want := fields(word)
				if got := fields(text); !slices.Equal(got, want) && !(form == "one" && !strings.Contains(text, "{{.N}}")) {
					t.Errorf("%s: %q (%s) has the fields %v, want %v", language, word, form, got, want)
				}
			}
		}
		for word := range have {
			if _, ok := words[word]; !ok {
				t.Errorf("%s: %q is not in the program any more", language, word)
			}
		}
	}
}
