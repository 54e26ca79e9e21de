package library

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// naively finds the tracks of a rule as its documentation says: by a look at
// each track's records, and a comparison of what they say. It knows no
// columns, no indexes and no sets.
func naively(tx *txn, r Rule) ([]string, error) {
	var found []candidate
	err := scan(tx.bucket(kindTrack.docs()), nil, func(_, id []byte) (bool, error) {
		c := candidate{tx: tx, id: string(id), now: tx.l.now()}
		ok, err := c.meets(r.Match)
		if ok {
			found = append(found, c)
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	if r.Sort == SortAdded && r.Descending {
		slices.Reverse(found)
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if r.Descending {
			a, b = b, a
		}
		return a.compare(b, r.Sort)
	})
	if r.Limit > 0 && len(found) > r.Limit {
		found = found[:r.Limit]
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.id)
	}
	return ids, nil
}

func (c candidate) compare(o candidate, by Sort) int {
	a, _ := c.record() // it has been read before
	b, _ := o.record()
	switch by {
	case SortAdded:
		return 0
	case SortArtist:
		return cmp.Or(
			cmp.Compare(sortable(a.Artist), sortable(b.Artist)), cmp.Compare(sortable(a.Release), sortable(b.Release)), cmp.Compare(a.Number, b.Number))
	case SortTitle:
		return cmp.Compare(sortable(a.Title), sortable(b.Title))
	}
	m, _ := c.number(Field(by))
	n, _ := o.number(Field(by))
	return cmp.Compare(m, n)
}

// candidate is a track that may meet a rule.
type candidate struct {
	tx   *txn
	id   string
	now  time.Time
	rec  *trackRecord
	laid *Track
	tags []string
}

func (c *candidate) record() (trackRecord, error) {
	if c.rec == nil {
		c.rec = &trackRecord{}
		if _, err := get(c.tx.bucket(bTracks), []byte(c.id), c.rec); err != nil {
			return trackRecord{}, err
		}
	}
	return *c.rec, nil
}

// shown is the track with what the person has of it.
func (c *candidate) shown() (Track, error) {
	if c.laid == nil {
		r, err := c.record()
		if err != nil {
			return Track{}, err
		}
		t, err := c.tx.laidOver(r.track(c.id))
		if err != nil {
			return Track{}, err
		}
		c.laid = &t
	}
	return *c.laid, nil
}

func (c *candidate) meets(m Match) (bool, error) {
	if m.Field != "" {
		return c.has(m)
	}
	for _, p := range m.Parts {
		ok, err := c.meets(p)
		if err != nil || ok == m.Any {
			return ok, err
		}
	}
	return !m.Any || len(m.Parts) == 0, nil
}

// has tells whether a condition holds.
func (c *candidate) has(m Match) (bool, error) {
	switch m.Field.kind() {
	case textValue:
		text, err := c.text(m.Field)
		return compareText(text, m.Relation, m.Text), err
	case nameValue:
		in, err := c.in(m)
		return in == (m.Relation == Is), err
	case flagValue:
		on, err := c.flag(m.Field)
		return on == (m.Relation == Is), err
	case ageValue:
		ns, err := c.number(m.Field)
		within := ns != 0 && !time.Unix(0, ns).Before(c.now.AddDate(0, 0, -m.Number))
		return within == (m.Relation == Within), err
	default:
		n, err := c.number(m.Field)
		if m.Field == FieldDuration {
			n /= int64(time.Second)
		}
		return compareNumber(n, m.Relation, int64(m.Number)), err
	}
}

func compareNumber(n int64, r Relation, with int64) bool {
	switch r {
	case AtLeast:
		return n >= with
	case AtMost:
		return n <= with
	case Is:
		return n == with
	default:
		return n != with
	}
}

func compareText(text string, r Relation, with string) bool {
	switch r {
	case Is:
		return sortable(text) == sortable(with)
	case IsNot:
		return sortable(text) != sortable(with)
	case Begins:
		return strings.HasPrefix(sortable(text), sortable(with))
	}
	has := tokens(text)
	all := true
	for _, q := range queryTokens(with) {
		all = all && slices.ContainsFunc(has, func(w string) bool { return strings.HasPrefix(w, q) })
	}
	return all == (r == Contains)
}

func (c *candidate) text(f Field) (string, error) {
	r, err := c.record()
	switch f {
	case FieldTitle:
		return r.Title, err
	case FieldArtist:
		return r.Artist, err
	default:
		return r.Release, err
	}
}

// in tells whether the track is on a playlist, or its release has a tag.
func (c *candidate) in(m Match) (bool, error) {
	if m.Field == FieldPlaylist {
		id, _, err := c.tx.playlistRecord(m.Text)
		if err != nil {
			return false, ignoreMissing(err)
		}
		return c.tx.bucket(bHolders).Get(joined(c.id, id)) != nil, nil
	}
	if c.tags == nil {
		r, err := c.record()
		if err != nil {
			return false, err
		}
		var release releaseRecord
		if _, err := get(c.tx.bucket(bReleases), []byte(r.ReleaseID), &release); err != nil {
			return false, err
		}
		c.tags = []string{}
		if release.Draft || release.Gone {
			return false, nil // it is not public
		}
		for _, t := range release.Tags[:min(len(release.Tags), maxTags)] {
			c.tags = append(c.tags, tagged(t))
		}
	}
	return slices.Contains(c.tags, tagged(m.Text)), nil
}

// number is the value of a field with numbers; times and lengths are in
// nanoseconds, 0 for what never was.
func (c *candidate) number(f Field) (int64, error) {
	switch f {
	case FieldOwnedSince:
		return int64(number(c.tx.bucket(bOwned).Get([]byte(c.id)))), nil
	case FieldFavouriteSince:
		return int64(number(c.tx.bucket(bFavourites).Get([]byte(c.id)))), nil
	case FieldHeard, FieldLastHeard:
		var h heardRecord
		_, err := get(c.tx.bucket(bHeard), []byte(c.id), &h)
		if f == FieldHeard {
			return int64(h.Count), err
		}
		return h.Last, err
	case FieldPlays:
		waiting, err := c.tx.pending(c.id)
		return int64(min(c.tx.confirmedPlays(c.id)+waiting.Plays, credits.PlaysToOwn)), err
	}
	r, err := c.record()
	if f == FieldYear {
		return int64(r.Year), err
	}
	return r.Duration, err
}

func (c *candidate) flag(f Field) (bool, error) {
	switch f {
	case FieldFavourite:
		return c.tx.bucket(bFavourites).Get([]byte(c.id)) != nil, nil
	case FieldFollowed:
		r, err := c.record()
		return c.tx.bucket(bFollowed).Get([]byte(r.ArtistID)) != nil, err
	}
	if f == FieldLocal {
		return IsLocalTrack(c.id), nil
	}
	t, err := c.shown()
	switch f {
	case FieldOwned:
		return t.Owned, err
	case FieldOnDisk:
		return t.Offline == Cached || t.Offline == Pinned, err
	case FieldOwn:
		return t.Own && !IsLocalTrack(c.id), err
	default:
		return t.Status == Free, err
	}
}
