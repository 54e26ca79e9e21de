package identity

import (
	"errors"
	"net/http"
	"strings"

	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
)

// userCode brings a code that a person typed into the form it was shown in:
// capitals, one dash in the middle.
func userCode(typed string) string {
	const half = 4
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, typed)
	if len(letters) != 2*half {
		return ""
	}
	return letters[:half] + "-" + letters[half:]
}

// devicePage asks for the code of the device flow and then for consent.
func (p *Provider) devicePage(w http.ResponseWriter, r *http.Request) {
	if err := single(r); err != nil {
		p.expired(w)
		return
	}
	u, _, ok := p.Session(r)
	if !ok {
		p.SignInFirst(w, r)
		return
	}
	typed := r.Form.Get("user_code")
	if typed == "" {
		p.deviceForm(w, r, page.Device{})
		return
	}
	if p.failures.wait("device of "+u.ID, address(r)) > 0 {
		p.deviceForm(w, r, page.Device{Error: "Too many attempts. Wait a quarter of an hour and try again."})
		return
	}
	d, err := p.Store.Read().DeviceByUserCode(r.Context(), userCode(typed))
	if errors.Is(err, store.ErrNotFound) {
		p.failures.add("device of "+u.ID, address(r))
		p.deviceForm(w, r, page.Device{Error: "No device shows this code now. Look at it again, or let the device show a new one."})
		return
	}
	if err != nil {
		p.failed(w, r, err)
		return
	}
	c, _ := p.client(d.ClientID)
	p.deviceForm(w, r, page.Device{CSRF: p.FormToken(w, r), Code: d.UserCode, Client: c.Name, User: u.DisplayName})
}

func (p *Provider) deviceForm(w http.ResponseWriter, r *http.Request, data page.Device) {
	if err := p.Pages.Write(w, http.StatusOK, "device", data); err != nil {
		p.Logger.ErrorContext(r.Context(), "writing page", "error", err)
	}
}

// device takes the answer.
func (p *Provider) device(w http.ResponseWriter, r *http.Request) {
	u, since, ok := p.Session(r)
	if err := single(r); err != nil || !ok || !p.FormTokenFits(r) {
		p.expired(w)
		return
	}
	allow := r.PostForm.Get("decision") == "allow"
	err := p.Store.Update(r.Context(), func(tx *store.Tx) error {
		return tx.AnswerDevice(r.Context(), r.PostForm.Get("user_code"), u.ID, since, allow)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		p.message(w, http.StatusBadRequest, "Too late", "The device no longer waits for this code. Let it show a new one.")
	case err != nil:
		p.failed(w, r, err)
	case allow:
		p.message(w, http.StatusOK, "Connected", "The device is signed in. You may close this page.")
	default:
		p.message(w, http.StatusOK, "Not connected", "The device was turned away. You may close this page.")
	}
}
