package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// walk visits everything in sight: each object with its place in the window.
func walk(o fyne.CanvasObject, at fyne.Position, visit func(o fyne.CanvasObject, at fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at)
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		children = o.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	for _, child := range children {
		walk(child, at, visit)
	}
}

// all is what of one kind lies in sight.
func all[T fyne.CanvasObject](root fyne.CanvasObject) (found []T) {
	walk(root, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if o, ok := o.(T); ok {
			found = append(found, o)
		}
	})
	return found
}

// labelled is what can be tapped and says what it is for.
type labelled interface {
	fyne.CanvasObject
	fyne.Tappable
	AccessibilityLabel() string
}

// tap taps what of one kind has a label. Of several it is the one on top.
func tap[T labelled](t *testing.T, root fyne.CanvasObject, label string) {
	t.Helper()
	for _, o := range slices.Backward(all[T](root)) {
		if o.AccessibilityLabel() == label {
			test.Tap(o)
			return
		}
	}
	var kind T
	t.Fatalf("there is no %T %q", kind, label)
}

// pick taps the line of a menu with a text.
func pick(t *testing.T, menu fyne.CanvasObject, label string) {
	t.Helper()
	var line, found fyne.Tappable
	for _, o := range all[fyne.CanvasObject](menu) {
		if l, ok := o.(fyne.Tappable); ok {
			line = l
		}
		if text, ok := o.(*canvas.Text); ok && text.Text == label {
			found = line
		}
	}
	if found == nil {
		t.Fatalf("there is no %q in the menu", label)
	}
	found.Tapped(&fyne.PointEvent{})
}

// layoutOf writes down where Ninth's own widgets and all text stand.
func layoutOf(root fyne.CanvasObject) string {
	var b strings.Builder
	walk(root, fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
		name := strings.TrimPrefix(reflect.TypeOf(o).String(), "*")
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text == "" {
				return
			}
			name = fmt.Sprintf("%q %g", o.Text, o.TextSize)
		case fyne.Widget:
			if !strings.HasPrefix(name, "widgets.") || name == "widgets.Text" {
				return
			}
		default:
			return
		}
		fmt.Fprintf(&b, "%4.0f %4.0f  %4.0f × %-4.0f %s\n", at.X, at.Y, o.Size().Width, o.Size().Height, name)
	})
	return b.String()
}

// layoutOfText is the texts in sight, whatever widget they belong to, each on
// a line.
func layoutOfText(root fyne.CanvasObject) string {
	var b strings.Builder
	for _, text := range all[*canvas.Text](root) {
		b.WriteString(text.Text + "\n")
	}
	return b.String()
}

// shows says whether a text stands somewhere, in one line or over several.
func shows(root fyne.CanvasObject, words string) bool {
	return strings.Contains(strings.ReplaceAll(layoutOfText(root), "\n", " "), words)
}
