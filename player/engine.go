package player

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

const (
	// tick is how often a player that is not at rest looks around: ten
	// snapshots a second.
	tick     = 100 * time.Millisecond
	slowTick = time.Second // paused, while the track is still being fetched
	// nextBefore is when the next entry is opened at the latest, before the
	// end of the current one.
	nextBefore = 30 * time.Second
	// lowRing is how little may be decoded before a join is given up for a
	// next entry that is not there yet.
	lowRing = 300 * time.Millisecond
	// restartAfter is how far into an entry Previous begins it again.
	restartAfter = 3 * time.Second
	// listenEvery is how often OnListen hears of a listen that grows.
	listenEvery = time.Second
	// maxAhead bounds how many entries are joined ahead of the current one.
	// The ring holds one or two, and more only if they are shorter than it.
	maxAhead = 8
	// closeWithin bounds the wait for decoders when the player ends.
	closeWithin = 2 * time.Second
)

// want is what the person has asked for last.
type want int

const (
	wantNothing want = iota // stopped
	wantSound
	wantSilence // paused
)

// play is one listen on its way from the deck to the ear. Only the engine
// writes to it, and to epoch only while no line reads it.
type play struct {
	listen Listen
	chosen bool // by a person, rather than reached
	joined bool // the line has gone on with it: it is in the ring, or on its way
	deck   *deck
	epoch  int // of the deck's chunks that are wanted

	pos      float64   // position heard, in frames of the device's rate
	heard    float64   // how much was heard, in the same
	reported time.Time // when OnListen was last told
	told     float64   // and of how much
}

// engine is the state of a running player. One goroutine owns it.
type engine struct {
	*Config
	player *Player
	ctx    context.Context
	wake   chan struct{} // capacity 1: outlet, line or a deck has news
	decks  sync.WaitGroup

	device  output.Device
	started bool  // the device pulls, or is suspended
	asleep  bool  // it is suspended
	dead    error // why it could not be started
	lost    error // why nothing can be heard
	outlet  *outlet
	volume  float64
	muted   bool
	sound   Sound
	filters dsp.Filters
	loop    looping

	queue     Queue
	entry     Entry // the current one
	item      Item  // of it, once known
	atEnd     bool  // the queue has been heard to its end
	want      want
	failure   error     // why the state is Failed
	stopAfter bool      // at the end of the current entry
	prefetch  int       // as SetPrefetch takes it
	waiting   time.Time // since when nothing is heard that is meant to be; zero if something is, or nothing is meant
	cued      cued      // where Play is to begin

	current *play   // nil while there is nothing to hear
	fading  *play   // was current, and is heard together with current until its end
	ahead   []*play // are to follow it, in order; only the last may not be joined
	broken  Entry   // was to follow and could not be opened
	early   []*play // opened to be fetched, and follow those ahead
	line    *line
	gen     int            // of the line
	flow    int            // grows with every cut: what was decoded before it moves no position
	sounded bool           // the current play has had sound since it began
	holding bool           // nothing is to be heard yet, as it was before the last commands
	seek    *time.Duration // asked for and not begun
	skipped int            // entries in a row that failed
	listens uint64
	over    bool  // Serve is to end
	result  error // with this
}

func newEngine(p *Player) *engine {
	e := &engine{
		Config: &p.config, player: p,
		wake:     make(chan struct{}, 1),
		device:   p.config.Device,
		volume:   p.config.Volume,
		prefetch: 1,
	}
	info := e.device.Info()
	e.outlet = newOutlet(info.Rate, info.Paced, e.Limit, p.levels, e.wake)
	e.sound = p.config.Sound
	e.outlet.setPauseFade(e.sound.PauseFade)
	e.setVolume(e.volume, false)
	return e
}

// run is Serve: do what is asked, look what has happened, say what is so.
func (e *engine) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e.ctx = ctx
	for ctx.Err() == nil {
		e.holding = e.outlet.status().holding
		for _, c := range e.player.mail.take() {
			c.do(e)
		}
		e.step()
		if e.over {
			break
		}
		e.publish()
		select {
		case <-ctx.Done():
		case <-e.player.mail.notify:
		case <-e.wake:
		case <-e.nextTick():
		}
	}
	return e.close(cancel)
}

