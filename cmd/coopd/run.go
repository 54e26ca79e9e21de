package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
)

// options are the flags.
type options struct {
	Addr      string   `default:"127.0.0.1:8099" help:"Address to listen on. Only this machine reaches a loopback address."`
	Data      string   `type:"path" placeholder:"DIR" help:"Folder for the database and the signing key. Default: coopd in the user's configuration folder."`
	Media     string   `type:"path" placeholder:"DIR" help:"Folder with the audio and the pictures. Default: media in the data folder; with --demo, the files inside the program."`
	BaseURL   string   `name:"base-url" placeholder:"URL" help:"Address under which people reach the co-op, if it is not the one it listens on."`
	RateLimit int      `name:"rate-limit" default:"0" help:"Requests that one address may send per minute; 0 is no limit."`
	HLS       string   `name:"hls" enum:",ts,fmp4,packed" default:"" placeholder:"FORM" help:"Serve tracks in segments only, as the reference server does: of MPEG-TS (ts), fragmented MP4 (fmp4) or packed audio (packed)."`
	Origins   []string `name:"allow-origin" placeholder:"ORIGIN" help:"Web player, as https://player.example, that may use the API from a browser. May be repeated."`
	Demo      bool     `help:"Fill the co-op with the demo catalogue and the demo's people, whose passwords are public."`
	Verbose   bool     `help:"Log to standard error in full."`
}

var (
	errNoMedia  = errors.New("media folder does not exist")
	errNegative = errors.New("rate limit below zero")
)

// run serves until ctx ends.
func (o options) run(ctx context.Context, stdout, stderr io.Writer) error {
	level := slog.LevelWarn
	if o.Verbose {
		level = slog.LevelDebug
	}
	cfg, closeMedia, err := o.config(slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})))
	if err != nil {
		return err
	}
	defer closeMedia()
	// The address first: whoever finds it taken should not have changed any data.
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return err
	}
	s, err := server.New(ctx, cfg)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if addr, ok := l.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		fmt.Fprintln(stderr, "coopd: warning: other machines can reach this address, and what they send is not encrypted; put a server with TLS in front and name it with --base-url")
	}
	fmt.Fprintf(stdout, "coopd: serving http://%s\n", l.Addr())
	return errors.Join(s.Serve(ctx, l), s.Close())
}

// config makes the server's configuration from the flags.
func (o options) config(log *slog.Logger) (cfg server.Config, closeMedia func(), err error) {
	closeMedia = func() {}
	if o.RateLimit < 0 {
		return cfg, closeMedia, errNegative
	}
	dir := o.Data
	if dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return cfg, closeMedia, err
		}
		dir = filepath.Join(base, "coopd")
	}
	if o.Demo {
		if cfg, err = demo.Config(dir); err != nil {
			return cfg, closeMedia, err
		}
	}
	cfg.DataDir, cfg.BaseURL, cfg.RateLimit, cfg.Logger = dir, o.BaseURL, o.RateLimit, log
	cfg.Origins, cfg.HLS = o.Origins, media.Form(o.HLS)
	if o.Demo && o.Media == "" {
		return cfg, closeMedia, nil
	}
	folder := o.Media
	if folder == "" {
		folder = filepath.Join(dir, "media")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return cfg, closeMedia, err
		}
	}
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return cfg, closeMedia, errNoMedia
	}
	// A root cannot be left, by ".." or by a link.
	root, err := os.OpenRoot(folder)
	if err != nil {
		return cfg, closeMedia, err
	}
	cfg.Media = root.FS()
	return cfg, func() { _ = root.Close() }, nil
}

// sentence says what went wrong and what to do, in one sentence.
func sentence(o options, err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Sprintf("%s is taken by another program; stop that one, or choose another address with --addr.", o.Addr)
	case errors.Is(err, errNoMedia):
		return fmt.Sprintf("there is no media folder %s; create it, or name another with --media.", o.Media)
	case errors.Is(err, demo.ErrMissingFile):
		return fmt.Sprintf("the media folder lacks a file of the demo catalogue (%v); leave --media out to use the files inside the program.", err)
	case errors.Is(err, errNegative):
		return "--rate-limit counts requests; give 0 or more."
	case errors.Is(err, server.ErrBadBaseURL):
		return "--base-url has to look like https://coop.example, with nothing after the name."
	case errors.Is(err, store.ErrNewerSchema):
		return "the data belongs to a newer coopd; use that one, or another folder with --data. Nothing was changed."
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return fmt.Sprintf("the data folder cannot be written (%v); correct that, or name another folder with --data.", err)
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; free some space and start again."
	}
	var address *net.OpError
	if errors.As(err, &address) {
		return fmt.Sprintf("cannot listen on %q (%v); give --addr as HOST:PORT.", o.Addr, address.Err)
	}
	return err.Error()
}
