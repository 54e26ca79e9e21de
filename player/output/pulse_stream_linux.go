//go:build linux && !android

package output

import (
	"cmp"
	"errors"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jfreymuth/pulse/proto"
)

// pulseLink is a connection to a sound server. The server's messages come on a
// goroutine of the library, which must not wait: they are noted in atomics.
type pulseLink struct {
	client *proto.Client
	conn   net.Conn
	app    string
	wake   func()

	wanted  atomic.Int64 // bytes that the stream asks for
	dry     atomic.Bool  // the stream had nothing more to play
	changed atomic.Bool  // a sink has come, gone or changed
	gone    atomic.Bool  // the stream or the server
}

// openPulse connects to the server of this session.
func openPulse(app string, wake func()) (*pulseLink, error) {
	client, conn, err := proto.Connect("")
	if err != nil {
		return nil, err
	}
	l := &pulseLink{client: client, conn: conn, app: app, wake: wake}
	client.SetTimeout(pulseAnswer)
	client.Callback = l.told
	properties := proto.PropList{
		"application.name":      proto.PropListString(app),
		"application.icon_name": proto.PropListString(strings.ToLower(app)),
		"media.role":            proto.PropListString("music"),
	}
	err = client.Request(&proto.SetClientName{Props: properties}, &proto.SetClientNameReply{})
	if err == nil {
		err = client.Request(&proto.Subscribe{Mask: proto.SubscriptionMaskSink | proto.SubscriptionMaskServer}, nil)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return l, nil
}

// told notes what the server says.
func (l *pulseLink) told(message any) {
	switch m := message.(type) {
	case *proto.Request:
		l.wanted.Add(int64(m.Length))
	case *proto.Underflow:
		l.dry.Store(true)
	case *proto.PlaybackStreamMoved, *proto.SubscribeEvent:
		l.changed.Store(true)
	case *proto.PlaybackStreamKilled, *proto.ConnectionClosed:
		l.gone.Store(true)
	default:
		return
	}
	l.wake()
}

// errServerGone: the server has ended the stream or the connection.
var errServerGone = errors.New("the sound server has gone")

func (l *pulseLink) failure() error {
	if l.gone.Load() {
		return errServerGone
	}
	return nil
}

func (l *pulseLink) close() error { return l.conn.Close() }

// indexedSink is a sink with the server's own number for it.
type indexedSink struct {
	Sink
	index     uint32
	unplugged bool // nothing is connected to any of its ports
}

// usual is the sink that plays when nobody chooses: that of the environment,
// as for every other program, or the server's.
func (l *pulseLink) usual() (string, error) {
	if sink := os.Getenv("PULSE_SINK"); sink != "" {
		return sink, nil
	}
	var server proto.GetServerInfoReply
	err := l.client.Request(&proto.GetServerInfo{}, &server)
	return server.DefaultSinkName, err
}

// dummySink is what servers make up while there is no sink, so that programs
// play on to nobody.
const dummySink = "auto_null"

// sinks lists what can play.
func (l *pulseLink) sinks() ([]indexedSink, error) {
	usual, err := l.usual()
	if err != nil {
		return nil, err
	}
	var list proto.GetSinkInfoListReply
	if err := l.client.Request(&proto.GetSinkInfoList{}, &list); err != nil {
		return nil, err
	}
	sinks := make([]indexedSink, 0, len(list))
	for _, s := range list {
		if s.SinkName == dummySink {
			continue
		}
		sinks = append(sinks, indexedSink{Sink{
			ID:       s.SinkName,
			Name:     cmp.Or(s.Device, s.SinkName),
			Default:  s.SinkName == usual,
			Personal: personal(s),
		}, s.SinkIndex, unplugged(s)})
	}
	return sinks, nil
}

// portUnavailable says of a port that nothing is plugged into it; others are
// available, or the server does not know.
const portUnavailable = 1

// personal tells whether a sink is worn on the head: by what it says of its
// form, or by the name of the port in use. Headphones that are not plugged in
// are worn by nobody.
func personal(s *proto.GetSinkInfoReply) bool {
	for _, p := range s.Ports {
		if p.Name == s.ActivePortName && p.Available == portUnavailable {
			return false
		}
	}
	switch form := s.Properties["device.form_factor"].String(); form {
	case "headphone", "headset", "hands-free":
		return true
	}
	port := strings.ToLower(s.ActivePortName)
	return strings.Contains(port, "headphone") || strings.Contains(port, "headset")
}

// unplugged tells whether none of the ports of a sink leads anywhere. A sink
// without ports does.
func unplugged(s *proto.GetSinkInfoReply) bool {
	for _, p := range s.Ports {
		if p.Available != portUnavailable {
			return false
		}
	}
	return len(s.Ports) > 0
}

// pulseStream is a stream of 32-bit floats on a link.
type pulseStream struct {
	link      *pulseLink
	index     uint32
	input     uint32 // its number among the inputs of sinks
	corked    bool
	since     time.Time     // when it was uncorked
	length    time.Duration // that the server holds
	heldThen  int           // frames that were not heard yet
	then      time.Time     // at this time
	runsSince bool          // and have been played since
}

// open begins a stream, corked.
func (l *pulseLink) open(choice string) (*pulseStream, error) {
	request := proto.CreatePlaybackStream{
		SampleSpec:            proto.SampleSpec{Format: proto.FormatFloat32LE, Channels: channels, Rate: DefaultRate},
		ChannelMap:            proto.ChannelMap{proto.ChannelLeft, proto.ChannelRight},
		SinkIndex:             proto.Undefined,
		SinkName:              cmp.Or(choice, os.Getenv("PULSE_SINK")),
		BufferMaxLength:       proto.Undefined,
		Corked:                true,
		BufferTargetLength:    pulseBytes(pulseShort),
		BufferPrebufferLength: pulseBytes(pulseShort / 2),
		BufferMinimumRequest:  pulseBytes(pulseShort / 4),
		ChannelVolumes:        proto.ChannelVolumes{0x10000, 0x10000}, // not set: the server knows better
		AdjustLatency:         true,
		Properties:            proto.PropList{"media.name": proto.PropListString(l.app)},
	}
	l.wanted.Store(0) // of a stream before
	var reply proto.CreatePlaybackStreamReply
	err := l.client.Request(&request, &reply)
	if err != nil && request.SinkName != "" { // the chosen sink is not there now
		request.SinkName = ""
		err = l.client.Request(&request, &reply)
	}
	if err != nil {
		return nil, err
	}
	l.wanted.Add(int64(reply.Missing))
	l.changed.Store(true)
	l.wake()
	return &pulseStream{link: l, index: reply.StreamIndex, input: reply.SinkInputIndex, corked: true, length: pulseShort, then: time.Now()}, nil
}

// pulseBytes is how many bytes of a stream last so long.
func pulseBytes(d time.Duration) uint32 {
	return uint32(d.Seconds()*DefaultRate) * wavFrameSize
}

// buffer changes how much the server holds.
func (s *pulseStream) buffer(length time.Duration) error {
	if s.length == length {
		return nil
	}
	s.length = length
	return s.link.client.Request(&proto.SetPlaybackStreamBufferAttr{
		StreamIndex:           s.index,
		BufferMaxLength:       proto.Undefined,
		BufferTargetLength:    pulseBytes(length),
		BufferPrebufferLength: pulseBytes(pulseShort / 2),
		BufferMinimumRequest:  pulseBytes(length / 4),
		AdjustLatency:         true,
	}, &proto.SetPlaybackStreamBufferAttrReply{})
}

// settled reports whether it has played for long enough to hold more.
func (s *pulseStream) settled(now time.Time) bool {
	return !s.corked && now.Sub(s.since) >= pulseGrow
}

// take returns how many frames the server wants.
func (s *pulseStream) take() int {
	frames := s.link.wanted.Load() / wavFrameSize
	s.link.wanted.Add(-frames * wavFrameSize)
	return int(frames)
}

// write sends whole frames.
func (s *pulseStream) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	now := time.Now()
	s.heldThen, s.then = s.held(now)+len(b)/wavFrameSize, now
	return s.link.client.Send(s.index, b)
}

