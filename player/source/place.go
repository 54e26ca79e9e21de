package source

import (
	"context"
	"time"
)

// Placer is a Source that is made of segments, as HLS is, and knows when each
// of them is heard.
type Placer interface {
	// Place is the byte at which the segment begins that is heard at t, and
	// when that is; both times count from the beginning of the track. It may
	// have to ask how long the segments before are, and blocks for that until
	// the context ends. ok is false where that cannot be told.
	Place(ctx context.Context, t time.Duration) (off int64, begins time.Duration, ok bool, err error)
}

// Place asks s, if it is a Placer.
func Place(ctx context.Context, s Source, t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	if p, is := s.(Placer); is {
		return p.Place(ctx, t)
	}
	return 0, 0, false, nil
}
