package server

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/api/server/store"
)

// uuidPattern is a UUID of any version. The API writes them in lower case, and
// so does the store.
var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// id reads a UUID of the path.
func (c *call) id() (string, error) {
	v := strings.ToLower(c.PathValue("id"))
	if !uuidPattern.MatchString(v) {
		return "", invalid("path", "id", "format", `should match format "uuid"`)
	}
	return v, nil
}

// query reads the parameters of an address and collects what is wrong.
type query struct {
	values url.Values
	errs   []fieldError
}

func (c *call) query() *query { return &query{values: c.URL.Query()} }

func (q *query) err() error {
	if len(q.errs) == 0 {
		return nil
	}
	return &apiError{Status: 400, Message: "Bad Request", Errors: q.errs}
}

func (q *query) bad(name, rule, message string) {
	q.errs = append(q.errs, fieldError{Path: name, Code: rule + ".openapi.requestValidation", Message: message, Location: "query"})
}

// number reads an integer between bounds, or the fallback.
func (q *query) number(name string, fallback, low, high int) int {
	s := q.values.Get(name)
	if s == "" {
		return fallback
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		q.bad(name, "type", "should be integer")
	case n < low:
		q.bad(name, "minimum", fmt.Sprintf("should be >= %d", low))
	case n > high:
		q.bad(name, "maximum", fmt.Sprintf("should be <= %d", high))
	default:
		return n
	}
	return fallback
}

// choice reads one of some words, or "".
func (q *query) choice(name string, words ...string) string {
	s := q.values.Get(name)
	if s != "" && !slices.Contains(words, s) {
		q.bad(name, "enum", "should be equal to one of the allowed values")
		return ""
	}
	return s
}

// flag reads true or false, or nil.
func (q *query) flag(name string) *bool {
	s := q.values.Get(name)
	if s == "" {
		return nil
	}
	v := s == "true"
	if !v && s != "false" {
		q.bad(name, "type", "should be boolean")
		return nil
	}
	return &v
}

const (
	maxLimit   = 100
	maxPage    = 1_000_000 // keeps limit·page an int everywhere
	seedPeriod = 600       // seconds for which shuffles without a seed stay the same
)

// listing reads limit, page, order and seed. Without any orders the parameter
// "order" is ignored.
func (c *call) listing(q *query, defaultLimit int, orders ...string) store.Listing {
	order := ""
	if len(orders) > 0 {
		order = q.choice("order", orders...)
	}
	return store.Listing{
		Limit:  q.number("limit", defaultLimit, 1, maxLimit),
		Page:   q.number("page", 1, 1, maxPage),
		Order:  order,
		Random: int64(q.number("seed", int(c.now().Unix()/seedPeriod), math.MinInt32, math.MaxInt32)),
	}
}

// paged fills a reply's counts in.
func paged(data any, count int, l store.Listing, pagesKey string, said any) reply {
	return reply{data: data, count: &count, pages: (count + l.Limit - 1) / l.Limit, pagesKey: pagesKey, said: said}
}

// maxIDs bounds how many ids one question may name.
const maxIDs = 500

// ids reads the parameter "ids": repeated, or separated by commas.
func (q *query) ids() []string {
	var out []string
	for _, v := range q.values["ids"] {
		for id := range strings.SplitSeq(v, ",") {
			if id = strings.ToLower(strings.TrimSpace(id)); !uuidPattern.MatchString(id) {
				q.bad("ids", "format", `should match format "uuid"`)
				return nil
			}
			out = append(out, id)
		}
	}
	switch {
	case len(out) == 0:
		q.bad("ids", "required", "should have required property 'ids'")
	case len(out) > maxIDs:
		q.bad("ids", "maxItems", fmt.Sprintf("should NOT have more than %d items", maxIDs))
	}
	return out
}

// decode reads the JSON body into v. Fields that v does not have are ignored,
// or refused when strict.
func (c *call) decode(v any, strict bool) error {
	return decodeJSON(c.Body, v, strict)
}

func decodeJSON(r io.Reader, v any, strict bool) error {
	dec := json.NewDecoder(r)
	if strict {
		dec.DisallowUnknownFields()
	}
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			return invalid("body", "", "type", "should be one JSON object")
		}
		return nil
	}
	if strict && strings.HasPrefix(err.Error(), "json: unknown field") {
		return invalid("body", "", "additionalProperties", "should NOT have additional properties")
	}
	return invalid("body", "", "type", "should be object")
}

// trackID checks a track id of a body.
func trackID(id string) (string, error) {
	if id == "" {
		return "", missing("body", "trackId")
	}
	id = strings.ToLower(id)
	if !uuidPattern.MatchString(id) {
		return "", invalid("body", "trackId", "format", `should match format "uuid"`)
	}
	return id, nil
}
