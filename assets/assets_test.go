package assets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"strings"
	"testing"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// needed holds at least one character of every script and group of signs that
// the interface or the name of a track may ask for.
const needed = "AZaz09 .,:;!?’‘“”«»–—…·•×€£$¥%&@#/()[]+−=≤≥∞" +
	"ÀÉÎÕÜßæøåçñ¿¡ŁłŠšŽžČčĞğİıŐőŘřŮůŢțẞ" +
	"ΑΩαωΆώΐ АЯаяЁёЄєІіЇїҐґЎў ←↑→↓№℗™©®ẠạỆệƠơƯư"

func TestFontsHaveTheGlyphs(t *testing.T) {
	for _, name := range Fonts() {
		t.Run(string(name), func(t *testing.T) {
			f, buf := parse(t, name), &sfnt.Buffer{}
			for _, r := range needed {
				index, err := f.GlyphIndex(buf, r)
				if err != nil {
					t.Fatalf("looking up %q: %v", r, err)
				}
				if index == 0 {
					t.Errorf("no glyph for %q (%U)", r, r)
					continue
				}
				outline, err := f.LoadGlyph(buf, index, fixed.I(64), nil)
				if err != nil {
					t.Errorf("outline of %q: %v", r, err)
				}
				if len(outline) == 0 && r != ' ' {
					t.Errorf("%q (%U) draws nothing", r, r)
				}
			}
		})
	}
}

// TestInterDigitsAreTabular guards what fonts/build.py bakes in.
func TestInterDigitsAreTabular(t *testing.T) {
	for _, name := range Fonts() {
		if !strings.HasPrefix(string(name), "Inter") {
			continue
		}
		f := parse(t, name)
		want := advance(t, f, '0')
		for r := '1'; r <= '9'; r++ {
			if got := advance(t, f, r); got != want {
				t.Errorf("%s: %q is %v wide, 0 is %v", name, r, got, want)
			}
		}
	}
}

func TestFontsAreKerned(t *testing.T) {
	for _, name := range Fonts() {
		data, err := Font(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(data[:1024], []byte("GPOS")) {
			t.Errorf("%s has lost its kerning", name)
		}
	}
}

func TestEveryIconIsOneRecolourableShape(t *testing.T) {
	for _, name := range Icons() {
		t.Run(string(name), func(t *testing.T) {
			data, err := Icon(name)
			if err != nil {
				t.Fatal(err)
			}
			var svg struct {
				ViewBox string `xml:"viewBox,attr"`
				Paths   []struct {
					Fill   string `xml:"fill,attr"`
					Stroke string `xml:"stroke,attr"`
				} `xml:"path"`
			}
			if err := xml.Unmarshal(data, &svg); err != nil {
				t.Fatal(err)
			}
			if svg.ViewBox != "0 0 24 24" || len(svg.Paths) != 1 {
				t.Fatalf("view box %q, %d paths; want 0 0 24 24 and one", svg.ViewBox, len(svg.Paths))
			}
			if p := svg.Paths[0]; p.Fill != "#000000" || p.Stroke != "" {
				t.Errorf("fill %q, stroke %q; want a black fill alone", p.Fill, p.Stroke)
			}
			ink := rasterise(t, data)
			if ink < 0.02 || ink > 0.6 {
				t.Errorf("%.1f %% of the icon is inked", ink*100)
			}
		})
	}
}

// TestNoIconWithoutAName finds files that no constant leads to.
func TestNoIconWithoutAName(t *testing.T) {
	for pattern, names := range map[string]int{"icons/*.svg": len(Icons()), "fonts/*.ttf": len(Fonts())} {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != names {
			t.Errorf("%d files match %s, %d are named", len(found), pattern, names)
		}
	}
}

func TestAppIcon(t *testing.T) {
	data, err := AppIcon()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Bounds() != image.Rect(0, 0, 512, 512) {
		t.Errorf("bounds %v, want 512 by 512", picture.Bounds())
	}
	for _, spot := range []struct {
		what string
		x, y int
		want color.NRGBA
	}{
		{"corner", 2, 2, color.NRGBA{}},
		{"centre", 256, 256, color.NRGBA{0x12, 0x11, 0x0F, 0xFF}},
		{"first arc, lit", 307, 115, color.NRGBA{0xFF, 0x5A, 0x36, 0xFF}},
		{"last arc, dark", 205, 115, color.NRGBA{0x43, 0x3C, 0x35, 0xFF}},
	} {
		if got := color.NRGBAModel.Convert(picture.At(spot.x, spot.y)); got != spot.want {
			t.Errorf("%s: %v, want %v", spot.what, got, spot.want)
		}
	}
	if svg, err := AppIconSVG(); err != nil || !bytes.HasPrefix(svg, []byte("<svg ")) {
		t.Errorf("AppIconSVG gives %.20q, %v", svg, err)
	}
}

func TestUnknownNames(t *testing.T) {
	if _, err := Font("Comic"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Font: %v", err)
	}
	if _, err := Icon("unicorn"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Icon: %v", err)
	}
}

func parse(t *testing.T, name FontName) *sfnt.Font {
	t.Helper()
	data, err := Font(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func advance(t *testing.T, f *sfnt.Font, r rune) fixed.Int26_6 {
	t.Helper()
	buf := &sfnt.Buffer{}
	index, err := f.GlyphIndex(buf, r)
	if err != nil {
		t.Fatal(err)
	}
	width, err := f.GlyphAdvance(buf, index, fixed.I(1000), font.HintingNone)
	if err != nil {
		t.Fatal(err)
	}
	return width
}

// rasterise draws an icon with the rasteriser Fyne uses and returns the inked
// part of its area, 0 to 1.
func rasterise(t *testing.T, svg []byte) float64 {
	t.Helper()
	const size = 48
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg))
	if err != nil {
		t.Fatal(err)
	}
	icon.SetTarget(0, 0, size, size)
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(img, img.Bounds(), image.Transparent, image.Point{}, draw.Src)
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	sum := 0
	for i := 3; i < len(img.Pix); i += 4 {
		sum += int(img.Pix[i])
	}
	return float64(sum) / (255 * size * size)
}
