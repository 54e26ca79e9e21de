// Package auth signs a listener in to a co-op, and keeps the sign-in.
//
// [Discover] reads what the co-op's identity provider offers. Then
// [Provider.SignIn] runs the authorization code flow with PKCE S256 (RFC 6749,
// RFC 7636, RFC 8252) in a browser, answered on a loopback listener bound to
// 127.0.0.1; or [Provider.SignInDevice] runs the device flow (RFC 8628), for
// terminals, phones and televisions. state, iss (RFC 9207), nonce and the
// id_token's signature are checked. A client secret is sent only if one is
// configured.
//
// A [Source] gives access tokens to the API client: it refreshes them, one
// request at a time however many ask, and stores rotated refresh tokens
// before anyone uses what came with them. Where a server gives no refresh
// tokens, the sign-in ends with the access token as [ErrExpired].
//
// [Tokens] live in a [Store]: the system's keyring, or where there is none an
// encrypted file, about which [Open] hands back a plain warning.
//
// No token, code or secret is ever part of an error, a log line or an address
// this package composes; Tokens print themselves redacted.
package auth
