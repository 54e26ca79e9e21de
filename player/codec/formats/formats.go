// Package formats is the one place that knows every format of the player.
package formats

import (
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/adts"
	"github.com/ninth-coop/ninth/player/codec/aiff"
	"github.com/ninth-coop/ninth/player/codec/flac"
	"github.com/ninth-coop/ninth/player/codec/mp3"
	"github.com/ninth-coop/ninth/player/codec/mp4"
	"github.com/ninth-coop/ninth/player/codec/mpegts"
	"github.com/ninth-coop/ninth/player/codec/opus"
	"github.com/ninth-coop/ninth/player/codec/vorbis"
	"github.com/ninth-coop/ninth/player/codec/wav"
)

// All returns the registry of every format that can be decoded, and of those
// that can only be named. The order is from the surest signature to the
// weakest.
func All() codec.Registry {
	return codec.Registry{}.
		With(flac.Entry(), wav.Entry(), aiff.Entry(), vorbis.Entry(), opus.Entry(), mp4.Entry(), mpegts.Entry(), adts.Entry()).
		With(recognised()...).
		With(mp3.Entry())
}
