package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultHome is the folder where the system keeps the data of applications:
// $XDG_DATA_HOME/ninth, Application Support/Ninth, or %LocalAppData%\Ninth.
func DefaultHome() (string, error) {
	switch runtime.GOOS {
	case "windows", "darwin", "ios":
		dir, err := os.UserConfigDir() // %AppData% on Windows, which roams
		if local := os.Getenv("LocalAppData"); runtime.GOOS == "windows" && local != "" {
			dir, err = local, nil
		}
		if err != nil {
			return "", fmt.Errorf("app: finding a home for the data: %w", err)
		}
		return filepath.Join(dir, "Ninth"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ninth"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("app: finding a home for the data: %w", err)
	}
	return filepath.Join(home, ".local", "share", "ninth"), nil
}
