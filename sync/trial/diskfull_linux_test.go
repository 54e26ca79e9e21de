package trial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ninth-coop/ninth/sync"
)

// smallDisk is the size of the disk that gets full: a download leaves 64 MiB
// of it free, so there is room for one at a time, and not always.
const smallDisk = 88 << 20

// mountSmall makes a small disk for the test.
func mountSmall(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", smallDisk))
	if errors.Is(err, fs.ErrPermission) {
		t.Skip("only root can make a small disk")
	}
	must(t, err)
	t.Cleanup(func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

// TestDiskFull kills the player while its disk gets full and has space again.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("short: starting and killing processes takes a while")
	}
	seed := seedOf(t)
	refused := 0
	for done := 0; done < *kills; done += perWorld {
		t.Run(fmt.Sprint("from ", done), func(t *testing.T) {
			disk := mountSmall(t)
			c := startCoop(t, done)
			w := newWorld(t, c, c.url, filepath.Join(disk, "library"), seed+uint64(done))
			for range min(perWorld, *kills-done) {
				j := w.job()
				j.Refused = true
				stop := fill(t, filepath.Join(disk, "filler"), w)
				doubt := w.live(j, w.rand.IntN(8) == 0)
				stop()
				w.look(doubt)
				w.clock.add(sync.SettleAfter)
			}
			refused += w.refused
			w.finish()
			c.audit(t)
		})
	}
	if refused == 0 && *kills >= 10*perWorld {
		t.Error("the disk was never full")
	}
}

// fill takes all of the disk but a small rest or none, gives it back, and so on,
// until stop is called.
func fill(t *testing.T, name string, w *world) (stop func()) {
	t.Helper()
	disk := filepath.Dir(name)
	ended, told := make(chan error, 1), make(chan struct{})
	rests, pauses := make([]int64, 32), make([]time.Duration, 32)
	for i := range rests {
		rests[i] = max(0, w.rand.Int64N(64<<10)-(48<<10))
		pauses[i] = time.Duration(w.rand.Int64N(int64(120 * time.Millisecond)))
	}
	go func() {
		var errs []error
		for i := 0; ; i++ {
			errs = append(errs, leave(disk, name, rests[i%len(rests)]))
			select {
			case <-told:
				ended <- errors.Join(append(errs, os.RemoveAll(name))...)
				return
			case <-time.After(pauses[i%len(pauses)]):
			}
			errs = append(errs, os.RemoveAll(name))
			if i%3 == 0 {
				time.Sleep(pauses[i%len(pauses)] / 4)
			}
		}
	}()
	return func() {
		t.Helper()
		close(told)
		must(t, <-ended)
	}
}

// leave fills a disk with a file, but for a rest.
func leave(disk, name string, rest int64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(disk, &s); err != nil {
		return err
	}
	size := int64(s.Bavail)*s.Bsize - rest
	if size <= 0 {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return ignoreFull(err)
	}
	return errors.Join(ignoreFull(unix.Fallocate(int(f.Fd()), 0, 0, size)), f.Close())
}

// ignoreFull forgives that someone else was faster to fill the disk.
func ignoreFull(err error) error {
	if errors.Is(err, unix.ENOSPC) {
		return nil
	}
	return err
}
