package hls

import (
	"strconv"
	"strings"
)

// attributes are the list behind a tag (RFC 8216 §4.2), without quotes. Of a
// name that comes twice the first counts.
type attributes map[string]string

func parseAttributes(text string) attributes {
	a := attributes{}
	for text != "" {
		name, rest, ok := strings.Cut(text, "=")
		if !ok {
			break
		}
		var value string
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			value, rest, ok = strings.Cut(quoted, `"`)
			if !ok {
				break
			}
			_, rest, _ = strings.Cut(rest, ",")
		} else {
			value, rest, _ = strings.Cut(rest, ",")
		}
		name = strings.TrimSpace(name)
		if _, twice := a[name]; !twice {
			a[name] = strings.TrimSpace(value)
		}
		text = rest
	}
	return a
}

// span is a range of bytes; length is -1 where it is not given, from is -1
// where it follows the one before.
type span struct{ from, length int64 }

// parseSpan reads "length" or "length@from".
func parseSpan(text string) (span, bool) {
	const most = 1 << 40
	length, from, placed := strings.Cut(text, "@")
	n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	if err != nil || n <= 0 || n > most {
		return span{}, false
	}
	s := span{from: -1, length: n}
	if placed {
		if s.from, err = strconv.ParseInt(strings.TrimSpace(from), 10, 64); err != nil || s.from < 0 || s.from > most {
			return span{}, false
		}
	}
	return s, true
}
