package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
)

// open opens a track and reads it whole.
func (s *suite) open(t *testing.T, c *api.Client, id string, want api.StreamRequest) (*api.Stream, []byte) {
	t.Helper()
	stream, err := c.Stream(t.Context(), id, want)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	body, err := io.ReadAll(io.LimitReader(stream.Body, 256<<20))
	if err != nil {
		t.Fatal(err)
	}
	if stream.Size >= 0 && want.Length == 0 && stream.Size != stream.Offset+int64(len(body)) {
		t.Errorf("%d bytes from %d, said to be %d", len(body), stream.Offset, stream.Size)
	}
	return stream, body
}

// isAudio knows the containers that co-ops serve by their first bytes.
func isAudio(b []byte) bool {
	return len(b) > 12 && (bytes.Equal(b[4:8], []byte("ftyp")) || bytes.HasPrefix(b, []byte("fLaC")) ||
		bytes.HasPrefix(b, []byte("OggS")) || bytes.HasPrefix(b, []byte("ID3")))
}

// preview: nobody hears the first 45 s of a track, and they are another file.
func (s *suite) preview(t *testing.T) {
	one := s.paid(t, 0, 0)
	short, trim := s.open(t, s.client(t, Account{}), one.ID, api.StreamRequest{})
	whole, all := s.open(t, s.client(t, s.target.Listener), one.ID, api.StreamRequest{})
	if !short.Preview || whole.Preview {
		t.Errorf("preview %v, whole %v", short.Preview, whole.Preview)
	}
	if !isAudio(trim) || len(trim) >= len(all) && one.Duration.Seconds() > 50 {
		t.Errorf("the preview has %d of %d bytes", len(trim), len(all))
	}
	if short.ETag != "" && short.ETag == whole.ETag {
		t.Error("preview and track share an ETag")
	}
	a := s.get(t, root+"/user/stream/"+one.ID, "")
	if a.status != http.StatusFound || a.header.Get("Location") != root+"/stream/"+one.ID {
		t.Errorf("nobody is led with %d to %s", a.status, a.header.Get("Location"))
	}
}

// whole: with a sign-in and credits all of it, and nothing is charged.
func (s *suite) whole(t *testing.T) {
	c := s.client(t, s.target.Listener)
	left := s.balance(t, c)
	one := s.paid(t, 0, credits.Cost(0))
	stream, body := s.open(t, c, one.ID, api.StreamRequest{})
	if stream.Preview || !isAudio(body) || !strings.HasPrefix(stream.ContentType, "audio/") && stream.ContentType != "application/octet-stream" {
		t.Errorf("%s, %d bytes, preview %v", stream.ContentType, len(body), stream.Preview)
	}
	if bytes.Equal(body[4:8], []byte("ftyp")) {
		// Players begin before the end has arrived.
		if moov, mdat := bytes.Index(body, []byte("moov")), bytes.Index(body, []byte("mdat")); moov < 0 || mdat < moov {
			t.Errorf("moov at %d, mdat at %d: not made for streaming", moov, mdat)
		}
	}
	if got := s.balance(t, c); got != left {
		t.Errorf("streaming cost %s", left-got)
	}
}

// ranges: all of RFC 9110's, or none at all.
func (s *suite) ranges(t *testing.T) {
	c := s.client(t, s.target.Listener)
	id := s.paid(t, 0, credits.Cost(0)).ID
	stream, all := s.open(t, c, id, api.StreamRequest{})
	part, bytesOf := s.open(t, c, id, api.StreamRequest{Offset: 1000, ETag: stream.ETag})
	if !stream.Ranged && !part.Ranged {
		s.lacks("Range: a stream begins at its first byte whatever is asked")
		if part.Offset != 0 || !bytes.Equal(bytesOf, all) {
			t.Errorf("without ranges, a stream from 1000 has %d bytes from %d", len(bytesOf), part.Offset)
		}
		return
	}
	size := int64(len(all))
	if stream.Size != size || part.Offset != 1000 || !bytes.Equal(bytesOf, all[1000:]) || part.ETag != stream.ETag {
		t.Errorf("from 1000: %d bytes from %d of %d", len(bytesOf), part.Offset, part.Size)
	}
	if !strings.HasPrefix(stream.ETag, `"`) {
		t.Errorf("the ETag %s is not strong", stream.ETag)
	}
	piece, bytesOf := s.open(t, c, id, api.StreamRequest{Offset: size - 10, Length: 5, ETag: stream.ETag})
	if piece.Offset != size-10 || !bytes.Equal(bytesOf, all[size-10:size-5]) {
		t.Errorf("a piece: %d bytes from %d", len(bytesOf), piece.Offset)
	}
	changed, bytesOf := s.open(t, c, id, api.StreamRequest{Offset: 1000, ETag: `"another"`})
	if changed.Offset != 0 || !bytes.Equal(bytesOf, all) {
		t.Errorf("of another version: %d bytes from %d", len(bytesOf), changed.Offset)
	}
	end, bytesOf := s.open(t, c, id, api.StreamRequest{Offset: size, ETag: stream.ETag})
	if end.Offset != size || len(bytesOf) != 0 {
		t.Errorf("at the end: %d bytes from %d", len(bytesOf), end.Offset)
	}
	s.rangeForms(t, id, stream.ETag, all)
}

