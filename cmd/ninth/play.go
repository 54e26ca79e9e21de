package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/control"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
)

type playCmd struct {
	What   []string      `arg:"" optional:"" help:"Files, playlists (M3U8, XSPF, JSPF), folders, ids, or words to search for. Without any: the queue of last time, else the newest release."`
	Output string        `default:"oto" placeholder:"oto|null|wav:PATH|wav16:PATH" help:"Where the sound goes: the sound card, nowhere, or a file, as fast as it decodes."`
	Device string        `placeholder:"NAME" help:"The sound device, by its id or part of its name: see 'ninth devices'. Only for this time."`
	For    time.Duration `placeholder:"DURATION" help:"Stop after this much music."`

	Loudness  string         `enum:",off,track,album,auto" default:"" placeholder:"off|track|album|auto" help:"Play tracks equally loud, or albums; auto keeps albums that are played in their order as they are. Only for this time, as are the next two."`
	Crossfade *time.Duration `placeholder:"DURATION" help:"How long the end of a track and the beginning of the next are heard together, up to 12s. Albums stay gapless."`
	Speed     float64        `placeholder:"FACTOR" help:"How fast to play, 0.5 to 2; the pitch stays."`
}

// check looks for what no player can do.
func (c *playCmd) check() error {
	switch {
	case c.For < 0:
		return errOption("--for " + c.For.String() + " is less than nothing.")
	case c.Speed != 0 && !(c.Speed >= player.MinSpeed && c.Speed <= player.MaxSpeed):
		return errOption(fmt.Sprintf("--speed %g is not between 0.5 and 2.", c.Speed))
	case c.Crossfade != nil && (*c.Crossfade < 0 || *c.Crossfade > player.MaxCrossfade):
		return errOption("--crossfade " + c.Crossfade.String() + " is not between 0s and 12s.")
	}
	return nil
}

// sound is what the options say of how tracks are played.
func (c *playCmd) sound(s *player.Sound) {
	switch c.Loudness {
	case "off":
		s.Loudness = player.LoudnessOff
	case "track":
		s.Loudness = player.LoudnessTrack
	case "album":
		s.Loudness = player.LoudnessAlbum
	case "auto":
		s.Loudness = player.LoudnessAuto
	}
	if c.Crossfade != nil {
		s.Crossfade = *c.Crossfade
	}
	s.Speed = c.Speed
}

// errOption: an option says what cannot be; the text is a sentence.
type errOption string

func (o errOption) Error() string { return "ninth: " + string(o) }

// Sentence is what app.Explain says of it.
func (o errOption) Sentence() string { return string(o) }

// errOutput: --output names nothing that exists.
type errOutput string

func (o errOutput) Error() string { return fmt.Sprintf("ninth: unknown output %q", string(o)) }

// Sentence is what app.Explain says of it.
func (o errOutput) Sentence() string {
	return fmt.Sprintf("There is no output %q: use oto, null, wav:PATH or wav16:PATH.", string(o))
}

// device opens what --output names.
func (c *playCmd) device(ctx context.Context) (output.Device, error) {
	kind, path, _ := strings.Cut(c.Output, ":")
	switch {
	case kind == "wav" && path != "":
		return output.WAV(path)
	case kind == "wav16" && path != "":
		return output.WAV16(path)
	case c.Output == "oto":
		return systemOutput(ctx), nil
	case c.Output == "null":
		return silent(), nil
	}
	return nil, errOutput(c.Output)
}

// silent is a device for commands that need no sound.
func silent() output.Device { return output.Null(output.System{}, output.DefaultRate, nil) }

// systemOutput is the sound card, or the wait for one.
func systemOutput(ctx context.Context) output.Device {
	return output.Auto(ctx, output.OtoOptions{AppName: "Ninth"})
}

func (c *playCmd) Run(ctx context.Context, e *environment) error {
	if err := c.check(); err != nil {
		return err
	}
	device, err := c.device(ctx)
	if err != nil {
		return err
	}
	if err := device.Err(); err != nil && !e.interactive() {
		// Nobody is there to connect one.
		return errors.Join(err, device.Close())
	}
	s, closing, err := e.open(ctx, app.Config{Device: device, Limit: c.For, EndWithQueue: true, Sound: c.sound})
	if err != nil {
		return errors.Join(err, device.Close())
	}
	// After the session, which has chosen the usual one.
	err = choose(device, c.Device)
	var keys []string
	if err == nil {
		keys, err = c.keys(ctx, e, s)
	}
	if err == nil {
		err = e.listen(ctx, s, keys)
	}
	return errors.Join(err, closing())
}

// listen plays keys to their end, or what the session has when there are
// none, and shows how it goes.
func (e *environment) listen(ctx context.Context, s *app.Session, keys []string) error {
	if len(keys) > 0 {
		s.PlayKeys(keys, 0)
	} else {
		s.Play()
	}
	if info := s.Now().Device; info.Err != nil {
		fmt.Fprintln(e.err, "ninth: "+app.Explain(info.Err))
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() { e.show(ctx, s, stop) })
	beside.Go(func() { e.serveControls(ctx, s, control.Options{Quit: stop}) })
	err := s.Serve(ctx)
	stop()
	beside.Wait()
	return errors.Join(err, s.Flush(context.WithoutCancel(ctx), patience))
}

