//go:build !linux

package main

// resident is unknown here.
func resident(int) int64 { return 0 }
