// Command ninth is the player: a window, or a terminal.
//
// Without a command it opens the window; where there is no display, it plays
// in the terminal. The commands work the same with and without one:
//
//	ninth [--demo] [login|logout|status|search|play|playlist|devices|local|sync|disk|export|doctor] …
//
// All state is below NINTH_HOME, by default the system's folder for
// application data. --demo uses a co-op of its own, on this machine alone.
//
// The exit code is 0 when what was asked is done, 1 when it is not, with one
// sentence on standard error, and 80 when the command line makes no sense.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ninth-coop/ninth/app"
)

func main() {
	app.SaveMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	if text := app.Explain(err); text != "" {
		fmt.Fprintln(os.Stderr, "ninth: "+text)
		os.Exit(exitCode(err))
	}
}

// exitCode is 1, unless the error knows better.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}
