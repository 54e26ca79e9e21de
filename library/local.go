package library

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Local music is files of the person's own, in folders they have chosen.
// They are tracks as all others, on releases, in the search, the history and
// among the favourites; but no co-op hears of them, they cost and count
// nothing, and they cannot be on a co-op's playlist.
//
// A track keeps its id for as long as its file keeps its path or, where a
// scan can tell that it was moved, its content. When the file is gone, the
// track leaves all lists; what the person did with it stays, marked gone, and
// is whole again when the file comes back.

// localTrack begins the ids of tracks, releases and artists that come from
// files of the person's own.
const localTrack = "file-"

// IsLocalTrack tells the id of a track, release or artist that comes from
// files of the person's own: no co-op knows it.
func IsLocalTrack(id string) bool { return strings.HasPrefix(id, localTrack) }

// ErrLocal is returned for what cannot be done with a file of the person's
// own.
var ErrLocal = errors.New("a file of one's own")

// LocalFile is a file of the person's own as its tags describe it.
type LocalFile struct {
	// ID is that of the track that the file is, when that is known and had
	// another path until now; else "".
	ID       string
	Path     string // absolute
	Size     int64
	Modified time.Time

	Title       string
	Artist      string
	AlbumArtist string // of the whole release; "" when that is the same or unknown
	Release     string // "" for a track by itself
	Genre       string
	Disc        int // from 1; 0 when unknown
	Number      int // on the disc, from 1; 0 when unknown
	Year        int
	Duration    time.Duration // 0 when unknown
	Cover       bool          // there is a picture in it or beside it
}

// LocalStat is what tells whether a file has changed since it was stored.
type LocalStat struct {
	TrackID  string
	Path     string // absolute
	Size     int64
	Modified time.Time
}

// localRecord is what is known of a local track's file.
type localRecord struct {
	Path        string `cbor:"1,keyasint"`
	Size        int64  `cbor:"2,keyasint,omitempty"`
	Modified    int64  `cbor:"3,keyasint,omitempty"` // ns
	Disc        int    `cbor:"4,keyasint,omitempty"`
	AlbumArtist string `cbor:"5,keyasint,omitempty"`
	Genre       string `cbor:"6,keyasint,omitempty"`
	Cover       bool   `cbor:"7,keyasint,omitempty"`
}

func (r localRecord) stat(id string) LocalStat {
	return LocalStat{TrackID: id, Path: r.Path, Size: r.Size, Modified: time.Unix(0, r.Modified)}
}

// order is the place of a local track among all: artist, release, disc,
// number.
func (r localRecord) order(id string, t trackRecord) []byte {
	artist := t.Artist
	if r.AlbumArtist != "" {
		artist = r.AlbumArtist
	}
	key := joined(sortable(artist), sortable(t.Release), "")
	key = append(key, be64(uint64(max(r.Disc, 0))<<32|uint64(uint32(max(t.Number, 0))))...)
	return append(key, id...)
}

// LocalFolders are the folders whose music is in the library, by path.
func (l *Library) LocalFolders() (paths []string, err error) {
	err = l.view("listing folders of music", func(tx *txn) error {
		paths, err = allKeys(tx.bucket(bFolders))
		return err
	})
	return paths, err
}

// maxPath is the longest path that is kept, in bytes.
const maxPath = 4096

// AddLocalFolder notes that the music below a folder belongs to the library.
// Whoever scans puts it there.
func (l *Library) AddLocalFolder(path string) error {
	return l.update("adding a folder of music", func(tx *txn) error {
		if !filepath.IsAbs(path) || len(path) > maxPath {
			return fmt.Errorf("the path %.80q is not absolute", path)
		}
		tx.change |= Files
		return tx.bucket(bFolders).Put([]byte(filepath.Clean(path)), []byte{})
	})
}

