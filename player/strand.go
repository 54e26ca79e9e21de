package player

import (
	"context"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/dsp"
)

// strand is a run of tracks that are joined without a sample in between, as one
// stream at the device's rate and at the speed that is asked for.
type strand struct {
	join    *joiner
	stage   beep.Streamer
	stretch *dsp.Stretch // nil at speed 1
	speed   float64
	base    int64 // frame of the ring where it begins
	given   int64 // frames given

	marks  []mark  // of the ring, not handed out yet
	anchor mark    // the last mark passed, with at in frames before the stretch
	under  *play   // is heard together with it, until its end
	tail   float64 // where in that track this began
}

// newStrand begins a strand with p at a frame of the ring. It is nil if p
// cannot be opened, or the line was stopped.
func newStrand(ctx context.Context, l *line, p *play, base int64) *strand {
	j := &joiner{ctx: ctx, line: l, to: int64(l.outlet.rate)}
	if !j.begin(p) {
		return nil
	}
	s := &strand{join: j, base: base, speed: l.sound.Speed}
	s.stage = l.filters.Resample(j, beep.SampleRate(j.from), beep.SampleRate(j.to))
	if s.speed != 1 {
		s.stretch = dsp.NewStretch(s.stage, beep.SampleRate(j.to), s.speed)
		s.stage = s.stretch
	}
	return s
}

// place is how many frames at the device's rate, before any stretch, the
// strand has got through.
func (s *strand) place() int64 {
	if s.stretch != nil {
		return s.stretch.Consumed()
	}
	return s.given
}

// read fills buf, unless the strand ends within, and notes the marks of it.
func (s *strand) read(buf [][2]float64) (n int, ok bool) {
	from, start := s.place(), s.given
	ok = true
	for n < len(buf) && ok {
		var got int
		got, ok = s.stage.Stream(buf[n:])
		n += got
	}
	s.given += int64(n)
	to := s.place()
	if s.stretch != nil && n > 0 && (len(s.join.marks) == 0 || s.join.marks[0].at > from) && s.anchor.play != nil {
		// The stretch jumps about: where it is has to be said anew.
		m := s.anchor
		m.pos += float64(from - m.at)
		m.at, m.ended, m.err = s.base+start, nil, nil
		s.note(m)
	}
	for len(s.join.marks) > 0 && (!ok || s.join.marks[0].at < to) {
		m := s.join.marks[0]
		s.join.marks = s.join.marks[1:]
		if m.play != nil {
			s.anchor = m
		}
		at := start + m.at - from
		if s.stretch != nil {
			at = start
			if to > from {
				at += (m.at - from) * int64(n) / (to - from)
			}
		}
		m.at = s.base + max(start, min(at, s.given))
		s.note(m)
	}
	return n, ok
}

func (s *strand) note(m mark) {
	m.flow, m.speed, m.under, m.tail = s.join.line.flow, s.speed, s.under, s.tail
	s.marks = append(s.marks, m)
}

// trackPlace is where in its track the strand has got to.
func (s *strand) trackPlace() float64 { return s.anchor.pos + float64(s.place()-s.anchor.at) }

// close notes that nothing of last is heard together with the strand any more.
func (s *strand) close(last *play, err error) {
	m := s.anchor
	m.pos, m.at, m.ended, m.err = s.trackPlace(), s.base+s.given, last, err
	s.under, s.tail = nil, 0
	s.note(m)
}

// take returns the marks that were noted.
func (s *strand) take() []mark {
	out := s.marks
	s.marks = nil
	return out
}

// left is how many frames are left of the track that the strand is at, by the
// length that is claimed; -1 if none is.
func (s *strand) left() int64 {
	info, _, _ := s.join.play.deck.state()
	if info.length < 0 {
		return -1
	}
	end := s.join.began + info.length*s.join.to/s.join.from
	return max(0, int64(float64(end-s.place())/s.speed))
}

// joiner is a stage that gives tracks of one rate as one stream, and notes
// where each begins and ends.
type joiner struct {
	ctx      context.Context
	line     *line
	from, to int64 // rates of the tracks and of the ring

	play    *play
	gain    float64
	chunk   chunk        // the current one
	rest    [][2]float64 // what is left of it
	wrap    bool         // behind it the loop begins again
	given   int64        // frames so far
	began   int64        // where the play's own beginning is or would be, at rate to
	marks   []mark       // at is in frames at rate to, from the strand's beginning
	after   *play        // follows, at another rate
	closing bool         // nothing follows on this strand
	over    bool
}

