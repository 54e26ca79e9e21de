package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/credits"
)

const pathCheckout = pathAPI + "/user/products/checkout"

// product is something the demo shop sells: credits, for nothing.
type product struct {
	ID     string
	Name   string
	Amount credits.Milli
}

// products are the packs of the reference.
func products() []product {
	return []product{
		{"Stream-Credit-05", "5 stream credits", 5_000},
		{"Stream-Credit-10", "10 stream credits", 10_000},
		{"Stream-Credit-20", "20 stream credits", 20_000},
		{"Stream-Credit-50", "50 stream credits", 50_000},
	}
}

func (s *Server) listProducts(*call) (reply, error) {
	if !s.cfg.DemoShop {
		return bare([]any{}), nil
	}
	return bare(mapped(products(), func(p product) map[string]any {
		return map[string]any{
			"id": p.ID, "name": p.Name, "default_price": p.ID, "images": []string{},
			"description": "Demo: no money moves", "credits": p.Amount,
		}
	})), nil
}

// chosen reads "priceIds": products separated by commas.
func chosen(prices string) ([]product, bool) {
	var out []product
	for id := range strings.SplitSeq(prices, ",") {
		i := slices.IndexFunc(products(), func(p product) bool { return p.ID == id })
		if i < 0 || len(out) >= len(products()) {
			return nil, false
		}
		out = append(out, products()[i])
	}
	return out, true
}

// checkoutPage asks the person at the browser whether to add credits. The
// person is the one who has signed in there, whoever the address names.
func (s *Server) checkoutPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	packs, ok := chosen(q.Get("priceIds"))
	if !s.cfg.DemoShop || !ok {
		s.message(w, http.StatusNotFound, "Not for sale", "This co-op does not sell that here.")
		return
	}
	u, _, signedIn := s.identity.Session(r)
	if !signedIn {
		s.identity.SignInFirst(w, r)
		return
	}
	if want := q.Get("userId"); want != "" && want != u.ID {
		s.message(w, http.StatusForbidden, "Someone else is signed in", "In this browser "+u.DisplayName+" is signed in. Sign out here first.")
		return
	}
	back, origins := callbackAddress(q.Get("callbackURL"))
	data := page.Checkout{
		CSRF: s.identity.FormToken(w, r), User: u.DisplayName, Prices: q.Get("priceIds"), Callback: back,
		Packs: mapped(packs, func(p product) page.Pack { return page.Pack{Name: p.Name} }),
	}
	if err := s.pages.Write(w, http.StatusOK, "checkout", data, origins...); err != nil {
		s.cfg.Logger.ErrorContext(r.Context(), "writing page", "error", err)
	}
}

// callbackAddress checks where a checkout may lead back to: an app on this
// machine. Anywhere else would let our address lend its good name.
func callbackAddress(raw string) (address string, origins []string) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.User != nil || !loopbackHost(u.Host) {
		return "", nil
	}
	return u.String(), []string{"http://" + u.Host}
}

func (s *Server) checkout(w http.ResponseWriter, r *http.Request) {
	u, _, signedIn := s.identity.Session(r)
	if !signedIn || !s.identity.FormTokenFits(r) {
		s.message(w, http.StatusForbidden, "This form has ended", "Open the shop again from the app.")
		return
	}
	packs, ok := chosen(r.PostForm.Get("priceIds"))
	if !s.cfg.DemoShop || !ok {
		s.message(w, http.StatusNotFound, "Not for sale", "This co-op does not sell that here.")
		return
	}
	var amount credits.Milli
	for _, p := range packs {
		amount += p.Amount
	}
	err := s.store.Update(r.Context(), func(tx *store.Tx) error { return tx.TopUp(r.Context(), u.ID, amount) })
	if err != nil {
		s.cfg.Logger.ErrorContext(r.Context(), "adding credits", "error", err)
		s.message(w, http.StatusInternalServerError, "Something went wrong here", "Nothing was added. Try again in a moment.")
		return
	}
	if back, _ := callbackAddress(r.PostForm.Get("callbackURL")); back != "" {
		http.Redirect(w, r, back, http.StatusSeeOther) //nolint:gosec // callbackAddress has allowed this address
		return
	}
	s.message(w, http.StatusOK, "Credits added", amount.String()+" credits are in your wallet. You may close this page.")
}

func (s *Server) message(w http.ResponseWriter, status int, title, text string) {
	_ = s.pages.Write(w, status, "message", page.Message{Title: title, Text: text})
}
