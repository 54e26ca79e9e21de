package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/api/server/ledger"
	"github.com/ninth-coop/ninth/credits"
)

// ErrNoWallet means that the listener has never had credits.
var ErrNoWallet = errors.New("store: wallet does not exist")

// coopOwner owns the accounts that belong to nobody in particular.
const coopOwner = "coop"

// Charge is the outcome of a play or a purchase.
type Charge struct {
	Count   int           // paid plays after it
	Cost    credits.Milli // what it cost, or would have cost
	Balance credits.Milli // what is left
	Charged bool          // false: it was free, owned, or there was not enough credit
}

// Count returns how many plays of a track the user has paid for, at most
// [credits.PlaysToOwn]. A bought track has them all.
func (q Q) Count(ctx context.Context, userID, trackID string) (int, error) {
	var n int
	err := q.row(ctx, "reading plays", `SELECT paid FROM counts WHERE user_id = ? AND track_id = ?`, []any{userID, trackID}, &n)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// Play records one play of a track at the given time and charges for it: the
// next of the nine steps, or nothing when the track is free or owned. With too
// little credit it is recorded as a free play and nothing is charged.
func (tx *Tx) Play(ctx context.Context, userID string, t Track, at time.Time) (Charge, error) {
	return tx.charge(ctx, userID, t, "play", at, func(paid int) (int, credits.Milli) { return paid + 1, credits.Cost(paid) })
}

// Buy makes a track owned at once for what remains of its price. With too
// little credit nothing changes. Buying a free or an owned track costs nothing.
func (tx *Tx) Buy(ctx context.Context, userID string, t Track) (Charge, error) {
	return tx.charge(ctx, userID, t, "buy", tx.now, func(paid int) (int, credits.Milli) {
		return credits.PlaysToOwn, credits.Remaining(paid)
	})
}

// charge does what plays and purchases have in common. price tells from the
// plays paid so far how many there are afterwards, and the cost.
func (tx *Tx) charge(ctx context.Context, userID string, t Track, kind string, at time.Time, price func(int) (int, credits.Milli)) (Charge, error) {
	w, err := tx.Wallet(ctx, userID)
	if errors.Is(err, ErrNotFound) {
		return Charge{}, ErrNoWallet
	}
	if err != nil {
		return Charge{}, err
	}
	paid, err := tx.Count(ctx, userID, t.ID)
	if err != nil {
		return Charge{}, err
	}
	after, cost := price(paid)
	out := Charge{Count: paid, Cost: cost, Balance: w.Balance}
	switch {
	case t.Status == Free, paid >= credits.PlaysToOwn:
		out.Cost = 0
	case cost <= w.Balance:
		out = Charge{Count: after, Cost: cost, Balance: w.Balance - cost, Charged: true}
	}
	var journal any // NULL unless something was charged
	if out.Charged {
		artist, coop := ledger.Split(paid, after)
		journal, err = tx.post(ctx, kind, []posting{
			{"listener", userID, -cost}, {"artist", t.ArtistID, artist}, {"coop", coopOwner, coop},
		})
		if err == nil {
			err = tx.setCount(ctx, userID, t.ID, after, at)
		}
	}
	if err == nil && kind == "play" {
		_, err = tx.exec(ctx, "recording play", `INSERT INTO plays (user_id, track_id, paid, journal_id, at) VALUES (?, ?, ?, ?, ?)`,
			userID, t.ID, out.Charged, journal, stamp(at))
	}
	return out, err
}

func (tx *Tx) setCount(ctx context.Context, userID, trackID string, paid int, at time.Time) error {
	_, err := tx.exec(ctx, "counting plays", `
		INSERT INTO counts (user_id, track_id, paid, owned_at) VALUES (?1, ?2, ?3, CASE WHEN ?3 >= ?4 THEN ?5 END)
		ON CONFLICT (user_id, track_id) DO UPDATE SET paid = excluded.paid, owned_at = COALESCE(owned_at, excluded.owned_at)`,
		userID, trackID, paid, credits.PlaysToOwn, stamp(at))
	return err
}

// TopUp adds credits to the user's wallet, and creates it when there is none.
// An amount of 0 only creates it.
func (tx *Tx) TopUp(ctx context.Context, userID string, amount credits.Milli) error {
	if amount < 0 {
		return fmt.Errorf("store: topping up: negative amount %d", int64(amount))
	}
	_, err := tx.post(ctx, "topup", []posting{{"listener", userID, amount}, {"sales", coopOwner, -amount}})
	return err
}

// posting is one side of a journal.
type posting struct {
	kind, owner string // of the account
	amount      credits.Milli
}

// post writes one journal: every account named is created if need be, and the
// amounts must sum to zero.
func (tx *Tx) post(ctx context.Context, kind string, postings []posting) (journal int64, err error) {
	var sum credits.Milli
	for _, p := range postings {
		sum += p.amount
	}
	if sum != 0 {
		return 0, fmt.Errorf("store: posting %s: off by %d milli-credits", kind, int64(sum))
	}
	res, err := tx.db.ExecContext(ctx, `INSERT INTO journals (kind, at) VALUES (?, ?)`, kind, stamp(tx.now))
	if err != nil {
		return 0, fmt.Errorf("store: posting %s: %w", kind, err)
	}
	if journal, err = res.LastInsertId(); err != nil {
		return 0, fmt.Errorf("store: posting %s: %w", kind, err)
	}
	for _, p := range postings {
		_, err := tx.exec(ctx, "posting "+kind, `INSERT INTO accounts (kind, owner_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, p.kind, p.owner)
		if err != nil {
			return 0, err
		}
		var account int64
		err = tx.row(ctx, "posting "+kind, `UPDATE accounts SET balance = balance + ? WHERE kind = ? AND owner_id = ? RETURNING id`,
			[]any{int64(p.amount), p.kind, p.owner}, &account)
		if err != nil {
			return 0, err
		}
		_, err = tx.exec(ctx, "posting "+kind, `INSERT INTO entries (journal_id, account_id, amount) VALUES (?, ?, ?)`,
			journal, account, int64(p.amount))
		if err != nil {
			return 0, err
		}
	}
	return journal, nil
}

// TrackCount is a number of plays of one track.
type TrackCount struct {
	TrackID string
	Count   int
}

// Counts returns the paid plays of those tracks that have any.
func (q Q) Counts(ctx context.Context, userID string, trackIDs []string) ([]TrackCount, error) {
	in, args := placeholders(trackIDs)
	return list(ctx, q, "reading plays", `SELECT track_id, paid FROM counts WHERE user_id = ? AND paid > 0 AND track_id IN (`+in+`)`,
		append([]any{userID}, args...), scanCount)
}

// AllPlays returns how often the user has played those tracks, free plays
// included; tracks without a play are left out.
func (q Q) AllPlays(ctx context.Context, userID string, trackIDs []string) ([]TrackCount, error) {
	in, args := placeholders(trackIDs)
	return list(ctx, q, "reading plays", `SELECT track_id, COUNT(*) FROM plays WHERE user_id = ? AND track_id IN (`+in+`) GROUP BY track_id`,
		append([]any{userID}, args...), scanCount)
}

func scanCount(scan func(...any) error) (c TrackCount, err error) {
	return c, scan(&c.TrackID, &c.Count)
}

// Collection lists the tracks that the user owns, latest first, and their
// number. What is owned stays in it when its release is withdrawn.
func (q Q) Collection(ctx context.Context, userID string, l Listing) ([]Track, int, error) {
	return q.trackPage(ctx, `JOIN counts c ON c.track_id = t.id AND c.user_id = ? WHERE c.owned_at IS NOT NULL AND t.status <> 4`,
		[]any{userID}, ` ORDER BY c.owned_at DESC, t.rowid`, nil, l)
}

// History lists the user's plays, latest first, one row each, and their number.
func (q Q) History(ctx context.Context, userID string, l Listing) ([]Track, int, error) {
	return q.trackPage(ctx, `JOIN plays p ON p.track_id = t.id AND p.user_id = ? WHERE t.status <> 4`,
		[]any{userID}, ` ORDER BY p.at DESC, p.id DESC`, nil, l)
}

// ArtistCount is how often someone played an artist's tracks.
type ArtistCount struct {
	ArtistID, Name string
	Count          int
}

// HistoryArtists lists the artists that the user has played, most played first.
func (q Q) HistoryArtists(ctx context.Context, userID string, l Listing) ([]ArtistCount, error) {
	limit, offset := l.window()
	return list(ctx, q, "reading history", `
		SELECT a.id, a.display_name, COUNT(*) AS n FROM plays p JOIN tracks t ON t.id = p.track_id JOIN artists a ON a.id = t.artist_id
		WHERE p.user_id = ? GROUP BY a.id ORDER BY n DESC, a.rowid LIMIT ? OFFSET ?`, []any{userID, limit, offset},
		func(scan func(...any) error) (c ArtistCount, err error) {
			return c, scan(&c.ArtistID, &c.Name, &c.Count)
		})
}

// DayCount is the number of plays of one day.
type DayCount struct {
	Date  string // YYYY-MM-DD, UTC
	Count int
}

// PlaysByDay counts the user's plays per day from one moment up to, not
// including, another. Days without a play are left out.
func (q Q) PlaysByDay(ctx context.Context, userID string, from, before time.Time) ([]DayCount, error) {
	return list(ctx, q, "counting plays", `
		SELECT date(at/1000, 'unixepoch') AS day, COUNT(*) FROM plays WHERE user_id = ? AND at >= ? AND at < ? GROUP BY day ORDER BY day`,
		[]any{userID, stamp(from), stamp(before)},
		func(scan func(...any) error) (c DayCount, err error) { return c, scan(&c.Date, &c.Count) })
}
