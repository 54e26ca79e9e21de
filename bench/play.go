package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/internal/audiomatch"
	"github.com/ninth-coop/ninth/internal/stage"
)

// patience bounds each single measurement: mpv takes 20 s for some seeks, and
// others it never ends. A figure of so much is one that was not waited for.
const patience = 30 * time.Second

// peer is a player that is driven from outside, warm and idle between tracks.
type peer interface {
	name() string
	load(ctx context.Context, address string) error
	seek(ctx context.Context, to time.Duration) error
	// playing waits until the sound goes on after the last load or seek, at
	// this position or later.
	playing(ctx context.Context, from time.Duration) error
	stop(ctx context.Context) error
	close() error
}

// room is a sound card and both players.
type room struct {
	stage *stage.Stage
	peers []peer
}

// openRoom opens a room whose sound card plays so much at a time; 0 is the
// stage's own measure.
func (b *bench) openRoom(ctx context.Context, grain time.Duration) (*room, error) {
	s, err := stage.Open(ctx, stage.Options{Grain: grain})
	if err != nil {
		return nil, err
	}
	r := &room{stage: s}
	ours, err := startNinth(ctx, b.self, s.Env())
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.peers = append(r.peers, ours)
	theirs, err := startMPV(ctx, s.Dir(), s.Env())
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.peers = append(r.peers, theirs)
	return r, nil
}

func (r *room) close() error {
	var errs []error
	for _, p := range r.peers {
		errs = append(errs, p.close())
	}
	return errors.Join(append(errs, r.stage.Close())...)
}

// heard is how long it takes from the command until the sound card plays the
// first audible sample.
func (r *room) heard(ctx context.Context, p peer, address string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	recording := r.stage.Record()
	defer recording.Stop()
	// What is left of the track before has to be over.
	if err := recording.WaitSilence(ctx, 500*time.Millisecond); err != nil {
		return 0, err
	}
	fresh := r.stage.Record()
	defer fresh.Stop()
	began := time.Now()
	if err := p.load(ctx, address); err != nil {
		return 0, err
	}
	if err := fresh.WaitSound(ctx, 0); err != nil {
		return 0, err
	}
	at, _ := fresh.Heard()
	return at.Sub(began), p.stop(ctx)
}

// grain is what the sound card plays at a time: a player that is ready sooner by
// less than that is not heard sooner.
const grain = time.Millisecond

// benchStart compares the time from the command to the sound.
func benchStart(ctx context.Context, b *bench) (err error) {
	r, err := b.openRoom(ctx, grain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	places, closeAll, err := b.places()
	if err != nil {
		return err
	}
	defer closeAll()
	for _, place := range places {
		b.out.begin("From the command to the first sample heard, "+place.name, "format", "Ninth", "mpv", "ratio")
		for _, kind := range b.formats() {
			path, err := b.files.path(ctx, b.minutes, kind)
			if err != nil {
				return err
			}
			if err := b.rowOf(kind.name, r, func(p peer) (time.Duration, error) {
				return r.heard(ctx, p, place.address(path))
			}); err != nil {
				return err
			}
		}
		if err := b.out.end(); err != nil {
			return err
		}
	}
	return nil
}

// place is where a track comes from.
type place struct {
	name    string
	address func(path string) string
}

func (b *bench) places() ([]place, func(), error) {
	ranged, err := serveSlowly(b.files.dir, true)
	if err != nil {
		return nil, nil, err
	}
	linear, err := serveSlowly(b.files.dir, false)
	if err != nil {
		ranged.close()
		return nil, nil, err
	}
	return []place{
			{"from disk", func(path string) string { return path }},
			{"over HTTP (50 ms a request, 2 MB/s)", ranged.address},
			{"over HTTP without ranges", linear.address},
		}, func() {
			ranged.close()
			linear.close()
		}, nil
}

// rowOf takes a figure of both players in turn and prints the medians.
func (b *bench) rowOf(name string, r *room, figure func(peer) (time.Duration, error)) error {
	all := make([][]time.Duration, len(r.peers))
	for range b.runs {
		for i, p := range r.peers {
			took, err := figure(p)
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				took = patience
			case err != nil:
				return fmt.Errorf("%s, %s: %w", p.name(), name, err)
			}
			all[i] = append(all[i], took)
		}
	}
	ours, theirs := median(all[0]), median(all[1])
	b.out.row(name, milliseconds(ours), milliseconds(theirs), ratio(ours, theirs))
	return nil
}

// hour is the length of the files that are sought in.
const hour = 60

