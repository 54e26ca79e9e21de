package look

import (
	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/assets"
)

// The sizes of type, in dp at a text scale of 1.
const (
	Small   = fyne.ThemeSizeName("type12") // second lines, prices
	Body    = fyne.ThemeSizeName("type14") // most text
	Lead    = fyne.ThemeSizeName("type16") // the artist under a title
	Section = fyne.ThemeSizeName("type20") // headings within a screen
	Mark    = fyne.ThemeSizeName("type22") // the name of the program in the rail
	Title   = fyne.ThemeSizeName("type26") // the track in the full-screen player
	Screen  = fyne.ThemeSizeName("type34") // the heading of a screen on a phone
	Display = fyne.ThemeSizeName("type40") // the heading of a screen on a desk
)

func typeSizes() map[fyne.ThemeSizeName]float32 {
	return map[fyne.ThemeSizeName]float32{
		Small: 12, Body: 14, Lead: 16, Section: 20, Mark: 22, Title: 26, Screen: 34, Display: 40,
	}
}

// The styles of type. Ninth sets nothing in italics, so the theme lends the
// two italic styles to the faces that Fyne has no style for; unlike a font
// source, a style falls back to other fonts for scripts ours do not cover.
func regular() fyne.TextStyle  { return fyne.TextStyle{} }
func semiBold() fyne.TextStyle { return fyne.TextStyle{Bold: true} }
func medium() fyne.TextStyle   { return fyne.TextStyle{Bold: true, Italic: true} }
func name() fyne.TextStyle     { return fyne.TextStyle{Italic: true} }

// Weight chooses a face.
type Weight int

// The faces: Inter in three weights, and Vollkorn for the names of things.
const (
	Regular Weight = iota
	Medium
	SemiBold
	Name
)

// Style is the text style that stands for the weight in this theme.
func (w Weight) Style() fyne.TextStyle {
	switch w {
	case Medium:
		return medium()
	case SemiBold:
		return semiBold()
	case Name:
		return name()
	default:
		return regular()
	}
}

// fonts holds the bundled faces as resources; a resource is compared by
// identity in Fyne's caches, so each is made once per theme family.
type fonts struct{ regular, medium, semiBold, name fyne.Resource }

func loadFonts() (fonts, error) {
	var f fonts
	for _, want := range []struct {
		into *fyne.Resource
		name assets.FontName
	}{
		{&f.regular, assets.InterRegular},
		{&f.medium, assets.InterMedium},
		{&f.semiBold, assets.InterSemiBold},
		{&f.name, assets.VollkornSemiBold},
	} {
		data, err := assets.Font(want.name)
		if err != nil {
			return fonts{}, err
		}
		*want.into = fyne.NewStaticResource(string(want.name)+".ttf", data)
	}
	return f, nil
}

func (f fonts) of(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace, style.Symbol:
		return nil
	case style.Bold && style.Italic:
		return f.medium
	case style.Bold:
		return f.semiBold
	case style.Italic:
		return f.name
	default:
		return f.regular
	}
}
