// Command onstage runs a program on a stage (see package stage) and does there
// what a script says: clicks, keys, screenshots, recordings. It shows by hand
// what the end-to-end tests do.
//
//	onstage [-size 1280x800] [-mute] [-do script] [-timeout 2m] -- program [arguments]
//
// The script, standard input by default, has one step a line; lines that start
// with # are comments:
//
//	window TITLE        wait for a window whose title matches, and use it
//	drawn               wait until it shows something
//	still               wait until nothing in it changes
//	colour X Y RRGGBB   wait until that place has about that colour
//	move X Y            put the pointer there
//	click X Y           click there
//	drag X Y X Y        drag from the first place to the second
//	scroll X Y CLICKS   turn the wheel, down when positive
//	type TEXT           type
//	key KEY…            press keys by their X names: Return, ctrl+f
//	resize W H          make the window that large
//	shot FILE           write what it shows to a PNG file
//	record              start to record what is played
//	heard DURATION      wait for this much of it, such as 10s
//	save FILE           end the recording and write it to a WAVE file
//	print               print what the program has written
//	wait                wait for the program to end
//
// After the last step the program is asked to end. The status is 1 when a step
// fails.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/internal/stage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "onstage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("onstage", flag.ContinueOnError)
	size := flags.String("size", "1280x800", "size of the screen in pixels")
	mute := flags.Bool("mute", false, "no sound card")
	script := flags.String("do", "-", "file with the steps")
	timeout := flags.Duration("timeout", 2*time.Minute, "how long everything may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name a program: onstage [flags] -- program [arguments]")
	}
	options := stage.Options{Mute: *mute}
	if _, err := fmt.Sscanf(*size, "%dx%d", &options.Width, &options.Height); err != nil {
		return fmt.Errorf("%q is not a size such as 1280x800", *size)
	}
	steps := io.Reader(os.Stdin)
	if *script != "-" {
		file, err := os.Open(*script)
		if err != nil {
			return err
		}
		defer file.Close()
		steps = file
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	s, err := stage.Open(ctx, options)
	if err != nil {
		return err
	}
	program, err := s.Start(stage.Program{Path: flags.Arg(0), Args: flags.Args()[1:]})
	if err == nil {
		err = (&player{stage: s, program: program}).perform(ctx, steps)
	}
	return errors.Join(err, s.Close())
}

// player performs a script.
type player struct {
	stage     *stage.Stage
	program   *stage.Process
	window    *stage.Window
	recording *stage.Recording
}

// perform does one step after the other and stops at the first that fails.
func (p *player) perform(ctx context.Context, script io.Reader) error {
	lines := bufio.NewScanner(script)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := p.step(ctx, line); err != nil {
			return fmt.Errorf("line %d, %s: %w\n%s", n, line, err, p.program.Output())
		}
	}
	return lines.Err()
}
