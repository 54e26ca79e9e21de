package widgets

import (
	"hash/fnv"
	"image"
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// Cover is the picture of a release in a square with round corners. Until the
// picture is there, and when there is none, it shows the title's initial on a
// colour that the title always gets.
type Cover struct {
	widget.BaseWidget
	Radius float32

	side     float32 // dp
	pictures *Pictures
	address  string
	title    string
	loaded   bool
	dim      bool
	img      *canvas.Image
}

// NewCover is a cover of side dp that shows nothing yet.
func NewCover(pictures *Pictures, side float32) *Cover {
	c := &Cover{pictures: pictures, side: side, Radius: look.Radius}
	if side <= 64 {
		c.Radius = 6
	}
	c.img = canvas.NewImageFromImage(nil)
	c.img.ScaleMode = canvas.ImageScaleFastest
	c.img.Hide()
	c.ExtendBaseWidget(c)
	return c
}

// Set shows the cover at an address, with the title for as long as there is
// no picture. Setting the same again looks for a picture that was missing.
func (c *Cover) Set(address, title string) {
	if c.address != address || c.title != title {
		c.address, c.title, c.loaded = address, title, false
		c.img.Image = nil
		c.img.Hide()
		c.Refresh()
	}
	c.fetch()
}

// SetDim shows the cover as out of reach, or not.
func (c *Cover) SetDim(dim bool) {
	if c.dim != dim {
		c.dim = dim
		c.Refresh()
	}
}

func (c *Cover) fetch() {
	side := c.BaseWidget.Size().Width
	if c.loaded || c.address == "" || side <= 0 {
		return
	}
	address := c.address
	px := int(side*scaleOf(c) + 0.5)
	c.pictures.load(address, px, func(img image.Image) {
		if c.address != address || c.loaded {
			return
		}
		c.loaded = true
		c.img.Image = img
		c.img.Show()
		c.Refresh()
	})
}

// MinSize is the square.
func (c *Cover) MinSize() fyne.Size { return fyne.NewSquareSize(c.side) }

// CreateRenderer implements fyne.Widget.
func (c *Cover) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	initial := canvas.NewText("", color.White)
	initial.Alignment = fyne.TextAlignCenter
	initial.TextStyle = look.Name.Style()
	v := &view{objects: []fyne.CanvasObject{back, initial, c.img}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		put(initial, 0, 0, size.Width, size.Height)
		put(c.img, 0, 0, size.Width, size.Height)
		initial.TextSize = size.Width * 0.42
		c.fetch()
	}
	v.least = c.MinSize
	v.update = func() {
		ground, ink := standIn(c.title)
		if c.dim {
			ground, ink = look.Fade(ground, look.DimShare), look.Fade(ink, look.DimShare)
		}
		back.FillColor, back.CornerRadius = ground, c.Radius
		back.Hidden = c.loaded
		back.Refresh()
		initial.Text, initial.Color = firstLetter(c.title), ink
		initial.Hidden = c.loaded
		initial.Refresh()
		c.img.CornerRadius = c.Radius
		c.img.Translucency = 0
		if c.dim {
			c.img.Translucency = 1 - look.DimShare
		}
		if c.loaded {
			c.img.Refresh()
		}
	}
	v.update()
	return v
}

// standIn is the colour pair that a title always gets.
func standIn(title string) (ground, ink color.NRGBA) {
	pairs := [...][2]uint32{
		{0x1F3D3C, 0xEBD8A3}, {0x3F2C49, 0xF0CBA3}, {0x4A2C2A, 0xE0A055}, {0x1F323A, 0xF2A100},
		{0x233350, 0xB9D2C0}, {0x3C2A3E, 0xFF9140}, {0x2F3A24, 0xD9D7A0}, {0x46342A, 0xE9C7B0},
	}
	h := fnv.New32a()
	h.Write([]byte(title))
	p := pairs[h.Sum32()%uint32(len(pairs))]
	opaque := func(v uint32) color.NRGBA {
		return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
	}
	return opaque(p[0]), opaque(p[1])
}

func firstLetter(title string) string {
	for _, r := range title {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return strings.ToUpper(string(r))
		}
	}
	return "·"
}

// scaleOf is the pixels per dp where o is or will be shown.
func scaleOf(o fyne.CanvasObject) float32 {
	if c := canvasOf(o); c != nil {
		return c.Scale()
	}
	if w := fyne.CurrentApp().Driver().AllWindows(); len(w) > 0 {
		return w[0].Canvas().Scale()
	}
	return 1
}

// Backdrop is a ground tinted by a cover: the cover far out of focus, fading
// into the ground below it.
type Backdrop struct {
	widget.BaseWidget
	pictures *Pictures
	address  string
	source   image.Image
	run      Runner
	img      *canvas.Image
	variant  fyne.ThemeVariant
}

// NewBackdrop is a plain ground until it is given a cover.
func NewBackdrop(pictures *Pictures) *Backdrop {
	b := &Backdrop{pictures: pictures, run: pictures.run, img: canvas.NewImageFromImage(nil)}
	b.img.ScaleMode = canvas.ImageScaleSmooth
	b.img.Hide()
	b.ExtendBaseWidget(b)
	return b
}

// Set takes its colours from the cover at an address.
func (b *Backdrop) Set(address string) {
	if b.address == address && b.source != nil {
		return
	}
	b.address = address
	if address == "" {
		b.source = nil
		b.img.Hide()
		return
	}
	b.pictures.load(address, backdropSource, func(img image.Image) {
		if b.address == address {
			b.source = img
			b.tint()
		}
	})
}

// tint makes the picture for the present ground.
func (b *Backdrop) tint() {
	src, address, ground := b.source, b.address, look.Fade(tint(b, look.Ground), 1)
	text, muted := look.Fade(tint(b, look.Text), 1), look.Fade(tint(b, look.Muted), 1)
	if look.Contrast(ground, color.White) < look.LargeContrast {
		text = muted // on a light ground a strong tint looks like a stain
	}
	b.variant = fyne.CurrentApp().Settings().ThemeVariant()
	b.run(func() func() {
		img := blurred(src, ground, text, muted)
		return func() {
			if b.address != address {
				return
			}
			b.img.Image = img
			b.img.Show()
			b.img.Refresh()
		}
	})
}

// CreateRenderer implements fyne.Widget.
func (b *Backdrop) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(tint(b, look.Ground))
	v := &view{objects: []fyne.CanvasObject{back, b.img}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		// The picture keeps its shape, so that colours stay where they are
		// on the cover; below it is the ground.
		put(b.img, 0, 0, size.Width, min(size.Width*backdropAspect, size.Height))
	}
	v.least = func() fyne.Size { return fyne.NewSize(0, 0) }
	v.update = func() {
		back.FillColor = tint(b, look.Ground)
		back.Refresh()
		if b.source != nil && b.variant != fyne.CurrentApp().Settings().ThemeVariant() {
			b.tint()
		}
	}
	return v
}
