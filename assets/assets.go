// Package assets carries the files every Ninth program is built with: the fonts,
// the icons of the interface and the picture that stands for the program.
//
// Everything is embedded, so nothing has to be installed beside the binary. The
// package knows no toolkit: it hands out bytes, and the user interface wraps
// them in whatever it draws with. The demo catalogue is large and most programs
// do without it; it lives in the package demo below this one.
//
// All functions are safe for concurrent use and return a fresh copy, which the
// caller owns.
package assets

import (
	"embed"
	"fmt"
)

//go:embed fonts/*.ttf icons/*.svg icon/ninth.png icon/ninth.svg
var files embed.FS

// FontName names one bundled font file: a family in one weight.
type FontName string

// The bundled fonts. Vollkorn sets the names of things, Inter everything else.
// Inter's digits are tabular: all of one width. Both families are under the SIL
// Open Font License; the licences lie beside the files in fonts.
const (
	VollkornSemiBold FontName = "Vollkorn-SemiBold" // weight 600
	InterRegular     FontName = "Inter-Regular"     // weight 400
	InterMedium      FontName = "Inter-Medium"      // weight 500
	InterSemiBold    FontName = "Inter-SemiBold"    // weight 600
	InterBold        FontName = "Inter-Bold"        // weight 700
)

// Fonts lists every bundled font.
func Fonts() []FontName {
	return []FontName{VollkornSemiBold, InterRegular, InterMedium, InterSemiBold, InterBold}
}

// Font returns the TrueType file of a bundled font. The fonts cover Latin with
// its extensions, Greek and basic Cyrillic; other scripts need a fallback font.
// It fails only for a name that is none of the constants.
func Font(name FontName) ([]byte, error) {
	return read("font", string(name), "fonts/"+string(name)+".ttf")
}

// IconName names one icon of the interface.
type IconName string

// The icons, named after what they show or, for the controls of a player, after
// what they do.
const (
	IconBack         IconName = "back"  // chevron to the left
	IconCheck        IconName = "check" // tick
	IconClock        IconName = "clock" // history, scheduled
	IconClose        IconName = "close" // diagonal cross
	IconCloud        IconName = "cloud" // known only at the co-op
	IconDown         IconName = "down"  // filled triangle
	IconDownload     IconName = "download"
	IconDrag         IconName = "drag"    // six dots: a row that can be dragged
	IconForward      IconName = "forward" // chevron to the right
	IconHeart        IconName = "heart"
	IconHeartOutline IconName = "heart-outline"
	IconHome         IconName = "home"
	IconLibrary      IconName = "library" // three books
	IconMinus        IconName = "minus"
	IconMore         IconName = "more" // three dots: a menu
	IconNext         IconName = "next"
	IconOffline      IconName = "offline" // an arc over a dot
	IconPause        IconName = "pause"
	IconPerson       IconName = "person"
	IconPin          IconName = "pin" // keep offline
	IconPlay         IconName = "play"
	IconPlus         IconName = "plus"
	IconPrevious     IconName = "previous"
	IconQueue        IconName = "queue"
	IconRepeat       IconName = "repeat"
	IconRepeatOne    IconName = "repeat-one"
	IconSearch       IconName = "search"
	IconSettings     IconName = "settings" // gear
	IconShare        IconName = "share"
	IconShuffle      IconName = "shuffle"
	IconStop         IconName = "stop"
	IconStudio       IconName = "studio" // microphone
	IconTrash        IconName = "trash"
	IconUp           IconName = "up" // filled triangle
	IconVolume       IconName = "volume"
	IconVolumeMute   IconName = "volume-mute"
	IconWarning      IconName = "warning"
)

// Icons lists every icon, in alphabetical order.
func Icons() []IconName {
	return []IconName{
		IconBack, IconCheck, IconClock, IconClose, IconCloud, IconDown,
		IconDownload, IconDrag, IconForward, IconHeart, IconHeartOutline,
		IconHome, IconLibrary, IconMinus, IconMore, IconNext, IconOffline,
		IconPause, IconPerson, IconPin, IconPlay, IconPlus, IconPrevious,
		IconQueue, IconRepeat, IconRepeatOne, IconSearch, IconSettings,
		IconShare, IconShuffle, IconStop, IconStudio, IconTrash, IconUp,
		IconVolume, IconVolumeMute, IconWarning,
	}
}

// Icon returns an icon as an SVG of 24 by 24 units: one path with a black fill
// and no strokes, so that a toolkit can recolour it by replacing the fill. It
// fails only for a name that is none of the constants.
func Icon(name IconName) ([]byte, error) {
	return read("icon", string(name), "icons/"+string(name)+".svg")
}

// AppIcon returns the program's picture as a PNG of 512 by 512 pixels with
// transparent corners: the ring of nine, four arcs lit.
func AppIcon() ([]byte, error) {
	return read("picture", "ninth.png", "icon/ninth.png")
}

// AppIconSVG returns the same picture as an SVG. It uses strokes and its own
// colours, so it is not to be recoloured.
func AppIconSVG() ([]byte, error) {
	return read("picture", "ninth.svg", "icon/ninth.svg")
}

func read(kind, name, path string) ([]byte, error) {
	data, err := files.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("assets: reading %s %q: %w", kind, name, err)
	}
	return data, nil
}
