package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/app/network"
	"github.com/ninth-coop/ninth/atomicfile"
	"github.com/ninth-coop/ninth/latest"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/output"
)

// Config sets up a session. Home is required.
type Config struct {
	Home string // the folder of all state; made if need be

	// Device is where the sound goes; the session closes it. Nil is the
	// system's sound output, or the clock where there is none.
	Device output.Device
	// Tokens is where sign-ins are kept; nil is the system's keyring, or an
	// encrypted file below Home where there is none.
	Tokens auth.Store

	// Sound, if not nil, changes how tracks are played in this session only. It
	// is given the sound of the last, or tracks as recorded where a file is
	// written.
	Sound func(*player.Sound)

	// Limit and EndWithQueue end Serve by themselves: when this much music
	// has gone to the device, or when the queue has been played.
	Limit        time.Duration
	EndWithQueue bool

	Network Network // nil is app/network's System

	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger     // nil is silent; tokens are never logged
}

// Session is what a person can do with Ninth. Its methods are safe for
// concurrent use.
type Session struct {
	cfg     Config
	log     *slog.Logger
	now     func() time.Time
	scratch string

	library *library.Library
	player  *player.Player
	device  output.Device // closed by the player
	stage   *soundStage
	sleep   sleeper
	tokens  auth.Store

	codecs   codec.Registry
	listens  *inbox[player.Listen] // from the player to the counting
	measure  *inbox[string]        // keys of tracks whose waveform is to be measured
	local    *local.Scanner        // of the person's own folders
	scanning latest.Value[local.Progress]
	notices  notices
	letting  letting
	ahead    chan struct{} // capacity 1: how much to fetch ahead is to be looked at
	status   latest.Value[Status]

	mu      sync.Mutex
	coop    CoOp
	conn    *connection   // nil while nobody is signed in
	changed chan struct{} // closed when conn is replaced
	waves   waveCache
	sound   player.Sound

	coverless set // addresses of local covers that there are none of
}

// Open opens the library below cfg.Home, finds the sound device, and takes up
// the sign-in and the queue of the last session. It does not use the network.
// Errors are those of library.Open, auth and the disk.
func Open(ctx context.Context, cfg Config) (_ *Session, err error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Network == nil {
		cfg.Network = network.System()
	}
	if err := os.MkdirAll(cfg.Home, 0o700); err != nil {
		return nil, fmt.Errorf("app: making the home folder: %w", err)
	}
	s := &Session{
		cfg: cfg, log: cfg.Logger, now: cfg.Now, codecs: formats.All(), changed: make(chan struct{}),
		listens: newInbox[player.Listen](), measure: newInbox[string](), ahead: make(chan struct{}, 1),
	}
	var undo []func() error
	defer func() {
		for _, f := range undo {
			if err != nil {
				err = errors.Join(err, f())
			}
		}
	}()
	s.library, err = library.Open(filepath.Join(cfg.Home, "library"), library.Options{Now: cfg.Now, Logger: cfg.Logger})
	if err != nil {
		return nil, err
	}
	undo = append(undo, s.library.Close)
	s.local = local.New(local.Config{Library: s.library, Length: s.lengthOf, Tell: s.scanning.Set, Logger: cfg.Logger})
	if err := s.library.Sweep(ctx); err != nil {
		return nil, err
	}
	// Only now: the library's lock tells that no other session uses the folders.
	if err := errors.Join(atomicfile.Sweep(cfg.Home), atomicfile.Sweep(filepath.Join(cfg.Home, tokensFolder))); err != nil {
		return nil, fmt.Errorf("app: clearing unfinished files: %w", err)
	}
	if s.scratch, err = emptyScratch(cfg.Home); err != nil {
		return nil, err
	}
	if err := s.openTokens(ctx); err != nil {
		return nil, err
	}
	device := cfg.Device
	if device == nil {
		device = output.Auto(ctx, output.OtoOptions{AppName: "Ninth"})
	}
	undo = append(undo, device.Close)
	return s, s.openPlayer(device)
}

// tokensFolder is where sign-ins are kept on a system without a keyring.
const tokensFolder = "tokens"

func (s *Session) openTokens(ctx context.Context) error {
	s.tokens = s.cfg.Tokens
	if s.tokens == nil {
		store, warning := auth.Open(ctx, filepath.Join(s.cfg.Home, tokensFolder))
		s.tokens = store
		s.setStatus(func(st *Status) { st.TokenWarning = warning })
	}
	coop, err := loadCoOp(s.cfg.Home)
	if err != nil {
		return err
	}
	s.coop = coop
	if coop.Address == "" {
		return nil
	}
	conn, err := s.connect(ctx, coop)
	if errors.Is(err, auth.ErrNoTokens) {
		return nil
	}
	if errors.Is(err, auth.ErrDamaged) {
		s.setStatus(func(st *Status) { st.Expired = true })
		return nil
	}
	if err != nil {
		return err
	}
	s.conn = conn
	s.setStatus(func(st *Status) { st.SignedIn = true })
	return nil
}

func (s *Session) openPlayer(device output.Device) error {
	s.device = device
	if err := s.restoreDevice(); err != nil {
		return err
	}
	sound, err := s.soundKept(device.Info().Paced)
	if err != nil {
		return err
	}
	if s.cfg.Sound != nil {
		s.cfg.Sound(&sound)
	}
	s.sound = sound
	device, err = s.throughSound(device)
	if err != nil {
		return err
	}
	saved, err := s.library.Queue()
	if err != nil {
		return fmt.Errorf("app: reading the queue: %w", err)
	}
	s.player = player.New(player.Config{
		Device: device, Codecs: s.codecs, Resolve: s.resolve,
		OnListen: s.listens.put, OnSkip: s.skipped, Logger: s.log,
		Volume: saved.Volume, Sound: sound, Limit: s.cfg.Limit, EndWithQueue: s.cfg.EndWithQueue,
	})
	s.setStatus(func(st *Status) { st.Device = s.player.Snapshot().Device })
	if q := queueFrom(saved); q.Check() == nil && q.Len() > 0 {
		s.player.SetQueue(q)
		s.player.Cue(player.EntryID(saved.Current), saved.Position)
	}
	return nil
}

// Serve runs the session until the context ends, or the player does by
// Config.Limit or Config.EndWithQueue. When it returns, everything heard is
// recorded and the queue is saved. It is called once.
func (s *Session) Serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer s.SleepIn(0)
	served := make(chan struct{})
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer stop()
		defer close(served)
		return s.player.Serve(gctx)
	})
	g.Go(func() error { return s.serveConnections(gctx) })
	g.Go(func() error { return s.serveListens(served) })
	g.Go(func() error { return s.serveQueue(gctx, served) })
	g.Go(func() error { return s.serveStatus(gctx) })
	g.Go(func() error { return s.serveWaveforms(gctx) })
	g.Go(func() error { return s.serveNetwork(gctx) })
	g.Go(func() error { return s.serveAhead(gctx) })
	g.Go(func() error { return s.local.Serve(gctx) })
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Close closes the library. Serve must have returned, or never been called.
func (s *Session) Close() error { return errors.Join(s.letting.settle(), s.library.Close()) }

// Library is what the screens read. They change it only by the methods that
// record an intent of the person.
func (s *Session) Library() *library.Library { return s.library }

// Home is the folder of all state.
func (s *Session) Home() string { return s.cfg.Home }

// CoOp is the co-op that is, or was last, signed in to.
func (s *Session) CoOp() CoOp {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.coop
}
