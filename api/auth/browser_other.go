//go:build android || ios || !(linux || freebsd || netbsd || openbsd || dragonfly || darwin || windows)

package auth

// browserCommands is empty where programs cannot be started: a phone's shell
// brings a Browser of its own.
var browserCommands [][]string
