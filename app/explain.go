package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/player/codec"
)

// Explanation is a sentence for a person, in English, that can be translated.
type Explanation struct {
	Text string         // with gaps like {{.Port}}; a key of the translations
	Gaps map[string]any // what goes into them
	File string         // what it is about, to be put before it; usually ""
}

// String is the sentence in English; "" where there is nothing to say.
func (e Explanation) String() string {
	text := e.Text
	for gap, v := range e.Gaps {
		text = strings.ReplaceAll(text, "{{."+gap+"}}", fmt.Sprint(v)) // at most one gap
	}
	return e.About(text)
}

// About puts the file's name before a sentence, which is a translation of Text.
func (e Explanation) About(sentence string) string {
	if e.File == "" {
		return sentence
	}
	return e.File + ": " + sentence
}

// Explain turns an error into one sentence for a person at a terminal: what is
// wrong, and what to do. An error that has words of its own, in a method
// Sentence, keeps them. Explain returns "" for nil and for a cancelled context.
func Explain(err error) string { return explain(err, false).String() }

// Explained is Explain for a window, where nobody types commands. Its Text is
// empty for nil and for a cancelled context.
func Explained(err error) Explanation { return explain(err, true) }

func explain(err error, window bool) Explanation {
	if err == nil || errors.Is(err, context.Canceled) {
		return Explanation{}
	}
	if e, ok := explainDetail(err, window); ok {
		return e
	}
	var path *fs.PathError
	for _, e := range explanations {
		if !errors.Is(err, e.is) {
			continue
		}
		out := Explanation{Text: e.text}
		if window && e.window != "" {
			out.Text = e.window
		}
		if e.named && errors.As(err, &path) {
			out.File = path.Path
		}
		return out
	}
	return explainKind(err)
}

// with is an explanation with one gap.
func with(text, gap string, v any) Explanation {
	return Explanation{Text: text, Gaps: map[string]any{gap: v}}
}

// explainDetail explains errors that say more than what they are.
func explainDetail(err error, window bool) (_ Explanation, ok bool) {
	var (
		port        *auth.PortError
		limited     *api.RateLimitError
		unsupported *codec.UnsupportedError
		segments    *hls.UnsupportedError
		worded      interface{ Sentence() string }
	)
	switch {
	case errors.As(err, &worded):
		return with(textWords, "Words", worded.Sentence()), true
	case errors.As(err, &port) && window:
		return with(textPortWindow, "Port", port.Port), true
	case errors.As(err, &port):
		return with(textPort, "Port", port.Port), true
	case errors.As(err, &limited):
		return with(textPatience, "Wait", limited.After.Round(time.Second)), true
	case errors.As(err, &segments):
		return with(textSegments, "What", segments.What), true
	case errors.As(err, &unsupported):
		return with(textUnsupported, "What", unsupported.What), true
	}
	return Explanation{}, false
}

// explainKind explains errors that are only known by their kind.
func explainKind(err error) Explanation {
	var (
		server  *auth.ServerError
		status  *api.StatusError
		network *api.NetworkError
		path    *fs.PathError
		address *url.Error
	)
	switch {
	case isDiskFull(err):
		return Explanation{Text: textDiskFull}
	case errors.As(err, &server):
		return with(textServer, "Code", server.Code)
	case errors.As(err, &status) && status.Code >= 500:
		return with(textFault, "Code", status.Code)
	case errors.As(err, &status):
		return with(textRefused, "Code", status.Code)
	case errors.As(err, &network), errors.As(err, &address):
		return Explanation{Text: textUnreachable}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Explanation{Text: textTooLong}
	case errors.As(err, &path):
		return Explanation{Text: textFile, File: path.Path}
	}
	return with(textUnknown, "Error", err)
}
