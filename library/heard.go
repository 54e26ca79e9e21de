package library

import "time"

// Heard is a track with its place in the history.
type Heard struct {
	Track Track
	Count int       // plays in the history of this machine and, as far as it is known, the co-op's
	Last  time.Time // of the latest; zero when the co-op does not say
}

// RecentlyPlayed is a window on the tracks in the history, each once, the one
// heard last first.
func (l *Library) RecentlyPlayed(offset, limit int) (Page[Heard], error) {
	return page(l, "listing what was heard last", heardLast, offset, limit, (*txn).heard)
}

// MostPlayed is a window on the tracks in the history, the one heard most
// often first.
func (l *Library) MostPlayed(offset, limit int) (Page[Heard], error) {
	return page(l, "listing what was heard most", heardMost, offset, limit, (*txn).heard)
}

func (tx *txn) heard(id string) (Heard, error) {
	var h heardRecord
	if _, err := get(tx.bucket(bHeard), []byte(id), &h); err != nil {
		return Heard{}, err
	}
	out := Heard{Count: h.Count}
	if h.Last != 0 {
		out.Last = time.Unix(0, h.Last)
	}
	var err error
	out.Track, err = tx.listed(id)
	return out, err
}
