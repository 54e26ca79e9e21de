package playlistfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode"
)

// DecodeNamed reads a playlist from a file by the file's name, and by its
// content where the name does not tell the format, as on phones. Errors are
// those of Decode.
func DecodeNamed(r io.Reader, name string) (List, error) {
	f, err := FormatOf(name)
	if err == nil {
		return Decode(r, f)
	}
	const enough = 512 // bytes: what comes before the first sign of a format
	head := bufio.NewReaderSize(r, enough)
	start, readErr := head.Peek(enough)
	if f = sniff(start); f == "" {
		if readErr != nil && readErr != io.EOF {
			err = fmt.Errorf("playlistfile: reading a playlist: %w", readErr)
		}
		return List{}, err
	}
	return Decode(head, f)
}

// sniff is the format that content begins with, or "".
func sniff(start []byte) Format {
	start = bytes.TrimLeftFunc(bytes.TrimPrefix(start, []byte("\ufeff")), unicode.IsSpace)
	switch {
	case bytes.HasPrefix(start, []byte("#EXTM3U")):
		return M3U8
	case bytes.HasPrefix(start, []byte("<")):
		return XSPF
	case bytes.HasPrefix(start, []byte("{")):
		return JSPF
	}
	return ""
}
