// Package api speaks the tracks API (v3) of a co-op: the client, and the
// values it gives back.
//
// Names past this package are the listener's: the wire's trackgroup is a
// [Release] here, its user group an [Artist], its milli-credit integers a
// [credits.Milli]. The shapes of the wire, legacy keys included, stay unexported.
//
// # Trust
//
// Everything a server sends is treated as hostile. An answer has a bounded
// size (8 MiB of JSON, 64 levels deep, after decompression), must say that it
// is JSON, and must come within a bounded time; a stream has no total limit
// but must begin within the same time. The access token is added in one
// place, below redirects, and only to requests for the origin (scheme, host
// and port) of [Config.BaseURL]. No error text holds a token, a query string
// or more than 200 characters of a server's words.
//
// # Money
//
// Amounts are integer milli-credits. [Client.Play] and [Client.Buy] are sent
// once and never repeated by this package; when their answer is lost they
// return [ErrOutcomeUnknown], and the caller settles what happened by asking
// ([Client.PlaysOf], [Client.Profile]) before it sends anything again.
//
// # Errors
//
// Errors read "api: doing what: why". Callers decide with errors.Is and
// errors.As on the sentinels and types of this package, and with [Retryable].
// A reference server answers 404 for its own failures, so [ErrNotFound] is
// claimed only when the server's message says so, and even then it is no
// reason to destroy anything local.
//
// A [Client] is safe for concurrent use. It belongs to one account: make
// another for another account.
package api
