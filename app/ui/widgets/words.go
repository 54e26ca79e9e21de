package widgets

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2/lang"
)

// Clock writes a position or a length as it is read on a player: 3:41, or
// 1:02:03 from an hour on.
func Clock(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Minutes writes the length of a release or a queue: 31 min, 1 h 4 min.
func Minutes(d time.Duration) string {
	m := max(int(d/time.Minute), min(int(d), 1))
	if m >= 60 {
		return lang.L("{{.Hours}} h {{.Minutes}} min", map[string]any{"Hours": m / 60, "Minutes": m % 60})
	}
	return lang.L("{{.Minutes}} min", map[string]any{"Minutes": m})
}

// Bytes writes a size on disk: 812 kB, 1.2 GB.
func Bytes(n int64) string {
	const kB, MB, GB = 1e3, 1e6, 1e9
	switch f := float64(n); {
	case f >= GB:
		return fmt.Sprintf("%.1f GB", f/GB)
	case f >= MB:
		return fmt.Sprintf("%.0f MB", f/MB)
	default:
		return fmt.Sprintf("%.0f kB", f/kB)
	}
}