// keys turns what was typed into queue keys. Nothing typed is no keys where
// there is a queue from last time.
func (c *playCmd) keys(ctx context.Context, e *environment, s *app.Session) ([]string, error) {
	files, rest, err := e.takeFiles(c.What)
	if err != nil || len(rest) == 0 && len(files) > 0 {
		return files, err
	}
	if err := e.prepare(ctx, s); err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		found, err := findKeys(s.Library(), rest)
		return append(files, found...), err
	}
	if s.Now().Queue.Len() > 0 {
		return nil, nil
	}
	newest, err := s.Library().Releases(library.Newest, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(newest.Items) == 0 {
		return nil, errNothing("the library, which is empty")
	}
	return releaseKeys(s.Library(), newest.Items[0].ID)
}

// takeFiles takes the files out of what was typed; folders stand for the
// files in them, by name, and playlists for those on them.
func (e *environment) takeFiles(what []string) (keys, rest []string, err error) {
	for _, w := range what {
		info, err := os.Stat(w)
		switch {
		case err == nil:
			more, err := e.fileKeys(w, info)
			if err != nil {
				return nil, nil, err
			}
			keys = append(keys, more...)
		case looksLikePath(w):
			return nil, nil, fmt.Errorf("ninth: playing a file: %w", err)
		default:
			rest = append(rest, w)
		}
	}
	return keys, rest, nil
}

func looksLikePath(w string) bool {
	return strings.ContainsRune(w, os.PathSeparator) || strings.HasPrefix(w, ".") || slices.Contains(soundFiles, strings.ToLower(filepath.Ext(w)))
}

// soundFiles are the names that a folder's sound files have. What is in a
// file is found out by its content; this only keeps covers and texts out.
var soundFiles = []string{".flac", ".m4a", ".mp4", ".wav", ".wave", ".mp3", ".ogg", ".oga", ".opus", ".aac", ".aif", ".aiff"}

func (e *environment) fileKeys(path string, info os.FileInfo) ([]string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("ninth: finding %s: %w", path, err)
	}
	if !info.IsDir() {
		if _, err := playlistfile.FormatOf(full); err == nil {
			return e.listedKeys(full)
		}
		return []string{app.FileKey(full)}, nil
	}
	entries, err := os.ReadDir(full) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("ninth: reading a folder: %w", err)
	}
	var keys []string
	for _, f := range entries {
		if f.Type().IsRegular() && slices.Contains(soundFiles, strings.ToLower(filepath.Ext(f.Name()))) {
			keys = append(keys, app.FileKey(filepath.Join(full, f.Name())))
		}
	}
	if len(keys) == 0 {
		return nil, errNothing("sound files in " + path)
	}
	return keys, nil
}

// findKeys looks up ids, and searches for everything else as one phrase: a
// release is played whole, else a playlist, else the tracks that match.
func findKeys(lib *library.Library, what []string) ([]string, error) {
	var keys, words []string
	for _, w := range what {
		if found, err := byID(lib, w); err != nil {
			return nil, err
		} else if found != nil {
			keys = append(keys, found...)
		} else {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return keys, nil
	}
	phrase := strings.Join(words, " ")
	found, err := lib.Search(phrase, 50)
	if err != nil {
		return nil, err
	}
	more, err := bestKeys(lib, phrase, found)
	return append(keys, more...), err
}

func bestKeys(lib *library.Library, phrase string, found library.Results) ([]string, error) {
	for _, t := range found.Tracks {
		if strings.EqualFold(t.Title, phrase) {
			return []string{app.TrackKey(t.ID)}, nil
		}
	}
	switch {
	case len(found.Releases) > 0:
		return releaseKeys(lib, found.Releases[0].ID)
	case len(found.Playlists) > 0:
		return byID(lib, found.Playlists[0].ID)
	case len(found.Tracks) > 0:
		var keys []string
		for _, t := range found.Tracks {
			keys = append(keys, app.TrackKey(t.ID))
		}
		return keys, nil
	case len(found.Artists) > 0:
		return artistKeys(lib, found.Artists[0].ID)
	}
	return nil, errNothing(phrase)
}

func artistKeys(lib *library.Library, id string) (keys []string, err error) {
	a, err := lib.Artist(id)
	for _, r := range a.Releases {
		more, err := releaseKeys(lib, r.ID)
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return keys, err
}

// byID gives the keys of a track, release or playlist; nil when the library
// has none of that id.
func byID(lib *library.Library, id string) ([]string, error) {
	if _, err := lib.Track(id); err == nil {
		return []string{app.TrackKey(id)}, nil
	} else if !errors.Is(err, library.ErrNotFound) {
		return nil, err
	}
	if keys, err := releaseKeys(lib, id); err == nil || !errors.Is(err, library.ErrNotFound) {
		return keys, err
	}
	p, err := lib.Playlist(id)
	if errors.Is(err, library.ErrNotFound) {
		return nil, nil
	}
	var keys []string
	for _, item := range p.Items {
		keys = append(keys, app.TrackKey(item.Track.ID))
	}
	return keys, err
}

func releaseKeys(lib *library.Library, id string) ([]string, error) {
	r, err := lib.Release(id)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, t := range r.Tracks {
		keys = append(keys, app.TrackKey(t.ID))
	}
	return keys, nil
}
