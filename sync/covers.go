package sync

import (
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/ninth-coop/ninth/api"
)

// maxPicture is the largest cover that is kept, in bytes.
const maxPicture = 16 << 20

// FetchCovers fetches the pictures that the library names and does not have.
// One that cannot be had is crossed off; it is wanted again when what names it
// changes.
func (s *Syncer) FetchCovers(ctx context.Context) error {
	for {
		addresses, err := s.lib.WantedCovers(4 * parallel)
		if err != nil || len(addresses) == 0 {
			return wrap("fetching covers", err)
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(parallel)
		for _, a := range addresses {
			g.Go(func() error { return s.fetchCover(gctx, a) })
		}
		if err := g.Wait(); err != nil {
			return wrap("fetching covers", err)
		}
	}
}

// FetchCover fetches one picture now, unless it is here.
func (s *Syncer) FetchCover(ctx context.Context, address string) error {
	if _, ok, err := s.lib.Cover(address); ok || err != nil {
		return wrap("fetching a cover", err)
	}
	picture, err := s.readCover(ctx, address)
	if err != nil {
		return wrap("fetching a cover", err)
	}
	return wrap("fetching a cover", s.lib.SaveCover(address, picture))
}

func (s *Syncer) fetchCover(ctx context.Context, address string) error {
	picture, err := s.readCover(ctx, address)
	if err == nil {
		return s.lib.SaveCover(address, picture)
	}
	if retry, _ := api.Retryable(err); retry || ctx.Err() != nil {
		return err
	}
	s.cfg.Logger.Info("a cover cannot be had", "error", err)
	return s.lib.DropCover(address)
}

var errNoPicture = errors.New("no picture, or too large a one")

func (s *Syncer) readCover(ctx context.Context, address string) ([]byte, error) {
	body, err := s.coop.Image(ctx, address)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	picture, err := io.ReadAll(io.LimitReader(body, maxPicture+1))
	if err != nil {
		return nil, api.NewNetworkError(err)
	}
	if len(picture) == 0 || len(picture) > maxPicture {
		return nil, errNoPicture
	}
	return picture, nil
}
