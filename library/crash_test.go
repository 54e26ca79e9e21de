package library

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/atomicfile"
)

// crashWorker, in the environment, makes the test binary a worker that writes
// into the library in its working directory until it is killed.
const crashWorker = "NINTH_LIBRARY_CRASH"

func TestMain(m *testing.M) {
	if os.Getenv(crashWorker) != "" {
		if err := work(); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// work does things and says so, each after it was done.
func work() error {
	l, err := Open(".", Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	if err := l.Sweep(context.Background()); err != nil {
		return err
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("track-%d-%d", os.Getpid(), i)
		if err := l.PutReleases(Release{ID: "r" + id, Title: id, Tracks: []Track{{ID: id, Title: "Title " + id, Status: Paid}}}); err != nil {
			return err
		}
		if _, err := l.Play(id, l.now(), time.Minute); err != nil {
			return err
		}
		fmt.Println("play", id)
		if err := l.SetFavourite(id, true); err != nil {
			return err
		}
		fmt.Println("favourite", id)
		if err := saveWhole(l, id); err != nil {
			return err
		}
		fmt.Println("file", id)
		if err := l.SaveCover("http://coop/"+id, []byte("the cover of "+id)); err != nil {
			return err
		}
		fmt.Println("cover", id)
	}
}

func saveWhole(l *Library, id string) error {
	full, err := l.AudioPath(id)
	if err != nil {
		return err
	}
	content := []byte("the bytes of " + id)
	return errors.Join(
		os.WriteFile(full, content, 0o600),
		l.SaveFile(File{TrackID: id, Path: PartPath(id), Size: int64(len(content)), Ranges: []Range{{0, int64(len(content))}}}),
		l.Complete(id, int64(len(content)), nil),
	)
}

// TestKilled kills a worker at random points. Whatever it said it had done is
// there afterwards, and nothing is there by half.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("short: starting and killing processes takes a few seconds")
	}
	folder := t.TempDir()
	said := map[string][]string{}
	for range 15 {
		for what, ids := range killWorker(t, folder) {
			said[what] = append(said[what], ids...)
		}
	}
	l := openAt(t, folder)
	defer l.Close()
	must(t, l.Sweep(t.Context()))
	checkInvariants(t, l)
	t.Logf("said: %d plays, %d favourites, %d files, %d covers", len(said["play"]), len(said["favourite"]), len(said["file"]), len(said["cover"]))
	if len(said["cover"]) == 0 {
		t.Fatal("no worker came far enough")
	}
	played := map[string]bool{}
	for _, in := range value[[]Intent](t)(l.Outbox()) {
		if in.Kind == IntentPlay {
			if played[in.TrackID] {
				t.Errorf("%s was played twice", in.TrackID)
			}
			played[in.TrackID] = true
		}
	}
	for _, id := range said["play"] {
		if tr := value[Track](t)(l.Track(id)); !played[id] || tr.Plays != 1 {
			t.Errorf("the play of %s is lost", id)
		}
	}
	for _, id := range said["favourite"] {
		if tr := value[Track](t)(l.Track(id)); !tr.Favourite {
			t.Errorf("the favourite %s is lost", id)
		}
	}
	for _, id := range said["file"] {
		if f := value[File](t)(l.File(id)); !f.Complete {
			t.Errorf("the file of %s is lost: %+v", id, f)
		}
	}
	for _, id := range said["cover"] {
		if _, ok, err := l.Cover("http://coop/" + id); !ok || err != nil {
			t.Errorf("the cover of %s is lost: %v", id, err)
		}
	}
	for _, f := range value[Page[File]](t)(l.Files(0, 1<<20)).Items {
		if raw, err := os.ReadFile(l.Full(f.Path)); err != nil || string(raw) != "the bytes of "+f.TrackID {
			t.Errorf("%s is called whole and is %q, %v", f.TrackID, raw, err)
		}
	}
	left, _ := filepath.Glob(filepath.Join(folder, "*", "*", "*"+atomicfile.Suffix))
	if len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

// killWorker runs a worker for a random while and returns what it said.
func killWorker(t *testing.T, folder string) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Dir, cmd.Env = folder, append(os.Environ(), crashWorker+"=yes")
	out := value[io.ReadCloser](t)(cmd.StdoutPipe())
	must(t, cmd.Start())
	said := map[string][]string{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		what, id, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "open":
			time.AfterFunc(time.Duration(rand.Int64N(int64(120*time.Millisecond))), func() { _ = cmd.Process.Kill() })
		case "failed":
			t.Errorf("the worker: %s", lines.Text())
		default:
			said[what] = append(said[what], id)
		}
	}
	_ = cmd.Wait() // it was killed
	return said
}
