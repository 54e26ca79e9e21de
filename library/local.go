package library

import "strings"

// localTrack begins the id of a track that is a file of the person's own.
const localTrack = "file-"

// IsLocalTrack tells the id of a track that is a file of the person's own: no
// co-op knows it.
func IsLocalTrack(id string) bool { return strings.HasPrefix(id, localTrack) }