// begin waits for the first track to be open; it is false if it has no rate to
// go by, or the line was stopped.
func (j *joiner) begin(p *play) bool {
	j.play = p
	if !j.receive() {
		return false
	}
	info, _, _ := p.deck.state()
	if j.from = int64(info.format.SampleRate); j.from <= 0 {
		return false // it cannot be opened: the engine has seen that too
	}
	j.enter(p, info, nil)
	return true
}

// enter notes that what follows is of p, from the current chunk on.
func (j *joiner) enter(p *play, info opened, ended *play) {
	j.gain = j.line.sound.gain(info.item, info.format.Gains)
	pos := j.chunk.pos * j.to / j.from
	j.note(mark{play: p, pos: float64(pos), ended: ended})
	j.began = j.marks[len(j.marks)-1].at - pos
}

// receive waits for a chunk of what the play is at.
func (j *joiner) receive() bool {
	for {
		select {
		case c := <-j.play.deck.out:
			if c.epoch == j.play.epoch {
				j.chunk, j.rest = c, c.frames
				j.loop()
				return true
			}
			j.play.deck.recycle(c)
		case <-j.ctx.Done():
			return false
		}
	}
}

// loop cuts the chunk off where the loop ends.
func (j *joiner) loop() {
	l := j.line.loop
	if j.wrap = false; !l.of(j.play) || j.chunk.err != nil {
		return
	}
	info, _, _ := j.play.deck.state()
	end := int64(info.format.SampleRate.N(l.To))
	if here := end - j.chunk.pos; here <= int64(len(j.rest)) || j.chunk.last {
		j.rest = j.rest[:max(0, min(here, int64(len(j.rest))))]
		j.wrap = true
	}
}

// Stream implements beep.Streamer.
func (j *joiner) Stream(samples [][2]float64) (n int, ok bool) {
	for n < len(samples) && !j.over {
		if len(j.rest) == 0 {
			j.over = !j.advance()
			continue
		}
		step := copy(samples[n:], j.rest)
		if j.gain != 1 {
			for i := range samples[n : n+step] {
				samples[n+i][0] *= j.gain
				samples[n+i][1] *= j.gain
			}
		}
		j.rest = j.rest[step:]
		j.given += int64(step)
		n += step
	}
	return n, n > 0
}

// Err implements beep.Streamer; a failed track ends with a mark.
func (j *joiner) Err() error { return nil }

// advance gets the next chunk, of this track or of the one that follows. It is
// false at the end of the stream.
func (j *joiner) advance() bool {
	j.play.deck.recycle(j.chunk)
	switch {
	case j.wrap:
		return j.goBack()
	case !j.chunk.last:
		return j.receive()
	}
	ended, err := j.play, j.chunk.err
	if err == nil && j.chunk.pos == 0 && len(j.chunk.frames) == 0 {
		err = ErrSilent
	}
	if err != nil {
		j.note(mark{ended: ended, err: err})
		return false
	}
	var next *play
	if !j.closing {
		next = j.line.following(j.ctx)
	}
	if next == nil {
		j.note(mark{ended: ended})
		return false
	}
	info, _, _ := next.deck.state()
	if int64(info.format.SampleRate) != j.from {
		j.note(mark{ended: ended})
		j.after = next
		return false
	}
	j.play = next
	if !j.receive() {
		return false
	}
	j.enter(next, info, ended)
	return true
}

// goBack begins the loop again. The line owns the play's epoch while it reads.
func (j *joiner) goBack() bool {
	j.play.epoch = j.play.deck.seek(j.line.loop.From)
	if !j.receive() {
		return false
	}
	if len(j.rest) == 0 {
		j.wrap = false // the track has no such place: it ends
	}
	info, _, _ := j.play.deck.state()
	j.enter(j.play, info, nil)
	return true
}

// note marks the next frame.
func (j *joiner) note(m mark) {
	// ⌈given·to/from⌉ frames of the result come from what was given so far.
	m.at = (j.given*j.to + j.from - 1) / j.from
	j.marks = append(j.marks, m)
}
