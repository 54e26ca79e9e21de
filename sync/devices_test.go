package sync

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// Device is one of two players of the same person, in TwoDevices.
type Device struct {
	Lib  *library.Library
	Sync *Syncer
	Wait func() // lets the time pass in which a lost answer could still arrive
}

// TwoDevices is the model test of playlists: two devices edit one playlist at
// random, send and refresh in any order, and in the end have the same, from
// which no addition is missing.
type TwoDevices struct {
	Devices [2]*Device
	Tracks  []string // that may be added, each by one device
	Tag     string   // the text of this playlist and of no other
	// Lists are the person's playlists at the co-op, whole.
	Lists func() []api.Playlist
	// Rough turns on, and off again, whatever is to go wrong.
	Rough func(on bool)
	// Covers tells that playlists are given pictures.
	Covers bool
	// Lossless tells that no answer gets lost, so that nothing comes back that
	// was removed.
	Lossless bool

	added, removed map[string]int
	adder          map[string]int
	renames        []renaming      // titles that a device gave
	covers         []renaming      // addresses of pictures that a device gave
	seen           map[string]bool // titles and covers that were seen by who changed them
	deleted        bool
}

// renaming is a title, or the address of a picture, that a device gave.
type renaming struct {
	device int
	title  string
}

// Check runs the model.
func (m *TwoDevices) Check(t *rapid.T) {
	m.added, m.removed = map[string]int{}, map[string]int{}
	m.covers = nil
	m.adder, m.seen = map[string]int{}, map[string]bool{}
	p := value[library.Playlist](t)(m.Devices[0].Lib.CreatePlaylist("Begun", m.Tag, true))
	m.append(t, 0, p.ID, rapid.IntRange(0, min(4, len(m.Tracks))).Draw(t, "length"))
	m.settle(t)
	m.Rough(true)
	t.Repeat(map[string]func(*rapid.T){
		"add":     m.edit(m.add),
		"twin":    m.edit(m.twin),
		"remove":  m.edit(m.remove),
		"move":    m.edit(m.move),
		"rename":  m.edit(m.rename),
		"hide":    m.edit(m.hide),
		"dress":   m.edit(m.dress),
		"delete":  m.edit(m.delete),
		"answer":  m.answer,
		"send":    func(t *rapid.T) { _ = m.pick(t).Sync.SendOutbox(context.Background()) },
		"refresh": func(t *rapid.T) { _, _ = m.pick(t).Sync.Refresh(context.Background()) },
	})
	m.Rough(false)
	m.settle(t)
	m.compare(t)
}

func (m *TwoDevices) pick(t *rapid.T) *Device {
	return m.Devices[rapid.IntRange(0, 1).Draw(t, "device")]
}

// edit runs fn on the playlist as one of the devices shows it.
func (m *TwoDevices) edit(fn func(t *rapid.T, device int, p library.Playlist)) func(*rapid.T) {
	return func(t *rapid.T) {
		n := rapid.IntRange(0, 1).Draw(t, "device")
		lists := m.shown(t, n)
		if len(lists) == 0 {
			t.Skip("no playlist")
		}
		fn(t, n, lists[0])
	}
}

// shown are the playlists of this test on a device.
func (m *TwoDevices) shown(t fataler, device int) (out []library.Playlist) {
	lib := m.Devices[device].Lib
	for _, p := range value[library.Page[library.Playlist]](t)(lib.Playlists(0, 1000)).Items {
		if p.Own && p.About == m.Tag {
			out = append(out, value[library.Playlist](t)(lib.Playlist(p.ID)))
		}
	}
	return out
}

// append adds tracks that were never added before.
func (m *TwoDevices) append(t *rapid.T, device int, id string, n int) {
	var fresh []string
	for _, track := range m.Tracks {
		if m.added[track] == 0 && len(fresh) < n {
			fresh = append(fresh, track)
			m.added[track], m.adder[track] = 1, device
		}
	}
	must(t, m.Devices[device].Lib.AddToPlaylist(id, fresh...))
}

func (m *TwoDevices) add(t *rapid.T, device int, p library.Playlist) {
	before := p.Count
	m.append(t, device, p.ID, rapid.IntRange(1, 2).Draw(t, "tracks"))
	after := value[library.Playlist](t)(m.Devices[device].Lib.Playlist(p.ID))
	if to := rapid.IntRange(0, before).Draw(t, "to"); after.Count > before {
		must(t, m.Devices[device].Lib.MovePlaylistItem(p.ID, after.Items[before].ID, to))
	}
}

// twin adds one more copy of a track that this device has added: of the same
// track added in both only the larger number would be kept.
func (m *TwoDevices) twin(t *rapid.T, device int, p library.Playlist) {
	track := m.item(t, p).Track.ID
	if m.adder[track] != device {
		t.Skip("added by the other")
	}
	m.added[track]++
	must(t, m.Devices[device].Lib.AddToPlaylist(p.ID, track))
}

