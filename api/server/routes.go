package server

import (
	"net/http"
	"regexp"
	"strings"
)

// pathAPI stands before every address of the tracks API.
const pathAPI = "/api/v3"

// route is one operation of the API.
type route struct {
	method  string
	path    string // after pathAPI
	who     access
	call    endpoint
	summary string
}

// table lists the operations that answer with JSON. It is also what the API's
// description is made from.
func (s *Server) table() []route {
	return []route{
		{"GET", "/tracks", open, s.listTracks, "List tracks"},
		{"GET", "/tracks/{id}", optional, s.oneTrack, "One track"},
		{"GET", "/trackgroups", open, s.listReleases, "List releases"},
		{"GET", "/trackgroups/{id}", optional, s.oneRelease, "One release with its tracks"},
		{"GET", "/playlists", open, s.listPlaylists, "List public playlists"},
		{"GET", "/playlists/{id}", optional, s.onePlaylist, "One playlist with its tracks"},
		{"GET", "/artists", open, s.listArtists, "List artists"},
		{"GET", "/artists/featured", open, s.featuredArtists, "List featured artists"},
		{"GET", "/artists/updated", open, s.updatedArtists, "List artists by their latest release"},
		{"GET", "/artists/{id}", optional, s.oneArtist, "One artist"},
		{"GET", "/artists/{id}/releases", optional, s.artistReleases, "An artist's releases with their tracks"},
		{"GET", "/artists/{id}/tracks", open, s.artistTracks, "An artist's tracks"},
		{"GET", "/artists/{id}/tracks/top", open, s.artistTop, "An artist's most played tracks"},
		{"GET", "/labels", open, s.listLabels, "List labels"},
		{"GET", "/labels/{id}", open, s.oneLabel, "One label"},
		{"GET", "/labels/{id}/artists", open, s.labelArtists, "A label's artists"},
		{"GET", "/labels/{id}/releases", open, s.labelReleases, "A label's releases"},
		{"GET", "/search", open, s.search, "Search artists, tracks and releases"},
		{"GET", "/tag/{tag}", open, s.tag, "Tracks and releases with a tag"},
		{"GET", "/resolve", open, s.resolve, "What an address names"},
		{"GET", "/users/{id}", open, s.oneUser, "One listener"},
		{"GET", "/users/{id}/playlists", open, s.userPlaylists, "A listener's public playlists"},

		{"GET", "/user/profile", required, s.getProfile, "The own account"},
		{"PUT", "/user/profile", required, s.putProfile, "Change the own account"},
		{"GET", "/user/collection", required, s.collection, "Owned tracks"},
		{"GET", "/user/favorites", required, s.favourites, "Favourite tracks"},
		{"POST", "/user/favorites", required, s.setFavourite, "Star or unstar a track"},
		{"GET", "/user/favorites/resolve", required, s.resolveFavourites, "Which of some tracks are favourites"},
		{"POST", "/user/plays", required, s.play, "Count a play"},
		{"POST", "/user/plays/buy", required, s.buy, "Buy a track at once"},
		{"GET", "/user/plays/resolve", required, s.resolvePlays, "Paid plays of some tracks"},
		{"GET", "/user/plays/history", required, s.history, "Plays, latest first"},
		{"GET", "/user/plays/history/artists", required, s.historyArtists, "Played artists"},
		{"GET", "/user/plays/stats", required, s.playStats, "Plays per day"},
		{"GET", "/user/products", open, s.listProducts, "What the shop sells"},

		{"GET", "/user/playlists", required, s.ownPlaylists, "The own playlists"},
		{"POST", "/user/playlists", required, s.createPlaylist, "Create a playlist"},
		{"GET", "/user/playlists/{id}", required, s.getOwnPlaylist, "One of the own playlists"},
		{"PUT", "/user/playlists/{id}", required, s.putPlaylist, "Change a playlist"},
		{"DELETE", "/user/playlists/{id}", required, s.deletePlaylist, "Remove a playlist"},
		{"PUT", "/user/playlists/{id}/privacy", required, s.putPlaylistPrivacy, "Publish or withdraw a playlist"},
		{"PUT", "/user/playlists/{id}/cover", required, s.putPlaylistCover, "Give a playlist a picture"},
		{"PUT", "/user/playlists/{id}/items", required, s.setItems, "Replace or reorder a playlist's tracks"},
		{"PUT", "/user/playlists/{id}/items/add", required, s.addItems, "Append tracks to a playlist"},
		{"PUT", "/user/playlists/{id}/items/remove", required, s.removeItems, "Remove tracks from a playlist"},

		{"GET", "/user/artists", required, s.ownArtists, "The own artists with everything of theirs"},
		{"POST", "/user/artists", required, s.createArtist, "Create an artist"},
		{"GET", "/user/artists/{id}", required, s.ownArtist, "One of the own artists"},
		{"GET", "/user/trackgroups", required, s.ownReleases, "The own releases, drafts included"},
		{"POST", "/user/trackgroups", required, s.createRelease, "Create a release"},
		{"GET", "/user/trackgroups/{id}", required, s.ownRelease, "One of the own releases, hidden tracks included"},
		{"PUT", "/user/trackgroups/{id}", required, s.putRelease, "Change a release"},
		{"GET", "/user/tracks", required, s.ownTracks, "The own tracks, hidden ones included"},
		{"GET", "/user/tracks/{id}", required, s.ownTrack, "One of the own tracks"},
	}
}

