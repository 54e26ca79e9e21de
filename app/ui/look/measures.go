package look

// Distances, in dp, at a text scale of 1. Most do not grow with the text.
const (
	Gutter      = 32   // between the edges of a screen and what it shows, on a desk
	PhoneGutter = 20   // the same on a phone
	Radius      = 8    // corners of covers, cards and fields
	RailWidth   = 200  // the rail on the left
	QueueWidth  = 312  // the queue on the right
	BarHeight   = 88   // the player bar
	TabsHeight  = 72   // the tabs of a phone
	TouchHeight = 48   // the least height of a row on a phone
	PhoneWidth  = 600  // narrower windows get the phone's arrangement
	WideWidth   = 1100 // narrower windows hide the queue until it is asked for
)
