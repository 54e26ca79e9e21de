package output

// Through returns d with process called on the samples of every feed before
// they reach it: on the device's goroutine, in the order in which they are
// heard, so it must not block. What it changes is heard as soon as the device
// allows. The result is a Chooser if d is one.
func Through(d Device, process func(p []float32)) Device {
	t := through{Device: d, process: process}
	if c, ok := d.(Chooser); ok {
		return throughChooser{through: t, Chooser: c}
	}
	return t
}

type through struct {
	Device
	process func(p []float32)
}

// Start implements Device.
func (t through) Start(feed Feed) error {
	return t.Device.Start(func(p []float32) (int, error) {
		n, err := feed(p)
		t.process(p[:n*channels])
		return n, err
	})
}

type throughChooser struct {
	through
	Chooser
}
