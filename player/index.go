package player

import (
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// indexOf says whose index it is that a decoder of the deck's track has; false
// if that cannot be told.
func (d *deck) indexOf(decoder codec.Decoder) (codec.IndexOf, bool) {
	info, _, _ := d.state()
	size, ok := info.source.Size()
	return codec.IndexOf{Codec: decoder.Format().Codec, Size: size, ETag: source.ETag(info.source)}, ok
}

// useIndex tells a decoder what an earlier one has learned of the same bytes.
func (d *deck) useIndex(decoder codec.Decoder) {
	info, _, _ := d.state()
	indexed, ok := decoder.(codec.Indexed)
	if !ok || len(info.item.Index) == 0 {
		return
	}
	of, ok := d.indexOf(decoder)
	if !ok {
		return
	}
	x, err := codec.DecodeIndex(info.item.Index, of)
	if err != nil {
		d.config.Logger.Debug("player: an index that is not used", "key", d.entry.Key, "err", err)
		return
	}
	d.kept = info.item.Index
	indexed.UseIndex(x)
	d.update(func() { d.info.length = decoder.Len() })
}

// keepIndex tells the item what the decoder has learned, if that is more than
// was known.
func (d *deck) keepIndex(decoder codec.Decoder) {
	info, _, _ := d.state()
	indexed, ok := decoder.(codec.Indexed)
	preview, _ := d.reservations(info.item.Preview)
	if !ok || info.item.OnIndex == nil || preview {
		return
	}
	of, ok := d.indexOf(decoder)
	if !ok {
		return
	}
	if data := codec.EncodeIndex(indexed.Index(), of); codec.BetterIndex(data, d.kept) {
		d.kept = data
		info.item.OnIndex(append([]byte(nil), data...))
	}
}
