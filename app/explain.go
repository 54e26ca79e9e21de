package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
	"github.com/ninth-coop/ninth/sync"
)

// explanations pairs errors with what a person reads: what is wrong, and what
// to do. The first that matches is taken, so the more particular come first.
var explanations = []struct {
	is   error
	text string
}{
	{library.ErrInUse, "Another Ninth has this library open: close it, or set NINTH_HOME to another folder."},
	{library.ErrNewer, "This library was written by a newer Ninth: update Ninth to open it. Nothing was changed."},
	{library.ErrDamaged, "The library file cannot be read: put a backup of ninth.db in its place, or move it away to begin anew. Nothing was changed."},
	{library.ErrWaiting, "Some plays or edits have not reached the co-op yet: connect and sync first, or discard them."},
	{library.ErrOwned, "You own this track already."},
	{library.ErrCredits, "Your credits do not suffice: top them up at your co-op first."},
	{library.ErrPrice, "The price has changed meanwhile: look at it again before you buy."},
	{library.ErrReadOnly, "This playlist is someone else's: copy it to change it."},
	{library.ErrNotFound, "This is not in the library any more: refresh with 'ninth sync'."},
	{ErrNotOwned, "Only owned tracks are kept offline: play it nine times, or buy it."},
	{ErrNotHere, "This track is not on this machine: sign in to your co-op to stream it."},
	{errNowPreview, "Your credits ran out while it played: top them up at your co-op to hear the rest."},
	{ErrNoAddress, "No co-op is known yet: name yours with 'ninth login --server ADDRESS', or try 'ninth --demo'."},
	{ErrBadAddress, "That is not the address of a co-op: it should look like https://coop.example."},

	{auth.ErrCredentials, "The e-mail or the password is wrong: try again."},
	{auth.ErrRefused, "The co-op refused the sign-in: try again, and allow Ninth when it asks."},
	{auth.ErrMismatch, "The answer did not belong to this sign-in: close old sign-in pages and try again."},
	{auth.ErrIssuer, "The sign-in page belongs to another address: check the address of your co-op."},
	{auth.ErrNotProvider, "There is no co-op at this address: check it for a typing mistake."},
	{auth.ErrRedirect, "The redirect address must be http on this machine, such as http://127.0.0.1:8080."},
	{auth.ErrNoDevice, "This co-op has no sign-in by code: sign in with a browser instead."},
	{auth.ErrNoBrowser, "No browser could be opened: use --no-browser and open the address yourself."},
	{auth.ErrInsecure, "This address is not encrypted: use one that begins with https."},
	{auth.ErrNoTokens, "You are not signed in: sign in with 'ninth login'."},
	{auth.ErrDamaged, "The stored sign-in cannot be read: sign in again with 'ninth login'."},
	{api.ErrExpired, "Your sign-in has expired: sign in again."},
	{api.ErrSignedOut, "You are not signed in: sign in with 'ninth login'."},
	{api.ErrNotCoop, "This address does not answer as a co-op: check it, or try again later."},
	{api.ErrNoWallet, "You have no credits yet: buy some at your co-op first."},
	{api.ErrNotFound, "The co-op has no such track any more."},
	{api.ErrOutcomeUnknown, "The co-op did not answer in time: Ninth will ask it what happened before anything is sent again."},
	{api.ErrTooLarge, "The co-op's answer is too large to be true: check the address."},

	{sync.ErrDiskFull, "The disk is full: make room, then try again."},
	{sync.ErrPreview, "The co-op sends only a preview of this track: check your credits."},
	{sync.ErrCorrupt, "A download came damaged: Ninth will fetch it again; check your connection if it goes on."},
	{sync.ErrOtherAccount, "This library belongs to another account: sign out first, or set NINTH_HOME to another folder."},
	{source.ErrDiskFull, "The disk is full: make room, then play it again."},
	{source.ErrChanged, "The track changed on the server while it played: play it again."},
	{player.ErrStuck, "This track cannot be decoded: try another one."},
	{player.ErrSilent, "There is nothing to hear in this file: try another one."},
	{output.ErrTooLong, "The WAV file is full at 4 GB: render less with --for."},
	{codec.ErrDamaged, "The file is damaged: it cannot be played to its end."},
	{codec.ErrUnknownFormat, "This is no sound file that Ninth knows: try FLAC, WAV or M4A."},
	{output.ErrNoDevice, "No sound device was found: connect one and start Ninth again; it plays silently until then."},

	{fs.ErrNotExist, "There is no such file: check its name."},
	{fs.ErrPermission, "Ninth may not read or write there: check the permissions of the file or folder."},
}

// Explain turns an error into one sentence for a person: what is wrong, and
// what to do. An error that has words of its own, in a method Sentence, keeps
// them. Explain returns "" for nil and for a cancelled context.
func Explain(err error) string {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	var (
		port        *auth.PortError
		limited     *api.RateLimitError
		unsupported *codec.UnsupportedError
		server      *auth.ServerError
		status      *api.StatusError
		network     *api.NetworkError
		path        *fs.PathError
		address     *url.Error
		worded      interface{ Sentence() string }
	)
	switch {
	case errors.As(err, &worded):
		return worded.Sentence()
	case errors.As(err, &port):
		return fmt.Sprintf("Port %d, where the browser should return to, is taken: close the program that uses it, or sign in with --device.", port.Port)
	case errors.As(err, &limited):
		return fmt.Sprintf("The co-op asks for patience: try again in %s.", limited.After.Round(time.Second))
	case errors.As(err, &unsupported):
		return fmt.Sprintf("This track is in a format that Ninth cannot play (%s): try another one, or convert it to FLAC.", unsupported.What)
	}
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			if errors.As(err, &path) && (e.is == fs.ErrNotExist || e.is == fs.ErrPermission) {
				return named(e.text, path.Path)
			}
			return e.text
		}
	}
	switch {
	case isDiskFull(err):
		return "The disk is full: make room, then try again."
	case errors.As(err, &server):
		return fmt.Sprintf("The co-op refused this (%s): check the client id and secret.", server.Code)
	case errors.As(err, &status) && status.Code >= 500:
		return fmt.Sprintf("The co-op has a fault of its own (%d): try again later.", status.Code)
	case errors.As(err, &status):
		return fmt.Sprintf("The co-op refused this (%d): refresh, and try again.", status.Code)
	case errors.As(err, &network), errors.As(err, &address):
		return "The co-op cannot be reached: check the address and your connection."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "That took too long: check your connection, and try again."
	case errors.As(err, &path):
		return named("This file cannot be used: check what it is and where it lies.", path.Path)
	}
	return "Something went wrong that Ninth has no words for: " + err.Error() + "."
}

// named puts a file's name before a sentence about it.
func named(sentence, path string) string { return path + ": " + sentence }
