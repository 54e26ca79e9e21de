//go:build (linux && !android) || freebsd || openbsd || netbsd || dragonfly

package control

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/internal/stage"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

func TestProperties(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	if err := f.lib.PutTracks(library.Track{ID: "b", Title: "Harbour lights", Number: 7, Cover: "https://coop.example/b"}); err != nil {
		t.Fatal(err)
	}
	if err := f.lib.SaveCover("https://coop.example/b", []byte("a picture")); err != nil {
		t.Fatal(err)
	}
	f.now = threeTracks()
	s := perform(t, f, Options{Raise: func() {}})
	cover, _ := f.Cover("https://coop.example/b", 0)
	want := map[string]map[string]any{
		rootFace: {
			"CanQuit": false, "CanRaise": true, "HasTrackList": false, "Identity": "Ninth",
			"DesktopEntry": "coop.ninth.player", "SupportedUriSchemes": []string{}, "SupportedMimeTypes": []string{},
		},
		playerFace: {
			"PlaybackStatus": "Playing", "LoopStatus": "None", "Shuffle": false, "Volume": 0.5,
			"Rate": 1.0, "MinimumRate": 0.5, "MaximumRate": 2.0, "Position": int64(63_000_000),
			"CanGoNext": true, "CanGoPrevious": true, "CanPlay": true, "CanPause": true, "CanSeek": true, "CanControl": true,
			"Metadata": map[string]dbus.Variant{
				"mpris:trackid":     dbus.MakeVariant(dbus.ObjectPath("/coop/ninth/entry/2")),
				"mpris:length":      dbus.MakeVariant(int64(200_500_000)),
				"mpris:artUrl":      dbus.MakeVariant("file://" + cover),
				"xesam:title":       dbus.MakeVariant("Harbour lights"),
				"xesam:artist":      dbus.MakeVariant([]string{"Ada Quay"}),
				"xesam:album":       dbus.MakeVariant("Low tide"),
				"xesam:trackNumber": dbus.MakeVariant(int32(7)),
			},
		},
	}
	var described string
	if err := s.object.Call("org.freedesktop.DBus.Introspectable.Introspect", 0).Store(&described); err != nil {
		t.Fatal(err)
	}
	for face, properties := range want {
		var all map[string]dbus.Variant
		if err := s.object.Call(propsFace+".GetAll", 0, face).Store(&all); err != nil {
			t.Fatal(err)
		}
		if len(all) != len(properties) {
			t.Errorf("%s has %d properties, want %d", face, len(all), len(properties))
		}
		for name, value := range properties {
			if got := s.get(face, name); !reflect.DeepEqual(got, value) {
				t.Errorf("%s is %v, want %v", name, got, value)
			}
			if got := all[name].Value(); !reflect.DeepEqual(got, value) {
				t.Errorf("%s is %v among all, want %v", name, got, value)
			}
			if !strings.Contains(described, fmt.Sprintf(`<property name="%s" type="%s"`, name, all[name].Signature())) {
				t.Errorf("%s is not described", name)
			}
		}
	}
}

func TestMethods(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	f.now = threeTracks()
	s := perform(t, f, Options{Raise: func() { f.note("Raise") }, Quit: func() { f.note("Quit") }})
	for method, want := range map[string]string{
		"Play": "Play", "Pause": "Pause", "PlayPause": "Toggle", "Stop": "Stop", "Next": "Next", "Previous": "Previous",
	} {
		if err := s.call(playerFace + "." + method); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		wantCalls(t, f, method, want)
	}
	for _, method := range []string{"Raise", "Quit"} {
		if err := s.call(rootFace + "." + method); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		wantCalls(t, f, method, method)
	}
	var refused dbus.Error
	if err := s.call(playerFace+".OpenUri", "file:///etc/passwd"); !errors.As(err, &refused) ||
		refused.Name != "org.freedesktop.DBus.Error.NotSupported" {
		t.Errorf("OpenUri: %v", err)
	}
	wantCalls(t, f, "OpenUri")

	last := threeTracks()
	last.Entry = last.Queue.Entries[2]
	f.show(t, last)
	_ = s.call(playerFace + ".Next")
	wantCalls(t, f, "Next on the last track")
	f.show(t, player.Snapshot{})
	for _, method := range []string{"Next", "Previous"} {
		_ = s.call(playerFace + "." + method)
		wantCalls(t, f, method+" on nothing")
	}
}

