package output

// Sink is a place where the system can play: a sound card's speakers,
// headphones, a screen.
type Sink struct {
	ID       string // for Choose; stable from one start to the next
	Name     string // as shown to a person
	Default  bool   // the system plays there when nobody chooses
	Personal bool   // it is worn: headphones or a headset, as far as the system tells
}

// Chooser is a Device whose sinks can be listed and chosen.
type Chooser interface {
	// Sinks lists what can be chosen now. One that nothing is plugged into is
	// left out, unless it is chosen or plays.
	Sinks() ([]Sink, error)
	// Choose plays on in a sink, without losing the place; "" follows the
	// system. A sink that is not there at present, that goes or is unplugged, is
	// gone back to when it returns; until then another one plays.
	Choose(id string) error
	// HeadphonesLeft reports, once each time, that the sound was in a personal
	// sink, which has gone or was unplugged, and comes out elsewhere now.
	HeadphonesLeft() bool
}
