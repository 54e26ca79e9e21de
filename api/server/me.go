package server

import (
	"errors"
	"net/http"
	"net/mail"
	"strings"

	"github.com/ninth-coop/ninth/api/server/store"
)

// profile writes the listener's account.
func (c *call) profile(u store.User) (map[string]any, error) {
	wallet, has, err := c.walletOf(u.ID)
	if err != nil {
		return nil, err
	}
	credit := map[string]any{"total": wallet.Balance}
	if has {
		credit["id"], credit["userId"] = wallet.ID, u.ID
	}
	groups, _, err := c.read.Artists(c.ctx(), store.ArtistFilter{OwnerID: u.ID}, store.Listing{Limit: maxLimit, Page: 1})
	if err != nil {
		return nil, err
	}
	artists := c.artists(groups)
	for i, a := range groups {
		own, _, err := c.read.Releases(c.ctx(), store.ReleaseFilter{OwnerID: u.ID, ArtistID: a.ID}, store.Listing{Limit: maxLimit, Page: 1})
		if err != nil {
			return nil, err
		}
		releases := c.releases(own)
		artists[i].Trackgroups = &releases
	}
	role := map[string]any{"id": store.RoleUser, "name": "user", "description": "A listener", "isDefault": true}
	if u.RoleID == store.RoleArtist {
		role = map[string]any{"id": store.RoleArtist, "name": "artist", "description": "An artist", "isDefault": false}
	}
	return map[string]any{
		"id": u.ID, "displayName": u.DisplayName, "email": u.Email, "country": maybe(u.Country), "emailConfirmed": true,
		"member": u.Member, "roleId": u.RoleID, "newsletterNotification": u.Newsletter, "role": role, "credit": credit,
		"userGroups": artists, "memberships": []any{}, "isListenerMember": u.Member, "isMusicMember": false,
		// The address is built from the e-mail address, which would tell a third
		// party who listens; the key stays for clients that expect it.
		"gravatar": nil,
	}, nil
}

func (s *Server) getProfile(c *call) (reply, error) {
	p, err := c.profile(c.user)
	return ok(p), err
}

// Bounds of what people write, in bytes.
const (
	maxName  = 100
	maxEmail = 254 // RFC 5321
)

// putProfile changes the account. A new e-mail address needs the present
// password beside it, as proof that the person is there and not just a token.
func (s *Server) putProfile(c *call) (reply, error) {
	var in struct {
		DisplayName *string `json:"displayName"`
		Country     *string `json:"country"`
		Newsletter  *bool   `json:"newsletterNotification"`
		Email       *string `json:"email"`
		Password    *string `json:"password"`
	}
	if err := c.decode(&in, true); err != nil {
		return reply{}, err
	}
	u, err := c.read.User(c.ctx(), c.user.ID) // as it is now, inside the transaction
	if err != nil {
		return reply{}, err
	}
	if in.DisplayName != nil {
		if u.DisplayName = strings.TrimSpace(*in.DisplayName); u.DisplayName == "" || len(u.DisplayName) > maxName {
			return reply{}, invalid("body", "displayName", "maxLength", "should have 1 to 100 characters")
		}
	}
	if in.Country != nil {
		if u.Country = strings.ToUpper(*in.Country); u.Country != "" && !isCountry(u.Country) {
			return reply{}, invalid("body", "country", "format", "should be an ISO 3166-1 alpha-2 code")
		}
	}
	if in.Newsletter != nil {
		u.Newsletter = *in.Newsletter
	}
	if (in.Email == nil) != (in.Password == nil) {
		return reply{}, invalid("body", "password", "dependencies", "should have properties email and password together")
	}
	if in.Email != nil {
		if err := s.newEmail(c, *in.Email, *in.Password); err != nil {
			return reply{}, err
		}
		u.Email = *in.Email
	}
	if err := c.tx.PutUser(c.ctx(), u); err != nil {
		return reply{}, err
	}
	p, err := c.profile(u)
	rep := ok(p)
	rep.message = "Profile data updated"
	return rep, err
}

func isCountry(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// newEmail checks a new address: its form, that nobody else has it, and the
// password.
func (s *Server) newEmail(c *call, email, password string) error {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > maxEmail {
		return invalid("body", "email", "format", `should match format "email"`)
	}
	fits, err := s.identity.Confirm(c.Request, c.user, password)
	if err != nil {
		return err
	}
	if !fits {
		return &apiError{Status: http.StatusForbidden, Message: "The password does not fit"}
	}
	other, err := c.read.UserByEmail(c.ctx(), email)
	if err == nil && other.ID != c.user.ID {
		return invalid("body", "email", "unique", "should belong to nobody else")
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}
