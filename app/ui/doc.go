// Package ui is Ninth's window: its screens on a desk and on a phone, from one
// model.
//
// # How it hangs together
//
// A shell owns the window. It follows the session (what is heard, how the
// co-op is reached, what changed in the library) and keeps the newest of each
// in a model, which the screens read. A screen is one place the person can be
// in; the shell keeps a history of places, and puts the present one into the
// arrangement that fits the width: rail, content, queue and player bar on a
// desk, tabs and a small player on a phone.
//
// # Threads
//
// Everything of this package runs on Fyne's goroutine, except what is handed
// to shell.run: reads of the library happen there, away from the screen, and
// their result comes back through fyne.Do. Nothing here waits for a network.
package ui
