// Package trial holds library, sync and api together to one promise: what a
// person did arrives at the co-op, once. It has tests only.
//
// A person plays, buys, stars, edits playlists, pins and removes, at random,
// while the program is killed, the server is killed, the disk is full or the
// network fails in every way that package badnet knows. A model notes what the
// library said was done. After each kill the library must show what the model
// has, and in the end, after one run without trouble, so must the co-op:
// credits to the milli-credit, plays, history, favourites and playlists; and on
// the disk there is no file called whole that is not, and none that nothing
// names.
//
// The tests run against coopd, a process of its own, or, where the environment
// names a server (NINTH_CONFORM_ADDR and the others of package conform), against
// that, as its listener: `make test-server`. Then the credits of that account
// bound what is spent, and what needs a server that can be killed or looked
// into says that it did not run.
package trial
