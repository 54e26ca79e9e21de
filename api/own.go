package api

import (
	"cmp"
	"context"
	"slices"
)

// OwnReleases gives all releases of the listener's own artists: drafts,
// private and scheduled ones, and their hidden tracks. It walks two lists,
// since one shows every track and the other the covers.
func (c *Client) OwnReleases(ctx context.Context) ([]Release, error) {
	var out []Release
	artists := func(o ListOptions) (Page[Artist], error) {
		return getPage(ctx, c, call{op: "reading own artists", path: "/user/artists", auth: required}, o, c.convert().artists)
	}
	for a, err := range walk(artists, ListOptions{Limit: maxLimit}) {
		if err != nil {
			return nil, err
		}
		out = append(out, a.Releases...)
	}
	releases := func(o ListOptions) (Page[Release], error) {
		return getPage(ctx, c, call{op: "listing own releases", path: "/user/trackgroups", auth: required}, o, c.convert().releases)
	}
	for r, err := range walk(releases, ListOptions{Limit: maxLimit}) {
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(out, func(have Release) bool { return have.ID == r.ID })
		if at < 0 {
			out = append(out, r)
			continue
		}
		complete(&out[at], r)
	}
	return out, nil
}

// complete fills what the fuller row of a release lacks.
func complete(r *Release, from Release) {
	if len(from.Covers) > 0 {
		r.Covers, r.CoverURL = from.Covers, from.CoverURL
	}
	r.CoverURL = cmp.Or(r.CoverURL, from.CoverURL)
	for i := range r.Tracks {
		t := &r.Tracks[i]
		if len(t.Covers) == 0 {
			t.Covers, t.CoverURL = r.Covers, r.CoverURL
		}
		for _, other := range from.Tracks {
			if other.ID == t.ID {
				t.Duration = cmp.Or(t.Duration, other.Duration)
			}
		}
	}
}

// OwnRelease gives one of the listener's own releases, whatever its state.
func (c *Client) OwnRelease(ctx context.Context, id string) (Release, error) {
	const op = "reading an own release"
	if _, err := segment(id); err != nil {
		return Release{}, wrap(op, err)
	}
	all, err := c.OwnReleases(ctx)
	if err != nil {
		return Release{}, err
	}
	for _, r := range all {
		if r.ID == id {
			return r, nil
		}
	}
	return Release{}, wrap(op, ErrNotFound)
}
