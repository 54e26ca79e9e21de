package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/ninth-coop/ninth/api/server/store"
)

// apiError is an answer of the API that is not a success.
type apiError struct {
	Status  int          `json:"status"`
	Message string       `json:"message"`
	Errors  []fieldError `json:"errors,omitempty"`
	Data    any          `json:"data"` // always null

	badToken bool // a token was sent, and is not valid
}

func (e *apiError) Error() string { return "server: " + e.Message }

// fieldError is one thing that is wrong with a request.
type fieldError struct {
	Path     string `json:"path,omitempty"`
	Code     string `json:"errorCode"`
	Message  string `json:"message"`
	Location string `json:"location"` // query, path, body or header
}

// invalid is a 400 about one value. rule is the rule of JSON Schema that it
// breaks.
func invalid(location, path, rule, message string) error {
	return &apiError{Status: http.StatusBadRequest, Message: "Bad Request", Errors: []fieldError{{
		Path: path, Code: rule + ".openapi.requestValidation", Message: message, Location: location,
	}}}
}

func missing(location, name string) error {
	return invalid(location, name, "required", "should have required property '"+name+"'")
}

func notFound(message string) error {
	return &apiError{Status: http.StatusNotFound, Message: message}
}

// orNotFound gives the store's "not found" the words of the endpoint.
func orNotFound(err error, message string) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound(message)
	}
	return err
}

// fail answers with an error. What is not meant for the asker goes to the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *apiError
	switch {
	case errors.As(err, &e):
	case errors.Is(err, store.ErrNotFound):
		e = &apiError{Status: http.StatusNotFound, Message: "Not found"}
	case errors.Is(err, store.ErrNoWallet):
		e = &apiError{Status: http.StatusNotFound, Message: "Wallet does not exist"}
	case errors.Is(err, store.ErrConflict):
		e = &apiError{Status: http.StatusPreconditionFailed, Message: "It was changed meanwhile"}
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return // the asker has gone away
	default:
		s.cfg.Logger.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		e = &apiError{Status: http.StatusInternalServerError, Message: "Something went wrong here"}
	}
	if e.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="co-op"`
		if e.badToken {
			challenge += `, error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	body, encodeErr := encode(e)
	if encodeErr != nil {
		http.Error(w, e.Message, e.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// unknownRoute answers what no route fits.
func unknownRoute(w http.ResponseWriter, r *http.Request) {
	body, err := encode(map[string]string{
		"error":             "invalid_request",
		"error_description": "unrecognized route or not allowed method (" + r.Method + " on " + r.URL.Path + ")",
	})
	if err != nil {
		http.Error(w, "unrecognized route", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(body)
}
