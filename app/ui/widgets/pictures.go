package widgets

import (
	"container/list"
	"fmt"
	"image"
	_ "image/jpeg" // covers come as JPEG
	_ "image/png"  // or PNG
	"io"
	"os"

	"golang.org/x/image/draw"
)

// Runner does work away from Fyne's goroutine and then calls what work
// returned, unless nil, on it.
type Runner func(work func() (then func()))

// Limits of a picture that is opened; what lies beyond is not a cover.
const (
	maxPictureBytes  = 16 << 20
	maxPicturePixels = 40 << 20
	cacheBytes       = 48 << 20 // decoded pictures that are kept
	maxMissing       = 512      // pictures that Retry looks for
)

// Pictures opens covers and keeps those shown lately, scaled to the pixels
// they are shown in. Its methods are called on Fyne's goroutine.
type Pictures struct {
	find    func(address string) (path string, ok bool)
	run     Runner
	cache   map[pictureKey]*list.Element
	recent  *list.List // of picture, the newest first
	bytes   int
	waiting map[pictureKey][]func(image.Image) // being read
	missing map[pictureKey][]func(image.Image) // there was none; see Retry
}

type pictureKey struct {
	address string
	px      int
}

type picture struct {
	key pictureKey
	img image.Image
}

// NewPictures finds the file of an address with find, which is called away
// from Fyne's goroutine and says false while there is none.
func NewPictures(find func(address string) (path string, ok bool), run Runner) *Pictures {
	return &Pictures{
		find: find, run: run,
		cache: map[pictureKey]*list.Element{}, recent: list.New(),
		waiting: map[pictureKey][]func(image.Image){}, missing: map[pictureKey][]func(image.Image){},
	}
}

// load calls then with the picture as a square of px pixels: before load
// returns when it is at hand, later when it has to be read. Where there is none it calls when a Retry finds one.
func (p *Pictures) load(address string, px int, then func(image.Image)) {
	key := pictureKey{address, px}
	if e, ok := p.cache[key]; ok {
		p.recent.MoveToFront(e)
		then(e.Value.(picture).img)
		return
	}
	p.waiting[key] = append(p.waiting[key], then)
	if len(p.waiting[key]) > 1 {
		return
	}
	p.run(func() func() {
		var img image.Image
		if path, ok := p.find(address); ok {
			// A file that is no picture is shown as a missing one.
			img, _ = openPicture(path, px)
		}
		return func() { p.arrived(key, img) }
	})
}

// Retry looks again for the pictures that were asked for and not there. It is
// called when files have come to this machine.
func (p *Pictures) Retry() {
	missing := p.missing
	p.missing = map[pictureKey][]func(image.Image){}
	for key, calls := range missing {
		for _, then := range calls {
			p.load(key.address, key.px, then)
		}
	}
}

func (p *Pictures) arrived(key pictureKey, img image.Image) {
	calls := p.waiting[key]
	delete(p.waiting, key)
	if img == nil {
		if len(p.missing) < maxMissing {
			p.missing[key] = append(p.missing[key], calls...)
		}
		return
	}
	p.cache[key] = p.recent.PushFront(picture{key, img})
	p.bytes += key.px * key.px * 4
	for p.bytes > cacheBytes && p.recent.Len() > 1 {
		oldest := p.recent.Remove(p.recent.Back()).(picture)
		delete(p.cache, oldest.key)
		p.bytes -= oldest.key.px * oldest.key.px * 4
	}
	for _, then := range calls {
		then(img)
	}
}

// openPicture reads a picture, cuts it to its middle square and scales it.
func openPicture(path string, px int) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("widgets: opening a picture: %v", r)
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("widgets: opening a picture: %w", err)
	}
	defer f.Close()
	config, _, err := image.DecodeConfig(io.LimitReader(f, maxPictureBytes))
	if err != nil {
		return nil, fmt.Errorf("widgets: opening a picture: %w", err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPicturePixels/config.Height {
		return nil, fmt.Errorf("widgets: opening a picture: %d by %d pixels", config.Width, config.Height)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("widgets: opening a picture: %w", err)
	}
	src, _, err := image.Decode(io.LimitReader(f, maxPictureBytes))
	if err != nil {
		return nil, fmt.Errorf("widgets: opening a picture: %w", err)
	}
	return scaled(src, px), nil
}

// scaled is the middle square of src in px by px pixels.
func scaled(src image.Image, px int) image.Image {
	b := src.Bounds()
	side := min(b.Dx(), b.Dy())
	x, y := b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2
	dst := image.NewNRGBA(image.Rect(0, 0, px, px))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, image.Rect(x, y, x+side, y+side), draw.Src, nil)
	return dst
}
