package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const counterDisk = "disk" // bytes of audio on disk

// Have is how many bytes of the file are here.
func (f File) Have() (n int64) {
	for _, r := range f.Ranges {
		n += r.To - r.From
	}
	return n
}

// Add notes that a range is here.
func (f *File) Add(r Range) { f.Ranges = tidy(append(slices.Clone(f.Ranges), r)) }

// offline says how much of the track is here. A whole file of an owned track
// is as good as pinned: it is never evicted.
func (tx *txn) offline(f File, owned bool) (Offline, error) {
	switch {
	case f.Preview || f.Have() == 0:
		return NotHere, nil
	case !f.Complete:
		return Partial, nil
	case f.Pinned || owned && !f.LetGo:
		return Pinned, nil
	}
	keepers, err := tx.keepers(f.TrackID, owned)
	if len(keepers) > 0 && !f.LetGo {
		return Pinned, err
	}
	return Cached, err
}

// File is what is on disk of a track; the zero File with the track's id when
// nothing is.
func (l *Library) File(trackID string) (f File, err error) {
	err = l.view("reading a file", func(tx *txn) error {
		f, _, err = tx.file(trackID)
		return err
	})
	return f, err
}

func (tx *txn) file(trackID string) (f File, known bool, err error) {
	known, err = get(tx.bucket(bFiles), []byte(trackID), &f)
	f.TrackID = trackID
	return f, known, err
}

// Files is a window on the whole tracks on disk, used last first.
func (l *Library) Files(offset, limit int) (p Page[File], err error) {
	err = l.view("listing files", func(tx *txn) error {
		p.Total = diskUsed.count(tx)
		return diskUsed.window(tx, offset, limit, true, func(_, id []byte) error {
			f, _, err := tx.file(string(id))
			p.Items = append(p.Items, f)
			return err
		})
	})
	return p, err
}

// OnDisk is a window on the tracks that play without a network, used last
// first.
func (l *Library) OnDisk(offset, limit int) (p Page[Track], err error) {
	err = l.view("listing tracks on disk", func(tx *txn) error {
		p.Total = diskUsed.count(tx)
		return diskUsed.window(tx, offset, limit, true, func(_, id []byte) error {
			t, err := tx.listed(string(id))
			p.Items = append(p.Items, t)
			return err
		})
	})
	return p, err
}

// DiskUse is how many bytes of audio are on disk, unfinished ones included,
// and how many whole tracks.
func (l *Library) DiskUse() (bytes int64, tracks int, err error) {
	err = l.view("measuring the disk", func(tx *txn) error {
		bytes, tracks = tx.counter(counterDisk), diskUsed.count(tx)
		return nil
	})
	return bytes, tracks, err
}

// Pin keeps a track offline until told otherwise, or lets it go back to the
// rolling cache. A pinned track that is not here is Wanted, also after it was
// let go.
func (l *Library) Pin(trackID string, on bool) error {
	if IsLocalTrack(trackID) {
		return nil // it is here, and nothing of ours
	}
	return l.changeFile("pinning", trackID, func(f *File) { f.Pinned, f.LetGo = on, f.LetGo && !on })
}

// SaveFile stores what is on disk of a track: its path, size, ETag, ranges,
// whether they are a preview, and when they were used. Whether it is pinned,
// whole, and its peaks have methods of their own, and are not looked at; of a
// whole file only the use is noted, unless the ETag says that the track is
// another one now. Ranges are sorted and joined.
func (l *Library) SaveFile(f File) error {
	if err := checkFile(f); err != nil {
		return fmt.Errorf("library: storing a file: %w", err)
	}
	return l.update("storing a file", func(tx *txn) error {
		if err := checkID(f.TrackID); err != nil {
			return err
		}
		other := false
		err := tx.refile(f.TrackID, func(old *File) {
			other = old.otherThan(f)
			if old.Complete && (f.ETag == "" || f.ETag == old.ETag) {
				old.Used = latest(old.Used, f.Used)
				return
			}
			f.Pinned, f.LetGo, f.Measured, f.Complete, f.SHA256 = old.Pinned, old.LetGo, old.Measured, false, nil
			f.Ranges = tidy(f.Ranges)
			*old = f
		})
		if err == nil && other {
			err = tx.dropSeekIndex(f.TrackID)
		}
		return err
	})
}

// otherThan reports whether two records of a track are of different bytes. A
// preview is no other track, only less of it.
func (f File) otherThan(g File) bool {
	sizes := f.Size > 0 && g.Size > 0 && f.Size != g.Size
	etags := f.ETag != "" && g.ETag != "" && f.ETag != g.ETag
	return f.Preview == g.Preview && (sizes || etags)
}

// Touch notes that a track on disk was used now, which is what eviction goes
// by.
func (l *Library) Touch(trackID string) error {
	return l.changeFile("noting a use", trackID, func(f *File) {
		if f.Path != "" {
			f.Used = l.now()
		}
	})
}

// SaveMeasured stores what was measured of a track.
func (l *Library) SaveMeasured(trackID string, m Measured) error {
	m.Peaks = slices.Clone(m.Peaks)
	return l.changeFile("storing what was measured", trackID, func(f *File) { f.Measured = m })
}

