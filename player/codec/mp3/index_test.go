package mp3

import (
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// The second play of a stream of variable bit rate seeks exactly, whatever of
// it is here.
func TestIndexIsKept(t *testing.T) {
	for name, options := range map[string]string{
		"variable": "-q:a 4", "variable, no tag": "-q:a 4 -write_xing 0", "constant": "-b:a 128k",
	} {
		t.Run(name, func(t *testing.T) {
			codectest.CheckIndex(t, Open, encode(t, 60*44100, 2, 44100, strings.Fields(options)...), 80<<10, false)
		})
	}
}
