package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a small module whose Android file uses C, and makes it the
// working folder.
func module(t *testing.T, androidBody string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module example.org/m\n\ngo 1.26\n",
		"all.go":          "package m\n\nimport \"strings\"\n\nfunc Loud(s string) string { return strings.ToUpper(s) }\n",
		"part_android.go": "package m\n\n// #include <android/log.h>\nimport \"C\"\n\nfunc log() int {\n" + androidBody + "\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func TestAnErrorOfAnotherSystemIsFound(t *testing.T) {
	tests := []struct {
		name, body string
		goos       string
		problem    string
	}{
		{"C is taken on trust", "\tC.__android_log_write(3, nil, nil)\n\treturn 9", "android", ""},
		{"an error beside C", "\tC.__android_log_write(3, nil, nil)\n\treturn \"nine\"", "android", "part_android.go"},
		{"the same error elsewhere", "\treturn \"nine\"", "windows", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			module(t, test.body)
			got, err := check(t.Context(), target{goos: test.goos, goarch: "arm64"}, []string{"./..."})
			if err != nil {
				t.Fatal(err)
			}
			if got.packages < 2 {
				t.Errorf("only %d packages were checked", got.packages)
			}
			problems := strings.Join(got.problems, "\n")
			if (test.problem == "") != (problems == "") || !strings.Contains(problems, test.problem) {
				t.Errorf("problems %q; want %q", problems, test.problem)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-target", "android", "./..."}, {"-target", "android/arm64"}} {
		if err := run(t.Context(), args); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
