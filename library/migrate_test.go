package library

import (
	"fmt"
	"testing"
)

// oldLibrary is a folder with a library of an older schema, filled by fill.
func oldLibrary(t *testing.T, schema int, fill func(*txn) error) (folder string) {
	t.Helper()
	folder = t.TempDir()
	l, err := open(folder, Options{}, migrations[:schema])
	must(t, err)
	must(t, l.update("filling", fill))
	must(t, l.Close())
	return folder
}

// store writes a record as it is.
func store(tx *txn, bucket, key string, v any) error {
	_, err := put(tx.bucket(bucket), []byte(key), v)
	return err
}

func TestMigrationIndexesTags(t *testing.T) {
	folder := oldLibrary(t, 1, func(tx *txn) error {
		for i, r := range []releaseRecord{{Tags: []string{"Dub"}, Date: "2001-01-01"}, {Tags: []string{"dub"}, Date: "2002-01-01"}, {Tags: []string{"dub"}, Gone: true}} {
			if err := store(tx, bReleases, fmt.Sprint(i), r); err != nil {
				return err
			}
		}
		return nil
	})
	l := openAt(t, folder)
	defer l.Close()
	if p := value[Page[Release]](t)(l.Tagged("dub", 0, 9)); fmt.Sprint(releaseIDs(p.Items)) != "[1 0]" {
		t.Errorf("tagged after migrating: %+v", p)
	}
	if r := value[Results](t)(l.Search("du", 9)); len(r.Tags) != 1 || r.Tags[0].Releases != 2 {
		t.Errorf("tags after migrating: %+v", r.Tags)
	}
	must(t, l.Mend(t.Context())) // the records above are in no other index
	checkInvariants(t, l)
}

func TestMigrationOrdersWhatWasHeard(t *testing.T) {
	folder := oldLibrary(t, 2, func(tx *txn) error {
		for id, h := range map[string]heardRecord{"a": {Count: 2, Last: 5}, "b": {Count: 9}, "c": {Count: 1, Last: 7}} {
			if err := store(tx, bHeard, id, h); err != nil {
				return err
			}
		}
		return nil
	})
	l := openAt(t, folder)
	defer l.Close()
	last, most := value[Page[Heard]](t)(l.RecentlyPlayed(0, 9)), value[Page[Heard]](t)(l.MostPlayed(0, 9))
	order := func(p Page[Heard]) (out string) {
		for _, h := range p.Items {
			out += h.Track.ID
		}
		return out
	}
	if order(last) != "cab" || order(most) != "bac" {
		t.Errorf("after migrating: last %s, most %s", order(last), order(most))
	}
	checkInvariants(t, l)
}