// nextTick is nil while the player is at rest.
func (e *engine) nextTick() <-chan time.Time {
	if e.state().Active() || (e.started && !e.asleep && e.outlet.paced) {
		return e.Clock.After(tick)
	}
	if e.fetching() {
		return e.Clock.After(slowTick) // only Buffered changes, and what is fetched next
	}
	return nil
}

// close ends everything, in the order in which it hangs together.
func (e *engine) close(cancel context.CancelFunc) error {
	if e.current != nil {
		// The last snapshot still says where it was.
		e.cued = cued{e.entry, e.position()}
	}
	e.unload()
	e.want = wantNothing
	e.outlet.end()
	err := e.device.Close()
	cancel()
	closed := make(chan struct{})
	go func() {
		e.decks.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-e.Clock.After(closeWithin):
		e.Logger.Warn("player: a decoder does not let go")
	}
	e.publish()
	if err != nil {
		err = fmt.Errorf("player: closing the output: %w", err)
	}
	return errors.Join(e.result, err)
}

// step takes note of what has happened and sets going what is to happen.
func (e *engine) step() {
	e.checkDevice()
	e.listenUp()
	e.checkOpening()
	e.beginSeek()
	e.plan()
	e.fetchAhead()
	e.report()
	e.tend()
	e.checkEnd()
}

// listenUp takes in what has been heard.
func (e *engine) listenUp() {
	for _, s := range e.outlet.heard(e.device.Held()) {
		if s.ended != nil && s.flow == e.flow {
			e.trackEnded(s.ended, s.err)
		}
		if s.play == nil || s.frames == 0 {
			continue
		}
		if len(e.ahead) > 0 && s.play == e.ahead[0] {
			e.advance(s.under)
		}
		if s.under != nil && s.under == e.fading {
			e.fading.heard += s.track()
		}
		if s.play != e.current {
			continue // the last of what was left behind
		}
		if e.current.heard == 0 {
			e.current.listen.Began = e.Clock.Now()
			e.current.reported = e.current.listen.Began
		}
		e.current.heard += s.track()
		if s.flow == e.flow {
			e.current.pos = s.end()
			e.sounded, e.skipped = true, 0
		}
	}
}

// advance makes the first play ahead the current one: it is what is heard now,
// together with the end of under, if that is not nil.
func (e *engine) advance(under *play) {
	before := e.entry.ID
	e.endFading()
	if under != nil && under == e.current {
		e.fading = under
	} else {
		e.conclude(e.current)
	}
	e.put(e.shift())
	if _, ok := e.queue.Get(e.entry.ID); ok {
		return
	}
	// It was taken out when its first frames had already gone to the device.
	if next, ok := e.queue.Following(before); ok {
		e.change(next, false)
	} else {
		e.stop()
	}
}

// trackEnded is called when the end of a track has been heard.
func (e *engine) trackEnded(p *play, err error) {
	if p == e.fading {
		p.listen.Ended = err == nil
		e.endFading()
		return
	}
	if len(e.ahead) > 0 && p == e.ahead[0] {
		e.advance(nil) // it had no frames
	}
	if p != e.current {
		return
	}
	if err != nil {
		e.fail(err)
		return
	}
	p.listen.Ended = true
	e.noteJoined()
	if len(e.ahead) > 0 && e.ahead[0].joined {
		return // it becomes current with its first frame
	}
	e.follow()
}

// follow goes on with what follows the current entry by itself, after the line
// has come to its end.
func (e *engine) follow() {
	next, ok := e.queue.Following(e.entry.ID)
	switch {
	case e.stopAfter:
		e.rest()
	case !ok:
		e.atEnd = true
		e.stop()
	case len(e.ahead) > 0 && e.ahead[0].listen.Entry == next:
		e.release()
		e.put(e.shift())
		e.holding = e.outlet.reopen()
		e.startLine(e.current)
	default:
		e.load(next, false)
	}
}

