package main

import (
	"context"
	"errors"
	"testing"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

func TestWindowIsToldWhyNoSessionOpens(t *testing.T) {
	home := t.TempDir()
	other, err := app.Open(t.Context(), app.Config{Home: home, Device: silent()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := &sessions{environment: &environment{cli: &cli{Home: home}}, ctx: ctx}
	if session, err := s.first(ctx); session != nil || !errors.Is(err, library.ErrInUse) {
		t.Errorf("of a library in use: %v, %v", session, err)
	}
	stop()
	if session, err := s.first(ctx); session != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("after the window was closed: %v, %v", session, err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