// RemoveLocalFolder notes that the music below a folder no longer belongs to
// the library. Whoever scans takes it out. The files are not touched.
func (l *Library) RemoveLocalFolder(path string) error {
	return l.update("removing a folder of music", func(tx *txn) error {
		tx.change |= Files
		return tx.bucket(bFolders).Delete([]byte(filepath.Clean(path)))
	})
}

// LocalStats are at most limit files of the person's own in the order of
// their paths, from the first after a path on.
func (l *Library) LocalStats(after string, limit int) (out []LocalStat, err error) {
	err = l.view("listing local files", func(tx *txn) error {
		c := tx.bucket(string(localByPath)).Cursor()
		for k, id := c.Seek([]byte(after)); k != nil && len(out) < limit; k, id = c.Next() {
			if string(k) == after {
				continue
			}
			var r localRecord
			if _, err := get(tx.bucket(bLocal), id, &r); err != nil {
				return err
			}
			out = append(out, r.stat(string(id)))
		}
		return nil
	})
	return out, err
}

// LocalFile is where the file of a local track is. ErrNotFound.
func (l *Library) LocalFile(trackID string) (s LocalStat, err error) {
	err = l.view("looking for a local file", func(tx *txn) error {
		var r localRecord
		ok, err := get(tx.bucket(bLocal), []byte(trackID), &r)
		if err == nil && !ok {
			err = fmt.Errorf("local file %.40q: %w", trackID, ErrNotFound)
		}
		s = r.stat(trackID)
		return err
	})
	return s, err
}

// LocalTracks is a window on the person's own files, by artist and release.
func (l *Library) LocalTracks(offset, limit int) (Page[Track], error) {
	return page(l, "listing local music", localByArtist, offset, limit, (*txn).listed)
}

// LocalReleases is a window on the releases of the person's own files, by
// artist.
func (l *Library) LocalReleases(offset, limit int) (Page[Release], error) {
	return page(l, "listing local releases", releasesLocal, offset, limit, (*txn).release)
}

// PutLocal stores files of the person's own as they were found. Releases are
// put together of the files of one folder that name the same one.
func (l *Library) PutLocal(files ...LocalFile) error {
	return l.update("storing local files", func(tx *txn) error {
		releases := touched{}
		for _, f := range files {
			if err := tx.putLocal(f, releases); err != nil {
				return err
			}
		}
		return tx.gatherLocal(releases)
	})
}

// RemoveLocal takes files out of the library that are no longer there, by
// their paths. Those that are unknown are passed over.
func (l *Library) RemoveLocal(paths ...string) error {
	return l.update("removing local files", func(tx *txn) error {
		releases := touched{}
		for _, path := range paths {
			if id := tx.bucket(string(localByPath)).Get([]byte(path)); id != nil {
				if err := tx.removeLocal(string(id), releases); err != nil {
					return err
				}
			}
		}
		return tx.gatherLocal(releases)
	})
}

// touched are local releases that have to be put together again, with the
// tracks that joined them.
type touched map[string][]string

func (r touched) add(releaseID string, trackIDs ...string) {
	if releaseID != "" {
		r[releaseID] = append(r[releaseID], trackIDs...)
	}
}

const maxLocalText = 1000 // bytes of a tag that are kept

