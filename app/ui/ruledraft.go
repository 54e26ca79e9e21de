package ui

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// ruleDraft is a list as the person is changing it. It outlives the screen,
// which is made anew when the window changes its shape.
type ruleDraft struct {
	id         string // "" for a new list
	title      string
	anyOf      bool // one condition is enough
	conditions []*condition
	sort       library.Sort
	descending bool
	limit      string // as typed; "" for none
}

// condition is one part of a rule as it is being changed.
type condition struct {
	library.Match // its Text and Number are in value; a group is kept as it is
	value         string
}

// errNoValue says that what was typed is no value of its condition.
var errNoValue = errors.New("ui: not a value of this condition")

// newDraft is a list as it is stored, ready to be changed.
func newDraft(l library.SmartList) *ruleDraft {
	d := &ruleDraft{id: l.ID, title: l.Title, anyOf: l.Rule.Match.Any, sort: l.Rule.Sort, descending: l.Rule.Descending}
	if l.Rule.Limit > 0 {
		d.limit = strconv.Itoa(l.Rule.Limit)
	}
	parts := l.Rule.Match.Parts
	if l.Rule.Match.Field != "" {
		parts = []library.Match{l.Rule.Match}
	}
	for _, m := range parts {
		c := &condition{Match: m}
		switch {
		case m.Field.TakesText():
			c.value = m.Text
		case m.Field == library.FieldDuration:
			c.value = widgets.Clock(time.Duration(m.Number) * time.Second)
		case m.Field.TakesNumber():
			c.value = strconv.Itoa(m.Number)
		}
		d.conditions = append(d.conditions, c)
	}
	return d
}

// add adds a condition on a field.
func (d *ruleDraft) add(f library.Field) {
	c := &condition{}
	c.setField(f)
	d.conditions = append(d.conditions, c)
}

// setField has a condition look at another field. What was typed stays where
// it means something still.
func (c *condition) setField(f library.Field) {
	keep := c.Field.TakesText() && f.TakesText() && c.Field != library.FieldPlaylist && f != library.FieldPlaylist
	c.Match = library.Match{Field: f, Relation: f.Relations()[0]}
	if keep {
		return
	}
	c.value = ""
	if f == library.FieldLastHeard || f == library.FieldOwnedSince || f == library.FieldFavouriteSince {
		c.value = "30" // days: a month
	}
}

// match is the condition as the library keeps it.
func (c *condition) match() (library.Match, error) {
	m := c.Match
	value := strings.TrimSpace(c.value)
	switch {
	case m.Field.TakesText():
		if m.Text = value; value == "" {
			return m, errNoValue
		}
	case m.Field == library.FieldDuration:
		d, err := parseLength(value)
		m.Number = int(d / time.Second)
		return m, err
	case m.Field.TakesNumber():
		n, err := strconv.Atoi(value)
		if m.Number = n; err != nil || n < 0 {
			return m, errNoValue
		}
	}
	return m, nil
}

// rule is the rule as the library keeps it; errNoValue when a value is missing
// or cannot be read.
func (d *ruleDraft) rule() (library.Rule, error) {
	r := library.Rule{Match: library.Match{Any: d.anyOf}, Sort: d.sort, Descending: d.descending}
	for _, c := range d.conditions {
		m, err := c.match()
		if err != nil {
			return r, err
		}
		r.Match.Parts = append(r.Match.Parts, m)
	}
	if limit := strings.TrimSpace(d.limit); limit != "" {
		n, err := strconv.Atoi(limit)
		if r.Limit = n; err != nil || n < 0 {
			return r, errNoValue
		}
	}
	return r, r.Check()
}

// parseLength reads a length: minutes and seconds as in 3:30, or seconds.
func parseLength(text string) (d time.Duration, err error) {
	var seconds int
	for _, part := range strings.Split(text, ":") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 1e6 || seconds > 1e6 {
			return 0, errNoValue
		}
		seconds = 60*seconds + n
	}
	return time.Duration(seconds) * time.Second, nil
}
