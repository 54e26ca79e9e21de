package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/credits"
)

// The shapes of the wire, with its legacy keys. Everything here is decoded
// from hostile input; convert.go turns it into the exported types.

// envelope stands around every answer. Two keys mean the number of pages,
// and "status" is a word or a number, which nothing depends on.
type envelope struct {
	Data          json.RawMessage `json:"data"`
	Count         number          `json:"count"`
	NumberOfPages number          `json:"numberOfPages"`
	Pages         number          `json:"pages"`
	Message       string          `json:"message"`
	Error         any             `json:"error"`
	Description   string          `json:"error_description"`
	Errors        []struct {
		Path    string `json:"path"`
		Message string `json:"message"`
	} `json:"errors"`

	etag    string // of the answer around it
	version string // of the whole list that it is a page of
}

// words is the most telling message of a failure.
func (e envelope) words(token string) string {
	message := e.Message
	if text, ok := e.Error.(string); ok && message == "" {
		message = text
		if e.Description != "" {
			message = e.Description
		}
	}
	if len(e.Errors) > 0 {
		message += ": " + strings.TrimSpace(e.Errors[0].Path+" "+e.Errors[0].Message)
	}
	return words(message, token)
}

// number is a JSON number, a number in a string, or null (0): servers of this
// API are not of one mind.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) || bytes.Equal(text, []byte(`""`)) {
		*n = 0
		return nil
	}
	f, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("%.20q is no number", text)
	}
	*n = number(f)
	return nil
}

// int gives the number as an int within 0 and 2³¹−1.
func (n number) int() int { return int(min(max(float64(n), 0), math.MaxInt32)) }

// amount is integer milli-credits, or credits when it is a string: that is
// how plays and purchases differ.
type amount credits.Milli

func (a *amount) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		*a = 0
		return nil
	}
	if text[0] == '"' {
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		m, err := parseCredits(s)
		*a = amount(m)
		return err
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("%.20q is no amount of milli-credits", text)
	}
	*a = amount(n)
	return nil
}

// status is a track's status as a word, or as the database's number.
type status string

func (s *status) UnmarshalJSON(text []byte) error {
	byNumber := map[string]status{"0": "free+paid", "1": "hidden", "2": "free", "3": "paid", "4": "deleted"}
	if known, ok := byNumber[string(text)]; ok {
		*s = known
		return nil
	}
	var word *string
	if err := json.Unmarshal(text, &word); err != nil {
		return errors.New("a status is a word")
	}
	if word != nil {
		*s = status(strings.ToLower(*word))
	}
	return nil
}

// list is a JSON array of any of which null means none; other shapes, which
// legacy rows hold here and there, count as none too.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '[' {
		*l = nil
		return nil
	}
	return json.Unmarshal(text, (*[]T)(l))
}

// maxDepth is the deepest nesting accepted; real answers reach nine.
const maxDepth = 64

// tooDeep tells whether the text nests deeper than maxDepth. It counts
// brackets outside strings and leaves judging the syntax to encoding/json.
func tooDeep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

type wireImage struct {
	URL    string `json:"url"`
	Width  number `json:"width"`
	Height number `json:"height"`
}

// UnmarshalJSON takes an image as an object, or as its address alone, which is
// how the pictures of artists come.
func (w *wireImage) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		*w = wireImage{}
		return json.Unmarshal(text, &w.URL)
	}
	type plain wireImage // without this method
	return json.Unmarshal(text, (*plain)(w))
}

// wireImages are the sizes of a picture by name; an absent picture has sizes
// without addresses, or is null.
type wireImages map[string]wireImage

func (w *wireImages) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		*w = nil
		return nil
	}
	return json.Unmarshal(text, (*map[string]wireImage)(w))
}

type wireCreator struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

type wireTrack struct {
	ID         string       `json:"id"`
	CreatorID  string       `json:"creatorId"`
	Title      string       `json:"title"`
	Duration   number       `json:"duration"` // seconds
	Year       number       `json:"year"`
	HLS        bool         `json:"hls"`
	Status     status       `json:"status"`
	Creator    *wireCreator `json:"creator"`
	Artist     string       `json:"artist"`
	TrackGroup *struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Cover string `json:"cover"`
	} `json:"trackGroup"`
	TrackGroupID  string     `json:"trackGroupId"`
	Images        wireImages `json:"images"`
	UserPlays     *number    `json:"userPlays"`
	UserFavorited *bool      `json:"userFavorited"`
}

type wireItem struct {
	ID      string     `json:"id"`
	Index   number     `json:"index"`
	TrackID string     `json:"trackId"`
	Track   *wireTrack `json:"track"`
}

type wireRelease struct {
	ID            string         `json:"id"`
	Title         string         `json:"title"`
	Type          string         `json:"type"`
	About         string         `json:"about"`
	Tags          list[string]   `json:"tags"`
	CreatorID     string         `json:"creatorId"`
	Creator       *wireCreator   `json:"creator"`
	DisplayArtist string         `json:"display_artist"`
	ReleaseDate   string         `json:"releaseDate"`
	Private       bool           `json:"private"`
	Enabled       *bool          `json:"enabled"`
	Cover         string         `json:"cover"` // an address, or a bare image id
	Images        wireImages     `json:"images"`
	Items         list[wireItem] `json:"items"`
	UpdatedAt     string         `json:"updatedAt"`
}

type wireArtist struct {
	ID          string     `json:"id"`
	TypeID      number     `json:"typeId"`
	DisplayName string     `json:"displayName"`
	Description string     `json:"description"`
	ShortBio    string     `json:"shortBio"`
	Avatar      wireImages `json:"avatar"`
	Banner      wireImages `json:"banner"`
	Links       list[struct {
		Platform string `json:"platform"`
		URI      string `json:"uri"`
	}] `json:"links"`
	TrackGroups list[wireRelease] `json:"trackgroups"`
	UpdatedAt   string            `json:"updatedAt"`
}

type wirePlaylist struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	About     string         `json:"about"`
	Tags      list[string]   `json:"tags"`
	Private   bool           `json:"private"`
	CreatorID string         `json:"creatorId"`
	Creator   *wireCreator   `json:"creator"`
	Cover     string         `json:"cover"`
	Images    wireImages     `json:"images"`
	Items     list[wireItem] `json:"items"`
	UpdatedAt string         `json:"updatedAt"`
}

type wireProfile struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
	Country     string `json:"country"`
	Role        struct {
		Name string `json:"name"`
	} `json:"role"`
	Credit struct {
		Total amount `json:"total"`
	} `json:"credit"`
	UserGroups       list[wireArtist] `json:"userGroups"`
	IsListenerMember bool             `json:"isListenerMember"`
	IsMusicMember    bool             `json:"isMusicMember"`
	Gravatar         string           `json:"gravatar"`
}

type wirePlay struct {
	TrackID string `json:"trackId"`
	Count   number `json:"count"`
	Cost    amount `json:"cost"`
	Total   amount `json:"total"`
}

type wireFound struct {
	Artists     list[wireArtist]  `json:"artists"`
	Labels      list[wireArtist]  `json:"labels"`
	Bands       list[wireArtist]  `json:"bands"`
	Tracks      list[wireTrack]   `json:"tracks"`
	TrackGroups list[wireRelease] `json:"trackgroups"`
}
