package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strconv"
	"strings"
)

// Window is one window of a program on the stage. Coordinates are pixels from
// the top left of what the program draws, without the frame.
type Window struct {
	stage *Stage
	id    string
}

// smallestWindow leaves out the helper windows of one or a few pixels that
// toolkits keep mapped.
const smallestWindow = 50

// Window waits for a visible window whose title matches the regular expression,
// and gives it the keyboard.
func (s *Stage) Window(ctx context.Context, title string) (*Window, error) {
	var found *Window
	err := until(ctx, fmt.Sprintf("a window titled %q", title), func() error {
		out, err := s.run(ctx, "xdotool", "search", "--onlyvisible", "--name", title)
		if err != nil {
			return err
		}
		for id := range strings.FieldsSeq(string(out)) {
			w := &Window{stage: s, id: id}
			size, err := w.Size(ctx)
			if err == nil && size.X > smallestWindow && size.Y > smallestWindow {
				found = w
				return nil
			}
		}
		return errors.New("none is visible")
	})
	if err != nil {
		return nil, err
	}
	if _, err := s.run(ctx, "xdotool", "windowactivate", "--sync", found.id); err != nil {
		return nil, err
	}
	return found, nil
}

// Size is the window's width and height in pixels.
func (w *Window) Size(ctx context.Context) (image.Point, error) {
	out, err := w.stage.run(ctx, "xdotool", "getwindowgeometry", "--shell", w.id)
	if err != nil {
		return image.Point{}, err
	}
	var size image.Point
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
		case name == "WIDTH":
			size.X = n
		case name == "HEIGHT":
			size.Y = n
		}
	}
	return size, nil
}

// Resize makes the window width by height pixels and waits until it is. A
// program may refuse sizes under its minimum; then the context ends the wait.
func (w *Window) Resize(ctx context.Context, width, height int) error {
	if err := w.do(ctx, "windowsize", w.id, strconv.Itoa(width), strconv.Itoa(height)); err != nil {
		return err
	}
	return until(ctx, fmt.Sprintf("a window of %d by %d", width, height), func() error {
		size, err := w.Size(ctx)
		if err == nil && size != image.Pt(width, height) {
			err = fmt.Errorf("it is %d by %d", size.X, size.Y)
		}
		return err
	})
}

// Move puts the pointer over the window at x, y.
func (w *Window) Move(ctx context.Context, x, y int) error {
	return w.do(ctx, "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y))
}

// Click moves the pointer to x, y and clicks the first button.
func (w *Window) Click(ctx context.Context, x, y int) error {
	return w.do(ctx, "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// Drag presses the first button at from and lets go at to, with one stop half-way
// so that programs see a movement and not a jump.
func (w *Window) Drag(ctx context.Context, from, to image.Point) error {
	args := []string{}
	half := from.Add(to).Div(2)
	for i, at := range []image.Point{from, half, to} {
		args = append(args, "mousemove", "--window", w.id, strconv.Itoa(at.X), strconv.Itoa(at.Y))
		if i == 0 {
			args = append(args, "mousedown", "1")
		}
	}
	return w.do(ctx, append(args, "mouseup", "1")...)
}

// Scroll turns the wheel at x, y by a number of clicks: down when positive, up
// when negative.
func (w *Window) Scroll(ctx context.Context, x, y, clicks int) error {
	button := "5"
	if clicks < 0 {
		button, clicks = "4", -clicks
	}
	return w.do(ctx, "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y),
		"click", "--repeat", strconv.Itoa(clicks), "--delay", "20", button)
}

// Type types text into what has the keyboard. It refuses characters that an
// American keyboard lacks: xdotool lends them a key for a moment, and a busy
// program looks that key up too late.
func (w *Window) Type(ctx context.Context, text string) error {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return fmt.Errorf("stage: there is no key for %q", r)
		}
	}
	return w.do(ctx, "type", "--delay", "20", "--", text)
}

// Key presses keys by their X names, such as "Return" or "ctrl+f".
func (w *Window) Key(ctx context.Context, keys ...string) error {
	return w.do(ctx, append([]string{"key", "--delay", "20", "--"}, keys...)...)
}

func (w *Window) do(ctx context.Context, args ...string) error {
	_, err := w.stage.run(ctx, "xdotool", args...)
	return err
}

// Image is what the window shows now.
func (w *Window) Image(ctx context.Context) (image.Image, error) {
	out, err := w.stage.run(ctx, "xwd", "-silent", "-id", w.id)
	if err != nil {
		return nil, err
	}
	return decodeXWD(out)
}

// Screenshot writes what the window shows now to a PNG file.
func (w *Window) Screenshot(ctx context.Context, path string) error {
	shown, err := w.Image(ctx)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := png.Encode(&file, shown); err != nil {
		return fmt.Errorf("stage: encoding a screenshot: %w", err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		return fmt.Errorf("stage: writing a screenshot: %w", err)
	}
	return nil
}

// WaitImage waits until what the window shows satisfies the condition, and gives
// that picture. The condition's error says what is still wrong with it.
func (w *Window) WaitImage(ctx context.Context, what string, condition func(image.Image) error) (image.Image, error) {
	var shown image.Image
	err := until(ctx, what, func() (err error) {
		if shown, err = w.Image(ctx); err != nil {
			return err
		}
		return condition(shown)
	})
	return shown, err
}

// Drawn is a condition for WaitImage: the window shows something, more than the
// handful of colours of an empty ground.
func Drawn(shown image.Image) error {
	const enough = 16
	colours := map[[3]uint32]bool{}
	bounds := shown.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 2 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 2 {
			r, g, b, _ := shown.At(x, y).RGBA()
			if colours[[3]uint32{r, g, b}] = true; len(colours) >= enough {
				return nil
			}
		}
	}
	return fmt.Errorf("it shows %d colours", len(colours))
}

// near is how far each channel of a colour may be off, of 255: a renderer
// rounds, and a hover lights a thing up a little.
const near = 24

// Colour gives a condition for WaitImage: the pixel at a place has about this
// colour. It tells whether something known to be there has come up.
func Colour(at image.Point, want color.RGBA) func(image.Image) error {
	return func(shown image.Image) error {
		got, _ := color.RGBAModel.Convert(shown.At(at.X, at.Y)).(color.RGBA)
		off := func(a, b uint8) bool { return max(a, b)-min(a, b) > near }
		if off(got.R, want.R) || off(got.G, want.G) || off(got.B, want.B) {
			return fmt.Errorf("the colour at %v is %02X%02X%02X, not %02X%02X%02X", at, got.R, got.G, got.B, want.R, want.G, want.B)
		}
		return nil
	}
}

// Still gives a condition for WaitImage: nothing has changed for a number of
// looks in a row, so that an animation or a page that loads has come to rest.
func Still(looks int) func(image.Image) error {
	var last *image.RGBA
	same := 0
	return func(shown image.Image) error {
		current, _ := shown.(*image.RGBA)
		if last != nil && current != nil && bytes.Equal(last.Pix, current.Pix) {
			same++
		} else {
			same = 0
		}
		if last = current; same >= looks {
			return nil
		}
		return errors.New("it still changes")
	}
}
