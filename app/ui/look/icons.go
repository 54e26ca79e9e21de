package look

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/ninth-coop/ninth/assets"
)

// Icon is a bundled icon in a colour of the theme. An icon that the program
// was built without is Fyne's own mark for a broken image, so that a mistake
// is seen and nothing falls over.
func Icon(name assets.IconName, colour fyne.ThemeColorName) fyne.Resource {
	data, err := assets.Icon(name)
	if err != nil {
		fyne.LogError(fmt.Sprintf("look: no icon %q", name), err)
		return theme.BrokenImageIcon()
	}
	return theme.NewColoredResource(fyne.NewStaticResource(string(name)+".svg", data), colour)
}

// Program is the picture that stands for Ninth.
func Program() fyne.Resource {
	data, err := assets.AppIcon()
	if err != nil {
		fyne.LogError("look: no picture of the program", err)
		return theme.BrokenImageIcon()
	}
	return fyne.NewStaticResource("ninth.png", data)
}
