package app

import "runtime/debug"

// SaveMemory has the garbage collector let the heap grow by half, and not to
// twice of what is in use. A player is open all day beside other programs, its
// library is mapped into memory besides, and what it decodes all the time it
// does in buffers that it keeps: the collector has little to do. It is for the
// whole process, so programs call it, and no package does by itself.
func SaveMemory() { debug.SetGCPercent(50) }
