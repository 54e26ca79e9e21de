package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/library"
)

// Network tells what bytes cost; app/network has the system's.
type Network interface {
	// Metered reports whether bytes cost money now, as far as anybody knows. It
	// may take half a second.
	Metered() bool
	// Follow calls changed after each change of what bytes cost, and whenever
	// the machine comes, goes or moves to another network, until the context
	// ends. It fails where nobody tells of changes.
	Follow(ctx context.Context, changed func()) error
}

// DownloadRule says when owned and pinned tracks are fetched by themselves.
type DownloadRule string

// The rules.
const (
	// DownloadUnmetered is the rule when none was chosen: on Wi-Fi and cables,
	// not on a network that is known to be metered.
	DownloadUnmetered DownloadRule = ""
	// DownloadAlways fetches on any network.
	DownloadAlways DownloadRule = "always"
	// DownloadNever fetches no owned tracks by themselves. What was pinned is
	// fetched all the same, but not on a metered network.
	DownloadNever DownloadRule = "never"
)

// The library's settings for downloads.
const (
	ruleSetting = "downloads.rule"
	// CacheSetting is how many bytes of audio the rolling cache may grow to, in
	// decimal; DefaultCache where it is not set.
	CacheSetting = "cache.bytes"
	// CachePercentSetting is the same as a part of the disk, 1…100 percent,
	// which then is a second limit; none where it is not set.
	CachePercentSetting = "cache.percent"

	DefaultCache = 4 << 30 // about a thousand tracks
)

// errBadRule and its like are for a setting that nobody can mean.
var (
	errBadRule  = errors.New("there is no such rule for downloads")
	errBadQuota = errors.New("not a limit for the cache")
)

// DownloadRule is the person's choice.
func (s *Session) DownloadRule() DownloadRule {
	text, err := s.library.Setting(ruleSetting)
	if err != nil {
		s.log.Error("reading the rule for downloads", "error", err)
	}
	switch r := DownloadRule(text); r {
	case DownloadAlways, DownloadNever:
		return r
	}
	return DownloadUnmetered
}

// SetDownloadRule chooses the rule, and follows it at once.
func (s *Session) SetDownloadRule(r DownloadRule) error {
	switch r {
	case DownloadUnmetered, DownloadAlways, DownloadNever:
	default:
		return fmt.Errorf("app: choosing when to download: %w: %.20q", errBadRule, string(r))
	}
	if err := s.library.SetSetting(ruleSetting, string(r)); err != nil {
		return fmt.Errorf("app: choosing when to download: %w", err)
	}
	s.resumeDownloads()
	return nil
}

// mayDownload follows the rule.
func (s *Session) mayDownload(pinned bool) bool {
	switch s.DownloadRule() {
	case DownloadAlways:
		return true
	case DownloadNever:
		return pinned && !s.Metered()
	default:
		return !s.Metered()
	}
}

// Metered reports whether bytes cost money on the network that is used now. It
// is for what is fetched without being asked for, and may take half a second.
func (s *Session) Metered() bool { return s.cfg.Network.Metered() }

// serveNetwork looks after the connection when the network is another one.
func (s *Session) serveNetwork(ctx context.Context) error {
	if err := s.cfg.Network.Follow(ctx, s.NetworkChanged); err != nil {
		s.log.Debug("nobody tells when the network changes", "error", err)
	}
	return nil
}

func (s *Session) resumeDownloads() {
	if c := s.connection(); c != nil {
		c.sync.WakeDownloads()
	}
}

// FreeSpace is how many bytes the disk of this machine's library has left.
func (s *Session) FreeSpace() (int64, error) {
	free, err := s.library.FreeSpace()
	if err != nil {
		return 0, fmt.Errorf("app: looking for room: %w", err)
	}
	return free, nil
}

// CacheLimit is how large the rolling cache may grow: in bytes, and as a part
// of the disk. Zero is no limit of that kind; the smaller one counts.
type CacheLimit struct {
	Bytes   int64
	Percent int // 0…100
}

// CacheLimit is the person's choice, DefaultCache when there is none.
func (s *Session) CacheLimit() CacheLimit {
	n, _ := s.positive(CacheSetting)
	percent, _ := s.positive(CachePercentSetting)
	l := CacheLimit{Bytes: n, Percent: int(min(percent, 100))}
	if l == (CacheLimit{}) {
		l.Bytes = DefaultCache
	}
	return l
}

