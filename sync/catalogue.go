package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// fillBatch is how many releases are written with their tracks in one
// transaction: each track is on a page of its own, and all of them are held in
// memory until they are written.
const fillBatch = 15

// unlessKnown runs read for a list, unless the co-op says that it is the same
// as when the library noted its version under setting. count is how many things
// read met, or did then.
func (s *Syncer) unlessKnown(ctx context.Context, setting string, ask func(context.Context) (string, error), read func() (int, error)) (count int, err error) {
	// It is asked for first: what changes while the list is read is read again.
	version, err := ask(ctx)
	if err != nil {
		return 0, err
	}
	noted, err := s.lib.Setting(setting)
	if err != nil {
		return 0, err
	}
	known, text, _ := strings.Cut(noted, " of ")
	if count, err = strconv.Atoi(known); err == nil && version != "" && text == version {
		return count, nil
	}
	if count, err = read(); err != nil || version == "" {
		return count, err
	}
	return count, s.lib.SetSetting(setting, fmt.Sprintf("%d of %s", count, version))
}

// refreshCatalogue reads what everyone can list, when that has changed.
func (s *Syncer) refreshCatalogue(ctx context.Context, r *Report) (err error) {
	r.Releases, err = s.unlessKnown(ctx, library.SettingCatalogue, s.coop.CatalogueVersion, func() (int, error) {
		return s.readCatalogue(ctx)
	})
	return err
}

// readCatalogue walks the public releases and artists, then reads the tracks of
// the releases that are new or were changed, and counts the releases. Those
// that the walk did not meet leave the catalogue, unless it met none at all:
// that is a server with a fault, and not a catalogue.
func (s *Syncer) readCatalogue(ctx context.Context) (count int, err error) {
	seen := map[string]bool{}
	var stale []string
	err = inBatches(s.coop.AllReleases(ctx), func(some []api.Release) error {
		releases := make([]library.Release, len(some))
		for i, rel := range some {
			releases[i], seen[rel.ID] = listed(rel), true
		}
		ids, err := s.lib.Stale(releases...)
		if err != nil {
			return err
		}
		stale = append(stale, ids...)
		// What is about to be read whole need not be written twice.
		return s.lib.PutReleases(slices.DeleteFunc(releases, func(r library.Release) bool { return slices.Contains(ids, r.ID) })...)
	})
	if err != nil {
		return 0, err
	}
	if len(seen) > 0 {
		if err := s.lib.RetainReleases(func(id string) bool { return seen[id] }); err != nil {
			return 0, err
		}
	}
	err = inBatches(s.coop.AllArtists(ctx), func(some []api.Artist) error {
		artists := make([]library.Artist, len(some))
		for i, a := range some {
			artists[i] = artist(a)
		}
		return s.lib.PutArtists(artists...)
	})
	if err != nil {
		return len(seen), err
	}
	return len(seen), s.fill(ctx, stale)
}

// fill reads releases with their tracks, a few at a time, while those before
// are stored. What has been read is stored, so a refresh that is cut off goes
// on where it was.
func (s *Syncer) fill(ctx context.Context, ids []string) error {
	g, ctx := errgroup.WithContext(ctx)
	read := make(chan []library.Release)
	g.Go(func() error {
		defer close(read)
		for some := range slices.Chunk(ids, fillBatch) {
			found, err := s.readReleases(ctx, some)
			select {
			case read <- found:
			case <-ctx.Done():
				return ctx.Err()
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		for found := range read {
			if err := s.lib.PutReleases(found...); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// readReleases reads releases with their tracks, several at once. It gives
// those that could be read also when one could not.
func (s *Syncer) readReleases(ctx context.Context, ids []string) ([]library.Release, error) {
	found := make([]library.Release, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, id := range ids {
		g.Go(func() error {
			r, err := s.coop.Release(ctx, id)
			if errors.Is(err, api.ErrNotFound) {
				return nil
			}
			if err == nil {
				found[i] = whole(r)
			}
			return err
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(found, func(r library.Release) bool { return r.ID == "" }), err
}

// FetchRelease reads one release with its tracks now, and what the person has
// paid for them: a page is opened that may not have been read yet.
func (s *Syncer) FetchRelease(ctx context.Context, id string) error {
	r, err := s.coop.Release(ctx, id)
	s.heard(err)
	if err != nil {
		return wrap("reading a release", err)
	}
	release, err := s.speak(ctx)
	if err != nil {
		return wrap("reading a release", err)
	}
	defer release()
	rel := whole(r)
	if known, err := s.lib.Release(id); err == nil && known.Own {
		return nil // what is known of an own release is more than everyone sees
	}
	if err := s.lib.PutReleases(rel); err != nil {
		return wrap("reading a release", err)
	}
	ids := make([]string, len(rel.Tracks))
	for i, t := range rel.Tracks {
		ids[i] = t.ID
	}
	return wrap("reading a release", s.refreshPlays(ctx, ids))
}
