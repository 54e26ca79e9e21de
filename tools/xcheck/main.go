// Command xcheck type-checks packages, with everything they import, for another
// system than the one it runs on. It reads the sources that the go command picks
// for that system, cgo files included, and takes any use of C on trust, so it
// needs neither a C compiler nor the system's headers.
//
//	xcheck -target android/arm64 [-tags list] ./...
//
// It ends with status 1 when the code of the main module, or the way it uses its
// imports, has type errors.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "xcheck:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("xcheck", flag.ContinueOnError)
	name := flags.String("target", "", "system and architecture to check for, such as android/arm64")
	tags := flags.String("tags", "", "build tags, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	goos, goarch, ok := strings.Cut(*name, "/")
	if !ok || flags.NArg() == 0 {
		return errors.New("usage: xcheck -target system/architecture [-tags list] packages")
	}
	begun := time.Now()
	report, err := check(ctx, target{goos, goarch, *tags}, flags.Args())
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for _, problem := range report.problems {
		fmt.Fprintln(out, problem)
	}
	fmt.Fprintf(out, "%s: %d packages type-checked in %v\n", *name, report.packages, time.Since(begun).Round(100*time.Millisecond))
	if err := out.Flush(); err != nil {
		return err
	}
	if n := len(report.problems); n > 0 {
		return fmt.Errorf("%d problems for %s", n, *name)
	}
	return nil
}