// routes makes the mux of everything the co-op answers.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	table := s.table()
	for _, r := range table {
		mux.HandleFunc(r.method+" "+pathAPI+r.path, s.serve(r.who, r.call))
	}
	mux.HandleFunc("GET "+pathStream+"{id}", s.preview)
	mux.HandleFunc("GET "+pathStream+"{id}/{part}", s.previewPart)
	mux.HandleFunc("GET "+pathAPI+"/user/stream/{id}", s.stream)
	mux.HandleFunc("GET "+pathAPI+"/user/stream/{id}/{part}", s.streamPart)
	mux.HandleFunc("GET "+pathCheckout, s.checkoutPage)
	mux.HandleFunc("POST "+pathCheckout, s.checkout)
	mux.HandleFunc("GET /images/{name}", s.image)
	mux.HandleFunc("GET "+pathAPI+"/apiDocs", func(w http.ResponseWriter, r *http.Request) { s.describe(w, r, table) })
	s.identity.Register(mux)
	return anyRoute(mux)
}

// anyRoute is where the mux sends what fits no other pattern.
func anyRoute(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			unknownRoute(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// describe writes the API's description (Swagger 2.0, as the reference does).
func (s *Server) describe(w http.ResponseWriter, r *http.Request, table []route) {
	paths := map[string]map[string]any{}
	for _, rt := range table {
		params := []any{}
		for _, m := range pathParameter.FindAllStringSubmatch(rt.path, -1) {
			params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "type": "string"})
		}
		op := map[string]any{
			"summary": rt.summary, "parameters": params,
			"responses": map[string]any{"default": map[string]any{"description": "The answer in its envelope"}},
		}
		if rt.who == required {
			op["security"] = []any{map[string][]string{"token": {"read_write"}}}
		}
		path := pathAPI + rt.path
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(rt.method)] = op
	}
	base := s.base(r)
	body, err := encode(map[string]any{
		"swagger":  "2.0",
		"info":     map[string]string{"title": "Ninth co-op, tracks API", "version": "4.0.0"},
		"basePath": "/",
		"paths":    paths,
		"securityDefinitions": map[string]any{"token": map[string]any{
			"type": "oauth2", "flow": "accessCode", "authorizationUrl": base + "/auth", "tokenUrl": base + "/token",
			"scopes": map[string]string{"read_write": "Everything"},
		}},
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, r, http.StatusOK, body, "")
}
