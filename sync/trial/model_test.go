package trial

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/credits"
)

// action is one thing that a person does. The fields that it uses depend on
// what it is.
type action struct {
	Do     string
	Track  string   `json:",omitempty"`
	On     bool     `json:",omitempty"`
	List   string   `json:",omitempty"` // the text of a playlist, which never changes
	Title  string   `json:",omitempty"`
	Tracks []string `json:",omitempty"`
	From   int      `json:",omitempty"`
	To     int      `json:",omitempty"`
}

// list is a playlist.
type list struct {
	Title string
	Items []string
}

// state is what a person has done so far, as it should be seen everywhere.
type state struct {
	Credits credits.Milli
	Paid    map[string]int // paid plays, by track
	Heard   map[string]int // listens, by track
	Starred map[string]bool
	Lists   map[string]list // by their text
}

func (s state) clone() state {
	s.Paid, s.Heard, s.Starred, s.Lists = maps.Clone(s.Paid), maps.Clone(s.Heard), maps.Clone(s.Starred), maps.Clone(s.Lists)
	return s
}

// fits tells whether an action can be done in a state. A person acts on what
// they see, so one that does not fit was shown something else.
func (s state) fits(a action) bool {
	n := len(s.Lists[a.List].Items)
	switch a.Do {
	case "remove":
		return a.From < n
	case "move":
		return a.From < n && a.To < n
	case "create":
		_, ok := s.Lists[a.List]
		return !ok
	case "rename", "add", "delete":
		_, ok := s.Lists[a.List]
		return ok
	}
	return true
}

// after is the state after an action that fits.
func (s state) after(a action, cat catalogue) state {
	s = s.clone()
	l := s.Lists[a.List]
	l.Items = slices.Clone(l.Items)
	switch a.Do {
	case "play":
		s.Heard[a.Track]++
		if n := s.Paid[a.Track]; !cat.free[a.Track] && n < credits.PlaysToOwn && s.Credits >= credits.Cost(n) {
			s.Credits -= credits.Cost(n)
			s.Paid[a.Track]++
		}
	case "buy":
		s.Credits -= credits.Remaining(s.Paid[a.Track])
		s.Paid[a.Track] = credits.PlaysToOwn
	case "star":
		if s.Starred[a.Track] = a.On; !a.On {
			delete(s.Starred, a.Track)
		}
	case "create":
		s.Lists[a.List] = list{Title: a.Title}
	case "rename":
		l.Title = a.Title
		s.Lists[a.List] = l
	case "add":
		l.Items = append(l.Items, a.Tracks...)
		s.Lists[a.List] = l
	case "remove":
		l.Items = slices.Delete(l.Items, a.From, a.From+1)
		s.Lists[a.List] = l
	case "move":
		id := l.Items[a.From]
		l.Items = slices.Insert(slices.Delete(l.Items, a.From, a.From+1), a.To, id)
		s.Lists[a.List] = l
	case "delete":
		delete(s.Lists, a.List)
	}
	return s
}

// differs tells the differences of what can be seen in the library at any
// moment; the credits it shows depend on what has been sent.
func (s state) differs(from state) string {
	return distinct("paid plays", s.Paid, from.Paid) + distinct("listens", s.Heard, from.Heard) +
		distinct("favourites", s.Starred, from.Starred) + distinct("playlists", s.Lists, from.Lists)
}

// distinct lists the entries that differ, of which an absent one is zero.
func distinct[T any](what string, one, want map[string]T) string {
	keys := maps.Clone(one)
	maps.Copy(keys, want)
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if has, be := fmt.Sprint(one[k]), fmt.Sprint(want[k]); has != be {
			fmt.Fprintf(&b, "\n%s of %s: %s, and should be %s", what, k, has, be)
		}
	}
	return b.String()
}

// person chooses what is done next.
type person struct {
	*rand.Rand
	cat    catalogue
	spend  bool // money may be spent
	serial func() string
}

const (
	mostLists = 4
	mostItems = 25
	// maxWaveform is the largest waveform, in bytes: such values take space.
	maxWaveform = 16 << 10
)

func (p *person) track() string { return p.cat.tracks[p.IntN(len(p.cat.tracks))] }

// next is an action that makes sense in the state.
func (p *person) next(s state) action {
	for {
		if a, ok := p.try(s); ok {
			return a
		}
	}
}

func (p *person) try(s state) (action, bool) {
	track := p.track()
	switch n := p.IntN(100); {
	case n < 38:
		// A few tracks are heard again and again, so that they become owned.
		if p.IntN(2) == 0 {
			track = p.cat.tracks[p.IntN(min(8, len(p.cat.tracks)))]
		}
		return action{Do: "play", Track: track}, p.spend && (s.Paid[track] == credits.PlaysToOwn || p.cat.free[track] || s.Credits >= 2000)
	case n < 42:
		return action{Do: "buy", Track: track}, p.spend && !p.cat.free[track] && s.Paid[track] < credits.PlaysToOwn && s.Credits >= 2000
	case n < 58:
		return action{Do: "star", Track: track, On: !s.Starred[track]}, true
	case n < 64:
		return action{Do: "pin", Track: track, On: p.IntN(3) > 0}, s.Paid[track] < credits.PlaysToOwn
	case n < 67:
		return action{Do: "forget", Track: track}, true
	case n < 72:
		return action{Do: "waveform", Track: track, To: 1 + p.IntN(maxWaveform)}, true
	case n < 76:
		name := p.serial()
		return action{Do: "create", List: name, Title: "Trial " + name}, len(s.Lists) < mostLists
	}
	return p.edit(s)
}

// edit is an action on a playlist.
func (p *person) edit(s state) (action, bool) {
	if len(s.Lists) == 0 {
		return action{}, false
	}
	names := slices.Sorted(maps.Keys(s.Lists))
	a := action{List: names[p.IntN(len(names))]}
	items := s.Lists[a.List].Items
	switch n := p.IntN(28); {
	case n < 13:
		a.Do = "add"
		for range 1 + p.IntN(3) {
			a.Tracks = append(a.Tracks, p.track())
		}
		return a, len(items) < mostItems
	case n < 18:
		a.Do = "remove"
	case n < 23:
		a.Do = "move"
	case n < 26:
		a.Do, a.Title = "rename", "Trial "+p.serial()
		return a, true
	default:
		a.Do = "delete"
		return a, true
	}
	if len(items) == 0 {
		return a, false
	}
	a.From, a.To = p.IntN(len(items)), p.IntN(len(items))
	return a, true
}
