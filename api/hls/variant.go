package hls

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Variant is one form of what a master playlist offers.
type Variant struct {
	URL       *url.URL
	Bandwidth int64    // bits per second at most
	Codecs    []string // as RFC 6381 names them; nil if the playlist does not say
	Picture   bool     // there is a picture beside the sound

	group string // of its sound, where that has playlists of its own
}

// variantTag reads an EXT-X-STREAM-INF, whose address follows.
func (p *parser) variantTag(a attributes) error {
	if len(p.out.Variants) >= maxVariants {
		return fmt.Errorf("%w: it has too many variants", ErrPlaylist)
	}
	v := Variant{Codecs: codecList(a["CODECS"]), Picture: a["RESOLUTION"] != "" || a["VIDEO"] != "", group: a["AUDIO"]}
	v.Bandwidth, _ = strconv.ParseInt(a["BANDWIDTH"], 10, 64) // 0 ranks last
	v.Picture = v.Picture || slices.ContainsFunc(v.Codecs, isPicture)
	p.variant = &v
	return nil
}

func codecList(text string) (list []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// mediaTag reads an EXT-X-MEDIA: the sound of some variants as a playlist of
// its own. Of several in a group the default one counts, else the first.
func (p *parser) mediaTag(a attributes) error {
	if a["TYPE"] != "AUDIO" || a["URI"] == "" {
		return nil
	}
	u, err := p.resolve(a["URI"])
	if err != nil {
		return err
	}
	if p.groups == nil {
		p.groups = map[string]Variant{}
	}
	if _, known := p.groups[a["GROUP-ID"]]; (!known || a["DEFAULT"] == "YES") && len(p.groups) < maxVariants {
		p.groups[a["GROUP-ID"]] = Variant{URL: u}
	}
	return nil
}

// joinGroups puts the playlist of its sound in the place of each variant that
// has one.
func (p *parser) joinGroups() {
	for i := range p.out.Variants {
		v := &p.out.Variants[i]
		if sound, ok := p.groups[v.group]; ok {
			v.URL, v.Picture = sound.URL, false
			v.Codecs = slices.DeleteFunc(v.Codecs, isPicture)
		}
	}
}

func isPicture(codec string) bool {
	for _, prefix := range []string{"avc", "hvc", "hev", "dvh", "vp0", "av01", "mp4v", "jpeg"} {
		if strings.HasPrefix(strings.ToLower(codec), prefix) {
			return true
		}
	}
	return false
}

// soundNames name the codecs that cannot be decoded.
var soundNames = map[string]string{
	"mp4a.40.5": "HE-AAC", "mp4a.40.29": "HE-AAC v2", "mp4a.40.42": "xHE-AAC", "mp4a.40.1": "AAC Main",
	"ac-3": "AC-3", "mp4a.a5": "AC-3", "ec-3": "Enhanced AC-3", "mp4a.a6": "Enhanced AC-3",
	"opus": "Opus in MP4", "flac": "FLAC in MP4", "fla": "FLAC in MP4",
}

// rank is 0 if the sound can be decoded, 1 if that is not known, 2 if not; then
// name says what it is.
func (v Variant) rank() (rank int, name string) {
	rank = 1
	for _, c := range v.Codecs {
		switch c = strings.ToLower(c); c {
		case "mp4a.40.2", "mp4a.40.34", "mp4a.69", "mp4a.6b", "mp3", "alac":
			rank = 0
		default:
			if name, ok := soundNames[c]; ok {
				return 2, name
			}
		}
	}
	return rank, ""
}

// Choose returns the variant to play; see the package comment for the rule. If
// none can be, an *UnsupportedError names the best one's codec.
func (p Playlist) Choose() (Variant, error) {
	if len(p.Variants) == 0 {
		return Variant{}, fmt.Errorf("%w: it has no variants", ErrPlaylist)
	}
	best := slices.MinFunc(p.Variants, func(a, b Variant) int {
		rankA, _ := a.rank()
		rankB, _ := b.rank()
		sign := int64(1)
		if a.Picture {
			sign = -1
		}
		return cmp.Or(cmp.Compare(rankA, rankB), cmp.Compare(bit(a.Picture), bit(b.Picture)), cmp.Compare(sign*b.Bandwidth, sign*a.Bandwidth))
	})
	if rank, name := best.rank(); rank == 2 {
		return Variant{}, &UnsupportedError{name}
	}
	return best, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
