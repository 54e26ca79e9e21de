//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player"
)

// properties are the values of one interface by name. A map that has been shown
// never changes. (The bus library has a store of properties too, but it merges
// maps: a track without a cover would keep the last one's.)
type properties map[string]dbus.Variant

// changedFrom gives what is not as it was in before.
func (p properties) changedFrom(before *properties) properties {
	changed := make(properties)
	for name, v := range p {
		if !reflect.DeepEqual(v, (*before)[name]) {
			changed[name] = v
		}
	}
	return changed
}

// track is what Metadata says of the current entry.
type track struct {
	entry player.Entry // whose it is
	item  string       // the key of the item that it was made from; "" if there was none

	title, artist, release string
	number                 int           // place on the release; 0 when unknown
	duration               time.Duration // as announced
	cover                  string        // a file; "" means none
}

// coverSize is how large a desktop shows a cover at most, in pixels.
const coverSize = 512

// describe gathers what is known of the current entry: from its item, or from
// the library as long as it has none, as after a start.
func describe(s Session, snap player.Snapshot) track {
	t := track{
		entry: snap.Entry, item: snap.Item.Key,
		title: snap.Item.Title, artist: snap.Item.Artist, release: snap.Item.Release, duration: snap.Item.Duration,
	}
	if path, ok := strings.CutPrefix(snap.Entry.Key, app.FileKey("")); ok && t.title == "" {
		t.title = filepath.Base(path)
	}
	id, ok := strings.CutPrefix(snap.Entry.Key, app.TrackKey(""))
	if !ok {
		return t
	}
	known, err := s.Library().Track(id)
	if err != nil {
		return t // it was deleted meanwhile, say: what the item says must do
	}
	t.title, t.artist, t.release = cmp.Or(t.title, known.Title), cmp.Or(t.artist, known.Artist), cmp.Or(t.release, known.Release)
	t.number, t.duration = known.Number, cmp.Or(t.duration, known.Duration)
	if path, ok := s.Cover(known.Cover, coverSize); ok {
		t.cover = path
	}
	return t
}

// noTrack is the id of nothing, of the specification.
const noTrack = dbus.ObjectPath("/org/mpris/MediaPlayer2/TrackList/NoTrack")

// trackID names an entry of the queue on the bus. Two copies of one track have
// two names.
func trackID(id player.EntryID) dbus.ObjectPath {
	if id == 0 {
		return noTrack
	}
	return dbus.ObjectPath(fmt.Sprintf("/coop/ninth/entry/%d", id))
}

// metadata gives the map of the property Metadata; the length is in µs.
func (t track) metadata(duration time.Duration) map[string]dbus.Variant {
	m := map[string]dbus.Variant{"mpris:trackid": dbus.MakeVariant(trackID(t.entry.ID))}
	if t.entry.ID == 0 {
		return m
	}
	if d := cmp.Or(duration, t.duration); d > 0 {
		m["mpris:length"] = dbus.MakeVariant(d.Microseconds())
	}
	if t.cover != "" {
		m["mpris:artUrl"] = dbus.MakeVariant((&url.URL{Scheme: "file", Path: t.cover}).String())
	}
	if t.title != "" {
		m["xesam:title"] = dbus.MakeVariant(text(t.title))
	}
	if t.artist != "" {
		m["xesam:artist"] = dbus.MakeVariant([]string{text(t.artist)})
	}
	if t.release != "" {
		m["xesam:album"] = dbus.MakeVariant(text(t.release))
	}
	if t.number > 0 {
		m["xesam:trackNumber"] = dbus.MakeVariant(int32(t.number))
	}
	return m
}

// text makes a string fit for the bus, which ends the connection over one that
// is not UTF-8 or has a zero in it. Tags of a file may have both.
func text(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "") }

// rootProperties gives the properties of the player as a program; none of them
// ever changes.
func rootProperties(o Options) properties {
	return properties{
		"CanQuit":             dbus.MakeVariant(o.Quit != nil),
		"CanRaise":            dbus.MakeVariant(o.Raise != nil),
		"HasTrackList":        dbus.MakeVariant(false),
		"Identity":            dbus.MakeVariant("Ninth"),
		"DesktopEntry":        dbus.MakeVariant(desktopFile),
		"SupportedUriSchemes": dbus.MakeVariant([]string{}),
		"SupportedMimeTypes":  dbus.MakeVariant([]string{}),
	}
}

// playerProperties gives the properties of the music, but for Position, which is
// asked of the session when somebody wants to know it.
func playerProperties(snap player.Snapshot, t track) properties {
	_, next := snap.Queue.Next(snap.Entry.ID)
	_, previous := snap.Queue.Previous(snap.Entry.ID)
	current := snap.Entry.ID != 0
	volume := snap.Volume
	if snap.Muted {
		volume = 0
	}
	return properties{
		"PlaybackStatus": dbus.MakeVariant(playbackStatus(snap.State)),
		"LoopStatus":     dbus.MakeVariant(loopStatus(snap.Queue.Repeat)),
		"Shuffle":        dbus.MakeVariant(snap.Queue.Shuffled()),
		"Metadata":       dbus.MakeVariant(t.metadata(snap.Duration)),
		"Volume":         dbus.MakeVariant(volume),
		"Rate":           dbus.MakeVariant(1.0),
		"MinimumRate":    dbus.MakeVariant(1.0),
		"MaximumRate":    dbus.MakeVariant(1.0),
		"CanGoNext":      dbus.MakeVariant(current && next),
		"CanGoPrevious":  dbus.MakeVariant(current && previous),
		"CanPlay":        dbus.MakeVariant(snap.Queue.Len() > 0),
		"CanPause":       dbus.MakeVariant(current),
		"CanSeek":        dbus.MakeVariant(canSeek(snap)),
		"CanControl":     dbus.MakeVariant(true),
	}
}

// canSeek reports whether a seek would do anything.
func canSeek(snap player.Snapshot) bool {
	return snap.Duration > 0 && (snap.State.Active() || snap.State == player.Paused)
}

func playbackStatus(s player.State) string {
	switch {
	case s.Active():
		return "Playing"
	case s == player.Paused:
		return "Paused"
	}
	return "Stopped"
}

// loops are the values of LoopStatus, by what they mean.
var loops = [...]string{player.RepeatOff: "None", player.RepeatQueue: "Playlist", player.RepeatEntry: "Track"}

func loopStatus(r player.Repeat) string {
	if r < 0 || int(r) >= len(loops) {
		return loops[player.RepeatOff]
	}
	return loops[r]
}
