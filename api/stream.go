package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api/hls"
)

// StreamRequest says which bytes of a track are wanted. The zero value is
// all of them.
type StreamRequest struct {
	Offset int64 // first byte
	Length int64 // how many; 0 is to the end
	// ETag is what an earlier Stream of the same track gave. If the track has
	// changed since, the answer begins at 0 again.
	ETag string
	// Part names a file of the HLS rendition, such as "playlist.m3u8" or
	// "segment-000.ts". Empty is the track as one file, which is made of the
	// segments where the co-op has nothing else.
	Part string
	// HLS tells that the track is likely to be had as HLS only, as
	// [Track.HLS] says, which saves asking for it as one file first.
	HLS bool
	// Free tells that the track is free, so that what the preview route
	// serves is the whole of it.
	Free bool
	// Lossless asks for the lossless original where the server has one for
	// this listener; ContentType tells what came. The two forms of a track are
	// different files with different ETags.
	Lossless bool
}

// Stream is the bytes of a track as they arrive. Read from Body and close it;
// no total time limit applies, the context given to [Client.Stream] ends it.
type Stream struct {
	Body   io.ReadCloser
	Offset int64 // what Body begins at; 0 where the server ignored the request for a range
	Size   int64 // bytes of the whole track; −1 when not known
	ETag   string
	// Preview: only the first 45 s, because nobody is signed in or the
	// credits do not suffice for the next play. Preview and track are
	// different files: never join bytes of one to the other.
	Preview     bool
	ContentType string
	Ranged      bool // the server serves ranges

	address *url.URL // where it came from
	joined  hls.Joined
}

// Stream opens a track. Signed in, it is the whole track if the listener's
// credits suffice for its next play; else the preview. A server that sends a
// preview because it no longer knows the token gives [ErrExpired].
func (c *Client) Stream(ctx context.Context, trackID string, want StreamRequest) (*Stream, error) {
	const op = "opening a track"
	if want.Offset < 0 || want.Length < 0 {
		return nil, wrap(op, errors.New("a range cannot be negative"))
	}
	ways := []func(context.Context, string, StreamRequest) (*Stream, error){c.streamFile, c.streamRendition}
	switch {
	case want.Part != "":
		ways = ways[:1]
	case want.HLS || hls.IsTag(want.ETag):
		slices.Reverse(ways)
	}
	s, err := ways[0](ctx, trackID, want)
	if errors.Is(err, ErrNotFound) && len(ways) > 1 {
		other, otherErr := ways[1](ctx, trackID, want)
		if !errors.Is(otherErr, ErrNotFound) {
			s, err = other, otherErr
		}
	}
	if err != nil {
		return nil, wrap(op, err)
	}
	return s, nil
}

// streamFile opens a track that is one file, or a part of its rendition.
func (c *Client) streamFile(ctx context.Context, trackID string, want StreamRequest) (*Stream, error) {
	s, err := c.stream(ctx, trackID, want)
	if errors.Is(err, errChanged) {
		want.Offset, want.Length, want.ETag = 0, 0, ""
		s, err = c.stream(ctx, trackID, want)
	}
	return s, err
}

// errChanged: a range came from another version than the one known.
var errChanged = errors.New("the track has changed")

const (
	// previewRoute is where servers redirect to.
	previewRoute = root + "/stream/"
	// previewHeader is how coopd, unlike a reference server, says that an
	// answer is a preview.
	previewHeader = "X-Ninth-Preview"
)