func (tx *txn) putLocal(f LocalFile, releases touched) error {
	if !filepath.IsAbs(f.Path) || len(f.Path) > maxPath {
		return fmt.Errorf("the path %.80q is not absolute", f.Path)
	}
	for _, text := range []*string{&f.Title, &f.Artist, &f.AlbumArtist, &f.Release, &f.Genre} {
		*text = strings.ToValidUTF8(cut(*text, maxLocalText), " ")
	}
	id, err := tx.localID(f)
	if err != nil {
		return err
	}
	var old localRecord
	var was trackRecord
	known, err := get(tx.bucket(bLocal), []byte(id), &old)
	if err != nil {
		return err
	}
	if _, err := get(tx.bucket(bTracks), []byte(id), &was); err != nil {
		return err
	}
	rec := localRecord{
		Path: f.Path, Size: f.Size, Modified: f.Modified.UnixNano(), Disc: f.Disc, AlbumArtist: f.AlbumArtist,
		Genre: f.Genre, Cover: f.Cover,
	}
	t := trackRecord{
		Title: f.Title, Artist: f.Artist, Release: f.Release, Number: max(f.Number, 0), Duration: int64(max(f.Duration, 0)), Year: f.Year,
	}
	if t.Release != "" {
		t.ReleaseID = localReleaseID(f)
		t.ArtistID, t.Cover = was.ArtistID, was.Cover // until the release is put together
	} else if f.Cover {
		t.Cover = localCover(id, rec.Modified)
	}
	var fromPath, fromOrder []byte
	if known {
		releases.add(was.ReleaseID)
		fromPath, fromOrder = []byte(old.Path), old.order(id, was)
	}
	releases.add(t.ReleaseID, id)
	if _, err := put(tx.bucket(bLocal), []byte(id), rec); err != nil {
		return err
	}
	if known && (old.Size != rec.Size || old.Modified != rec.Modified) {
		// What was measured was another file.
		if err := errors.Join(tx.refile(id, func(f *File) { f.Measured = Measured{} }), tx.dropSeekIndex(id)); err != nil {
			return err
		}
	}
	return errors.Join(
		localByPath.move(tx, fromPath, []byte(rec.Path), id),
		localByArtist.move(tx, fromOrder, rec.order(id, t), id),
		tx.saveTrack(id, t),
	)
}

// localID is the id of the track that a file is.
func (tx *txn) localID(f LocalFile) (string, error) {
	if id := tx.bucket(string(localByPath)).Get([]byte(f.Path)); id != nil {
		return string(id), nil
	}
	if f.ID != "" && tx.bucket(bLocal).Get([]byte(f.ID)) != nil {
		return f.ID, nil
	}
	if was := string(tx.bucket(bWere).Get([]byte(f.Path))); was != "" {
		err := tx.bucket(bWere).Delete([]byte(f.Path))
		if err != nil || tx.bucket(bLocal).Get([]byte(was)) == nil {
			return was, err
		}
	}
	id := localHash("track", f.Path)
	if tx.bucket(bLocal).Get([]byte(id)) != nil { // whose file had this path once, and was moved
		id = localTrack + strings.ToLower(rand.Text())
	}
	return id, nil
}

// localHash makes an id of what it stands for.
func localHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return localTrack + hex.EncodeToString(sum[:16])
}

// discFolder is the name of a folder with one disc of several.
var discFolder = regexp.MustCompile(`(?i)^(cd|disc|disk)[ _-]?\d{1,2}$`)

// localReleaseID is the id of the release that a file names: folders part
// releases of the same name, but not the discs of one.
func localReleaseID(f LocalFile) string {
	folder := filepath.Dir(f.Path)
	if discFolder.MatchString(filepath.Base(folder)) {
		folder = filepath.Dir(folder)
	}
	return localHash("release", folder, sortable(f.Release))
}

const localCoverScheme = "file:"

// localCover is the address of the cover of a local track or release; it
// changes with the file.
func localCover(id string, modified int64) string {
	return localCoverScheme + id + "?" + strconv.FormatInt(modified, 36)
}

// LocalCover tells the address of a cover that is in or beside a file of the
// person's own, and the track or release it is of.
func LocalCover(address string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(address, localCoverScheme)
	id, _, _ = strings.Cut(rest, "?")
	return id, ok && IsLocalTrack(id)
}

