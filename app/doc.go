// Package app is the session: what a person can do with Ninth, joined from
// the player, the library, the sync and the co-op's API. It knows no toolkit;
// the window, the terminal and the phone shells stand on it.
//
// # Who owns what
//
// A [Session] owns the library, the player and, while somebody is signed in,
// one connection to a co-op. [Open] touches disk and sound device but never
// the network; [Session.Serve] runs everything until its context ends. All
// methods may be called from any goroutine. Those without a context return at
// once: what they ask of the network is left to the sync.
//
// # A listen
//
// The queue holds keys. When the player needs an entry, the session resolves
// its key: to the file in the library if that is whole, else to a download
// that plays while it grows and fills the same file. The player reports what
// is heard; past 45 s (or at the end of a shorter track) the session records
// a play in the library, which puts it into the outbox in the same
// transaction, and the sync sends it.
//
// # Errors
//
// Lower layers give typed errors. [Explain] turns any of them into the one
// sentence that a person reads: what is wrong, and what to do.
package app
