package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/api/hls"
)

const (
	// playlistPart is how servers of this API call the playlist of a rendition.
	playlistPart = "playlist.m3u8"
	// keptRenditions is of how many renditions the client remembers what it
	// learnt: a few tracks that play, are fetched ahead and are downloaded.
	keptRenditions = 8
)

// joinedHeader is how coopd tells, on the playlists of a track, how many bytes
// its segments are behind each other, and their SHA-256.
const joinedHeader = "X-Ninth-Joined"

// joinedSaid reads that header. What it cannot be is taken for nothing.
func joinedSaid(h http.Header) hls.Joined {
	size, sum, _ := strings.Cut(h.Get(joinedHeader), "; sha256=")
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n <= 0 {
		return hls.Joined{}
	}
	hash, err := hex.DecodeString(sum)
	if err != nil || len(hash) != sha256.Size {
		hash = nil
	}
	return hls.Joined{Size: n, SHA256: hash}
}

// ContentHash is the SHA-256 of all bytes of a track, if its ETag tells it, as
// those of coopd do; else nil.
func ContentHash(etag string) []byte {
	if sum := hls.HashOf(etag); sum != nil {
		return sum
	}
	text, strong := strings.CutPrefix(strings.TrimSuffix(etag, `"`), `"`)
	sum, err := hex.DecodeString(strings.TrimPrefix(text, "sha256-"))
	if !strong || err != nil || len(sum) != sha256.Size {
		return nil
	}
	return sum
}

// renditions keeps what was learnt of renditions, most of all the lengths of
// their segments. The zero value is ready; it is safe for concurrent use.
type renditions struct {
	mu   sync.Mutex
	kept []rendition // latest last
}

// rendition is a track as segments.
type rendition struct {
	track   string
	file    *hls.File
	preview bool
}

// find returns the rendition of a track that has the given ETag.
func (r *renditions) find(track, etag string) (rendition, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.kept, func(k rendition) bool { return k.track == track && k.file.Tag() == etag })
	if i < 0 {
		return rendition{}, false
	}
	return r.kept[i], true
}

// keep remembers a rendition in the place of an older one of the track.
func (r *renditions) keep(one rendition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = slices.DeleteFunc(r.kept, func(k rendition) bool { return k.track == one.track })
	if len(r.kept) >= keptRenditions {
		r.kept = slices.Delete(r.kept, 0, 1)
	}
	r.kept = append(r.kept, one)
}

// streamRendition opens a track that is made of HLS segments, as if it were one
// file. See package hls.
func (c *Client) streamRendition(ctx context.Context, trackID string, want StreamRequest) (*Stream, error) {
	one, known := c.renditions.find(trackID, want.ETag)
	if !known || want.ETag == "" {
		var err error
		if one, err = c.openRendition(ctx, trackID, want.Free); err != nil {
			return nil, err
		}
		c.renditions.keep(one)
		if want.ETag != "" && want.ETag != one.file.Tag() {
			want.Offset, want.Length = 0, 0
		}
	}
	body, err := one.file.From(ctx, want.Offset)
	if err != nil {
		return nil, c.segmentFailed(ctx, trackID, err)
	}
	s := &Stream{
		Offset: body.Offset, Size: one.file.Size(), ETag: one.file.Tag(), Preview: one.preview,
		Ranged: one.file.Ranged() && body.Offset == want.Offset,
	}
	b := &renditionBody{c: c, ctx: ctx, track: trackID, body: body, left: -1}
	if want.Length > 0 && s.Ranged {
		b.left = want.Length
	}
	s.Body = b
	return s, nil
}

// openRendition reads the playlist of a track.
func (c *Client) openRendition(ctx context.Context, trackID string, free bool) (rendition, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTime, context.DeadlineExceeded)
	defer cancel()
	s, err := c.stream(ctx, trackID, StreamRequest{Part: playlistPart, Free: free})
	if err != nil {
		return rendition{}, err
	}
	defer s.Body.Close() // only read from
	answer := hls.Answer{Body: s.Body, URL: s.address, Size: s.Size, Tag: s.ETag, Joined: s.joined}
	file, err := hls.Open(ctx, segments{c, s.Preview, free}, &answer)
	switch {
	case err != nil && ctx.Err() != nil:
		return rendition{}, failed(ctx, err)
	case err != nil:
		return rendition{}, c.segmentFailed(ctx, trackID, err)
	}
	return rendition{trackID, file, s.Preview}, nil
}