func (m *TwoDevices) item(t *rapid.T, p library.Playlist) library.PlaylistItem {
	if len(p.Items) == 0 {
		t.Skip("nothing on it")
	}
	return rapid.SampledFrom(p.Items).Draw(t, "item")
}

func (m *TwoDevices) remove(t *rapid.T, device int, p library.Playlist) {
	it := m.item(t, p)
	m.removed[it.Track.ID]++
	must(t, m.Devices[device].Lib.RemoveFromPlaylist(p.ID, it.ID))
}

func (m *TwoDevices) move(t *rapid.T, device int, p library.Playlist) {
	must(t, m.Devices[device].Lib.MovePlaylistItem(p.ID, m.item(t, p).ID, rapid.IntRange(0, p.Count).Draw(t, "to")))
}

func (m *TwoDevices) rename(t *rapid.T, device int, p library.Playlist) {
	title := fmt.Sprint("Title ", len(m.renames))
	m.seen[p.Title] = true
	m.renames = append(m.renames, renaming{device, title})
	must(t, m.Devices[device].Lib.UpdatePlaylist(p.ID, title, p.About, p.Private))
}

// hide makes it private, or public.
func (m *TwoDevices) hide(t *rapid.T, device int, p library.Playlist) {
	m.seen[p.Title] = true
	must(t, m.Devices[device].Lib.UpdatePlaylist(p.ID, p.Title, p.About, !p.Private))
}

// dress gives it a picture.
func (m *TwoDevices) dress(t *rapid.T, device int, p library.Playlist) {
	if !m.Covers {
		t.Skip("no covers")
	}
	picture := fmt.Sprint(m.Tag, " ", len(m.covers))
	m.seen[p.Cover] = true
	lib := m.Devices[device].Lib
	must(t, lib.SetPlaylistCover(p.ID, []byte(picture)))
	m.covers = append(m.covers, renaming{device, picture})
}

// pictureOf is the address that a library gives a picture.
func pictureOf(picture string) string {
	return fmt.Sprintf("ninth-picture:%x", sha256.Sum256([]byte(picture)))
}

// delete removes all that the device shows, now and then.
func (m *TwoDevices) delete(t *rapid.T, device int, p library.Playlist) {
	if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		t.Skip("it stays")
	}
	m.deleted = true
	for _, it := range p.Items {
		m.removed[it.Track.ID]++
	}
	must(t, m.Devices[device].Lib.DeletePlaylist(p.ID))
}

// answer tries again, or dismisses, what has failed.
func (m *TwoDevices) answer(t *rapid.T) {
	device := rapid.IntRange(0, 1).Draw(t, "device")
	lib := m.Devices[device].Lib
	failed := m.failed(t, device)
	if len(failed) == 0 {
		t.Skip("nothing to answer")
	}
	in := rapid.SampledFrom(failed).Draw(t, "failed")
	if rapid.Bool().Draw(t, "dismiss") {
		m.seen[in.Title], m.seen[in.Cover] = true, true
		must(t, lib.DismissIntent(in.ID))
		return
	}
	if in.Kind == library.IntentPlaylistDelete {
		for _, p := range m.shown(t, device) {
			for _, it := range p.Items {
				m.removed[it.Track.ID]++
			}
		}
	}
	m.seen[in.Was.Title], m.seen[in.CoverWas] = true, true
	must(t, lib.Retry(in.ID))
}

func (m *TwoDevices) failed(t fataler, device int) []library.Intent {
	all := value[[]library.Intent](t)(m.Devices[device].Lib.Outbox())
	return slices.DeleteFunc(all, func(in library.Intent) bool { return in.State != library.IntentFailed })
}

// settle sends and refreshes until both devices have nothing left to say.
func (m *TwoDevices) settle(t *rapid.T) {
	for range 3 { // the second has news for the first, which may make a playlist again
		for n, d := range m.Devices {
			m.drain(t, n)
			r := value[Report](t)(d.Sync.Refresh(context.Background()))
			must(t, r.Unsent)
		}
	}
}

func (m *TwoDevices) drain(t *rapid.T, device int) {
	d, tries := m.Devices[device], 0
	for err := d.Sync.SendOutbox(context.Background()); err != nil; err = d.Sync.SendOutbox(context.Background()) {
		if tries++; tries > 100 {
			t.Fatalf("the outbox does not empty: %v", err)
		}
		d.Wait()
	}
}

