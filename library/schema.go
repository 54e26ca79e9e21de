package library

import (
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"

	"github.com/ninth-coop/ninth/atomicfile"
)

// Names of buckets; the package comment says what is in them.
const (
	bMeta       = "meta"
	bState      = "state"
	bCounters   = "counters"
	bTracks     = "tracks"
	bReleases   = "releases"
	bArtists    = "artists"
	bPlays      = "plays"
	bOwned      = "owned"
	bFavourites = "favourites"
	bPending    = "pending"
	bPlaylists  = "playlists"
	bAliases    = "aliases"
	bHistory    = "history"
	bOutbox     = "outbox"
	bIntents    = "intents"
	bFiles      = "files"
	bHolders    = "holders"
	bHeard      = "heard"
	bPictures   = "pictures"
	bFollowed   = "followed"
	bSmart      = "smart"
	bLocal      = "local"
	bFolders    = "folders"
	bWere       = "local.was"
	bSeek       = "seek"
	bColumns    = "columns"
)

// Indexes; the package comment says what their keys are.
const (
	releasesByDate    index = "releases.date"
	releasesByTitle   index = "releases.title"
	releasesByArtist  index = "releases.artist"
	releasesOwn       index = "releases.own"
	releasesOf        index = "releases.of"
	releasesTagged    index = "releases.tag"
	releasesLocal     index = "releases.local"
	localByPath       index = "local.path"
	localByArtist     index = "local.artist"
	artistsByName     index = "artists.name"
	ownedSince        index = "owned.since"
	favouritesSince   index = "favourites.since"
	followedSince     index = "followed.since"
	nearly            index = "nearly"
	heardLast         index = "heard.last"
	heardMost         index = "heard.most"
	playlistsByTitle  index = "playlists.title"
	historyByTime     index = bHistory
	diskUsed          index = "disk.used"
	diskEvictable     index = "disk.evictable"
	wanted            index = "wanted"
	diskSize          index = "disk.size"
	pinned            index = "pins"
	picturesByAddress index = bPictures
	tracksByArtist    index = "tracks.artist"
	tracksByTitle     index = "tracks.title"
)

// A migration brings the database from one schema version to the next, inside
// a transaction.
type migration struct {
	name string
	up   func(*txn) error
}

// migrations are all steps since the first release, in order. The schema
// version of a database is the number of steps that were applied to it; steps
// are only ever appended.
var migrations = []migration{
	{"the first buckets", createBuckets},
	{"releases by their tags", indexTags},
	{"smart lists and followed artists", makeSmart},
	{"pins of releases and playlists, and files by their size", addPins},
	{"files of the person's own", addLocal},
	{"seek indexes", addSeek},
	{"moved files of the person's own that went", addWere},
	{"columns of tracks, and their orders by name", addColumns},
}

func createBuckets(tx *txn) error {
	names := []string{
		bState, bCounters, bTracks, bReleases, bArtists, bPlays, bOwned, bFavourites, bPending,
		bPlaylists, bAliases, bOutbox, bIntents, bFiles, bHolders, bHeard,
	}
	for _, x := range []index{
		releasesByDate, releasesByTitle, releasesByArtist, releasesOwn, releasesOf, artistsByName,
		ownedSince, favouritesSince, nearly, playlistsByTitle, historyByTime, diskUsed,
		diskEvictable, wanted, picturesByAddress,
	} {
		names = append(names, string(x))
	}
	for _, k := range []kind{kindTrack, kindRelease, kindArtist, kindPlaylist} {
		names = append(names, k.words(), k.docs(), k.numbers())
	}
	return makeBuckets(tx, names...)
}

func makeBuckets(tx *txn, names ...string) error {
	for _, name := range names {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("making bucket %s: %w", name, err)
		}
	}
	return nil
}

// migrate applies the steps that are missing, all in one transaction, after
// a copy of the file as it was.
func (l *Library) migrate(file string, steps []migration) error {
	var version uint64
	err := l.view("reading its version", func(tx *txn) (err error) {
		version, err = schemaVersion(tx.Tx)
		return err
	})
	if err != nil {
		return err
	}
	latest := uint64(len(steps))
	if version > latest {
		return fmt.Errorf("%w: schema %d, this one knows %d", ErrNewer, version, latest)
	}
	if version == latest {
		return nil
	}
	if version > 0 {
		if err := l.backup(file, version); err != nil {
			return fmt.Errorf("keeping a copy before migrating: %w", err)
		}
	}
	return l.update("migrating", func(tx *txn) error {
		for _, step := range steps[version:] {
			if err := step.up(tx); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			l.log.Info("library migrated", "step", step.name)
		}
		meta, err := tx.CreateBucketIfNotExists([]byte(bMeta))
		if err != nil {
			return fmt.Errorf("writing its version: %w", err)
		}
		return meta.Put([]byte("schema"), be64(latest))
	})
}

// schemaVersion is 0 for a database in which nothing has been written. A
// bbolt file with buckets but without a version is not ours.
func schemaVersion(tx *bolt.Tx) (uint64, error) {
	meta := tx.Bucket([]byte(bMeta))
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return 0, fmt.Errorf("%w: a database of something else", ErrDamaged)
		}
		return 0, nil
	}
	v := meta.Get([]byte("schema"))
	if len(v) != 8 {
		return 0, fmt.Errorf("%w: no schema version", ErrDamaged)
	}
	return number(v), nil
}

// keptBackups is how many copies of earlier schemas are kept.
const keptBackups = 2

// backup copies the file as it is, whole or not at all, and lets go of all but
// the latest copies.
func (l *Library) backup(file string, version uint64) error {
	err := atomicfile.Write(backupName(file, version), func(w io.Writer) error {
		return l.db.View(func(tx *bolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
	if err != nil {
		return err
	}
	kept := 0
	for v := version; v > 0; v-- {
		name := backupName(file, v)
		if _, err := os.Stat(name); err != nil {
			continue
		}
		if kept++; kept <= keptBackups {
			continue
		}
		if err := os.Remove(name); err != nil {
			l.log.Warn("an old copy of the library stays", "file", name, "error", err)
		}
	}
	return nil
}

func backupName(file string, version uint64) string { return fmt.Sprintf("%s.v%d.bak", file, version) }
