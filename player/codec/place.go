package codec

import (
	"time"

	"github.com/ninth-coop/ninth/player/source"
)

// Place asks the source which byte what is heard at a time begins at, so that
// a demuxer can go there without reading what lies before. The byte begins a
// stretch that can be decoded by itself, of which t, or at most the next second
// of sound, is a part. By what the source knows, that is heard from begins on. It may ask the network for it. ok is false where the
// source does not know, as most do not.
func (r *Reader) Place(t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	return source.Place(r.ctx, r.src, t)
}
