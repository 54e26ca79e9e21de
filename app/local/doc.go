// Package local finds the person's own music: it walks the folders that the
// library names, reads the tags of what is new, and keeps the library in step
// with what is there.
//
// A scan looks at every folder but reads only files of which path, size or
// time are new. A file that was moved is recognised by its size and time, so
// the track keeps its history. Files that went leave the library, unless the
// folder they were in cannot be read just now, or the person's whole folder is
// empty, as when a disk is not plugged in: then they wait for it.
//
// Folders are watched, so that changes show within seconds. Where the system
// refuses to watch them all, they are scanned every ten minutes as well.
//
// Nothing in a folder is trusted: links are followed but no folder is entered
// twice, only regular files are opened, of each at most a bounded part is
// read, and what a tag says is cut to a bounded length. Nothing there is ever
// written to.
package local
