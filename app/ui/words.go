package ui

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// with is the data of a translation.
type with = map[string]any

// milliEuroPerCredit is the price at which co-ops of the tracks API sell
// credits: 1.25 € each.
const milliEuroPerCredit = 1250

// euros writes what an amount of credits costs: €7.38.
func euros(m credits.Milli) string {
	cents := (int64(m)*milliEuroPerCredit/1000 + 5) / 10
	return fmt.Sprintf("€%d.%02d", cents/100, cents%100)
}

// greeting is by the time of day, with the name where it is known.
func greeting(now time.Time, name string) string {
	part := lang.L("Good evening")
	switch h := now.Hour(); {
	case h >= 5 && h < 12:
		part = lang.L("Good morning")
	case h >= 12 && h < 18:
		part = lang.L("Good afternoon")
	}
	if name == "" {
		return part
	}
	return part + ", " + name
}

// kindOf is the kind of a release in words.
func kindOf(r library.Release) string {
	switch r.Kind {
	case "ep":
		return "EP"
	case "single":
		return lang.L("Single")
	case "compilation":
		return lang.L("Compilation")
	default:
		return lang.L("Album")
	}
}

// trackCount is "8 tracks".
func trackCount(n int) string { return lang.N("{{.N}} tracks", n, with{"N": n}) }

// draftLine marks a draft, and says from which day on it is meant to be heard
// where that day is still to come.
func draftLine(r library.Release, now time.Time) string {
	if scheduled(r, now) {
		return lang.L("Draft") + " · " + r.Date
	}
	return lang.L("Draft")
}

// scheduled says whether a draft has a day that is still to come. Days change
// in UTC, as they do for the co-op.
func scheduled(r library.Release, now time.Time) bool {
	return r.Draft && r.Date > now.UTC().Format(time.DateOnly)
}

// aboutRelease is the line over a release's title: kind, year, tracks, length.
func aboutRelease(r library.Release, now time.Time) string {
	line := kindOf(r)
	if r.Local { // tags do not say of what kind a release is
		line = lang.L("Local")
	}
	if r.Draft {
		line += " · " + draftLine(r, now)
	}
	if y := r.Year(); y != "" && !scheduled(r, now) {
		line += " · " + y
	}
	return line + " · " + trackCount(len(r.Tracks)) + ", " + widgets.Minutes(length(r.Tracks))
}

func length(tracks []library.Track) (d time.Duration) {
	for _, t := range tracks {
		d += t.Duration
	}
	return d
}

// owningRelease says how much of a release is owned and what the rest costs.
func owningRelease(tracks []library.Track) string {
	owned, rest := 0, credits.Milli(0)
	for _, t := range tracks {
		if t.Local {
			return lang.L("Files of your own: plays cost nothing, and no co-op hears of them.")
		}
		if t.Own {
			return lang.L("Yours: plays cost and count nothing.")
		}
		if t.Owned {
			owned++
		}
		if t.Status != library.Free {
			rest += t.ToOwn()
		}
	}
	if rest == 0 {
		if owned == 0 {
			return lang.L("Free to hear.")
		}
		return lang.L("You own it all.")
	}
	return lang.L("You own {{.Owned}} of {{.All}}. The rest to own: {{.Rest}} credits · {{.Euros}}",
		with{"Owned": owned, "All": len(tracks), "Rest": rest, "Euros": euros(rest)})
}

// queueLine is what is still to come in the queue, and what it will cost.
func queueLine(q app.QueueView) string {
	line := trackCount(q.Upcoming) + " · " + widgets.Minutes(q.Duration)
	if q.Cost > 0 {
		line += " · " + lang.L("{{.Amount}} credits", with{"Amount": q.Cost})
	}
	return line
}

// nextPlay is the price of the next play in two lines: bold, and quiet.
func nextPlay(t library.Track) (price, toOwn string) {
	left := credits.PlaysToOwn - t.Plays
	switch {
	case t.ID == "":
		return "", ""
	case t.Local:
		return lang.L("Your own file"), lang.L("plays cost nothing")
	case t.Own:
		return lang.L("Yours"), lang.L("plays cost nothing")
	case t.Owned:
		return lang.L("Owned"), lang.L("plays anywhere, free")
	case t.Status == library.Free:
		return lang.L("Free"), lang.L("plays cost nothing")
	default:
		return lang.L("Next play {{.Price}}", with{"Price": t.Price()}), lang.N("{{.N}} more to own", left, with{"N": left})
	}
}

