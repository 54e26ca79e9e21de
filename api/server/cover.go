package server

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/google/uuid"

	"github.com/ninth-coop/ninth/cover"
)

// Bounds of a picture that is sent to be kept, and of what is kept of it.
const (
	maxPicture       = 8 << 20 // bytes of the request's body
	maxPicturePixels = 16_000_000
	pictureSide      = 1500 // pixels, the largest of media.Widths
)

// putPlaylistCover keeps the picture of the form's field "file" as the cover of
// a playlist. What was its cover is forgotten.
func (s *Server) putPlaylistCover(c *call) (reply, error) {
	p, err := c.ownPlaylist(noOwnPlaylist)
	if err != nil {
		return reply{}, err
	}
	sent, err := c.formFile("file")
	if err != nil {
		return reply{}, err
	}
	square, err := cover.Square(sent, maxPicturePixels, pictureSide)
	if errors.Is(err, cover.ErrNoPicture) {
		return reply{}, invalid("body", "file", "type", "should be a JPEG or PNG picture of at most 16 megapixels")
	}
	if err != nil {
		return reply{}, err
	}
	before := p.Cover
	p.Cover = uuid.NewString()
	if err := c.tx.PutPicture(c.ctx(), p.Cover, square); err != nil {
		return reply{}, err
	}
	rep, err := c.savePlaylist(p)
	if err == nil && before != "" {
		err = c.tx.DropPicture(c.ctx(), before)
	}
	return rep, err
}

// formFile reads one file of a form. The body is bounded by the middleware.
func (c *call) formFile(field string) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, invalid("header", "Content-Type", "type", "should be multipart/form-data")
	}
	form := multipart.NewReader(c.Body, params["boundary"])
	const mostParts = 16
	for range mostParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bodyError(err)
		}
		if part.FormName() != field {
			continue
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, bodyError(err)
		}
		return content, nil
	}
	return nil, missing("body", field)
}
