package codec

import "fmt"

// Guard returns d with every method behind recover: a panic, which can only
// come from a decoder that a damaged file has confused, becomes ErrDamaged
// instead of ending the program. After a panic in Stream the decoder is
// drained and Err reports it; SeekTo may still revive it.
func Guard(d Decoder) Decoder { return &guarded{Decoder: d} }

type guarded struct {
	Decoder
	err error // what a panic left; nil while the decoder is sound
}

func (g *guarded) Stream(samples [][2]float64) (n int, ok bool) {
	if g.err != nil {
		return 0, false
	}
	defer func() {
		if g.err != nil {
			n, ok = 0, false
		}
	}()
	defer rescue(&g.err)
	return g.Decoder.Stream(samples)
}

func (g *guarded) Err() error {
	if g.err != nil {
		return g.err
	}
	return g.Decoder.Err()
}

func (g *guarded) SeekTo(frame int64) (err error) {
	defer rescue(&err)
	if err := g.Decoder.SeekTo(frame); err != nil {
		return err
	}
	g.err = nil
	return nil
}

// Estimated implements Estimator.
func (g *guarded) Estimated() bool {
	e, ok := g.Decoder.(Estimator)
	return ok && e.Estimated()
}

// Index implements Indexed; of a decoder that has none it is empty.
func (g *guarded) Index() (x Index) {
	var err error
	defer func() {
		if err != nil {
			x = Index{Length: -1}
		}
	}()
	defer rescue(&err)
	if d, ok := g.Decoder.(Indexed); ok {
		return d.Index()
	}
	return Index{Length: -1}
}

// UseIndex implements Indexed.
func (g *guarded) UseIndex(x Index) {
	var err error // what is wrong will show when the places are used
	defer rescue(&err)
	if d, ok := g.Decoder.(Indexed); ok {
		d.UseIndex(x)
	}
}

func (g *guarded) Close() (err error) {
	defer rescue(&err)
	return g.Decoder.Close()
}

// rescue is deferred: it turns a panic into ErrDamaged. The stack is left out,
// because the file is at fault and the text may reach a person.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: the decoder gave up: %v", ErrDamaged, p)
	}
}
