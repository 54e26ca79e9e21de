package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/atomicfile"
)

// ErrIncomplete is returned by Complete when the bytes on disk are not the
// whole track.
var ErrIncomplete = errors.New("the file is not whole")

// Complete reads the bytes of a track once more, and calls it whole when
// there are size of them and, where want is not nil, their SHA-256 is want.
// Otherwise it fails with ErrIncomplete and nothing has changed. The file
// gets its final name, unless the system refuses because someone plays it:
// then it keeps the name that File says.
func (l *Library) Complete(trackID string, size int64, want []byte) error {
	const doing = "completing a track"
	f, err := l.File(trackID)
	if err != nil {
		return err
	}
	if f.Path == "" || f.Preview || size <= 0 {
		return fmt.Errorf("library: %s: %w", doing, ErrIncomplete)
	}
	sum, n, err := sumFile(l.Full(f.Path))
	if err != nil {
		return fmt.Errorf("library: %s: %w", doing, err)
	}
	if n != size {
		return fmt.Errorf("library: %s: %w: %d of %d bytes", doing, ErrIncomplete, n, size)
	}
	if want != nil && !bytes.Equal(sum, want) {
		return fmt.Errorf("library: %s: %w: its hash is another one", doing, ErrIncomplete)
	}
	final := f.Path
	if rel := WholePath(trackID); rel != f.Path {
		moved, err := atomicfile.Rename(l.Full(f.Path), l.Full(rel))
		if moved {
			final = rel
			if err != nil {
				return fmt.Errorf("library: %s: %w", doing, err)
			}
		}
	}
	return l.changeFile(doing, trackID, func(f *File) {
		f.Path, f.Size, f.Ranges = final, size, []Range{{0, size}}
		f.Complete, f.SHA256 = true, sum
		if f.Used.IsZero() {
			f.Used = l.now()
		}
	})
}

// sumFile syncs a file to the disk and reads its hash and length.
func sumFile(name string) (sum []byte, n int64, err error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, 0, err
	}
	h := sha256.New()
	n, err = io.Copy(h, f)
	return h.Sum(nil), n, errors.Join(err, f.Sync(), f.Close())
}

// Forget removes what is on disk of a track, pinned or not, from the library
// and from the disk. The pin itself stays: the track is wanted again.
func (l *Library) Forget(trackID string) error {
	f, err := l.File(trackID)
	if err != nil || f.Path == "" {
		return err
	}
	err = l.changeFile("forgetting a file", trackID, func(f *File) {
		*f = File{Pinned: f.Pinned, LetGo: f.LetGo, Measured: f.Measured}
	})
	if err != nil {
		return err
	}
	if err := os.Remove(l.Full(f.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("library: removing a file: %w", err)
	}
	return nil
}

// Evict removes bytes from the rolling cache, those that were used longest
// ago first, until all audio on disk is at most quota bytes. What is pinned,
// owned or claimed stays, so the rest may be more than quota. It returns how
// many bytes were freed.
func (l *Library) Evict(ctx context.Context, quota int64) (freed int64, err error) {
	for {
		used, _, err := l.DiskUse()
		if err != nil || used <= quota {
			return freed, err
		}
		id, n, err := l.oldest()
		if err != nil || id == "" {
			return freed, err
		}
		if err := errors.Join(ctx.Err(), l.Forget(id)); err != nil {
			return freed, err
		}
		freed += n
	}
}

// Evictable is how many bytes Evict could free now.
func (l *Library) Evictable() (bytes int64, err error) {
	err = l.view("adding up what may go", func(tx *txn) error {
		return scan(tx.bucket(string(diskEvictable)), nil, func(_, v []byte) (bool, error) {
			if l.claimed(string(v)) {
				return true, nil
			}
			f, _, err := tx.file(string(v))
			bytes += f.Have()
			return true, err
		})
	})
	return bytes, err
}

// oldest is the track in the rolling cache that was used longest ago, and its
// bytes; "" when there is none.
func (l *Library) oldest() (id string, n int64, err error) {
	err = l.view("looking for what may go", func(tx *txn) error {
		return scan(tx.bucket(string(diskEvictable)), nil, func(_, v []byte) (bool, error) {
			if l.claimed(string(v)) {
				return true, nil
			}
			f, _, err := tx.file(string(v))
			id, n = f.TrackID, f.Have()
			return false, err
		})
	})
	return id, n, err
}

// Sweep brings files and records together after a crash: temporary files go,
// files that no record names go, a file that had its new name and no record of
// it gets the old one back, and a record whose file is missing is forgotten.
// It must run after Open and before anything is fetched.
func (l *Library) Sweep(ctx context.Context) error {
	named := map[string]struct{}{}
	var missing []File
	err := l.view("reading all files", func(tx *txn) error {
		return scan(tx.bucket(bFiles), nil, func(_, v []byte) (bool, error) {
			var f File
			if err := decode(v, &f); err != nil {
				return false, err
			}
			if f.Path == "" {
				return true, nil
			}
			named[f.Path] = struct{}{}
			if _, err := os.Stat(l.Full(f.Path)); errors.Is(err, fs.ErrNotExist) {
				missing = append(missing, f)
			}
			return true, ctx.Err()
		})
	})
	if err != nil {
		return err
	}
	for _, f := range missing {
		if f.Path == PartPath(f.TrackID) && os.Rename(l.Full(WholePath(f.TrackID)), l.Full(f.Path)) == nil {
			continue
		}
		if err := l.Forget(f.TrackID); err != nil {
			return err
		}
	}
	return l.removeUnnamed(ctx, named)
}

func (l *Library) removeUnnamed(ctx context.Context, named map[string]struct{}) error {
	root, err := os.OpenRoot(l.folder)
	if err != nil {
		return fmt.Errorf("library: sweeping: %w", err)
	}
	defer root.Close()
	remove := func(name string) error {
		l.log.Info("removing a file that nothing names", "path", name)
		l.mu.Lock()
		l.swept = append(l.swept, name)
		l.mu.Unlock()
		return root.Remove(name)
	}
	temps, err := fs.Glob(root.FS(), "*"+atomicfile.Suffix) // copies of the database that were not finished
	if err != nil {
		return fmt.Errorf("library: sweeping: %w", err)
	}
	for _, name := range temps {
		if err := remove(name); err != nil {
			return fmt.Errorf("library: sweeping: %w", err)
		}
	}
	for _, folder := range []string{"audio", "covers"} {
		err := fs.WalkDir(root.FS(), folder, func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
				return err
			}
			_, kept := named[name]
			if kept || (folder == "covers" && !strings.HasSuffix(name, atomicfile.Suffix)) {
				return nil
			}
			return remove(name)
		})
		if err != nil {
			return fmt.Errorf("library: sweeping: %w", err)
		}
	}
	return nil
}

