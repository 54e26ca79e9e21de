// Command notice writes the project's NOTICE: every module that the programs
// link, on any of the systems they are built for, with its licence.
//
//	notice          checks that NOTICE is up to date, and ends with 1 when not
//	notice -write   writes it
//	notice -texts   prints the full text of every module's licence
//
// It runs in the tools folder. A module whose licence it does not recognise, or
// that may not be linked into an Apache-2.0 program, is an error.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

//go:embed header.txt
var header string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("notice", flag.ContinueOnError)
	root := flags.String("root", "..", "the project's folder")
	write := flags.Bool("write", false, "write NOTICE")
	texts := flags.Bool("texts", false, "print every licence's text")
	if err := flags.Parse(args); err != nil {
		return err
	}
	modules, err := linked(ctx, *root)
	if err != nil {
		return err
	}
	if *texts {
		return printTexts(out, modules)
	}
	want, err := notice(modules)
	if err != nil {
		return err
	}
	path := filepath.Join(*root, "NOTICE")
	if *write {
		return os.WriteFile(path, want, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !bytes.Equal(have, want) {
		return errors.New("NOTICE does not say what the programs link: run `make notice`")
	}
	return nil
}

// notice gives the text of NOTICE.
func notice(modules []module) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(header)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	var passedOn strings.Builder
	for _, m := range modules {
		files, err := licenceFiles(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		var names []string
		for _, file := range files {
			if file.kind == kindNotice {
				fmt.Fprintf(&passedOn, "\n%s\n\n%s\n", m.Path, indent(file.text))
				continue
			}
			for _, name := range file.licences {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: no licence in %s", m.Path, m.Dir)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", m.Path, m.Version, strings.Join(names, ", "))
	}
	if err := table.Flush(); err != nil {
		return nil, err
	}
	if passedOn.Len() > 0 {
		out.WriteString("\n\nNotices passed on\n")
		out.WriteString(passedOn.String())
	}
	return out.Bytes(), nil
}

// indent sets a text two columns in, without blanks at line ends.
func indent(text string) string {
	var out strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		out.WriteString(strings.TrimRight("  "+line, " \t\r\n"))
		out.WriteByte('\n')
	}
	return strings.TrimRight(out.String(), "\n")
}

// printTexts prints what each module asks to be passed on with a program.
func printTexts(out io.Writer, modules []module) error {
	for _, m := range modules {
		files, err := licenceFiles(m.Dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		for _, file := range files {
			if _, err := fmt.Fprintf(out, "==== %s %s: %s\n\n%s\n\n", m.Path, m.Version, file.name, strings.TrimSpace(file.text)); err != nil {
				return err
			}
		}
	}
	return nil
}
