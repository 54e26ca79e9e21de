//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"
	"github.com/godbus/dbus/v5/prop"

	"github.com/ninth-coop/ninth/player"
)

// export puts everything on the bus that can be called.
func (m *mpris) export() error {
	describe := introspect.NewIntrospectable(&introspect.Node{Interfaces: []introspect.Interface{
		prop.IntrospectData, m.describeRoot(), m.describePlayer(),
	}})
	return errors.Join(
		m.conn.ExportMethodTable(m.rootMethods(), objectPath, rootFace),
		m.conn.ExportMethodTable(m.playerMethods(), objectPath, playerFace),
		m.conn.ExportMethodTable(map[string]any{"Get": m.get, "GetAll": m.getAll, "Set": m.set}, objectPath, propsFace),
		m.conn.Export(describe, objectPath, "org.freedesktop.DBus.Introspectable"),
	)
}

// does makes a method of a command without arguments. A nil command does nothing.
func does(command func()) func() *dbus.Error {
	return func() *dbus.Error {
		if command != nil {
			command()
		}
		return nil
	}
}

func (m *mpris) rootMethods() map[string]any {
	return map[string]any{"Raise": does(m.options.Raise), "Quit": does(m.options.Quit)}
}

func (m *mpris) playerMethods() map[string]any {
	s := m.session
	return map[string]any{
		"Play": does(s.Play), "Pause": does(s.Pause), "PlayPause": does(s.Toggle), "Stop": does(s.Stop),
		"Next": does(m.next), "Previous": does(m.previous),
		"Seek": m.seek, "SetPosition": m.setPosition, "OpenUri": m.openURI,
	}
}

// next goes to the next entry; as the specification wants it, a call has no
// effect while CanGoNext is false.
func (m *mpris) next() {
	if snap := m.session.Now(); snap.Entry.ID != 0 {
		if _, ok := snap.Queue.Next(snap.Entry.ID); ok {
			m.session.Next()
		}
	}
}

// previous goes to the previous entry, under the same condition.
func (m *mpris) previous() {
	if snap := m.session.Now(); snap.Entry.ID != 0 {
		if _, ok := snap.Queue.Previous(snap.Entry.ID); ok {
			m.session.Previous()
		}
	}
}

// seek moves by an offset in µs, back if negative. Beyond the end it is Next, before the
// beginning it is the beginning.
func (m *mpris) seek(offset int64) *dbus.Error {
	snap := m.session.Now()
	if !canSeek(snap) {
		return nil
	}
	by := microseconds(offset)
	switch {
	case by > snap.Duration-snap.Position:
		m.next()
	case by < -snap.Position:
		m.session.Seek(0)
	default:
		m.session.SeekBy(by)
	}
	return nil
}

// setPosition moves to a position in µs, unless the track has changed meanwhile
// or there is no such position.
func (m *mpris) setPosition(id dbus.ObjectPath, position int64) *dbus.Error {
	snap := m.session.Now()
	to := microseconds(position)
	if canSeek(snap) && id == trackID(snap.Entry.ID) && to >= 0 && to <= snap.Duration {
		m.session.Seek(to)
	}
	return nil
}

// openURI refuses: SupportedUriSchemes is empty.
func (m *mpris) openURI(string) *dbus.Error {
	return dbus.NewError("org.freedesktop.DBus.Error.NotSupported", []any{"Ninth opens no addresses"})
}

// microseconds converts without overflow: what is too long stays very long.
func microseconds(n int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Microsecond)
	return time.Duration(min(max(n, -most), most)) * time.Microsecond
}

// face gives the properties of an interface, without Position.
func (m *mpris) face(name string) (properties, *dbus.Error) {
	switch name {
	case rootFace:
		return rootProperties(m.options), nil
	case playerFace:
		return *m.shown.Load(), nil
	}
	return nil, prop.ErrIfaceNotFound
}

// position is the value of Position: as of now, in µs.
func (m *mpris) position() dbus.Variant {
	return dbus.MakeVariant(m.session.Now().Position.Microseconds())
}

func (m *mpris) get(face, name string) (dbus.Variant, *dbus.Error) {
	p, fault := m.face(face)
	if fault != nil {
		return dbus.Variant{}, fault
	}
	if face == playerFace && name == "Position" {
		return m.position(), nil
	}
	v, ok := p[name]
	if !ok {
		return dbus.Variant{}, prop.ErrPropNotFound
	}
	return v, nil
}

