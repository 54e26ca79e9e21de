package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/internal/stage"
)

// looks is how many pictures in a row must be equal for a window to be still.
const looks = 5

// step does what one line says.
func (p *player) step(ctx context.Context, line string) error {
	name, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch name {
	case "window":
		var err error
		p.window, err = p.stage.Window(ctx, rest)
		return err
	case "print":
		fmt.Print(p.program.Output())
		return nil
	case "wait":
		return p.program.Wait()
	case "record", "heard", "save":
		return p.soundStep(ctx, name, rest)
	}
	if p.window == nil {
		return errors.New("there is no window yet: begin with a window step")
	}
	return p.windowStep(ctx, name, rest)
}

func (p *player) soundStep(ctx context.Context, name, rest string) error {
	if name == "record" {
		p.recording = p.stage.Record()
		return nil
	}
	if p.recording == nil {
		return errors.New("nothing is being recorded: begin with a record step")
	}
	if name == "save" {
		return p.recording.Stop().WriteWAV(rest)
	}
	length, err := time.ParseDuration(rest)
	if err != nil {
		return err
	}
	return p.recording.WaitSound(ctx, length)
}

func (p *player) windowStep(ctx context.Context, name, rest string) error {
	w := p.window
	switch name {
	case "drawn":
		_, err := w.WaitImage(ctx, "something to see", stage.Drawn)
		return err
	case "still":
		_, err := w.WaitImage(ctx, "a still picture", stage.Still(looks))
		return err
	case "colour":
		return p.colourStep(ctx, rest)
	case "type":
		return w.Type(ctx, rest)
	case "key":
		return w.Key(ctx, strings.Fields(rest)...)
	case "shot":
		return w.Screenshot(ctx, rest)
	}
	numbers := map[string]int{"click": 2, "move": 2, "resize": 2, "scroll": 3, "drag": 4}
	count, known := numbers[name]
	if !known {
		return errors.New("there is no such step")
	}
	n, err := integers(rest, count)
	if err != nil {
		return err
	}
	switch name {
	case "click":
		return w.Click(ctx, n[0], n[1])
	case "move":
		return w.Move(ctx, n[0], n[1])
	case "resize":
		return w.Resize(ctx, n[0], n[1])
	case "scroll":
		return w.Scroll(ctx, n[0], n[1], n[2])
	default:
		return w.Drag(ctx, image.Pt(n[0], n[1]), image.Pt(n[2], n[3]))
	}
}

// colourStep waits until a place has a colour: "colour X Y RRGGBB".
func (p *player) colourStep(ctx context.Context, rest string) error {
	var at image.Point
	var want color.RGBA
	if _, err := fmt.Sscanf(rest, "%d %d %2x%2x%2x", &at.X, &at.Y, &want.R, &want.G, &want.B); err != nil {
		return fmt.Errorf("it takes a place and a colour, such as 20 30 FF5A36: %w", err)
	}
	_, err := p.window.WaitImage(ctx, "a colour", stage.Colour(at, want))
	return err
}

// integers reads exactly count whole numbers.
func integers(text string, count int) ([]int, error) {
	fields := strings.Fields(text)
	if len(fields) != count {
		return nil, fmt.Errorf("it takes %d numbers", count)
	}
	out := make([]int, count)
	for i, field := range fields {
		var err error
		if out[i], err = strconv.Atoi(field); err != nil {
			return nil, err
		}
	}
	return out, nil
}
