package library

import (
	"bytes"
	"container/heap"
	"errors"
	"fmt"
)

// SetFollowed follows an artist, or no longer does. The co-op has no such
// thing, so this machine alone knows of it; signing out forgets it.
// ErrNotFound when the artist is not known.
func (l *Library) SetFollowed(artistID string, on bool) error {
	return l.update("following an artist", func(tx *txn) error {
		b := tx.bucket(bFollowed)
		since := b.Get([]byte(artistID))
		if on == (since != nil) {
			return nil
		}
		tx.change |= Favourites
		if !on {
			key := append(newestFirst(int64(number(since))), artistID...)
			return errors.Join(b.Delete([]byte(artistID)), followedSince.remove(tx, key))
		}
		if _, err := tx.artist(artistID); err != nil {
			return err
		}
		at := tx.l.now().UnixNano()
		return errors.Join(
			b.Put([]byte(artistID), be64(uint64(at))),
			followedSince.add(tx, append(newestFirst(at), artistID...), artistID),
		)
	})
}

// Follows tells whether an artist is followed.
func (l *Library) Follows(artistID string) (follows bool, err error) {
	err = l.view("looking for a followed artist", func(tx *txn) error {
		follows = tx.bucket(bFollowed).Get([]byte(artistID)) != nil
		return nil
	})
	return follows, err
}

// Followed is a window on the followed artists, the latest first.
func (l *Library) Followed(offset, limit int) (Page[Artist], error) {
	return page(l, "listing followed artists", followedSince, offset, limit, (*txn).artist)
}

// NewFromFollowed is a window on the public releases of all followed artists,
// newest first. Each artist's releases are in order already, so they are
// merged, and only those in the window are read.
func (l *Library) NewFromFollowed(offset, limit int) (p Page[Release], err error) {
	err = l.view("listing releases of followed artists", func(tx *txn) error {
		if offset < 0 || limit < 0 {
			return fmt.Errorf("a window of %d from %d", limit, offset)
		}
		artists, err := followedSince.ids(tx, 0, followedSince.count(tx))
		if err != nil {
			return err
		}
		m := merger{}
		for _, id := range artists {
			s, err := tx.releasesOfArtist(id)
			if err != nil {
				return err
			}
			if p.Total += len(s); len(s) > 0 {
				m = append(m, s)
			}
		}
		heap.Init(&m)
		for at := 0; len(m) > 0 && at < offset+limit; at++ {
			if at >= offset {
				r, err := tx.release(m[0][0].id)
				if err != nil {
					return err
				}
				p.Items = append(p.Items, r)
			}
			if m[0] = m[0][1:]; len(m[0]) > 0 {
				heap.Fix(&m, 0)
			} else {
				heap.Pop(&m)
			}
		}
		return nil
	})
	return p, err
}

// dated is a release with what orders it by date.
type dated struct {
	key []byte
	id  string
}

// releasesOfArtist are the public releases of an artist in order.
func (tx *txn) releasesOfArtist(id string) (out []dated, err error) {
	prefix := joined(id, "")
	err = scan(tx.bucket(string(releasesOf)), prefix, func(k, v []byte) (bool, error) {
		var r releaseRecord
		if _, err := get(tx.bucket(bReleases), v, &r); err != nil {
			return false, err
		}
		if !r.Draft && !r.Gone {
			out = append(out, dated{bytes.Clone(k[len(prefix):]), string(v)})
		}
		return len(out) < maxReleasesOfArtist, nil
	})
	return out, err
}

// merger is a heap of lists by their first entries.
type merger [][]dated

func (m merger) Len() int           { return len(m) }
func (m merger) Less(i, j int) bool { return bytes.Compare(m[i][0].key, m[j][0].key) < 0 }
func (m merger) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merger) Push(x any)        { *m = append(*m, x.([]dated)) }

// Pop implements heap.Interface.
func (m *merger) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
