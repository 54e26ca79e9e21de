package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report prints tables.
type report struct {
	to    io.Writer
	table *tabwriter.Writer
}

// begin starts a table with a heading and its columns.
func (r *report) begin(heading string, columns ...string) {
	fmt.Fprintf(r.to, "\n%s\n%s\n", heading, strings.Repeat("-", len([]rune(heading))))
	r.table = tabwriter.NewWriter(r.to, 0, 4, 2, ' ', 0)
	r.row(columns...)
}

func (r *report) row(cells ...string) { fmt.Fprintln(r.table, strings.Join(cells, "\t")) }

// end prints the table.
func (r *report) end() error { return r.table.Flush() }

// median of at least one value; of an even number the lower of the middle two.
func median[T int | int64 | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func ratio(ours, theirs time.Duration) string {
	if theirs <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(ours)/float64(theirs))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }
