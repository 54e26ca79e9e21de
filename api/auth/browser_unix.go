//go:build (linux && !android) || freebsd || netbsd || openbsd || dragonfly

package auth

// browserCommands are tried in this order: the desktop's choice, the
// distribution's, and Windows' from within WSL.
var browserCommands = [][]string{{"xdg-open"}, {"x-www-browser"}, {"sensible-browser"}, {"wslview"}}
