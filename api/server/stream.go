package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/credits"
)

// previewHeader tells that an answer is not the whole track, and how many
// seconds of it there are.
const previewHeader = "X-Ninth-Preview"

// previewSeconds is what the header of a preview says.
var previewSeconds = fmt.Sprint(int(media.PreviewLength / time.Second))

// pathStream is the address of previews, before the track's id.
const pathStream = pathAPI + "/stream/"

// streamCall prepares a call that is answered with bytes rather than JSON.
func (s *Server) streamCall(w http.ResponseWriter, r *http.Request) (*call, bool) {
	c := &call{Request: r, base: s.base(r), read: s.store.Read()}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Authorization")
	var err error
	if c.user, err = s.authenticate(r, optional); err != nil {
		s.fail(w, r, err)
		return nil, false
	}
	return c, true
}

// streamTrack finds the track of the path, and how the asker stands to it.
func (c *call) streamTrack() (t store.Track, own bool, paid int, err error) {
	id, err := c.id()
	if err != nil {
		return t, false, 0, err
	}
	if t, err = c.read.Track(c.ctx(), id); err != nil {
		return t, false, 0, orNotFound(err, "Not found")
	}
	if c.user.ID != "" {
		own = t.OwnerID == c.user.ID
		if paid, err = c.read.Count(c.ctx(), c.user.ID, t.ID); err != nil {
			return t, false, 0, err
		}
	}
	if !t.Public && !own && paid < credits.PlaysToOwn {
		return t, false, 0, notFound("Not found")
	}
	return t, own, paid, nil
}

// preview streams what everyone may hear: 45 seconds, or all of a free track.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) {
	c, ok := s.streamCall(w, r)
	if !ok {
		return
	}
	t, _, _, err := c.streamTrack()
	if err == nil {
		err = s.sendAsFile(w, r, t, t.FileID, t.Status != store.Free)
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// stream streams the whole track to those who may hear it, and sends all others
// to the preview. Nothing is charged here.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	c, ok := s.streamCall(w, r)
	if !ok {
		return
	}
	w.Header().Add("Vary", "Accept")
	t, own, paid, err := c.streamTrack()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	owned, whole, err := c.mayHear(t, own, paid)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	file := t.FileID
	switch lossless(r) {
	case wanted:
		if !owned || t.FlacID == "" {
			s.fail(w, r, &apiError{Status: http.StatusForbidden, Message: "The FLAC original is for those who own the track, where there is one"})
			return
		}
		file = t.FlacID
	case welcome:
		if owned && t.FlacID != "" {
			file = t.FlacID
		}
	case unwanted:
	}
	if !whole {
		http.Redirect(w, r, pathStream+t.ID, http.StatusFound)
		return
	}
	if err := s.sendAsFile(w, r, t, file, false); err != nil {
		s.fail(w, r, err)
	}
}

// mayHear reports whether the asker owns a track, and whether all of it is for
// the asker to hear.
func (c *call) mayHear(t store.Track, own bool, paid int) (owned, whole bool, err error) {
	owned = own || paid >= credits.PlaysToOwn
	if c.user.ID == "" || owned || t.Status == store.Free {
		return owned, c.user.ID != "", nil
	}
	wallet, err := c.read.Wallet(c.ctx(), c.user.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, false, nil
	}
	return false, err == nil && wallet.Balance >= credits.Cost(paid), err
}

// preference is how much someone wants a FLAC file.
type preference int

const (
	unwanted preference = iota
	welcome             // by Accept: else the usual file
	wanted              // by ?format=flac: else an error
)

func lossless(r *http.Request) preference {
	if r.URL.Query().Get("format") == "flac" {
		return wanted
	}
	for one := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), "audio/flac") && !strings.Contains(strings.ReplaceAll(params, " ", ""), "q=0.0") {
			return welcome
		}
	}
	return unwanted
}

// sendAudio sends a file, or what a preview shows of it.
func (s *Server) sendAudio(w http.ResponseWriter, r *http.Request, fileID string, cut bool) error {
	if fileID == "" {
		return notFound("Not found") // a track without a file, so far
	}
	file, err := s.currentFile(r, fileID)
	if err != nil {
		return err
	}
	var f *media.File
	tag, whole := file.SHA256, true
	if cut {
		f, whole, err = s.media.Preview(file.Path, file.SHA256)
	} else {
		f, err = s.media.Open(file.Path)
	}
	if err != nil {
		return fmt.Errorf("server: opening audio: %w", err)
	}
	defer f.Close()
	h := w.Header()
	if !whole {
		tag += "-" + previewSeconds
		h.Set(previewHeader, previewSeconds)
	}
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Content-Type", file.Mime)
	http.ServeContent(w, r, "", file.Modified, f) // a zero time is left out
	return nil
}

// currentFile returns what is known about a file. When the file on disk is no
// longer the one that was hashed, it is hashed again: an entity tag must never
// name two contents.
func (s *Server) currentFile(r *http.Request, id string) (store.File, error) {
	file, err := s.store.Read().File(r.Context(), id)
	if err != nil {
		return file, orNotFound(err, "Not found")
	}
	info, err := s.media.Stat(file.Path)
	if errors.Is(err, fs.ErrNotExist) {
		s.cfg.Logger.ErrorContext(r.Context(), "media file is missing", "file", file.Path)
		return file, notFound("Not found")
	}
	if err != nil {
		return file, err
	}
	modified := media.Time(info.ModTime())
	if info.Size() == file.Size && modified.Equal(file.Modified) {
		return file, nil
	}
	if file.SHA256, err = s.media.Hash(file.Path); err != nil {
		return file, err
	}
	file.Size, file.Modified = info.Size(), modified
	return file, s.store.Update(r.Context(), func(tx *store.Tx) error { return tx.PutFile(r.Context(), file) })
}

var imageName = regexp.MustCompile(`^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-x([0-9]{1,5})\.jpg$`)

// image serves /images/<uuid>-x<width>.jpg.
func (s *Server) image(w http.ResponseWriter, r *http.Request) {
	parts := imageName.FindStringSubmatch(strings.ToLower(r.PathValue("name")))
	if parts == nil {
		s.fail(w, r, notFound("Not found"))
		return
	}
	id := parts[1]
	width, err := strconv.Atoi(parts[2])
	if err != nil {
		s.fail(w, r, notFound("Not found"))
		return
	}
	files, err := s.store.Read().ImageFiles(r.Context(), id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var f *media.File
	if len(files) > 0 {
		f, err = s.media.Image(id, files, width)
	} else {
		f, err = s.media.Picture(id, width, func() ([]byte, error) { return s.store.Read().Picture(r.Context(), id) })
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotFound) {
		err = notFound("Not found")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	// A picture that changes gets another id.
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", "image/jpeg")
	h.Set("ETag", fmt.Sprintf(`"%s-x%d-%d"`, id, width, f.Size))
	http.ServeContent(w, r, "", time.Time{}, f)
}