func TestSeek(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	f.now = threeTracks()
	s := perform(t, f, Options{})
	here := trackID(f.now.Entry.ID)
	for _, c := range []struct {
		method string
		args   []any
		want   []string
	}{
		{"Seek", []any{int64(5_000_000)}, []string{"SeekBy 5s"}},
		{"Seek", []any{int64(-5_000_000)}, []string{"SeekBy -5s"}},
		{"Seek", []any{int64(-100_000_000)}, []string{"Seek 0s"}},
		{"Seek", []any{int64(140_000_000)}, []string{"Next"}},
		{"Seek", []any{int64(math.MaxInt64)}, []string{"Next"}},
		{"Seek", []any{int64(math.MinInt64)}, []string{"Seek 0s"}},
		{"SetPosition", []any{here, int64(10_000_000)}, []string{"Seek 10s"}},
		{"SetPosition", []any{here, int64(0)}, []string{"Seek 0s"}},
		{"SetPosition", []any{here, int64(-1)}, nil},
		{"SetPosition", []any{here, int64(201_000_000)}, nil},
		{"SetPosition", []any{here, int64(math.MaxInt64)}, nil},
		{"SetPosition", []any{trackID(3), int64(10_000_000)}, nil},
		{"SetPosition", []any{noTrack, int64(10_000_000)}, nil},
	} {
		if err := s.call(playerFace+"."+c.method, c.args...); err != nil {
			t.Errorf("%s%v: %v", c.method, c.args, err)
		}
		wantCalls(t, f, fmt.Sprint(c.method, c.args), c.want...)
	}
	for _, args := range [][]any{{}, {"5"}, {int64(5), int64(5)}, {int32(5)}, {5.0}} {
		if err := s.call(playerFace+".Seek", args...); err == nil && len(args) != 1 {
			t.Errorf("Seek%v was taken", args)
		}
	}
	f.told()
	stopped := threeTracks()
	stopped.State = player.Stopped
	f.show(t, stopped)
	_ = s.call(playerFace+".Seek", int64(1))
	_ = s.call(playerFace+".SetPosition", here, int64(1))
	wantCalls(t, f, "seeking while stopped")
}

// TestSeekStaysInside: whatever offset is asked for, the session is never sent
// outside the track.
func TestSeekStaysInside(t *testing.T) {
	lib := newFake(t).lib
	rapid.Check(t, func(t *rapid.T) {
		f := &fake{lib: lib, now: threeTracks()}
		f.now.Position = time.Duration(rapid.Int64Range(0, int64(f.now.Duration)).Draw(t, "position"))
		m := &mpris{session: f}
		offset := rapid.Int64().Draw(t, "offset")
		if fault := m.seek(offset); fault != nil {
			t.Fatal(fault)
		}
		call := f.told()[0]
		if by, ok := strings.CutPrefix(call, "SeekBy "); ok {
			d, err := time.ParseDuration(by)
			if to := f.now.Position + d; err != nil || to < 0 || to > f.now.Duration || d.Microseconds() != offset {
				t.Fatalf("%s from %v", call, f.now.Position)
			}
		} else if call != "Next" && call != "Seek 0s" {
			t.Fatal(call)
		}
	})
}