// checkFile refuses what would lead out of the folder or makes no sense.
func checkFile(f File) error {
	if f.Path == "" || !filepath.IsLocal(filepath.FromSlash(f.Path)) || strings.Contains(f.Path, `\`) {
		return fmt.Errorf("the path %q leads out of the library", f.Path)
	}
	for _, r := range f.Ranges {
		if r.From < 0 || r.To < r.From || (f.Size > 0 && r.To > f.Size) {
			return fmt.Errorf("the range [%d, %d) of %d bytes", r.From, r.To, f.Size)
		}
	}
	return nil
}

// tidy sorts ranges and joins those that touch.
func tidy(in []Range) []Range {
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b Range) int { return int(min(max(a.From-b.From, -1), 1)) })
	out := in[:0]
	for _, r := range in {
		switch n := len(out); {
		case r.From == r.To:
		case n > 0 && r.From <= out[n-1].To:
			out[n-1].To = max(out[n-1].To, r.To)
		default:
			out = append(out, r)
		}
	}
	return out
}

func (l *Library) changeFile(doing, trackID string, change func(*File)) error {
	return l.update(doing, func(tx *txn) error {
		if err := checkID(trackID); err != nil {
			return err
		}
		return tx.refile(trackID, change)
	})
}

func (f File) usedKey() []byte {
	ns := int64(0)
	if !f.Used.IsZero() {
		ns = f.Used.UnixNano()
	}
	return append(ordered(ns), f.TrackID...)
}

// fileKeys are the places of a file in the indexes; nil where it has none.
type fileKeys struct{ used, size, evictable, wanted []byte }

func (tx *txn) fileKeys(f File) (k fileKeys, err error) {
	owned := tx.bucket(bOwned).Get([]byte(f.TrackID)) != nil && !f.LetGo
	held := f.Pinned
	if !held && !f.LetGo {
		keepers, err := tx.keepers(f.TrackID, owned)
		if err != nil {
			return k, err
		}
		held = len(keepers) > 0
	}
	whole := f.Complete && !f.Preview
	used := f.usedKey()
	if whole {
		k.used = used
	}
	if f.Have() > 0 {
		k.size = f.sizeKey()
		if !held && !owned {
			k.evictable = used
		}
	}
	switch {
	case whole:
	case held:
		k.wanted = append([]byte{0}, f.TrackID...)
	case owned:
		k.wanted = append([]byte{1}, f.TrackID...)
	}
	return k, nil
}

// sizeKey puts the largest file first.
func (f File) sizeKey() []byte { return append(be64(^uint64(f.Have())), f.TrackID...) }

// refile changes the record of a file and its places in the indexes. The
// places are removed under all keys they can have, since whether the track is
// owned or held by a pin may have changed since they were written.
func (tx *txn) refile(trackID string, change func(*File)) error {
	old, known, err := tx.file(trackID)
	if err != nil {
		return err
	}
	f := old
	change(&f)
	f.TrackID = trackID
	used := old.usedKey()
	err = errors.Join(
		diskUsed.remove(tx, used), diskEvictable.remove(tx, used), diskSize.remove(tx, old.sizeKey()),
		wanted.remove(tx, append([]byte{0}, trackID...)), wanted.remove(tx, append([]byte{1}, trackID...)),
	)
	if err != nil {
		return err
	}
	k, err := tx.fileKeys(f)
	if err != nil {
		return err
	}
	empty := f.Path == "" && !f.Pinned && !f.LetGo && f.Peaks == nil
	switch {
	case empty && known:
		err = tx.bucket(bFiles).Delete([]byte(trackID))
	case !empty:
		_, err = put(tx.bucket(bFiles), []byte(trackID), f)
	}
	tx.change |= Files
	return errors.Join(err,
		tx.touch(trackID),
		diskUsed.move(tx, nil, k.used, trackID),
		diskSize.move(tx, nil, k.size, trackID),
		diskEvictable.move(tx, nil, k.evictable, trackID),
		wanted.move(tx, nil, k.wanted, trackID),
		tx.addCounter(counterDisk, f.Have()-old.Have()),
	)
}

// PartPath and WholePath are where the bytes of a track belong, relative to
// the folder, while they are coming and once they are whole. An id that would
// not make a plain file name on every system is replaced by its hash.
func PartPath(trackID string) string { return WholePath(trackID) + ".part" }

// WholePath is the path of a whole track; see PartPath.
func WholePath(trackID string) string {
	name := trackID
	if !plainName(name) {
		sum := sha256.Sum256([]byte(trackID))
		name = hex.EncodeToString(sum[:])
	}
	return path.Join("audio", name[:2], name)
}

func plainName(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != '-' || i < 2) {
			return false
		}
	}
	return true
}

// AudioPath is the full path of the file in which the bytes of a track
// belong now: where they are when some are here, else a new file's, the
// folder of which has been made. Previews do not go there.
func (l *Library) AudioPath(trackID string) (string, error) {
	f, err := l.File(trackID)
	if err != nil {
		return "", err
	}
	rel := f.Path
	if rel == "" || f.Preview {
		rel = PartPath(trackID)
	}
	full := l.Full(rel)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return "", fmt.Errorf("library: making a folder: %w", err)
	}
	return full, nil
}

// Full is the full path of a relative one, as in File.Path.
func (l *Library) Full(rel string) string { return filepath.Join(l.folder, filepath.FromSlash(rel)) }

// Claim takes hold of a track's bytes for writing. ok is false when someone
// else in this process has it. release may be called more than once; the first
// time tells who watches that Files changed, so that somebody else can go on.
func (l *Library) Claim(trackID string) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.claims[trackID]; taken {
		return func() {}, false
	}
	l.claims[trackID] = struct{}{}
	held := true
	return func() {
		l.mu.Lock()
		was := held
		if held {
			held = false
			delete(l.claims, trackID)
		}
		l.mu.Unlock()
		if was {
			l.publish(Files)
		}
	}, true
}

func (l *Library) claimed(trackID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, taken := l.claims[trackID]
	return taken
}
