// Command bench measures Ninth beside its peers, in one run on one machine:
// ffmpeg for decoding and memory, mpv for starts, seeks and gaps, sox for
// resampling, curl for downloads; and a library of 100,000 tracks, filled from a
// co-op in a process of its own, beside what it has to reach. What it prints are
// medians of several runs and the ratio to the peer, because figures of one
// machine say little on another.
//
//	bench [-runs 5] [-minutes 5] [-only decode,start,…] [-formats mp3,flac,…]
//
// `make bench` installs the peers first. CPU times are those of whole
// processes, their start included, as a person's machine spends them. Files
// are made from the demo catalogue's music, and kept in -dir when it is given,
// so that a second run need not make them again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// section is one table of the result.
type section struct {
	name string
	run  func(ctx context.Context, b *bench) error
}

// sections in the order in which they are printed.
func sections() []section {
	return []section{
		{"decode", benchDecode},
		{"start", benchStart},
		{"seek", benchSeek},
		{"gaps", benchGaps},
		{"resample", benchResample},
		{"library", benchLibrary},
		{"downloads", benchDownloads},
	}
}

// bench is what every section has.
type bench struct {
	runs    int
	kinds   []string // extensions of the formats that are measured; none is all
	minutes int
	self    string // this program, which plays Ninth's part in a process of its own
	files   *files
	out     *report
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		if part, ok := parts()[args[0]]; ok {
			return part(ctx, args[1:])
		}
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	runs := flags.Int("runs", 5, "how often each figure is taken; the median is printed")
	minutes := flags.Int("minutes", 5, "length of the files that are decoded")
	only := flags.String("only", "", "comma-separated names of the tables to print; empty is all")
	kinds := flags.String("formats", "", "comma-separated extensions of the formats to measure; empty is all")
	dir := flags.String("dir", "", "where the files are made and kept; empty is a temporary folder")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *runs < 1 || *minutes < 1 {
		return errors.New("-runs and -minutes are at least 1")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	files, err := newFiles(*dir)
	if err != nil {
		return err
	}
	defer files.close()
	commas := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
	}
	b := &bench{runs: *runs, kinds: commas(*kinds), minutes: *minutes, self: self, files: files, out: &report{to: os.Stdout}}
	wanted := commas(*only)
	for _, s := range sections() {
		if len(wanted) > 0 && !slices.Contains(wanted, s.name) {
			continue
		}
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// parts are the jobs that this program does for itself in another process, so
// that the figures are of that process alone, as the peers' are.
func parts() map[string]func(context.Context, []string) error {
	return map[string]func(context.Context, []string) error{
		"decode-file":   decodeFile,
		"resample-file": resampleFile,
		"player":        servePlayer,
		"spin":          spin,

		"coop":            serveCoop,
		"library-refresh": refreshLibrary,
		"library-live":    liveWithLibrary,
		"library-read":    readLibrary,
	}
}
