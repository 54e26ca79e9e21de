package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/player"
)

// guard is the month's budget at work: it pauses before a play that would
// exceed it, and asks.
type guard struct {
	asked  player.EntryID // the entry that was asked about last
	waived bool           // the person said to play on, for as long as this window lives
}

// guardBudget pauses and asks if hearing the current track would cost more
// than is left of the month's budget. Nothing has been charged by then: a play
// counts after 45 seconds.
func (s *shell) guardBudget() {
	m, g := &s.m, &s.guard
	price := m.track.Price()
	if m.budget <= 0 || price == 0 || m.spent+price <= m.budget || g.waived || !m.playing() || g.asked == m.snap.Entry.ID {
		return
	}
	g.asked = m.snap.Entry.ID
	s.session.Pause()
	s.ask(lang.L("The month's budget is spent"),
		lang.L("{{.Title}} would cost {{.Price}} credits more. You have spent {{.Spent}} of {{.Budget}} this month.",
			with{"Title": m.track.Title, "Price": price, "Spent": m.spent, "Budget": m.budget}),
		lang.L("Play on"), func() {
			g.waived = true
			s.session.Play()
		})
}
