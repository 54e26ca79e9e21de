package api

import (
	"fmt"
	"strconv"
	"strings"
)

// Milli is an amount of credits in milli-credits: 1000 are one credit. It is
// an integer so that no sum ever rounds.
type Milli int64

// PlaysToOwn is the number of paid plays after which a track is owned.
const PlaysToOwn = 9

// firstPlay is the cost of the first paid play; each later one costs twice as
// much as the one before.
const firstPlay Milli = 2

// String gives the amount in credits with three decimals, such as "0.032".
func (m Milli) String() string {
	sign, u := "", uint64(m)
	if m < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%03d", sign, u/1000, u%1000)
}

// Cost is the price of the next play of a track with this many paid plays:
// 2·2ⁿ milli-credits, and nothing once it is owned. A negative number counts
// as none.
func Cost(plays int) Milli {
	if plays >= PlaysToOwn {
		return 0
	}
	return firstPlay << max(plays, 0)
}

// Remaining is what is left to pay until a track with this many paid plays is
// owned, which is also the price of buying it now.
func Remaining(plays int) Milli {
	if plays >= PlaysToOwn {
		return 0
	}
	// The prices are a geometric series: the sum of those already paid is
	// firstPlay·(2ⁿ − 1), and of all nine 1022.
	return firstPlay<<PlaysToOwn - firstPlay<<max(plays, 0)
}

// parseCredits reads an amount in credits, such as "8.4660". A fraction of a
// milli-credit, which no server of this API deals in, is refused.
func parseCredits(s string) (Milli, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > 3 {
		return 0, fmt.Errorf("%.20q is finer than a milli-credit", s)
	}
	fraction += strings.Repeat("0", 3-len(fraction))
	n, err := strconv.ParseUint(whole+fraction, 10, 62)
	if err != nil || whole == "" {
		return 0, fmt.Errorf("%.20q is no amount of credits", s)
	}
	if negative {
		return -Milli(n), nil
	}
	return Milli(n), nil
}
