// Package ledger shares what listeners pay between the artist and the co-op.
//
// Prices come from package credits; the store does the bookkeeping. The
// functions here are pure.
package ledger

import (
	"fmt"

	"github.com/ninth-coop/ninth/credits"
)

// artistTenths is the artist's part of every payment, in tenths.
const artistTenths = 7

// Split shares a payment that brings a listener from "before" to "after" paid
// plays of one track. Shares are taken from the running total, so rounding
// never adds up: over nine plays the artist gets exactly ⌊1022·7/10⌋ = 715,
// however they were paid for, and artist + coop is always what was paid.
func Split(before, after int) (artist, coop credits.Milli) {
	from, to := spent(before), spent(after)
	artist = to*artistTenths/10 - from*artistTenths/10
	return artist, to - from - artist
}

// spent is what that many paid plays have cost together.
func spent(plays int) credits.Milli {
	return credits.Remaining(0) - credits.Remaining(plays)
}

// Format writes an amount in credits with four decimals, as the tracks API does
// in its purchase answers: 8466 is "8.4660". Package credits writes three,
// which is all the digits there are.
func Format(m credits.Milli) string {
	return fmt.Sprintf("%s0", m)
}