// Place is the byte at which the HLS segment begins that is heard at t, and when
// that is, by the durations that the playlist tells. The ETag is what [Client.Stream] gave. ok is false where the track is no
// rendition that was opened lately, or its server does not tell how long
// segments are.
func (c *Client) Place(ctx context.Context, trackID, etag string, t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	one, known := c.renditions.find(trackID, etag)
	if !known {
		return 0, 0, false, nil
	}
	off, begins, ok, err = one.file.Place(ctx, t)
	if err != nil {
		return 0, 0, false, wrap("finding a segment", c.segmentFailed(ctx, trackID, err))
	}
	return off, begins, ok, nil
}

// segmentFailed makes an error of package hls fit to decide on. A rendition
// that is another one by now is forgotten.
func (c *Client) segmentFailed(ctx context.Context, trackID string, err error) error {
	switch {
	case errors.Is(err, hls.ErrChanged):
		c.renditions.mu.Lock()
		defer c.renditions.mu.Unlock()
		c.renditions.kept = slices.DeleteFunc(c.renditions.kept, func(k rendition) bool { return k.track == trackID })
	case errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, new(*NetworkError)):
		return failed(ctx, err)
	}
	return err
}

// renditionBody is the body of a rendition, and part of it if left is not
// negative.
type renditionBody struct {
	c     *Client
	ctx   context.Context
	track string
	body  *hls.Body
	left  int64 // bytes; -1: all
}

func (b *renditionBody) Read(p []byte) (int, error) {
	if b.left >= 0 {
		p = p[:min(int64(len(p)), b.left)]
		if b.left == 0 {
			return 0, io.EOF
		}
	}
	n, err := b.body.Read(p)
	if b.left >= 0 {
		b.left -= int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.c.segmentFailed(b.ctx, b.track, err)
	}
	return n, err
}

func (b *renditionBody) Close() error { return b.body.Close() }

// segments reaches the resources of a rendition. The token goes only to the
// co-op's own origin: see tokenTransport.
type segments struct {
	c             *Client
	preview, free bool
}

// Fetch implements hls.Fetcher.
func (s segments) Fetch(ctx context.Context, address *url.URL, off, length int64) (*hls.Answer, error) {
	want := StreamRequest{Offset: off, Length: length, Free: s.free}
	resp, token, err := s.send(ctx, http.MethodGet, address, want)
	if err != nil {
		return nil, err
	}
	stream, err := s.c.opened(resp, want, token)
	// A preview may well have fewer segments.
	shortened := err == nil && stream.Preview || errors.Is(err, ErrNotFound) && !s.free && s.c.isPreview(resp)
	if shortened && !s.preview {
		err = s.cutOff(ctx, token)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	tag := stream.ETag
	if tag == "" {
		tag = resp.Header.Get("Last-Modified")
	}
	return &hls.Answer{
		Body: stream.Body, URL: stream.address, Offset: stream.Offset, Size: stream.Size, Tag: tag, Joined: stream.joined,
	}, nil
}

// Size implements hls.Fetcher.
func (s segments) Size(ctx context.Context, address *url.URL) (int64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTime, context.DeadlineExceeded)
	defer cancel()
	resp, token, err := s.send(ctx, http.MethodHead, address, StreamRequest{Free: s.free})
	if err != nil {
		return -1, err
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if s.preview || s.free || !s.c.isPreview(resp) {
			return -1, nil // a server that does not know the question
		}
	default:
		return -1, s.c.status(resp, "", token)
	}
	if !s.preview && !s.free && s.c.isPreview(resp) {
		return -1, s.cutOff(ctx, token)
	}
	return resp.ContentLength, nil
}

// cutOff is why a segment of a track is that of a preview.
func (s segments) cutOff(ctx context.Context, token string) error {
	if token == "" {
		return ErrSignedOut
	}
	if err := s.c.stillSignedIn(ctx); err != nil {
		return err
	}
	return ErrPreviewOnly
}

func (s segments) send(ctx context.Context, method string, address *url.URL, want StreamRequest) (*http.Response, string, error) {
	if err := s.c.mayReach(address); err != nil {
		return nil, "", err
	}
	token, err := s.c.tokenFor(ctx, optional)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := http.NewRequestWithContext(withToken(ctx, token), method, address.String(), nil)
	if err != nil {
		cancel(nil)
		return nil, "", errors.New("the request cannot be written") // err would hold the query
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", s.c.agent)
	setRange(req.Header, want)
	resp, err := s.c.await(req, cancel)
	return resp, token, err
}

// mayReach refuses addresses that a playlist has no business with: without TLS
// where the co-op has it, or on this machine where the co-op is not.
func (c *Client) mayReach(u *url.URL) error {
	if c.base.Scheme == "https" && u.Scheme != "https" {
		return ErrInsecure
	}
	if isLoopback(u.Hostname()) && !isLoopback(c.base.Hostname()) {
		return notCoop("it points at this machine")
	}
	return nil
}