func TestSet(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	f.now = threeTracks()
	s := perform(t, f, Options{})
	for _, c := range []struct {
		name  string
		value any
		want  []string
		fails bool
	}{
		{"Volume", 0.25, []string{"SetVolume 0.25"}, false},
		{"Volume", -3.0, []string{"SetVolume 0"}, false},
		{"Volume", 7.5, []string{"SetVolume 1"}, false},
		{"Volume", math.Inf(1), []string{"SetVolume 1"}, false},
		{"Volume", math.NaN(), nil, true},
		{"Volume", "loud", nil, true},
		{"Volume", int32(1), nil, true},
		{"Shuffle", true, []string{"SetShuffle true"}, false},
		{"Shuffle", false, []string{"SetShuffle false"}, false},
		{"LoopStatus", "None", []string{"SetRepeat 0"}, false},
		{"LoopStatus", "Playlist", []string{"SetRepeat 1"}, false},
		{"LoopStatus", "Track", []string{"SetRepeat 2"}, false},
		{"LoopStatus", "Forever", nil, true},
		{"Rate", 1.0, []string{"SetSpeed 1"}, false},
		{"Rate", 1.5, []string{"SetSpeed 1.5"}, false},
		{"Rate", 0.0, []string{"Pause"}, false},
		{"Rate", 2.5, nil, true},
		{"Rate", -1.0, nil, true},
		{"Rate", math.NaN(), nil, true},
		{"Position", int64(0), nil, true},
		{"Metadata", map[string]dbus.Variant{}, nil, true},
		{"Nothing", 1.0, nil, true},
	} {
		err := s.object.SetProperty(playerFace+"."+c.name, dbus.MakeVariant(c.value))
		if (err != nil) != c.fails {
			t.Errorf("%s = %v: %v", c.name, c.value, err)
		}
		wantCalls(t, f, fmt.Sprint(c.name, " = ", c.value), c.want...)
	}
	if err := s.object.SetProperty(rootFace+".Volume", dbus.MakeVariant(1.0)); err == nil {
		t.Error("the program has a volume")
	}
	if v := s.get(playerFace, "Volume"); v != 0.5 {
		t.Errorf("the volume shown is %v before the player has changed it", v)
	}

	muted := threeTracks()
	muted.Muted = true
	f.show(t, muted)
	if v := s.changed()["Volume"].Value(); v != 0.0 {
		t.Errorf("muted, the volume is %v", v)
	}
	if err := s.object.SetProperty(playerFace+".Volume", dbus.MakeVariant(0.5)); err != nil {
		t.Error(err)
	}
	wantCalls(t, f, "a volume while muted", "SetVolume 0.5", "SetMuted false")
}

// TestSignals: what changed is told, once; that time passes is not.
func TestSignals(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	f.now = threeTracks()
	s := perform(t, f, Options{})
	snap := threeTracks()
	f.show(t, snap)
	s.signal("Seeked") // it does not begin at its beginning
	pass := func(d time.Duration) {
		snap.Position, snap.At = snap.Position+d, snap.At.Add(d)
	}
	for range 20 {
		pass(100 * time.Millisecond)
		f.show(t, snap)
	}
	snap.State = player.Paused
	f.show(t, snap)
	if got := s.changed(); len(got) != 1 || got["PlaybackStatus"].Value() != "Paused" {
		t.Errorf("after a pause: %v", got)
	}
	snap.Position = 10 * time.Second
	f.show(t, snap)
	if got := s.signal("Seeked").Body[0]; got != int64(10_000_000) {
		t.Errorf("after a seek: %v", got)
	}
	snap.Volume, snap.Queue = 0.75, snap.Queue.WithRepeat(player.RepeatEntry)
	f.show(t, snap)
	if got := s.changed(); len(got) != 2 || got["Volume"].Value() != 0.75 || got["LoopStatus"].Value() != "Track" {
		t.Errorf("after two changes: %v", got)
	}
	snap.Entry, snap.Item, snap.Position, snap.Duration = snap.Queue.Entries[2], player.Item{Key: "file:x", Title: "Own"}, 0, 0
	f.show(t, snap)
	got := s.changed()
	metadata := got["Metadata"].Value().(map[string]dbus.Variant)
	if got["CanGoNext"].Value() != false || metadata["xesam:title"].Value() != "Own" || len(metadata) != 2 {
		t.Errorf("after a track: %v", got)
	}
	f.show(t, snap)
	s.stop()
	s.owner(busName, false) // and no signal before
}

