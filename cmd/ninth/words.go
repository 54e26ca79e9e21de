package main

import (
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// clock writes a duration as players do: 4:12, 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// milli writes an amount of milli-credits in credits.
func milli(n int64) string { return credits.Milli(n).String() }

// price tells what the next play of a track costs, or why it costs nothing.
func price(t library.Track) string {
	switch {
	case t.Owned:
		return "owned"
	case t.Local:
		return "local"
	case t.Own:
		return "yours"
	case t.Status == library.Free:
		return "free"
	}
	return t.Price().String()
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1e3)
}
