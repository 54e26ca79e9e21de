package app

import (
	"sync"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

// settingEqualiser is an Equaliser in JSON.
const settingEqualiser = "sound.equaliser"

// Equaliser is how the sound is coloured: by ten sliders, or as a text of
// AutoEq says. The zero Equaliser changes nothing.
type Equaliser struct {
	Sliders  [10]float64 `json:"sliders"`            // dB, at dsp.TenCentres
	Name     string      `json:"name,omitempty"`     // of the text
	Imported *dsp.EQ     `json:"imported,omitempty"` // instead of the sliders
}

// EQ is the setting as the sound stage takes it.
func (e Equaliser) EQ() dsp.EQ {
	if e.Imported != nil {
		return *e.Imported
	}
	return dsp.TenBands(e.Sliders)
}

// Equaliser is how the sound is coloured.
func (s *Session) Equaliser() Equaliser { return s.stage.equaliser() }

// TryEqualiser changes how the sound is coloured, at once and without a click,
// but does not keep it: for a slider on its way.
func (s *Session) TryEqualiser(e Equaliser) { s.stage.set(e) }

// SetEqualiser changes how the sound is coloured, now and in later sessions.
func (s *Session) SetEqualiser(e Equaliser) error {
	s.stage.set(e)
	return keepSetting(s, settingEqualiser, e)
}

// throughSound puts the sound stage before a device that somebody listens to,
// with the equaliser of the last session. What is written to a file stays as
// it was recorded.
func (s *Session) throughSound(device output.Device) (output.Device, error) {
	info := device.Info()
	s.stage = newSoundStage(beep.SampleRate(info.Rate))
	if !info.Paced {
		return device, nil
	}
	e, err := keptSetting[Equaliser](s, settingEqualiser)
	if err != nil {
		return nil, err
	}
	s.stage.set(e)
	return output.Through(device, s.stage.process), nil
}

// soundStage colours what goes to the device. It stands behind everything that
// is decoded ahead, so a change is heard at once.
type soundStage struct {
	mu      sync.Mutex // held for one buffer
	setting Equaliser
	eq      *dsp.Equaliser
	frames  [][2]float64
}

func newSoundStage(rate beep.SampleRate) *soundStage {
	return &soundStage{eq: dsp.NewEqualiser(rate), frames: make([][2]float64, 1024)}
}

func (s *soundStage) equaliser() Equaliser {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setting
}

func (s *soundStage) set(e Equaliser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setting = e
	s.eq.Set(e.EQ())
}

// process colours interleaved samples, in place.
func (s *soundStage) process(p []float32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.eq.Idle() {
		return
	}
	for len(p) >= 2 {
		n := min(len(p)/2, len(s.frames))
		frames := s.frames[:n]
		for i := range frames {
			frames[i] = [2]float64{float64(p[2*i]), float64(p[2*i+1])}
		}
		s.eq.Process(frames)
		for i, f := range frames {
			p[2*i], p[2*i+1] = float32(f[0]), float32(f[1])
		}
		p = p[2*n:]
	}
}
