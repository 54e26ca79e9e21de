//go:build linux && !android

package output

import (
	"slices"
	"testing"

	"github.com/jfreymuth/pulse/proto"
)

func TestPortsOfASink(t *testing.T) {
	const unknown, no, yes = 0, 1, 2
	type port struct {
		name      string
		available uint32
	}
	tests := []struct {
		name                string
		form, active        string
		ports               []port
		personal, unplugged bool
	}{
		{name: "no ports"},
		{name: "a headset without ports", form: "headset", personal: true},
		{name: "a headset that is away", form: "headset", active: "headset-output", ports: []port{{"headset-output", no}}, unplugged: true},
		{name: "speakers", active: "analog-output-speaker", ports: []port{{"analog-output-speaker", unknown}}},
		{name: "headphones in", active: "analog-output-headphones",
			ports: []port{{"analog-output-speaker", no}, {"analog-output-headphones", yes}}, personal: true},
		{name: "headphones, as far as is known", active: "analog-output-headphones",
			ports: []port{{"analog-output-headphones", unknown}}, personal: true},
		{name: "headphones out, speakers in", active: "analog-output-speaker",
			ports: []port{{"analog-output-speaker", unknown}, {"analog-output-headphones", no}}},
		{name: "headphones out, and the server slow", active: "analog-output-headphones",
			ports: []port{{"analog-output-speaker", yes}, {"analog-output-headphones", no}}},
		{name: "a screen that is off", active: "hdmi-output-0", ports: []port{{"hdmi-output-0", no}}, unplugged: true},
	}
	for _, tt := range tests {
		s := &proto.GetSinkInfoReply{ActivePortName: tt.active, Properties: proto.PropList{}}
		if tt.form != "" {
			s.Properties["device.form_factor"] = proto.PropListString(tt.form)
		}
		s.Ports = slices.Grow(s.Ports, len(tt.ports))[:len(tt.ports)]
		for i, p := range tt.ports {
			s.Ports[i].Name, s.Ports[i].Available = p.name, p.available
		}
		if got := personal(s); got != tt.personal {
			t.Errorf("%s: personal %v", tt.name, got)
		}
		if got := unplugged(s); got != tt.unplugged {
			t.Errorf("%s: unplugged %v", tt.name, got)
		}
	}
}
