package app

import (
	"fmt"
	"strings"
)

// A queue entry names its track by a key: "track:" and the id of a co-op's
// track, or "file:" and the absolute path of a file on this machine.
const (
	trackKey = "track:"
	fileKey  = "file:"
)

// TrackKey is the queue key of a co-op's track.
func TrackKey(id string) string { return trackKey + id }

// FileKey is the queue key of a file; path must be absolute.
func FileKey(path string) string { return fileKey + path }

// trackOf gives the track id of a key, if it is one of a co-op's track.
func trackOf(key string) (id string, ok bool) { return strings.CutPrefix(key, trackKey) }

// fileOf gives the path of a key, if it is one of a file.
func fileOf(key string) (path string, ok bool) { return strings.CutPrefix(key, fileKey) }

// errBadKey reports a key that this version does not know, for example from a
// queue saved by a newer one.
type errBadKey string

func (k errBadKey) Error() string {
	return fmt.Sprintf("app: unknown kind of queue entry %q", string(k))
}
