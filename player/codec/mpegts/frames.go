package mpegts

import (
	"context"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Frames reads the frames of a stream's sound one by one, as files of ADTS or
// MP3 hold them, so that they can be put into a file of another kind.
type Frames struct{ p *packets }

// OpenFrames finds the sound of a stream. It fails as Open does; the context
// bounds all reading.
func OpenFrames(ctx context.Context, src source.Source) (*Frames, error) {
	p, err := open(ctx, src)
	if err != nil {
		return nil, err
	}
	return &Frames{p}, nil
}

// Format is that of the sound.
func (f *Frames) Format() codec.Format { return f.p.es.format }

// Next is the next frame with its header, valid until the next call; one that is
// lost is empty. io.EOF is the end.
func (f *Frames) Next() ([]byte, error) { return f.p.advance() }
