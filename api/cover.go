package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
)

// form is a request's body that holds a file.
type form struct {
	kind    string
	content []byte
}

// fileForm is a form with one file. Its boundary follows from the content, so
// that the same request has the same key.
func fileForm(field, name string, content []byte) (*form, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	sum := sha256.Sum256(content)
	if err := w.SetBoundary("ninth-" + hex.EncodeToString(sum[:16])); err != nil {
		return nil, fmt.Errorf("writing the form: %w", err)
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, field, name))
	head.Set("Content-Type", http.DetectContentType(content))
	part, err := w.CreatePart(head)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("writing the form: %w", err)
	}
	return &form{w.FormDataContentType(), b.Bytes()}, nil
}

// SetPlaylistCoverIf gives a playlist of the listener's a picture, a JPEG or
// PNG, only if it is still in the state that version names, and is
// [ErrConflict] otherwise; "" is any state. Reference servers do not look at
// it. The picture's address is "" where the server does not tell it at once.
func (c *Client) SetPlaylistCoverIf(ctx context.Context, id, version string, picture []byte) (address string, err error) {
	in := call{op: "giving a playlist a cover", method: http.MethodPut, auth: required, match: version}
	part, err := segment(id)
	if err != nil {
		return "", wrap(in.op, err)
	}
	in.path = "/user/playlists/" + part + "/cover"
	if in.form, err = fileForm("file", "cover.jpg", picture); err != nil {
		return "", wrap(in.op, err)
	}
	var wire wirePlaylist
	_, err = c.do(ctx, in, &wire)
	var empty *emptyError
	if errors.As(err, &empty) && empty.enveloped {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return c.convert().playlist(wire).CoverURL, nil
}
