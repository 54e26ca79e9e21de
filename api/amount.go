package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/credits"
)

// parseCredits reads an amount in credits, such as "8.4660". A fraction of a
// milli-credit, which no server of this API deals in, is refused.
func parseCredits(s string) (credits.Milli, error) {
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
		return -credits.Milli(n), nil
	}
	return credits.Milli(n), nil
}
