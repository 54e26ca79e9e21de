//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package network

import (
	"context"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"github.com/ninth-coop/ninth/internal/stage"
)

// manager stands in for NetworkManager on the private bus.
type manager struct {
	t     *testing.T
	conn  *dbus.Conn
	props *prop.Properties
}

func newManager(t *testing.T, nm uint32) *manager {
	t.Helper()
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	props, err := prop.Export(conn, managerPath, prop.Map{managerFace: {
		metered: {Value: nm, Emit: prop.EmitTrue},
		"State": {Value: uint32(70), Emit: prop.EmitTrue},
		reach:   {Value: uint32(4), Emit: prop.EmitTrue},
		primary: {Value: dbus.ObjectPath("/connection/1"), Emit: prop.EmitTrue},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(managerName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return &manager{t: t, conn: conn, props: props}
}

func (m *manager) set(name string, v any) {
	m.t.Helper()
	m.props.SetMust(managerFace, name, v)
}

func TestNetworkManagerIsAsked(t *testing.T) {
	stage.SystemBus(t)
	if got := System().Cost(t.Context()); got != Unknown {
		t.Errorf("without NetworkManager the network is %d", got)
	}
	m := newManager(t, 0)
	for nm, want := range []Cost{Unknown, Metered, Free, Metered, Free, Unknown} {
		m.set(metered, uint32(nm))
		if got := System().Cost(t.Context()); got != want {
			t.Errorf("NMMetered %d is %d, want %d", nm, got, want)
		}
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	w := System()
	if got := w.Cost(t.Context()); got != Unknown || w.Metered() {
		t.Errorf("without a bus the network is %d", got)
	}
	if err := w.Follow(t.Context(), func() {}); err == nil {
		t.Error("nobody tells of changes, and that is no error")
	}
}

func TestChangesAreTold(t *testing.T) {
	stop := stage.SystemBus(t)
	m := newManager(t, 4)
	w := System()
	told := make(chan Cost, 16)
	done := make(chan error, 1)
	go func() { done <- w.Follow(t.Context(), func() { told <- w.Cost(context.Background()) }) }()
	want := func(what string, c Cost) {
		t.Helper()
		select {
		case got := <-told:
			if got != c {
				t.Fatalf("%s: %d, want %d", what, got, c)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: nothing was told", what)
		}
	}
	want("at first", Free)
	m.set("State", uint32(60)) // not what it is about
	m.set(metered, uint32(1))
	want("over a telephone", Metered)
	m.set(metered, uint32(2))
	want("over a cable", Free)
	m.set(primary, dbus.ObjectPath("/connection/2"))
	want("over another cable", Free)
	m.set(reach, uint32(2)) // a portal
	want("as far as a portal", Free)
	if _, err := m.conn.ReleaseName(managerName); err != nil {
		t.Fatal(err)
	}
	want("without NetworkManager", Unknown)
	stop()
	if err := <-done; err == nil {
		t.Error("the bus went away, and that is no error")
	}
}
