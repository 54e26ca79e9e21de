package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ninth-coop/ninth/library"
)

// benchDownloads fetches the owned tracks of a co-op on loopback as the sync
// does, verified and safe on the disk, and the same files with curl.
func benchDownloads(ctx context.Context, b *bench) (err error) {
	folder := b.files.dir
	coop, err := startCoop(ctx, b.self, filepath.Join(folder, "coop"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, coop.close()) }()
	b.out.begin(fmt.Sprintf("Downloads: %d files of %d MB", coopOwned, coopAudio>>20), "with", "median", "of curl's")
	var ours, theirs []time.Duration
	for range b.runs {
		took, err := curlAll(ctx, coop, filepath.Join(folder, "curl"))
		if err != nil {
			return err
		}
		theirs = append(theirs, took)
		if took, err = fetchAll(ctx, coop, filepath.Join(folder, "fetched")); err != nil {
			return err
		}
		ours = append(ours, took)
	}
	rate := func(d time.Duration) string {
		return fmt.Sprintf("%.0f MB/s", float64(coopOwned*coopAudio)/1e6/d.Seconds())
	}
	b.out.row("curl", rate(median(theirs)), "")
	b.out.row("Ninth", rate(median(ours)), fmt.Sprintf("%.0f %% (≥ 90)", 100*median(theirs).Seconds()/median(ours).Seconds()))
	return b.out.end()
}

// curlAll fetches the files two at a time, as the sync does, and then has them
// on the disk, as the sync has.
func curlAll(ctx context.Context, c *bigCoop, folder string) (time.Duration, error) {
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
		return 0, err
	}
	args := []string{"--silent", "--show-error", "--no-progress-meter", "--fail", "--parallel", "--parallel-max", "2", "--header", "Authorization: Bearer " + c.token}
	var names []string
	for i := range coopOwned {
		name := filepath.Join(folder, audioPath(i))
		names = append(names, name)
		args = append(args, "--output", name, c.address+"/api/v3/user/stream/"+coopID("track", i))
	}
	began := time.Now()
	if _, err := measure(ctx, "curl", args...); err != nil {
		return 0, err
	}
	if _, err := measure(ctx, "sync", names...); err != nil {
		return 0, err
	}
	return time.Since(began), sameFiles(names, folder)
}

// fetchAll downloads the collection into a library of its own.
func fetchAll(ctx context.Context, c *bigCoop, folder string) (took time.Duration, err error) {
	if err := os.RemoveAll(folder); err != nil {
		return 0, err
	}
	lib, err := library.Open(folder, library.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lib.Close()) }()
	var ids, names []string
	for i := range coopOwned {
		ids = append(ids, coopID("track", i))
		names = append(names, lib.Full(library.WholePath(coopID("track", i))))
	}
	s, client, err := syncerOf(lib, c.address, c.token)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	if err := lib.PutOwned(ids...); err != nil {
		return 0, err
	}
	began := time.Now()
	err = s.DownloadOwned(ctx)
	took = time.Since(began)
	return took, errors.Join(err, sameFiles(names, folder))
}

var errOtherBytes = errors.New("the bytes are not those of the co-op")

// sameFiles compares files with what the co-op has.
func sameFiles(names []string, folder string) error {
	for i, name := range names {
		got, err := sumOf(name)
		if err != nil {
			return err
		}
		want, err := sumOf(filepath.Join(filepath.Dir(folder), "coop", "media", audioPath(i)))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s: %w", name, errOtherBytes)
		}
	}
	return nil
}
