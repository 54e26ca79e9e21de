//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/godbus/dbus/v5"

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

// metadata gives the map of the property Metadata; lengths in it are in µs.
func metadata(snap player.Snapshot, t Track) map[string]dbus.Variant {
	m := map[string]dbus.Variant{"mpris:trackid": dbus.MakeVariant(trackID(snap.Entry.ID))}
	if snap.Entry.ID == 0 {
		return m
	}
	if d := cmp.Or(snap.Duration, t.Duration); d > 0 {
		m["mpris:length"] = dbus.MakeVariant(d.Microseconds())
	}
	if t.Cover != "" {
		m["mpris:artUrl"] = dbus.MakeVariant((&url.URL{Scheme: "file", Path: t.Cover}).String())
	}
	if t.Title != "" {
		m["xesam:title"] = dbus.MakeVariant(text(t.Title))
	}
	if t.Artist != "" {
		m["xesam:artist"] = dbus.MakeVariant([]string{text(t.Artist)})
	}
	if t.Release != "" {
		m["xesam:album"] = dbus.MakeVariant(text(t.Release))
	}
	if t.Number > 0 {
		m["xesam:trackNumber"] = dbus.MakeVariant(int32(t.Number))
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
func playerProperties(snap player.Snapshot, t Track) properties {
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
		"Metadata":       dbus.MakeVariant(metadata(snap, t)),
		"Volume":         dbus.MakeVariant(volume),
		"Rate":           dbus.MakeVariant(Speed(snap)),
		"MinimumRate":    dbus.MakeVariant(player.MinSpeed),
		"MaximumRate":    dbus.MakeVariant(player.MaxSpeed),
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
