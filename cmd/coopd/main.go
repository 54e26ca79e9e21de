// Command coopd is a music co-op's whole back end in one program: sign-in,
// catalogue, streaming, plays and credits, playlists. It speaks the tracks API.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() { os.Exit(run()) }

func run() (exitCode int) {
	var opts options
	kong.Parse(&opts, kong.Name("coopd"), kong.Description("Serve a music co-op over the tracks API."), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := opts.run(ctx, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "coopd:", sentence(opts, err))
		return 1
	}
	return 0
}
