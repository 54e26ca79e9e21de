package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
)

// servePlayer is Ninth's engine as a process that takes commands on its
// standard input, a line each, and tells its state on its standard output:
//
//	load ADDRESS     plays a file or an http address
//	seek SECONDS     moves in it
//	stop
func servePlayer(ctx context.Context, _ []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := player.New(player.Config{
		Device:  output.Auto(ctx, output.OtoOptions{AppName: "bench"}),
		Codecs:  formats.All(),
		Resolve: resolve,
	})
	var done sync.WaitGroup
	done.Go(func() { tell(p.Subscribe(ctx)) })
	done.Go(func() {
		defer cancel()
		obey(p, os.Stdin)
	})
	err := p.Serve(ctx)
	done.Wait()
	return err
}

// tell prints a line for each change of state, and for each position.
func tell(snapshots <-chan player.Snapshot) {
	for s := range snapshots {
		fmt.Println(s.State, s.Listen, s.Position.Seconds())
		if s.Err != nil {
			fmt.Println("error", strings.ReplaceAll(s.Err.Error(), "\n", " "))
		}
	}
}

func obey(p *player.Player, commands io.Reader) {
	lines := bufio.NewScanner(commands)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "load":
			q := player.Queue{}.Append(value)
			first, _ := q.First()
			p.SetQueue(q)
			p.PlayEntry(first.ID)
		case "seek":
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				fmt.Println("error", err)
				return
			}
			p.Seek(time.Duration(seconds * float64(time.Second)))
		case "stop":
			p.Stop()
		}
	}
}

// resolve plays what the key of an entry is the address of.
func resolve(_ context.Context, e player.Entry) (player.Item, error) {
	return player.Item{Key: e.Key, Open: func(context.Context) (source.Source, error) {
		if !strings.HasPrefix(e.Key, "http://") {
			return source.OpenFile(e.Key)
		}
		f, err := os.CreateTemp("", "bench-stream-")
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		s, err := source.OpenProgressive(source.Options{Path: f.Name(), Fetcher: fetcher(e.Key)})
		if err != nil {
			return nil, err
		}
		return passing{s, f.Name()}, nil
	}}, nil
}

// passing is a download that leaves no file behind.
type passing struct {
	*source.Progressive
	path string
}

func (p passing) Close() error { return errors.Join(p.Progressive.Close(), os.Remove(p.path)) }

// fetcher gets the bytes of an address.
type fetcher string

// Fetch implements source.Fetcher.
func (f fetcher) Fetch(ctx context.Context, off int64, _ string) (source.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, string(f), nil)
	if err != nil {
		return source.Response{}, err
	}
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-", off))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return source.Response{}, err
	}
	out := source.Response{Body: resp.Body, Size: resp.ContentLength}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent:
		out.Offset, out.Ranged = off, true
		out.Size += off
	default:
		return source.Response{}, errors.Join(fmt.Errorf("the server answers %s", resp.Status), resp.Body.Close())
	}
	return out, nil
}

// ninth drives servePlayer in a process of its own.
type ninth struct {
	cmd      *exec.Cmd
	commands io.WriteCloser
	news     *news
}

func startNinth(ctx context.Context, self string, env []string) (*ninth, error) {
	cmd := exec.CommandContext(ctx, self, "player")
	cmd.Env, cmd.Stderr = env, os.Stderr
	commands, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	n := &ninth{cmd: cmd, commands: commands, news: newNews()}
	go n.news.read(out)
	return n, n.news.wait(ctx, func(line string) bool { return strings.HasPrefix(line, "stopped") })
}

func (n *ninth) name() string { return "Ninth" }

func (n *ninth) load(_ context.Context, address string) error {
	n.news.forget()
	_, err := fmt.Fprintln(n.commands, "load", address)
	return err
}

func (n *ninth) seek(_ context.Context, to time.Duration) error {
	n.news.forget()
	_, err := fmt.Fprintln(n.commands, "seek", to.Seconds())
	return err
}

func (n *ninth) playing(ctx context.Context, from time.Duration) error {
	return n.news.wait(ctx, func(line string) bool {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "playing" {
			return false
		}
		at, err := strconv.ParseFloat(fields[2], 64)
		return err == nil && at >= from.Seconds()-1
	})
}

func (n *ninth) stop(ctx context.Context) error {
	n.news.forget()
	if _, err := fmt.Fprintln(n.commands, "stop"); err != nil {
		return err
	}
	return n.news.wait(ctx, func(line string) bool { return strings.HasPrefix(line, "stopped") })
}

func (n *ninth) close() error {
	return errors.Join(n.commands.Close(), n.cmd.Wait())
}
