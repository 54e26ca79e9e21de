package library

import (
	"errors"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
)

// TestDamageIsFoundAndMended spoils one thing at a time in a library that is
// well.
func TestDamageIsFoundAndMended(t *testing.T) {
	firstOf := func(b *bbolt.Bucket) []byte {
		k, _ := b.Cursor().First()
		return slices.Clone(k)
	}
	tests := map[string]struct {
		where string
		spoil func(tx *txn) error
	}{
		"an entry too many":     {"releases.date", func(tx *txn) error { return tx.bucket("releases.date").Put([]byte("zzz"), []byte("nothing")) }},
		"an entry that is gone": {"owned.since", func(tx *txn) error { b := tx.bucket("owned.since"); return b.Delete(firstOf(b)) }},
		"an entry that leads elsewhere": {"artists.name", func(tx *txn) error {
			b := tx.bucket("artists.name")
			return b.Put(firstOf(b), []byte("somebody else"))
		}},
		"a counted entry that nothing stands for": {"disk.evictable", func(tx *txn) error { return diskEvictable.add(tx, []byte("zzz"), "nothing") }},
		"a wrong count":      {"history", func(tx *txn) error { return tx.bucket("history").SetSequence(77) }},
		"a file by its size": {"disk.size", func(tx *txn) error { b := tx.bucket("disk.size"); return b.Delete(firstOf(b)) }},
		"a pin of nothing":   {"pins", func(tx *txn) error { return pinned.add(tx, pinKey(pinnedRelease, "nothing"), "nothing") }},
		"an unknown holder":  {"holders", func(tx *txn) error { return tx.bucket(bHolders).Put(joined("first-1", "nothing"), nil) }},
		"a holder forgotten": {"holders", func(tx *txn) error { b := tx.bucket(bHolders); return b.Delete(firstOf(b)) }},
		"a track of a release": {"releases", func(tx *txn) error {
			var r trackRecord
			_, err := get(tx.bucket(bTracks), []byte("second-1"), &r)
			return errors.Join(err, tx.forgetTrack("second-1", r))
		}},
		"an intent's id":         {"intents", func(tx *txn) error { return tx.bucket(bIntents).Put([]byte("nothing"), be64(99)) }},
		"an intent forgotten":    {"intents", func(tx *txn) error { b := tx.bucket(bIntents); return b.Delete(firstOf(b)) }},
		"what waits for a track": {"pending", func(tx *txn) error { return tx.bucket(bPending).Delete([]byte("second-1")) }},
		"what waits for another": {"pending", func(tx *txn) error {
			_, err := put(tx.bucket(bPending), []byte("first-4"), pendingRecord{Plays: 3})
			return err
		}},
		"bytes of seek indexes": {"seek", func(tx *txn) error { return tx.bucket(bSeek).SetSequence(5) }},
		"the bytes on disk":     {"counters", func(tx *txn) error { return tx.addCounter(counterDisk, 5) }},
		"what waiting costs":    {"counters", func(tx *txn) error { return tx.addCounter(counterWaiting, 5) }},
		"a document of nothing": {"docs.tracks", func(tx *txn) error { return tx.bucket("docs.tracks").Put(be64(999), []byte("nothing")) }},
		"a document forgotten":  {"docs.releases", func(tx *txn) error { b := tx.bucket("docs.releases"); return b.Delete(firstOf(b)) }},
		"a word of nothing": {"words.playlists", func(tx *txn) error {
			return tx.bucket("words.playlists").Put([]byte("nword"), encodePostings([]uint64{4000}))
		}},
		"a word forgotten": {"words.tracks", func(tx *txn) error { b := tx.bucket("words.tracks"); return b.Delete(firstOf(b)) }},
		"a track without a number": {"docs.tracks", func(tx *txn) error {
			var r trackRecord
			_, err := get(tx.bucket(bTracks), []byte("first-3"), &r)
			r.Document = 0
			return errors.Join(err, store(tx, bTracks, "first-3", r))
		}},
		"two tracks with one number": {"docs.tracks", func(tx *txn) error {
			var r trackRecord
			_, err := get(tx.bucket(bTracks), []byte("first-3"), &r)
			r.Document = 1
			return errors.Join(err, store(tx, bTracks, "first-3", r))
		}},
		"a number in a column": {"columns", func(tx *txn) error {
			b := tx.bucket("columns")
			k, v := b.Cursor().First()
			v = slices.Clone(v)
			v[15]++
			return b.Put(slices.Clone(k), v)
		}},
		"a chunk of nothing":   {"columns", func(tx *txn) error { return tx.bucket("columns").Put([]byte("zzz"), []byte("nothing")) }},
		"a place by its title": {"tracks.title", func(tx *txn) error { b := tx.bucket("tracks.title"); return b.Delete(firstOf(b)) }},
		"a number of nothing": {"numbers.artists", func(tx *txn) error {
			_, err := put(tx.bucket("numbers.artists"), []byte("nobody"), document{Number: 999})
			return err
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLibrary(t)
			fillFixture(t, l)
			checkInvariants(t, l)
			before := found(t, l)
			must(t, l.update("spoiling", tt.spoil))
			faults := value[[]Fault](t)(l.Examine(t.Context()))
			if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Where == tt.where }) {
				t.Fatalf("found %v, nothing in %s", faults, tt.where)
			}
			must(t, l.Mend(t.Context()))
			checkInvariants(t, l)
			checkFixtureMended(t, l, before, name == "a track of a release")
		})
	}
}

func found(t *testing.T, l *Library) int {
	t.Helper()
	r := value[Results](t)(l.Search("first", 50))
	return len(r.Tracks) + len(r.Releases)
}

// checkFixtureMended makes sure that mending loses nothing.
func checkFixtureMended(t *testing.T, l *Library, before int, stale bool) {
	t.Helper()
	if stale {
		ids := value[[]string](t)(l.Stale(Release{ID: "first"}, Release{ID: "second"}))
		if !slices.Equal(ids, []string{"second"}) {
			t.Errorf("to be read again: %v", ids)
		}
		return
	}
	if n := found(t, l); n != before {
		t.Errorf("the search finds %d, not %d", n, before)
	}
	checkFixture(t, l)
}

func TestManyFaultsOfOneKindAreFew(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "R", "A", 50)))
	must(t, l.update("spoiling", func(tx *txn) error { return tx.clear("docs.tracks") }))
	if faults := value[[]Fault](t)(l.Examine(t.Context())); len(faults) != maxFaults {
		t.Errorf("%d faults", len(faults))
	}
	must(t, l.Mend(t.Context()))
}