// rangeForms are forms of Range that the client does not send itself.
func (s *suite) rangeForms(t *testing.T, id, etag string, all []byte) {
	t.Helper()
	token := s.token(t, s.target.Listener)
	path := root + "/user/stream/" + id
	last := s.get(t, path, token, "Range", "bytes=-7")
	if last.status != 206 || !bytes.Equal(last.body, all[len(all)-7:]) || last.header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", len(all)-7, len(all)-1, len(all)) {
		t.Errorf("the last seven: %d, %d bytes, %s", last.status, len(last.body), last.header.Get("Content-Range"))
	}
	beyond := s.get(t, path, token, "Range", fmt.Sprintf("bytes=%d-", len(all)+1))
	if beyond.status != 416 || beyond.header.Get("Content-Range") != fmt.Sprintf("bytes */%d", len(all)) {
		t.Errorf("beyond the end: %d, %s", beyond.status, beyond.header.Get("Content-Range"))
	}
	head := s.ask(t, http.MethodHead, path, token, "")
	if head.status != 200 || head.header.Get("Content-Length") != fmt.Sprint(len(all)) || head.header.Get("ETag") != etag {
		t.Errorf("HEAD: %d, %s bytes", head.status, head.header.Get("Content-Length"))
	}
	if same := s.get(t, path, token, "If-None-Match", etag); same.status != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", same.status)
	}
}

// freeStream: what is free is whole for everyone.
func (s *suite) freeStream(t *testing.T) {
	id := s.free(t).ID
	nobody, all := s.open(t, s.client(t, Account{}), id, api.StreamRequest{Free: true})
	_, mine := s.open(t, s.client(t, s.target.Listener), id, api.StreamRequest{Free: true})
	if nobody.Preview || !bytes.Equal(all, mine) {
		t.Errorf("nobody hears %d bytes, a listener %d", len(all), len(mine))
	}
}

// poorStream: without credits for the next play there is only the preview.
func (s *suite) poorStream(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Poor, "a listener with few credits"))
	for _, one := range s.tracksOf(t) {
		if one.Status == api.StatusFree {
			continue
		}
		cost := credits.Cost(s.count(t, c, one.ID))
		stream, err := c.Stream(t.Context(), one.ID, api.StreamRequest{})
		if err != nil {
			t.Fatal(err)
		}
		stream.Body.Close()
		if left := s.balance(t, c); stream.Preview != (cost > left) {
			t.Errorf("with %s for a play of %s: preview %v", left, cost, stream.Preview)
		}
		return
	}
	s.skip(t, "all tracks are free")
}

// expiredStream: a server that no longer knows the token gives the preview,
// and the client finds out why.
func (s *suite) expiredStream(t *testing.T) {
	_, err := s.clientWith(t, "not-a-token").Stream(t.Context(), s.paid(t, 0, 0).ID, api.StreamRequest{})
	if !errors.Is(err, api.ErrExpired) {
		t.Errorf("got %v", err)
	}
}

func (s *suite) unknownStream(t *testing.T) {
	for _, c := range []*api.Client{s.client(t, Account{}), s.client(t, s.target.Listener)} {
		if _, err := c.Stream(t.Context(), nowhere, api.StreamRequest{}); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
}
