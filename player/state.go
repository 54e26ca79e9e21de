package player

import "fmt"

// State is what the player is doing.
type State int

const (
	// Stopped: nothing is loaded. The current entry is where Play begins.
	Stopped State = iota
	// Loading: the current entry is being opened and will play.
	Loading
	// Playing: the device has sound to play.
	Playing
	// Paused: the person wants silence; the entry is or is being loaded.
	Paused
	// Buffering: the entry will go on as soon as it has bytes, after they
	// ran out or a seek.
	Buffering
	// Failed: the current entry cannot be played; Snapshot.Err says why.
	Failed
	// NoDevice: the entry is ready, and there is nothing to hear it with;
	// Snapshot.Device.Err says why. It goes on by itself.
	NoDevice
)

func (s State) String() string {
	names := [...]string{"stopped", "loading", "playing", "paused", "buffering", "failed", "nodevice"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return names[s]
}

// Active reports whether the person means to hear something.
func (s State) Active() bool { return s == Loading || s == Playing || s == Buffering || s == NoDevice }

// transitions is the diagram of the state machine: what each state may become,
// between one snapshot and the next, and why.
var transitions = map[State][]State{
	Stopped: {
		Loading, // Play, PlayEntry
		Paused,  // Play and at once Pause
		Failed,  // Play of an entry that fails at once
	},
	Loading: {
		Playing,  // enough is decoded
		NoDevice, // the same, with nothing to hear it with
		Paused, Stopped, Failed,
	},
	Playing: {
		NoDevice,  // the device is lost
		Buffering, // an underrun or a seek
		Loading,   // another entry, which is not open yet
		Paused, Stopped, Failed,
	},
	Paused: {
		Playing, Loading, Buffering, NoDevice, // Play, whatever is there
		Stopped, Failed,
	},
	Buffering: {
		Playing, NoDevice, // enough is decoded
		Loading, Paused, Stopped, Failed,
	},
	NoDevice: {
		Playing,            // a device is there
		Buffering, Loading, // a seek, another entry
		Paused, Stopped, Failed,
	},
	Failed: {
		Loading, // Play again, or another entry
		Paused,  // another entry and at once Pause
		Stopped,
	},
}

// CanBecome reports whether the diagram has an arrow from s to t.
func (s State) CanBecome(t State) bool {
	for _, next := range transitions[s] {
		if next == t {
			return true
		}
	}
	return s == t
}
