package player

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/output"
)

// worn is a device of headphones that can be taken away.
type worn struct {
	output.Device
	left atomic.Bool
}

func (*worn) Sinks() ([]output.Sink, error) { return nil, nil }
func (*worn) Choose(string) error           { return nil }
func (d *worn) HeadphonesLeft() bool        { return d.left.Swap(false) }

func TestHeadphonesThatLeavePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		d := &worn{}
		r := start(t, lib, func(c *Config) {
			d.Device = c.Device
			c.Device = d
		})
		r.SetQueue(q)
		r.Play()
		r.after(2 * time.Second)
		r.wantState(Playing)
		d.left.Store(true)
		r.after(time.Second)
		r.wantState(Paused)
		r.Play()
		r.after(time.Second)
		r.wantState(Playing)
	})
}
