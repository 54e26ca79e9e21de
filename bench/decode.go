package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/source"
)

// benchDecode compares what decoding a file costs.
func benchDecode(ctx context.Context, b *bench) error {
	b.out.begin(fmt.Sprintf("Decoding %d minutes: CPU of the whole process, memory at most", b.minutes),
		"format", "Ninth", "ffmpeg", "ratio", "Ninth", "ffmpeg")
	for _, kind := range b.formats() {
		path, err := b.files.path(ctx, b.minutes, kind)
		if err != nil {
			return err
		}
		ours, theirs, err := compare(ctx, b.runs,
			[]string{b.self, "decode-file", path},
			[]string{"ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", path, "-map", "0:a", "-f", "null", "-"})
		if err != nil {
			return err
		}
		b.out.row(kind.name, milliseconds(ours.cpu), milliseconds(theirs.cpu), ratio(ours.cpu, theirs.cpu),
			megabytes(ours.memory), megabytes(theirs.memory))
	}
	return b.out.end()
}

// decodeFile is Ninth's part: every frame of a file, to nowhere.
func decodeFile(ctx context.Context, args []string) (err error) {
	if len(args) != 1 {
		return errors.New("decode-file: wants a file")
	}
	src, err := source.OpenFile(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	decoder, err := formats.All().Open(ctx, src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, decoder.Close()) }()
	buf := make([][2]float64, 1024)
	for {
		if _, ok := decoder.Stream(buf); !ok {
			return decoder.Err()
		}
	}
}
