package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrBooks means that the ledger contradicts itself.
var ErrBooks = errors.New("store: the books do not balance")

// Audit checks the books in one moment: every journal sums to zero, every
// balance is the sum of its entries, nobody is in debt, every paid play has its
// payment, and what was paid is what the counts are worth. It reads the whole
// ledger. The error is [ErrBooks] when one of these does not hold.
func (s *Store) Audit(ctx context.Context) error {
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: auditing: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	q := Q{db: tx, now: s.now()}
	for _, check := range []struct{ what, query string }{
		{"journals off balance", `SELECT COUNT(*) FROM (SELECT SUM(amount) AS s FROM entries GROUP BY journal_id HAVING s <> 0)`},
		{"balances off", `SELECT COUNT(*) FROM accounts a WHERE balance <> (SELECT COALESCE(SUM(amount),0) FROM entries WHERE account_id = a.id)`},
		{"listeners in debt", `SELECT COUNT(*) FROM accounts WHERE kind = 'listener' AND balance < 0`},
		{"paid plays without a payment", `SELECT COUNT(*) FROM plays WHERE paid = 1 AND journal_id IS NULL`},
		// The nth paid play costs 2·2^(n−1), so n of them are worth 2^(n+1) − 2.
		{"what was paid is not what the counts are worth", `
			SELECT (SELECT COALESCE(SUM((2 << paid) - 2), 0) FROM counts)
			     - (SELECT COALESCE(SUM(balance), 0) FROM accounts WHERE kind IN ('artist', 'coop'))`},
		{"owned tracks", `SELECT COUNT(*) FROM counts WHERE (paid = 9) <> (owned_at IS NOT NULL)`},
	} {
		var bad int64
		if err := q.row(ctx, "auditing", check.query, nil, &bad); err != nil {
			return err
		}
		if bad != 0 {
			return fmt.Errorf("%w: %s: %d", ErrBooks, check.what, bad)
		}
	}
	return nil
}