// held is how many frames are not heard yet, by the last answer of the server
// and the time since.
func (s *pulseStream) held(now time.Time) int {
	if s.corked || !s.runsSince {
		return s.heldThen
	}
	return max(0, s.heldThen-int(now.Sub(s.then).Seconds()*DefaultRate))
}

// ask finds out how much the server holds: what is in the stream's buffer, and
// in the sink's what of it is not silence that came behind it.
func (s *pulseStream) ask() error {
	asked := time.Now()
	var reply proto.GetPlaybackLatencyReply
	if err := s.link.client.Request(&proto.GetPlaybackLatency{StreamIndex: s.index}, &reply); err != nil {
		return err
	}
	queued := max(0, reply.WriteIndex-reply.ReadIndex)
	sink := max(0, int64(float64(reply.Latency)/1e6*DefaultRate)-int64(reply.UnderrunFor)/wavFrameSize)
	if s.corked {
		sink = 0 // it has run dry since
	}
	now := time.Now()
	s.then = asked.Add(now.Sub(asked) / 2)
	s.heldThen = int(queued/wavFrameSize + sink)
	s.runsSince = reply.Running
	return nil
}

func (s *pulseStream) cork(corked bool) error {
	if s.corked == corked {
		return nil
	}
	now := time.Now()
	s.heldThen, s.then = s.held(now), now
	if err := s.link.client.Request(&proto.CorkPlaybackStream{StreamIndex: s.index, Corked: corked}, nil); err != nil {
		return err
	}
	s.corked, s.runsSince, s.since = corked, !corked, now
	if corked {
		return s.buffer(pulseShort)
	}
	return nil
}