// positive reads a setting that is a number above 0.
func (s *Session) positive(setting string) (int64, bool) {
	text, err := s.library.Setting(setting)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return max(n, 0), err == nil && n > 0
}

// SetCacheLimit chooses the limit, and lets go of what is over it soon.
func (s *Session) SetCacheLimit(l CacheLimit) error {
	if l.Bytes < 0 || l.Percent < 0 || l.Percent > 100 || l == (CacheLimit{}) {
		return fmt.Errorf("app: limiting the cache: %w", errBadQuota)
	}
	text := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	err := errors.Join(s.library.SetSetting(CacheSetting, text(l.Bytes)),
		s.library.SetSetting(CachePercentSetting, text(int64(l.Percent))))
	if err != nil {
		return fmt.Errorf("app: limiting the cache: %w", err)
	}
	s.resumeDownloads()
	return nil
}

// cacheQuota is the limit in bytes.
func (s *Session) cacheQuota() int64 {
	l := s.CacheLimit()
	if l.Percent == 0 {
		return l.Bytes
	}
	disk, err := s.library.DiskSize()
	if err != nil {
		s.log.Error("limiting the cache", "error", err)
		return max(l.Bytes, 0)
	}
	quota := disk / 100 * int64(l.Percent)
	if l.Bytes > 0 {
		quota = min(quota, l.Bytes)
	}
	return max(quota, 1) // 0 would be none
}

// undoFor is how long what was let go can be taken back.
const undoFor = 30 * time.Second

// letting is what was let go and can be taken back still.
type letting struct {
	mu   sync.Mutex
	gone map[*library.LetGone]*time.Timer
}

// LetGo takes a track from this machine, and its pin, until it is kept again.
// For half a minute undo brings it back; it may be called once.
func (s *Session) LetGo(trackID string) (undo func() error, err error) {
	gone, err := s.library.LetGo(trackID)
	if err != nil {
		return nil, fmt.Errorf("app: letting go of a track: %w", err)
	}
	settle := func() {
		if !s.letting.take(gone) {
			return
		}
		if err := gone.Settle(); err != nil {
			s.log.Error("letting go of a track", "track", trackID, "error", err)
		}
	}
	s.letting.put(gone, time.AfterFunc(undoFor, settle))
	return func() error {
		if !s.letting.take(gone) {
			return fmt.Errorf("app: taking a track back: %w", errTooLate)
		}
		return gone.Undo()
	}, nil
}

var errTooLate = errors.New("it is too late for that")

func (l *letting) put(g *library.LetGone, t *time.Timer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone == nil {
		l.gone = map[*library.LetGone]*time.Timer{}
	}
	l.gone[g] = t
}

// take reports whether g was there, and takes it.
func (l *letting) take(g *library.LetGone) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.gone[g]
	if ok {
		t.Stop()
		delete(l.gone, g)
	}
	return ok
}

// settle ends every way back.
func (l *letting) settle() (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for g, t := range l.gone {
		t.Stop()
		err = errors.Join(err, g.Settle())
	}
	l.gone = nil
	return err
}

// KeepRelease pins a release: what is owned of it, and what will be, stays on
// this machine. It reports how many of its tracks that are now, and fails with
// ErrNotOwned when none is.
func (s *Session) KeepRelease(id string, on bool) (tracks int, err error) {
	r, err := s.library.Release(id)
	if err != nil {
		return 0, fmt.Errorf("app: keeping a release: %w", err)
	}
	for _, t := range r.Tracks {
		if t.Owned || t.Own {
			tracks++
		}
	}
	if on && tracks == 0 {
		return 0, fmt.Errorf("app: keeping %q: %w", r.Title, ErrNotOwned)
	}
	if err := s.library.PinRelease(id, on); err != nil {
		return 0, fmt.Errorf("app: keeping a release: %w", err)
	}
	return tracks, nil
}

// KeepPlaylist pins a playlist: what is owned of it, and what will be, stays on
// this machine. A playlist of which nothing is owned yet may be pinned.
func (s *Session) KeepPlaylist(id string, on bool) error {
	if err := s.library.PinPlaylist(id, on); err != nil {
		return fmt.Errorf("app: keeping a playlist: %w", err)
	}
	return nil
}