// monthLine is what was spent this month, of the budget if there is one, and
// the share of it; -1 without a budget.
func monthLine(spent, budget credits.Milli) (line string, share float64) {
	if budget <= 0 {
		return lang.L("{{.Spent}} this month", with{"Spent": euros(spent)}), -1
	}
	return lang.L("{{.Spent}} of {{.Budget}} this month", with{"Spent": euros(spent), "Budget": euros(budget)}),
		float64(spent) / float64(budget)
}

// offlineLine is the calm line while the co-op cannot be asked; "" while it can.
func offlineLine(s app.Status) string {
	switch {
	case s.Expired:
		return lang.L("Your sign-in has expired.") + " " + lang.L("What is on this machine still plays.")
	case !s.SignedIn:
		return lang.L("You are not signed in to a co-op. Music of your own plays.")
	case !s.Offline():
		return ""
	case s.WaitingPlays > 0 && s.WaitingEdits > 0:
		return lang.L("Offline.") + " " + lang.N("{{.N}} plays", s.WaitingPlays, with{"N": s.WaitingPlays}) + " " +
			lang.N("and {{.N}} edits will be sent later.", s.WaitingEdits, with{"N": s.WaitingEdits})
	case s.WaitingPlays > 0:
		return lang.L("Offline.") + " " + lang.N("{{.N}} plays will be sent later.", s.WaitingPlays, with{"N": s.WaitingPlays})
	case s.WaitingEdits > 0:
		return lang.L("Offline.") + " " + lang.N("{{.N}} edits will be sent later.", s.WaitingEdits, with{"N": s.WaitingEdits})
	default:
		return lang.L("Offline. What is on this machine plays as ever.")
	}
}

// when writes the moment of a play as it is read in a history.
func when(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	days := int(midnight(now).Sub(midnight(at)).Round(24*time.Hour) / (24 * time.Hour))
	switch {
	case days <= 0:
		return at.Format("15:04")
	case days == 1:
		return lang.L("yesterday") + " " + at.Format("15:04")
	default:
		return at.Format("2006-01-02")
	}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// fullPrice is the price as the full-screen player says it, in two lines; the
// second one offers to own the track.
func fullPrice(t library.Track) (price, toOwn string) {
	if t.ID == "" || t.Price() == 0 {
		return nextPlay(t)
	}
	left := credits.PlaysToOwn - t.Plays
	return lang.L("Next play {{.Price}} credits", with{"Price": t.Price()}),
		lang.N("{{.N}} more plays to own", left, with{"N": left}) + " · " +
			lang.L("or own it now for {{.Price}}", with{"Price": t.ToOwn()})
}

// clock writes a position; one that the player has guessed is marked as such.
func clock(estimated bool, position time.Duration) string {
	if estimated {
		return "≈ " + widgets.Clock(position)
	}
	return widgets.Clock(position)
}

// waitsAfter is how long nothing is heard before that is said: a seek takes a
// moment, and words that flash by help nobody.
const waitsAfter = 700 * time.Millisecond

// waitingFor is what is waited for when nothing has been heard for a while; ""
// else.
func waitingFor(snap player.Snapshot) string {
	switch {
	case snap.Waiting < waitsAfter:
		return ""
	case snap.Trouble != nil:
		return lang.L("Waiting for the network…")
	}
	return lang.L("Waiting for the track…")
}

// trouble is why the current track is not heard; "" while nothing is wrong.
func trouble(snap player.Snapshot) string {
	if snap.State == player.NoDevice {
		return lang.L("No sound device: connect one, and Ninth goes on by itself.")
	}
	if snap.State != player.Failed {
		return waitingFor(snap)
	}
	return explain(snap.Err)
}

// explain says what went wrong and what to do; "" when there is nothing to say.
func explain(err error) string {
	e := app.Explained(err)
	return e.About(translated(e.Text, e.Gaps))
}

// translated is lang.L for texts of other packages, which TestEveryWordIsTranslated
// knows of.
func translated(text string, data with) string {
	if text == "" {
		return ""
	}
	return lang.X(text, text, data)
}
