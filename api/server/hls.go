package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
)

// joinedHeader tells, on the playlists of a track, of its segments behind each
// other: how many bytes they are, and their SHA-256.
const joinedHeader = "X-Ninth-Joined"

// How the parts of a rendition are called, as the reference server does.
const (
	wholePrefix   = "segment"
	previewPrefix = "trim"
)

// previewPart streams a part of what everyone may hear.
func (s *Server) previewPart(w http.ResponseWriter, r *http.Request) {
	c, ok := s.streamCall(w, r)
	if !ok {
		return
	}
	t, _, _, err := c.streamTrack()
	if err == nil {
		err = s.sendPart(w, r, t, t.Status != store.Free)
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// streamPart streams a part of the whole track to those who may hear it, and
// sends all others to that of the preview.
func (s *Server) streamPart(w http.ResponseWriter, r *http.Request) {
	c, ok := s.streamCall(w, r)
	if !ok {
		return
	}
	t, own, paid, err := c.streamTrack()
	whole := false
	if err == nil {
		_, whole, err = c.mayHear(t, own, paid)
	}
	switch {
	case err != nil:
	case whole:
		err = s.sendPart(w, r, t, false)
	default:
		address := pathStream + t.ID + "/" + url.PathEscape(r.PathValue("part"))
		http.Redirect(w, r, address, http.StatusFound)
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// rendition is the track in segments, or what a preview shows of it; ok is
// false for a track that is served as a file.
func (s *Server) rendition(r *http.Request, fileID string, cut bool) (made media.Rendition, whole, ok bool, err error) {
	if s.cfg.HLS == "" || fileID == "" {
		return made, false, false, nil
	}
	file, err := s.currentFile(r, fileID)
	if err != nil {
		return made, false, false, err
	}
	made, whole, err = s.media.Rendition(file.Path, file.SHA256, cut, s.cfg.HLS)
	if errors.Is(err, media.ErrNoPreview) {
		return made, false, false, nil
	}
	if err != nil {
		return made, false, false, fmt.Errorf("server: cutting audio: %w", err)
	}
	return made, whole, true, nil
}

// sendPart sends what the path names of a rendition.
func (s *Server) sendPart(w http.ResponseWriter, r *http.Request, t store.Track, cut bool) error {
	made, whole, ok, err := s.rendition(r, t.FileID, cut)
	if err != nil {
		return err
	}
	prefix := wholePrefix
	if cut && !whole {
		prefix = previewPrefix
	}
	var part *media.Part
	if ok {
		part, ok, err = made.Part(r.PathValue("part"), prefix)
	}
	if err != nil {
		return fmt.Errorf("server: opening audio: %w", err)
	}
	if !ok {
		return notFound("Error finding file")
	}
	defer part.Close()
	h := w.Header()
	if prefix == previewPrefix {
		h.Set(previewHeader, previewSeconds)
	}
	if strings.HasSuffix(r.PathValue("part"), ".m3u8") {
		h.Set(joinedHeader, fmt.Sprintf("%d; sha256=%s", made.Size, made.SHA256))
	}
	h.Set("ETag", `"`+part.Tag+`"`)
	h.Set("Content-Type", part.Mime)
	http.ServeContent(w, r, "", time.Time{}, part)
	return nil
}

// sendAsFile sends a file of a track. What is served in segments is not there as
// a file.
func (s *Server) sendAsFile(w http.ResponseWriter, r *http.Request, t store.Track, fileID string, cut bool) error {
	if fileID == t.FileID {
		_, _, ok, err := s.rendition(r, fileID, cut)
		if err != nil {
			return err
		}
		if ok {
			return notFound("Error finding file")
		}
	}
	return s.sendAudio(w, r, fileID, cut)
}
