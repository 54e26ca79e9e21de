//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/ninth-coop/ninth/player"
)

// client is the other side: a program that steers players.
type client struct {
	t       *testing.T
	conn    *dbus.Conn
	signals chan *dbus.Signal
	object  dbus.BusObject
}

func newClient(t *testing.T) *client {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{t: t, conn: conn, signals: make(chan *dbus.Signal, 100), object: conn.Object(busName, objectPath)}
	conn.Signal(c.signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchObjectPath(objectPath)},
		{dbus.WithMatchMember("NameOwnerChanged")},
	} {
		if err := conn.AddMatchSignal(match...); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// signal waits for the next signal of a name, which may not come after others of
// the player that nobody has looked at.
func (c *client) signal(member string) *dbus.Signal {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case s := <-c.signals:
			switch {
			case s == nil:
				c.t.Fatalf("the bus went away before %s", member)
			case strings.HasSuffix(s.Name, "."+member):
				return s
			case s.Path == objectPath:
				c.t.Fatalf("got %s %v, want %s", s.Name, s.Body, member)
			}
		case <-timeout:
			c.t.Fatalf("no %s came", member)
		}
	}
}

// changed waits for a PropertiesChanged and gives the properties in it.
func (c *client) changed() map[string]dbus.Variant {
	c.t.Helper()
	s := c.signal("PropertiesChanged")
	if face := s.Body[0]; face != playerFace {
		c.t.Fatalf("properties of %v changed", face)
	}
	return s.Body[1].(map[string]dbus.Variant)
}

// owner waits until a name has an owner, or has none.
func (c *client) owner(name string, owned bool) {
	c.t.Helper()
	for {
		s := c.signal("NameOwnerChanged")
		if s.Body[0] == name && (s.Body[2] != "") == owned {
			return
		}
	}
}

func (c *client) call(method string, args ...any) error {
	c.t.Helper()
	return c.object.Call(method, 0, args...).Err
}

// get reads a property.
func (c *client) get(face, name string) any {
	c.t.Helper()
	v, err := c.object.GetProperty(face + "." + name)
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	return v.Value()
}

// performance is a player on a bus with a client in front of it.
type performance struct {
	*client
	fake   *fake
	stop   context.CancelFunc
	served <-chan error
}

// perform serves a fake session until the test ends.
func perform(t *testing.T, f *fake, o Options) *performance {
	t.Helper()
	c := newClient(t)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, f, o); close(served) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	c.owner(busName, true)
	return &performance{client: c, fake: f, stop: stop, served: served}
}

// threeTracks is a snapshot of the middle one of three tracks, 63 s into it.
func threeTracks() player.Snapshot {
	q := player.Queue{}.Append("track:a", "track:b", "file:/music/Own.flac")
	return player.Snapshot{
		State: player.Playing, Entry: q.Entries[1], Queue: q, Volume: 0.5,
		Item: player.Item{
			Key: "track:b", Title: "Harbour lights", Artist: "Ada Quay", Release: "Low tide", Duration: 200 * time.Second,
		},
		Position: 63 * time.Second, Duration: 200500 * time.Millisecond, At: time.Unix(1000, 0),
	}
}

func wantCalls(t *testing.T, f *fake, what string, want ...string) {
	t.Helper()
	if got := f.told(); !slices.Equal(got, want) {
		t.Errorf("%s: the session was told %q, want %q", what, got, want)
	}
}
