package playlistfile

import (
	"net/url"
	"path/filepath"
	"strings"
)

// Paths are the files on this machine that an entry may be, the likeliest
// first, when its playlist lies in a folder: relative locations begin there.
// They need not exist. Locations elsewhere have none.
func (e Entry) Paths(folder string) (paths []string) {
	for _, location := range e.Locations {
		if uriPattern.MatchString(location) {
			u, err := url.Parse(location)
			if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" {
				continue
			}
			location = u.Path
			// file:///C:/Music is C:/Music where there are such names.
			if bare := filepath.FromSlash(strings.TrimPrefix(location, "/")); filepath.VolumeName(bare) != "" {
				location = bare
			}
			paths = append(paths, filepath.FromSlash(location))
			continue
		}
		candidates := []string{location, strings.ReplaceAll(location, `\`, "/")}
		if plain, err := url.PathUnescape(location); err == nil { // XSPF escapes what M3U8 does not
			candidates = append(candidates, plain)
		}
		for i, c := range candidates {
			if i > 0 && c == location {
				continue
			}
			if c = filepath.FromSlash(c); !filepath.IsAbs(c) {
				c = filepath.Join(folder, c)
			}
			paths = append(paths, c)
		}
	}
	return paths
}
