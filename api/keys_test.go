package api

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// TestWithKey: what changes something under one operation has a key, the same
// for the same request and another for another; what only asks has none.
func TestWithKey(t *testing.T) {
	var key string
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key = r.Header.Get("Idempotency-Key")
		said(200, `{"data":[]}`)(w, r)
	}))
	keys := map[string]string{}
	ask := func(what, operation string, do func(ctx context.Context) error) {
		t.Helper()
		key = "none was sent"
		// The answer fits not every question; what was sent is what counts.
		_ = do(WithKey(t.Context(), operation))
		for other, k := range keys {
			if k == key && key != "" {
				t.Errorf("%s has the key of %s: %q", what, other, key)
			}
		}
		keys[what] = key
	}
	add := func(tracks ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := c.AddToPlaylist(ctx, "list", tracks...)
			return err
		}
	}
	ask("one track", "op", add("a"))
	ask("two tracks", "op", add("a", "b"))
	ask("another operation", "po", add("a"))
	ask("a reorder", "op", func(ctx context.Context) error {
		_, err := c.ReorderPlaylistIf(ctx, "list", `"1"`, []string{"a"})
		return err
	})
	ask("a reorder of another version", "op", func(ctx context.Context) error {
		_, err := c.ReorderPlaylistIf(ctx, "list", `"2"`, []string{"a"})
		return err
	})
	ask("a removal", "op", func(ctx context.Context) error { return c.DeletePlaylist(ctx, "list") })
	cover := func(picture string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := c.SetPlaylistCoverIf(ctx, "list", "", []byte(picture))
			return err
		}
	}
	ask("a cover", "op", cover("x"))
	ask("another cover", "op", cover("y"))
	ask("a question", "op", func(ctx context.Context) error {
		_, err := c.PlaysOf(ctx, []string{"a"})
		return err
	})
	ask("a play", "op", func(ctx context.Context) error {
		_, err := c.Play(ctx, "a", "its own")
		return err
	})
	if keys["a question"] != "" || keys["a play"] != "its own" {
		t.Errorf("keys %v", keys)
	}
	once := keys["a cover"]
	delete(keys, "a cover")
	if ask("a cover", "op", cover("x")); keys["a cover"] != once {
		t.Errorf("the same cover has the keys %q and %q", once, keys["a cover"])
	}
	before := keys["one track"]
	delete(keys, "one track")
	if ask("the same again", "op", add("a")); key != before {
		t.Errorf("the same request has the keys %q and %q", before, key)
	}
}

func TestKnowsKeys(t *testing.T) {
	says := ""
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if says != "" {
			w.Header().Set("X-Ninth-Keys", says)
		}
		said(404, `{"status":404,"message":"Not found","data":null}`)(w, r)
	}))
	for _, want := range []bool{false, true} {
		if _, err := c.Profile(t.Context()); err == nil || c.KnowsKeys() != want {
			t.Errorf("knows keys: %v, %v", c.KnowsKeys(), err)
		}
		says = "kept"
		_, _ = c.Profile(t.Context()) // to hear it
	}
}

// TestAFavouriteThatWasOnlyAskedAbout: when the question fails nothing was
// toggled, so nothing can be on its way.
func TestAFavouriteThatWasOnlyAskedAbout(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method {
				panic(http.ErrAbortHandler)
			}
			said(200, `{"data":[]}`)(w, r)
		}))
		var network *NetworkError
		if err := c.SetFavourite(t.Context(), "a", true); !errors.As(err, &network) || network.Sent != (method == http.MethodPost) {
			t.Errorf("%s broke: %+v, %v", method, network, err)
		}
	}
}

// TestAPlayWhoseTimeWasLeftOut: a key that was used for the play without its
// time stands for the same play.
func TestAPlayWhoseTimeWasLeftOut(t *testing.T) {
	sent := 0
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent++; sent == 1 {
			said(422, `{"status":422,"message":"This Idempotency-Key was used for another request","data":null}`)(w, r)
			return
		}
		said(200, `{"data":{"trackId":"a","count":1,"cost":2,"total":98}}`)(w, r)
	}))
	r, err := c.PlayAt(t.Context(), "a", "key", c.now())
	if err != nil || r.Count != 1 || sent != 2 || c.undated.Load() {
		t.Errorf("%+v, %v, sent %d times", r, err, sent)
	}
}
