package formats

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// recognised are the formats that are named rather than decoded, so that a
// person reads what a file is and not merely that it does not play.
func recognised() []codec.Entry {
	prefix := func(name string, signatures ...string) codec.Entry {
		return codec.Recognised(name, func(head []byte) bool {
			for _, s := range signatures {
				if bytes.HasPrefix(head, []byte(s)) {
					return true
				}
			}
			return false
		})
	}
	return []codec.Entry{
		ogg("Ogg FLAC", "\x7fFLAC"),
		ogg("Ogg Speex", "Speex   "),
		prefix("this kind of Ogg", "OggS"),
		prefix("WavPack", "wvpk"),
		prefix("Monkey's Audio", "MAC "),
		prefix("Musepack", "MPCK", "MP+"),
		prefix("DSD", "DSD ", "FRM8"),
		prefix("True Audio", "TTA1", "TTA2"),
		prefix("Windows Media Audio", "\x30\x26\xB2\x75\x8E\x66\xCF\x11"),
		prefix("Matroska", "\x1A\x45\xDF\xA3"),
		prefix("Sun audio", ".snd"),
		prefix("MIDI", "MThd"),
		prefix("an HLS playlist", "#EXTM3U"),
		notSound("an HTML page", matchHTML),
		notSound("a JSON answer", matchJSON),
		codec.Recognised("MP1", matchMPEG(1)),
		codec.Recognised("MP2", matchMPEG(2)),
	}
}

// ogg recognises an Ogg stream by the first packet of its first page.
func ogg(name, firstPacket string) codec.Entry {
	const pageHeader = 27 // bytes, then as many segment lengths as byte 26 says
	return codec.Recognised(name, func(head []byte) bool {
		if len(head) < pageHeader || string(head[:4]) != "OggS" {
			return false
		}
		packet := pageHeader + int(head[26])
		return packet < len(head) && bytes.HasPrefix(head[packet:], []byte(firstPacket))
	})
}

// notSound is an entry for what servers give in place of a track.
func notSound(what string, match func([]byte) bool) codec.Entry {
	return codec.Entry{Name: what, Match: match, Open: func(context.Context, source.Source) (codec.Decoder, error) {
		return nil, fmt.Errorf("%w: %s", codec.ErrUnknownFormat, what)
	}}
}

// text is head without a byte order mark and leading white space.
func text(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
}

func matchHTML(head []byte) bool {
	t := bytes.ToLower(text(head))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<!--", "<title"} {
		if bytes.HasPrefix(t, []byte(tag)) {
			return true
		}
	}
	return bytes.HasPrefix(t, []byte("<?xml")) && bytes.Contains(t, []byte("<html"))
}

func matchJSON(head []byte) bool {
	t := text(head)
	return bytes.HasPrefix(t, []byte(`{"`)) || bytes.HasPrefix(t, []byte(`[{`)) || bytes.HasPrefix(t, []byte("{\n"))
}