// flush throws away what can still be, and returns how many frames: those in
// the stream's own buffer.
func (s *pulseStream) flush() (int, error) {
	told := s.held(time.Now())
	if err := s.ask(); err != nil {
		return 0, err
	}
	before := min(told, s.heldThen)
	if s.corked {
		if err := s.appease(); err != nil {
			return 0, err
		}
	}
	if err := s.link.client.Request(&proto.FlushPlaybackStream{StreamIndex: s.index}, nil); err != nil {
		return 0, err
	}
	if err := s.ask(); err != nil {
		return 0, err
	}
	if s.corked {
		s.heldThen = 0
	}
	return max(0, before-s.heldThen), nil
}

// appease sends silence, which is not to be heard, for all that the server has
// asked for. It would wait for that else, and ask for nothing more until a
// buffer of the length that it had then is filled: many times what is to be
// there when the music begins again.
func (s *pulseStream) appease() error {
	frames := s.take()
	if frames <= 0 {
		return nil
	}
	return s.link.client.Send(s.index, make([]byte, frames*wavFrameSize))
}

// on is the sink that plays.
func (s *pulseStream) on() (uint32, error) {
	var reply proto.GetSinkInputInfoReply
	err := s.link.client.Request(&proto.GetSinkInputInfo{SinkInputIndex: s.input}, &reply)
	return reply.SinkIndex, err
}

// move takes the stream to another sink; "" is the server's default.
func (s *pulseStream) move(id string) error {
	if id == "" {
		var err error
		if id, err = s.link.usual(); err != nil {
			return err
		}
	}
	return s.link.client.Request(&proto.MoveSinkInput{
		SinkInputIndex: s.input, DeviceIndex: proto.Undefined, DeviceName: id,
	}, nil)
}