func TestCoverArrives(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	if err := f.lib.PutTracks(library.Track{ID: "b", Title: "Harbour lights", Cover: "https://coop.example/b"}); err != nil {
		t.Fatal(err)
	}
	f.now = threeTracks()
	s := perform(t, f, Options{})
	f.show(t, f.now)
	s.signal("Seeked")
	if err := f.lib.SaveCover("https://coop.example/b", []byte("a picture")); err != nil {
		t.Fatal(err)
	}
	metadata := s.changed()["Metadata"].Value().(map[string]dbus.Variant)
	if art, _ := metadata["mpris:artUrl"].Value().(string); !strings.HasPrefix(art, "file:///") {
		t.Errorf("the cover is at %q", art)
	}
}

// TestHostileText: a title that the bus would end the connection over is shown
// without what is wrong in it.
func TestHostileText(t *testing.T) {
	stage.SessionBus(t)
	f := newFake(t)
	f.now = threeTracks()
	f.now.Item.Title, f.now.Item.Artist = "a\xffb\x00c", "\x00"
	s := perform(t, f, Options{})
	metadata := s.get(playerFace, "Metadata").(map[string]dbus.Variant)
	if got := metadata["xesam:title"].Value(); got != "a�bc" {
		t.Errorf("the title is %q", got)
	}
}

func TestSecondPlayer(t *testing.T) {
	stage.SessionBus(t)
	perform(t, newFake(t), Options{})
	c := newClient(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, newFake(t), Options{}) }()
	c.owner(fmt.Sprintf("%s.instance%d", busName, os.Getpid()), true)
	if err := Serve(ctx, newFake(t), Options{}); err == nil {
		t.Error("a third player of the same process found a name")
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestEnds(t *testing.T) {
	t.Run("no bus", func(t *testing.T) {
		for _, address := range []string{"", "autolaunch:", "unix:path=/nowhere/bus"} {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
			if err := Serve(t.Context(), newFake(t), Options{}); !errors.Is(err, ErrNoBus) {
				t.Errorf("%q: %v", address, err)
			}
		}
	})
	t.Run("the bus goes away", func(t *testing.T) {
		stop := stage.SessionBus(t)
		f := newFake(t)
		served := make(chan error, 1)
		c := newClient(t)
		go func() { served <- Serve(t.Context(), f, Options{}) }()
		c.owner(busName, true)
		stop()
		if err := <-served; !errors.Is(err, ErrNoBus) {
			t.Error(err)
		}
	})
	t.Run("the session ends", func(t *testing.T) {
		stage.SessionBus(t)
		f := newFake(t)
		s := perform(t, f, Options{})
		close(f.snaps)
		if err := <-s.served; err != nil {
			t.Error(err)
		}
		s.owner(busName, false)
	})
	t.Run("before it began", func(t *testing.T) {
		stage.SessionBus(t)
		ctx, stop := context.WithCancel(context.Background())
		stop()
		if err := Serve(ctx, newFake(t), Options{}); err != nil {
			t.Error(err)
		}
	})
}

func TestNothingCurrent(t *testing.T) {
	got := playerProperties(player.Snapshot{}, Track{})
	want := map[string]dbus.Variant{"mpris:trackid": dbus.MakeVariant(noTrack)}
	if !reflect.DeepEqual(got["Metadata"].Value(), want) || got["CanPlay"].Value() != false {
		t.Errorf("nothing is shown as %v", got)
	}
}