// maxCover is the largest picture that is kept, in bytes.
const maxCover = 16 << 20

func coverPath(address string) string {
	sum := sha256.Sum256([]byte(address))
	name := hex.EncodeToString(sum[:])
	return path.Join("covers", name[:2], name)
}

// Cover is the full path of the picture at an address, when it is on disk.
func (l *Library) Cover(address string) (name string, ok bool, err error) {
	if address == "" {
		return "", false, nil
	}
	name = l.Full(coverPath(address))
	_, err = os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("library: looking for a cover: %w", err)
	}
	return name, true, nil
}

// SaveCover keeps the picture at an address, of at most 16 MiB.
func (l *Library) SaveCover(address string, picture []byte) error {
	if address == "" || len(picture) == 0 || len(picture) > maxCover {
		return fmt.Errorf("library: storing a cover: %d bytes are no picture", len(picture))
	}
	name := l.Full(coverPath(address))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("library: storing a cover: %w", err)
	}
	if err := atomicfile.WriteBytes(name, picture); err != nil {
		return fmt.Errorf("library: storing a cover: %w", err)
	}
	return l.DropCover(address)
}

// WantedCovers are at most limit addresses of pictures that are not on disk.
func (l *Library) WantedCovers(limit int) (addresses []string, err error) {
	err = l.view("listing covers to fetch", func(tx *txn) error {
		addresses, err = picturesByAddress.ids(tx, 0, limit)
		return err
	})
	return addresses, err
}

// DropCover takes an address off the list of WantedCovers.
func (l *Library) DropCover(address string) error {
	return l.update("crossing off a cover", func(tx *txn) error {
		tx.change |= Files
		return picturesByAddress.remove(tx, pictureKey(address))
	})
}

func pictureKey(address string) []byte {
	sum := sha256.Sum256([]byte(address))
	return sum[:]
}

// maxAddress is the longest address of a picture that is fetched, in bytes.
const maxAddress = 4096

// wantPicture puts an address on the list of pictures to fetch.
func (tx *txn) wantPicture(address string) error {
	if _, local := LocalCover(address); local || IsPicture(address) || address == "" || len(address) > maxAddress {
		return nil
	}
	if _, ok, err := tx.l.Cover(address); ok || err != nil {
		return err
	}
	return picturesByAddress.add(tx, pictureKey(address), address)
}

// FreeSpace is how many bytes the file system of the library has left for
// this person.
func (l *Library) FreeSpace() (int64, error) {
	free, _, err := diskSpace(l.folder)
	if err != nil {
		return 0, fmt.Errorf("library: asking for free space: %w", err)
	}
	return free, nil
}

// DiskSize is how many bytes the file system of the library can hold.
func (l *Library) DiskSize() (int64, error) {
	_, all, err := diskSpace(l.folder)
	if err != nil {
		return 0, fmt.Errorf("library: asking for the size of the disk: %w", err)
	}
	return all, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