func (c *Client) stream(ctx context.Context, trackID string, want StreamRequest) (*Stream, error) {
	in, err := c.streamCall(ctx, trackID, want.Part)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	req, token, err := c.request(ctx, in)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	req.Header.Set("Accept", accepted(want))
	// Compression would make the offsets meaningless.
	req.Header.Set("Accept-Encoding", "identity")
	setRange(req.Header, want)

	resp, err := c.await(req, cancel)
	if err != nil {
		return nil, err
	}
	s, err := c.opened(resp, want, token)
	if err == nil && s.Preview && token != "" {
		err = c.stillSignedIn(ctx)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return s, nil
}

// await sends a request whose answer may take long but must begin within
// requestTime. cancel ends its context; from then on the body does that when it
// is closed.
func (c *Client) await(req *http.Request, cancel context.CancelCauseFunc) (*http.Response, error) {
	late := time.AfterFunc(requestTime, func() { cancel(context.DeadlineExceeded) })
	resp, err := c.http.Do(req)
	if !late.Stop() && err == nil {
		resp.Body.Close()
		err = context.DeadlineExceeded
	}
	if err != nil {
		defer cancel(nil)
		return nil, failed(req.Context(), err)
	}
	resp.Body = &cancelBody{ReadCloser: resp.Body, cancel: cancel}
	return resp, nil
}

// accepted names the types that are wanted, best first.
func accepted(want StreamRequest) string {
	const usual = "audio/mp4, audio/*;q=0.9, application/vnd.apple.mpegurl, */*;q=0.5"
	if want.Lossless {
		return "audio/flac, " + usual
	}
	return usual
}

// streamCall is the call for a track's bytes: the listener's route where
// there is a token, the preview's where there is none.
func (c *Client) streamCall(ctx context.Context, trackID, part string) (call, error) {
	id, err := segment(trackID)
	if err != nil {
		return call{}, err
	}
	if part != "" {
		if part, err = segment(part); err != nil {
			return call{}, err
		}
		part = "/" + part
	}
	token, err := c.tokenFor(ctx, optional)
	if err != nil {
		return call{}, err
	}
	if token == "" {
		return call{path: "/stream/" + id + part}, nil
	}
	return call{path: "/user/stream/" + id + part, auth: required}, nil
}

func setRange(h http.Header, want StreamRequest) {
	switch {
	case want.Length > 0:
		h.Set("Range", fmt.Sprintf("bytes=%d-%d", want.Offset, want.Offset+want.Length-1))
	case want.Offset > 0:
		h.Set("Range", fmt.Sprintf("bytes=%d-", want.Offset))
	default:
		return
	}
	// If-Range takes strong validators only; with a weak one the answer's own
	// ETag is compared instead.
	if want.ETag != "" && !strings.HasPrefix(want.ETag, "W/") {
		h.Set("If-Range", want.ETag)
	}
}

// opened reads the head of an answer.
func (c *Client) opened(resp *http.Response, want StreamRequest, token string) (*Stream, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	s := &Stream{
		Body: resp.Body, Size: -1, address: resp.Request.URL, joined: joinedSaid(resp.Header), ETag: resp.Header.Get("ETag"), ContentType: kind,
		Preview: resp.Header.Get(previewHeader) != "" || !want.Free && c.isPreview(resp),
		Ranged:  resp.StatusCode == http.StatusPartialContent || resp.Header.Get("Accept-Ranges") == "bytes",
	}
	switch resp.StatusCode {
	case http.StatusOK:
		s.Size = resp.ContentLength
	case http.StatusPartialContent:
		first, size, err := contentRange(resp.Header.Get("Content-Range"))
		if err != nil || first != want.Offset {
			return nil, notCoop("it answers with another range than asked")
		}
		if want.ETag != "" && weakly(s.ETag) != weakly(want.ETag) {
			return nil, errChanged
		}
		s.Offset, s.Size = first, size
	case http.StatusRequestedRangeNotSatisfiable:
		return c.pastEnd(resp, s, want)
	default:
		return nil, c.streamStatus(resp, token)
	}
	if kind == "text/html" || kind == "application/json" {
		return nil, notCoop("it does not answer with sound")
	}
	return s, nil
}

// pastEnd reads a 416: at the very end there is simply nothing left, further
// out the track is another than the one known.
func (c *Client) pastEnd(resp *http.Response, s *Stream, want StreamRequest) (*Stream, error) {
	size, err := strconv.ParseInt(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes */"), 10, 64)
	switch {
	case err == nil && size == want.Offset:
		resp.Body.Close()
		s.Body, s.Offset, s.Size, s.Ranged = http.NoBody, size, size, true
		s.ETag, s.ContentType = want.ETag, ""
		return s, nil
	case want.ETag != "":
		return nil, errChanged
	}
	return nil, &StatusError{Code: resp.StatusCode, Message: "the track ends before that"}
}

// streamStatus turns a failure into the error that callers know; its body,
// where it is JSON, has the words.
func (c *Client) streamStatus(resp *http.Response, token string) error {
	var env envelope
	body, err := readJSON(resp.Request.Context(), resp)
	if err == nil {
		err = json.Unmarshal(body, &env)
	}
	if err != nil && resp.StatusCode < 400 {
		return notCoop("it does not answer with sound")
	}
	return c.status(resp, env.words(token), token)
}

// isPreview goes by the way the answer came, through the preview's route or
// not: a reference server's previews carry no other sign.
func (c *Client) isPreview(resp *http.Response) bool {
	for req := resp.Request; req != nil; {
		if sameOrigin(req.URL, c.base) && strings.HasPrefix(req.URL.Path, c.base.Path+previewRoute) {
			return true
		}
		if req.Response == nil {
			break
		}
		req = req.Response.Request
	}
	return false
}

// stillSignedIn tells a preview for want of credits from one for want of a
// sign-in, which a reference server does not.
func (c *Client) stillSignedIn(ctx context.Context) error {
	_, err := c.Profile(ctx)
	if errors.Is(err, ErrExpired) || errors.Is(err, ErrSignedOut) {
		return ErrExpired
	}
	return nil // the preview is at hand; another failure will show elsewhere
}

// contentRange reads "bytes first-last/size"; size is −1 for "*".
func contentRange(s string) (first, size int64, err error) {
	span, total, ok := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	from, to, dash := strings.Cut(span, "-")
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	size = -1
	var err3 error
	if total != "*" {
		size, err3 = strconv.ParseInt(total, 10, 64)
	}
	if err := errors.Join(err1, err2, err3); err != nil || !ok || !dash || first < 0 || last < first || size >= 0 && last >= size {
		return 0, 0, errors.New("malformed Content-Range")
	}
	return first, size, nil
}

// weakly is an ETag without its mark of weakness.
func weakly(tag string) string { return strings.TrimPrefix(tag, "W/") }

// cancelBody frees the request's context with its body, and says what kind of
// error a broken one is.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (b *cancelBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = NewNetworkError(err)
	}
	return n, err
}

func (b *cancelBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
