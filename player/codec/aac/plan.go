package aac

import "github.com/ninth-coop/ninth/player/codec"

const (
	maxChannels = 8
	// anyTag stands in a plan whose elements go by their order alone.
	anyTag = -1
)

// The elements of an access unit (ISO/IEC 14496-3 table 4.85).
const (
	elementSingle   = 0
	elementPair     = 1
	elementCoupling = 2
	elementLow      = 3 // a single channel for low frequencies
	elementData     = 4
	elementProgram  = 5
	elementFill     = 6
	elementEnd      = 7
)

// plan is which elements with sound a unit has, and where they are heard.
type plan []planned

type planned struct {
	kind, tag int
	speakers  []codec.Speaker // one, or two of a pair
}

// speakers are those of all channels in the order of the plan.
func (p plan) speakers() (all []codec.Speaker) {
	for _, e := range p {
		all = append(all, e.speakers...)
	}
	return all
}

func single(s codec.Speaker) planned { return planned{elementSingle, anyTag, []codec.Speaker{s}} }
func pair(left, right codec.Speaker) planned {
	return planned{elementPair, anyTag, []codec.Speaker{left, right}}
}

// plans are those of the channel configurations (ISO/IEC 14496-3 table 1.19).
//
// To the standard, the first two pairs of configuration 7 are front speakers,
// narrow and wide. But most encoders have meant by it front and side, and most
// decoders take it so; configuration 12 was added for them later. The pair high
// up in configuration 14 is heard as at the sides.
var plans = func() (all [15]plan) {
	centre, front := single(codec.FrontCentre), pair(codec.FrontLeft, codec.FrontRight)
	side, back := pair(codec.SideLeft, codec.SideRight), pair(codec.BackLeft, codec.BackRight)
	behind := single(codec.BackCentre)
	low := planned{elementLow, anyTag, []codec.Speaker{codec.LowFrequency}}
	all[1] = plan{centre}
	all[2] = plan{front}
	all[3] = plan{centre, front}
	all[4] = plan{centre, front, behind}
	all[5] = plan{centre, front, back}
	all[6] = plan{centre, front, back, low}
	all[7] = plan{centre, front, side, back, low}
	all[11] = plan{centre, front, back, behind, low}
	all[12] = plan{centre, front, side, back, low}
	all[14] = plan{centre, front, back, low, side}
	return all
}()

// readPlan reads a program_config_element (ISO/IEC 14496-3 §4.4.1.1), from its
// tag to its comment.
func readPlan(r *bitReader) (p plan, ok bool) {
	r.take(4 + 2 + 4) // tag, object type, sampling rate, which are known
	counts := [3]int{r.take(4), r.take(4), r.take(4)}
	low, data, coupling := r.take(2), r.take(3), r.take(4)
	for _, width := range [3]int{4, 4, 3} { // mixdowns for mono, stereo, by matrix
		if r.flag() {
			r.take(width)
		}
	}
	for where, n := range counts {
		p = append(p, place(readElements(r, n), where)...)
	}
	for range low {
		p = append(p, planned{elementLow, r.take(4), []codec.Speaker{codec.LowFrequency}})
	}
	r.skip(4*data + 5*coupling)
	r.align()
	r.skip(8 * r.take(8)) // comment
	return p, !r.Over() && len(p) > 0
}

// readElements reads which elements are at the front, at the sides or behind.
func readElements(r *bitReader, n int) plan {
	p := make(plan, n)
	for i := range p {
		p[i].kind = r.take(1) // elementSingle or elementPair
		p[i].tag = r.take(4)
	}
	return p
}

// place gives the elements at the front (0), at the sides (1) or behind (2)
// their speakers. They are listed from the centre outwards in front, from front
// to back behind that.
func place(p plan, where int) plan {
	pairs, singles := 0, 0
	for _, e := range p {
		if e.kind == elementPair {
			pairs++
		} else {
			singles++
		}
	}
	wide := [3][2]codec.Speaker{
		{codec.FrontLeft, codec.FrontRight}, {codec.SideLeft, codec.SideRight}, {codec.BackLeft, codec.BackRight},
	}[where]
	inner := wide // of two pairs, the first
	switch where {
	case 0:
		inner = [2]codec.Speaker{codec.FrontLeftOfCentre, codec.FrontRightOfCentre}
	case 2:
		inner = [2]codec.Speaker{codec.SideLeft, codec.SideRight}
	}
	middle := codec.FrontCentre
	if where == 2 {
		middle = codec.BackCentre
	}
	for i := range p {
		switch {
		case p[i].kind == elementPair && pairs > 1:
			p[i].speakers = inner[:]
			pairs--
		case p[i].kind == elementPair:
			p[i].speakers = wide[:]
		case singles == 2: // left and right on their own
			p[i].speakers = wide[:1]
			singles = -1
		case singles < 0:
			p[i].speakers = wide[1:]
		default:
			p[i].speakers = []codec.Speaker{middle}
		}
	}
	return p
}