func (m *mpris) getAll(face string) (map[string]dbus.Variant, *dbus.Error) {
	p, fault := m.face(face)
	if fault != nil || face != playerFace {
		return p, fault
	}
	all := maps.Clone(p)
	all["Position"] = m.position()
	return all, nil
}

// set asks the session for a change. The property itself changes when the
// player has, so that nothing impossible is ever shown.
func (m *mpris) set(face, name string, value dbus.Variant) *dbus.Error {
	old, fault := m.get(face, name)
	if fault != nil {
		return fault
	}
	setter, ok := m.setters()[name]
	if face != playerFace || !ok {
		return prop.ErrReadOnly
	}
	if value.Signature() != old.Signature() || !setter(value.Value()) {
		return prop.ErrInvalidArg
	}
	return nil
}

// setters change the properties that can be. Each is handed a value of the
// property's type and reports whether that makes sense.
func (m *mpris) setters() map[string]func(any) bool {
	return map[string]func(any) bool{
		"Volume":     func(v any) bool { return m.setVolume(v.(float64)) },
		"Rate":       func(v any) bool { return m.setRate(v.(float64)) },
		"Shuffle":    func(v any) bool { m.session.SetShuffle(v.(bool)); return true },
		"LoopStatus": func(v any) bool { return m.setLoop(v.(string)) },
	}
}

// setVolume takes a volume out of range as the nearest in it, and lifts a mute.
func (m *mpris) setVolume(v float64) bool {
	if math.IsNaN(v) {
		return false
	}
	v = min(max(v, 0), 1)
	m.session.SetVolume(v)
	if v > 0 && m.session.Now().Muted {
		m.session.SetMuted(false)
	}
	return true
}

// setRate changes the speed; a rate of 0 means Pause, by the specification,
// which lets a player refuse what it cannot do.
func (m *mpris) setRate(rate float64) bool {
	switch {
	case rate == 0:
		m.session.Pause()
	case rate >= player.MinSpeed && rate <= player.MaxSpeed:
		m.session.SetSpeed(rate)
	default:
		return false
	}
	return true
}

func (m *mpris) setLoop(status string) bool {
	i := slices.Index(loops[:], status)
	if i >= 0 {
		m.session.SetRepeat(player.Repeat(i))
	}
	return i >= 0
}

func (m *mpris) describeRoot() introspect.Interface {
	return introspect.Interface{
		Name:       rootFace,
		Methods:    []introspect.Method{{Name: "Raise"}, {Name: "Quit"}},
		Properties: describeProperties(rootProperties(m.options), nil),
	}
}

func (m *mpris) describePlayer() introspect.Interface {
	in := func(name, signature string) introspect.Arg {
		return introspect.Arg{Name: name, Type: signature, Direction: "in"}
	}
	all, _ := m.getAll(playerFace) // the interface is there
	return introspect.Interface{
		Name: playerFace,
		Methods: []introspect.Method{
			{Name: "Next"}, {Name: "Previous"}, {Name: "Pause"}, {Name: "PlayPause"}, {Name: "Stop"}, {Name: "Play"},
			{Name: "Seek", Args: []introspect.Arg{in("Offset", "x")}},
			{Name: "SetPosition", Args: []introspect.Arg{in("TrackId", "o"), in("Position", "x")}},
			{Name: "OpenUri", Args: []introspect.Arg{in("Uri", "s")}},
		},
		Signals:    []introspect.Signal{{Name: "Seeked", Args: []introspect.Arg{{Name: "Position", Type: "x"}}}},
		Properties: describeProperties(all, m.setters()),
	}
}

func describeProperties(p properties, writable map[string]func(any) bool) []introspect.Property {
	described := make([]introspect.Property, 0, len(p))
	for _, name := range slices.Sorted(maps.Keys(p)) {
		d := introspect.Property{Name: name, Type: p[name].Signature().String(), Access: "read"}
		if _, ok := writable[name]; ok {
			d.Access = "readwrite"
		}
		if name == "Position" {
			d.Annotations = []introspect.Annotation{{Name: "org.freedesktop.DBus.Property.EmitsChangedSignal", Value: "false"}}
		}
		described = append(described, d)
	}
	return described
}