func (tx *txn) removeLocal(id string, releases touched) error {
	var rec localRecord
	var t trackRecord
	_, err := get(tx.bucket(bLocal), []byte(id), &rec)
	if err != nil {
		return err
	}
	if _, err := get(tx.bucket(bTracks), []byte(id), &t); err != nil {
		return err
	}
	releases.add(t.ReleaseID)
	err = errors.Join(
		localByPath.remove(tx, []byte(rec.Path)),
		localByArtist.remove(tx, rec.order(id, t)),
		tx.bucket(bLocal).Delete([]byte(id)),
		tx.refile(id, func(f *File) { *f = File{} }),
		tx.dropTrack(id),
	)
	if err != nil || id == localHash("track", rec.Path) || tx.bucket(bTracks).Get([]byte(id)) == nil {
		return err // it would have the same id again, or nothing is known of it any more
	}
	return tx.bucket(bWere).Put([]byte(rec.Path), []byte(id))
}

// gatherLocal puts local releases together of their tracks as they are now.
func (tx *txn) gatherLocal(releases touched) error {
	for id, joined := range releases {
		if err := tx.gatherRelease(id, joined); err != nil {
			return err
		}
	}
	return nil
}

// member is a track of a local release.
type member struct {
	id    string
	local localRecord
	track trackRecord
}

func (tx *txn) gatherRelease(id string, joined []string) error {
	var old releaseRecord
	known, err := get(tx.bucket(bReleases), []byte(id), &old)
	if err != nil {
		return err
	}
	var members []member
	for _, trackID := range slices.Compact(slices.Sorted(slices.Values(append(joined, old.Tracks...)))) {
		m := member{id: trackID}
		here, err := get(tx.bucket(bLocal), []byte(trackID), &m.local)
		if err != nil {
			return err
		}
		if _, err := get(tx.bucket(bTracks), []byte(trackID), &m.track); err != nil {
			return err
		}
		if here && m.track.ReleaseID == id {
			members = append(members, m)
		}
	}
	if len(members) == 0 {
		if !known {
			return nil
		}
		old.Tracks = nil // they are gone already, or on another release
		return tx.forgetRelease(id, old)
	}
	slices.SortFunc(members, func(a, b member) int {
		return slices.Compare(
			[]string{string(be64(uint64(a.local.Disc))), string(be64(uint64(a.track.Number))), a.local.Path},
			[]string{string(be64(uint64(b.local.Disc))), string(be64(uint64(b.track.Number))), b.local.Path})
	})
	rec := localRelease(id, members)
	for _, m := range members {
		m.track.Cover, m.track.ArtistID = rec.Cover, ""
		if sortable(m.track.Artist) == sortable(rec.Artist) {
			m.track.ArtistID = rec.ArtistID
		}
		if err := tx.saveTrack(m.id, m.track); err != nil {
			return err
		}
	}
	if err := tx.saveRelease(id, old, rec, known); err != nil {
		return err
	}
	if known && old.ArtistID != rec.ArtistID {
		return tx.dropArtistWithout(old.ArtistID)
	}
	return nil
}

// localRelease is the release of some tracks: the artist is whom the tags name
// for the whole, or the one that all tracks have.
func localRelease(id string, members []member) releaseRecord {
	first := members[0]
	rec := releaseRecord{Title: first.track.Release, Artist: first.track.Artist}
	for _, m := range members {
		rec.Tracks = append(rec.Tracks, m.id)
		if m.track.Artist != rec.Artist {
			rec.Artist = ""
		}
	}
	year := 0
	for _, m := range members {
		year = max(year, m.track.Year)
		if m.local.Cover && rec.Cover == "" {
			rec.Cover = localCover(id, m.local.Modified)
		}
		if g := m.local.Genre; g != "" && !slices.Contains(rec.Tags, g) && len(rec.Tags) < maxTags {
			rec.Tags = append(rec.Tags, g)
		}
	}
	for _, m := range members {
		if m.local.AlbumArtist != "" {
			rec.Artist = m.local.AlbumArtist
			break
		}
	}
	if year > 0 && year < 10_000 {
		rec.Date = fmt.Sprintf("%04d", year)
	}
	if rec.Artist != "" {
		rec.ArtistID = localHash("artist", sortable(rec.Artist))
	}
	return rec
}
