//go:build darwin && !ios

package auth

var browserCommands = [][]string{{"open"}}