// benchSeek compares the time of a seek to the middle of an hour that has only
// begun to be downloaded, and, where ranges are ignored and the half before has
// to come first whoever plays it, of a few minutes.
func benchSeek(ctx context.Context, b *bench) (err error) {
	r, err := b.openRoom(ctx, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	for _, ranges := range []bool{true, false} {
		if err := b.seeks(ctx, r, ranges); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) seeks(ctx context.Context, r *room, ranges bool) error {
	server, err := serveSlowly(b.files.dir, ranges)
	if err != nil {
		return err
	}
	defer server.close()
	minutes, title := hour, "Seeking to the middle of an hour that is not downloaded (50 ms a request, 2 MB/s)"
	if !ranges {
		minutes = b.minutes
		title = fmt.Sprintf("Seeking to the middle of %d minutes that are not downloaded, without ranges", minutes)
	}
	b.out.begin(title, "format", "Ninth", "mpv", "ratio")
	for _, kind := range b.formats() {
		switch kind.ext {
		case "wav", "aiff", "hi.flac", "alac.m4a":
			continue // hundreds of megabytes, of kinds that nobody streams by the hour
		}
		path, err := b.files.path(ctx, minutes, kind)
		if err != nil {
			return err
		}
		middle := time.Duration(minutes) * time.Minute / 2
		if err := b.rowOf(kind.name, r, func(p peer) (time.Duration, error) {
			return seekFar(ctx, p, server.address(path), middle)
		}); err != nil {
			return err
		}
	}
	return b.out.end()
}

// seekAfter is how long after the command to play the one to seek comes, if the
// player plays by then. Where all before the middle has to come first, one that
// played sooner, and was told to seek sooner, would else have longer to wait.
const seekAfter = 300 * time.Millisecond

func seekFar(ctx context.Context, p peer, address string, middle time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	due := time.After(seekAfter)
	if err := p.load(ctx, address); err != nil {
		return 0, err
	}
	if err := p.playing(ctx, 0); err != nil {
		return 0, err
	}
	select {
	case <-due:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	began := time.Now()
	if err := p.seek(ctx, middle); err != nil {
		return 0, err
	}
	if err := p.playing(ctx, middle); err != nil {
		return 0, errors.Join(err, p.stop(context.WithoutCancel(ctx)))
	}
	took := time.Since(began)
	return took, p.stop(ctx)
}

// benchGaps counts what is missing from ten seconds of music while other
// programs keep every core busy.
func benchGaps(ctx context.Context, b *bench) (err error) {
	r, err := b.openRoom(ctx, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	kind := formatsMeasured()[2]
	path, err := b.files.path(ctx, b.minutes, kind)
	if err != nil {
		return err
	}
	const length = 10 * time.Second
	cores := runtime.NumCPU()
	b.out.begin(fmt.Sprintf("Sound missing from %v of FLAC, %d processes busy on %d cores", length, 2*cores, cores),
		"run", "Ninth", "mpv")
	for i := range b.runs {
		cells := []string{fmt.Sprint(i + 1)}
		for _, p := range r.peers {
			missing, err := r.gaps(ctx, b.self, p, path, length, 2*cores)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name(), err)
			}
			cells = append(cells, milliseconds(missing))
		}
		b.out.row(cells...)
	}
	return b.out.end()
}

// gaps plays for a while beside busy processes and returns how much of what
// was recorded is silence that the music does not have.
func (r *room) gaps(ctx context.Context, self string, p peer, path string, length time.Duration, busy int) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	recording := r.stage.Record()
	if err := p.load(ctx, path); err != nil {
		return 0, err
	}
	if err := recording.WaitSound(ctx, time.Second); err != nil {
		return 0, err
	}
	var load sync.WaitGroup
	loadContext, endLoad := context.WithCancel(ctx)
	for range busy {
		load.Go(func() { _, _ = measure(loadContext, self, "spin") }) // it ends by being killed
	}
	err := recording.WaitSound(ctx, length)
	endLoad()
	load.Wait()
	sound := recording.Stop()
	if err != nil {
		return 0, err
	}
	if err := p.stop(ctx); err != nil {
		return 0, err
	}
	reference, err := audiomatch.Decode(ctx, path, sound.Rate, sound.Channels)
	if err != nil {
		return 0, err
	}
	reference = audiomatch.Mono(reference, sound.Channels)
	silent := silence(sound.Mono()) - silence(reference[:min(len(reference), int(length.Seconds())*sound.Rate)])
	return max(0, time.Duration(silent)*time.Second/time.Duration(sound.Rate)), nil
}

// silence is how many samples after the first audible one are exactly zero, in
// runs of more than a millisecond.
func silence(samples []float32) int {
	const shortest = 48
	total, run, begun := 0, 0, false
	for _, s := range samples {
		switch {
		case s != 0:
			if begun && run >= shortest {
				total += run
			}
			run, begun = 0, true
		case begun:
			run++
		}
	}
	return total
}

// spin keeps a core busy until it is killed.
func spin(ctx context.Context, _ []string) error {
	for i := 0; ctx.Err() == nil; i++ {
		if i < 0 {
			fmt.Fprintln(os.Stderr, i)
		}
	}
	return nil
}
