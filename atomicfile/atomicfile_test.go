package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// writerVar is in the environment of a process that writes in its folder until
// it is killed.
const writerVar = "NINTH_ATOMICFILE_WRITER"

func TestMain(m *testing.M) {
	if os.Getenv(writerVar) != "" {
		err := Write("settings.json", func(w io.Writer) error {
			if _, err := io.WriteString(w, "half of the new cont"); err != nil {
				return err
			}
			if _, err := io.WriteString(os.Stdout, "half\n"); err != nil {
				return err
			}
			_, err := io.ReadAll(os.Stdin) // until it is killed
			return err
		})
		if err != nil {
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func value(t *testing.T) func(v string, err error) string {
	return func(v string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// holds checks what a folder has: names and contents.
func holds(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		got, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil || string(got) != want[e.Name()] {
			t.Errorf("%s has %d bytes %.40q, want %.40q (%v)", e.Name(), len(got), got, want[e.Name()], err)
		}
	}
	if len(names) != len(want) {
		t.Errorf("the folder has %v, want %d files", names, len(want))
	}
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "settings.json")
	for _, content := range []string{"first", "second, which is longer", ""} {
		if err := WriteBytes(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
		holds(t, folder, map[string]string{"settings.json": content})
	}
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestAFailedWriteLeavesTheOldContent(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "settings.json")
	broken := errors.New("the source broke off")
	half := func(w io.Writer) error {
		_, err := w.Write([]byte("half"))
		return errors.Join(err, broken)
	}
	if err := Write(name, half); !errors.Is(err, broken) {
		t.Errorf("without a file: %v", err)
	}
	holds(t, folder, nil)
	if err := WriteBytes(name, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, half); !errors.Is(err, broken) {
		t.Errorf("over a file: %v", err)
	}
	holds(t, folder, map[string]string{"settings.json": "old"})

	if err := WriteBytes(filepath.Join(folder, "none", "x"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	// A folder has the name, and is not replaced.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(filepath.Join(folder, "taken"), []byte("x")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// TestAKilledWriterLeavesTheOldContent: what else it leaves is swept.
func TestAKilledWriterLeavesTheOldContent(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "settings.json")
	if err := WriteBytes(name, []byte("old")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), value(t)(os.Executable()))
	cmd.Env, cmd.Dir = append(os.Environ(), writerVar+"=1"), folder
	in, inErr := cmd.StdinPipe() // open until the end
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("half\n"))); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	_ = in.Close() // has gone with it
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Fatalf("nothing is left of the writer: %v, %v", entries, err)
	}
	if err := Sweep(folder); err != nil {
		t.Error(err)
	}
	holds(t, folder, map[string]string{"settings.json": "old"})
}

func TestSweepTakesOnlyItsOwn(t *testing.T) {
	folder := t.TempDir()
	if err := Sweep(filepath.Join(folder, "none")); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	for _, name := range []string{"a.json", "a.json-123" + Suffix, "tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder"+Suffix), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(folder); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"a.json", "folder" + Suffix, "tmp"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left %v, want %v (%v)", left, want, err)
	}
}

func TestRename(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "a.part"), filepath.Join(folder, "a")
	if moved, err := Rename(from, to); moved || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v, %v", moved, err)
	}
	if err := WriteBytes(from, bytes.Repeat([]byte("x"), 100)); err != nil {
		t.Fatal(err)
	}
	if moved, err := Rename(from, to); !moved || err != nil {
		t.Errorf("%v, %v", moved, err)
	}
	holds(t, folder, map[string]string{"a": string(bytes.Repeat([]byte("x"), 100))})
}
