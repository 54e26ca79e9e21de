// Package e2e holds the tests that run Ninth as a person does: the real
// programs, a co-op server in a process of its own, a real window on a virtual
// display, and a virtual sound card whose sound is recorded and compared with
// the tracks' own.
package e2e
