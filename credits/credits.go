// Package credits is the arithmetic of stream-to-own: what a play costs, what
// is left until a track is owned, and how amounts are written.
//
// Money is an integer number of milli-credits everywhere in Ninth, 1000 to a
// credit; it is never a float.
package credits

import "fmt"

// Milli is an amount in milli-credits.
type Milli int64

// String writes the amount in credits with three decimals, as it is shown to
// a person: 12480 is "12.480".
func (m Milli) String() string {
	sign, n := "", uint64(m)
	if m < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%03d", sign, n/1000, n%1000)
}

// PlaysToOwn is the number of paid plays that make a track owned.
const PlaysToOwn = 9

// Cost is the price of the next play of a track that has been paid for plays
// times: 2·2ⁿ milli-credits, and nothing once it is owned. A negative number
// of plays counts as none.
func Cost(plays int) Milli {
	if plays >= PlaysToOwn {
		return 0
	}
	return 2 << max(plays, 0)
}

// Remaining is what is still to pay until a track is owned, by plays or at
// once: the sum of all further costs, 1022 milli-credits before the first.
func Remaining(plays int) Milli {
	if plays >= PlaysToOwn {
		return 0
	}
	return 1024 - Cost(plays)
}
