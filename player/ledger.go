package player

// span is a run of frames that the device has taken. One without frames is the
// end of a track; one without a play is silence.
type span struct {
	mark
	frames int64
}

// ledger is the account of what a device has taken and what of that has been
// heard. Its owner guards it.
type ledger struct {
	given     int64  // frames taken since the beginning
	accounted int64  // of these, frames returned by heard
	spans     []span // of frames in [accounted, given), in order
}

// give notes that the device has taken frames.
func (l *ledger) give(s span) {
	s.ended, s.err = nil, nil
	l.given += s.frames
	if n := len(l.spans); n > 0 && l.spans[n-1].continues(s) {
		l.spans[n-1].frames += s.frames
		return
	}
	l.spans = append(l.spans, s)
}

// continues reports whether next is of the same track and begins where s ends.
func (s span) continues(next span) bool {
	return s.ended == nil && s.play == next.play && s.flow == next.flow && s.under == next.under &&
		s.speed == next.speed && (s.play == nil || s.end() == next.pos)
}

// track is how much of the track the span is, in frames of the device's rate.
func (s span) track() float64 { return float64(s.frames) * s.speed }

// end is where in the track it ends.
func (s span) end() float64 { return s.pos + s.track() }

// end notes that a track ends behind what the device has taken so far.
func (l *ledger) end(m mark) { l.spans = append(l.spans, span{mark: m}) }

// heard returns what has been heard since the last call, given how many frames
// the device still holds.
func (l *ledger) heard(held int) []span {
	left := max(0, l.given-int64(held)-l.accounted)
	var out []span
	for len(l.spans) > 0 && l.spans[0].frames <= left {
		left -= l.spans[0].frames
		l.accounted += l.spans[0].frames
		out = append(out, l.spans[0])
		l.spans = l.spans[1:]
	}
	if len(l.spans) > 0 && left > 0 {
		part := l.spans[0]
		part.frames = left
		out = append(out, part)
		l.spans[0].frames -= left
		l.spans[0].pos += part.track()
		l.accounted += left
	}
	return out
}

// silent reports whether no music is among what was taken and not heard yet.
func (l *ledger) silent() bool {
	for _, s := range l.spans {
		if s.play != nil && s.frames > 0 {
			return false
		}
	}
	return true
}

// drop notes that the last n frames taken will not be heard, nor the ends of
// tracks behind them.
func (l *ledger) drop(n int) {
	left := min(int64(n), l.given-l.accounted)
	l.given -= left
	for len(l.spans) > 0 && left > 0 {
		last := &l.spans[len(l.spans)-1]
		if last.frames > left {
			last.frames -= left
			return
		}
		left -= last.frames
		l.spans = l.spans[:len(l.spans)-1]
	}
}