// checkOpening looks after tracks that cannot be opened, and decoders that do
// not come back.
func (e *engine) checkOpening() {
	now := e.Clock.Now()
	trouble := func(p *play) error {
		info, _, _ := p.deck.state()
		if info.err == nil && p.deck.stuck(now) {
			return ErrStuck
		}
		return info.err
	}
	e.noteJoined()
	if n := len(e.ahead); n > 0 && !e.ahead[n-1].joined && trouble(e.ahead[n-1]) != nil {
		// It is tried again when it is reached, and fails then if it must.
		broken := e.ahead[n-1].listen.Entry
		if e.retract(n - 1) {
			e.broken = broken
		}
	}
	if e.current != nil {
		if err := trouble(e.current); err != nil {
			e.fail(err)
		}
	}
}

// fail deals with a current entry that cannot be played.
func (e *engine) fail(err error) {
	e.skipped++
	failed := e.current
	info, _, _ := failed.deck.state()
	e.item = info.item.bare()
	next, ok := e.queue.Next(e.entry.ID)
	if failed.chosen || !ok || e.queue.Repeat == RepeatEntry || e.skipped >= e.queue.Len() {
		e.unload()
		e.failure = err
		return
	}
	e.OnSkip(e.entry, err)
	e.load(next, false)
}

// state is what the player is doing.
func (e *engine) state() State {
	switch {
	case e.failure != nil:
		return Failed
	case e.want == wantNothing || e.current == nil:
		return Stopped
	case e.want == wantSilence:
		return Paused
	case !e.holding && e.seek == nil && e.lost != nil:
		return NoDevice
	case !e.holding && e.seek == nil:
		return Playing
	case e.sounded:
		return Buffering
	}
	return Loading
}

// position is what is heard of the current entry, or where a seek is going.
func (e *engine) position() time.Duration {
	switch {
	case e.seek != nil:
		return *e.seek
	case e.current == nil && e.cued.entry == e.entry:
		return e.cued.pos
	case e.current == nil:
		return 0
	}
	return e.time(int64(e.current.pos))
}

// time is the length of frames at the device's rate.
func (e *engine) time(frames int64) time.Duration {
	rate := int64(e.outlet.rate)
	return time.Duration(frames/rate)*time.Second + time.Duration(frames%rate)*time.Second/time.Duration(rate)
}

// amplitude of the volume: its cube, or nothing.
func (e *engine) amplitude() float64 {
	if e.muted {
		return 0
	}
	return math.Pow(e.volume, 3)
}

// publish says what is so.
func (e *engine) publish() {
	s := Snapshot{
		State: e.state(), Entry: e.entry,
		Position: e.position(),
		Volume:   e.volume, Muted: e.muted, Sound: e.sound, StopAfter: e.stopAfter,
		Item:  e.item,
		Queue: e.queue, Err: e.failure,
		Device: deviceInfo(e.device),
		At:     e.Clock.Now(),
	}
	s.Waiting = e.waited(s.State, s.At)
	if p := e.current; p != nil {
		info, _, _ := p.deck.state()
		s.Item, s.Format = info.item.bare(), info.format
		e.item = s.Item
		s.Duration, s.Estimated = duration(info), info.guess
		s.Listen, s.Heard = p.listen.ID, e.time(int64(p.heard))
		if e.loop.of(p) {
			s.Loop = e.loop.Loop
		}
		s.Buffered, _ = p.deck.fetched()
		s.Item.Preview, s.Trouble = p.deck.reservations(s.Item.Preview)
		if s.Duration > 0 {
			s.Position = min(s.Position, s.Duration)
		}
	}
	if before := e.player.Snapshot().State; !before.CanBecome(s.State) {
		e.Logger.Error("player: the state left its diagram", "from", before, "to", s.State)
	}
	e.player.latest.Set(s)
}

// waited is how long nothing has been heard that is meant to be.
func (e *engine) waited(s State, now time.Time) time.Duration {
	if s != Loading && s != Buffering {
		e.waiting = time.Time{}
		return 0
	}
	if e.waiting.IsZero() {
		e.waiting = now
	}
	return now.Sub(e.waiting)
}

// duration of a track: decoded, else announced.
func duration(info opened) time.Duration {
	if info.ready && info.length >= 0 && info.format.SampleRate > 0 {
		return info.format.SampleRate.D(int(info.length))
	}
	return info.item.Duration
}

func deviceInfo(d output.Device) DeviceInfo {
	info := d.Info()
	return DeviceInfo{Name: info.Name, Silent: info.Silent, Err: d.Err()}
}