// compare checks that both devices show what the co-op has, that no addition
// is missing and none is there more often than it was made, and that of each
// title that was given either the co-op has it, or who gave it is told, or
// someone changed it who had seen it.
func (m *TwoDevices) compare(t *rapid.T) {
	var there []string
	count := map[string]int{}
	titles := map[string]bool{}
	for _, p := range m.Lists() {
		if p.About == m.Tag {
			there = append(there, fmt.Sprint(p.ID, p.Title, p.Private, p.CoverURL, trackIDs(p.Items)))
			titles[p.Title], titles[p.CoverURL] = true, true
			for _, track := range trackIDs(p.Items) {
				count[track]++
			}
		}
	}
	slices.Sort(there)
	for n := range m.Devices {
		var here []string
		for _, p := range m.shown(t, n) {
			here = append(here, fmt.Sprint(p.ID, p.Title, p.Private, p.Cover, shownTracks(t, m.Devices[n].Lib, p.ID)))
		}
		slices.Sort(here)
		if !slices.Equal(here, there) {
			t.Fatalf("device %d shows %v, the co-op has %v", n, here, there)
		}
	}
	for track, n := range m.added {
		least, most := max(0, n-m.removed[track]), n
		if m.Lossless && !m.deleted && m.removed[track] > 0 {
			most = n - 1
		}
		if count[track] < least || count[track] > most && !m.deleted {
			t.Fatalf("%s was added %d times and removed %d times, and is there %d times: %v",
				track, n, m.removed[track], count[track], there)
		}
	}
	for _, r := range m.renames {
		told := slices.ContainsFunc(m.failed(t, r.device), func(in library.Intent) bool { return in.Title == r.title })
		if !m.deleted && !titles[r.title] && !told && !m.seen[r.title] {
			t.Fatalf("device %d called it %s, which nobody knows: %v", r.device, r.title, there)
		}
	}
	for _, c := range m.covers {
		address := coverOf(c.title)
		told := slices.ContainsFunc(m.failed(t, c.device), func(in library.Intent) bool { return in.Cover == pictureOf(c.title) })
		if !m.deleted && !titles[address] && !told && !m.seen[address] && !m.seen[pictureOf(c.title)] {
			t.Fatalf("device %d gave it a cover, %s, which nobody knows: %v", c.device, c.title, there)
		}
	}
}

// between runs something before each request that concerns one playlist: an
// edit of the other device that arrives between asking and sending.
type between struct {
	*fakeCoop
	run func()
}

func (b *between) OwnPlaylist(ctx context.Context, id string) (api.Playlist, error) {
	b.run()
	return b.fakeCoop.OwnPlaylist(ctx, id)
}

func (b *between) UpdatePlaylistIf(ctx context.Context, id, version string, e api.PlaylistEdit) (api.Playlist, error) {
	b.run()
	return b.fakeCoop.UpdatePlaylistIf(ctx, id, version, e)
}

func (b *between) DeletePlaylistIf(ctx context.Context, id, version string) error {
	b.run()
	return b.fakeCoop.DeletePlaylistIf(ctx, id, version)
}

func (b *between) SetPlaylistCoverIf(ctx context.Context, id, version string, picture []byte) (string, error) {
	b.run()
	return b.fakeCoop.SetPlaylistCoverIf(ctx, id, version, picture)
}

func (b *between) AddToPlaylist(ctx context.Context, id string, tracks ...string) ([]api.PlaylistItem, error) {
	b.run()
	return b.fakeCoop.AddToPlaylist(ctx, id, tracks...)
}

func (b *between) ReorderPlaylistIf(ctx context.Context, id, version string, tracks []string) ([]api.PlaylistItem, error) {
	b.run()
	return b.fakeCoop.ReorderPlaylistIf(ctx, id, version, tracks)
}

// TestTwoDevices runs the model at a co-op in memory, with requests of one
// device between those of the other.
func TestTwoDevices(t *testing.T) {
	t.Run("sound network", func(t *testing.T) { twoDevices(t, none) })
	t.Run("answers get lost", func(t *testing.T) {
		twoDevices(t, none, none, none, none, none, offline, lostFirst, lostAfter, broken, brokeLate, busy)
	})
}

func twoDevices(outer *testing.T, faults ...fault) {
	rapid.Check(outer, func(t *rapid.T) {
		coop := newFake()
		now := start
		clock := func() time.Time { return now }
		m := &TwoDevices{Tag: "the one", Covers: true, Lossless: len(faults) == 1, Lists: func() (out []api.Playlist) {
			for _, p := range coop.lists {
				out = append(out, *p)
			}
			return out
		}}
		for n := range 60 {
			m.Tracks = append(m.Tracks, fmt.Sprint("t", n))
		}
		var rivals bool
		for n := range m.Devices {
			lib := value[*library.Library](t)(library.Open(outer.TempDir(), library.Options{Now: clock, Volatile: true}))
			defer func() { must(t, lib.Close()) }()
			rival := &between{fakeCoop: coop, run: func() {
				if rivals && rapid.IntRange(0, 4).Draw(t, "rival") == 0 {
					rivals = false
					_ = m.Devices[1-n].Sync.SendOutbox(context.Background())
					rivals = true
				}
			}}
			m.Devices[n] = &Device{
				Lib: lib, Sync: New(Config{Library: lib, CoOp: rival, Now: clock}),
				Wait: func() { now = now.Add(SettleAfter) },
			}
		}
		draw := rapid.SampledFrom(faults)
		m.Rough = func(on bool) {
			rivals, coop.faultOf = on, nil
			if on {
				coop.faultOf = func(op string) fault { return draw.Draw(t, op) }
			}
		}
		m.Check(t)
	})
}
