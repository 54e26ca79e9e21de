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
	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/app/export"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
	"github.com/ninth-coop/ninth/sync"
)

// explanations pairs errors with what a person reads: what is wrong, and what
// to do. The first that matches is taken, so the more particular come first.
var explanations = []struct {
	is    error
	text  string
	named bool // the file's name is put before it
}{
	{library.ErrInUse, "Another Ninth has this library open: close it, or set NINTH_HOME to another folder.", false},
	{library.ErrNewer, "This library was written by a newer Ninth: update Ninth to open it. Nothing was changed.", false},
	{library.ErrDamaged, "The library file cannot be read: put a backup of ninth.db in its place, or move it away to begin anew. Nothing was changed.", false},
	{library.ErrWaiting, "Some plays or edits have not reached the co-op yet: connect and sync first, or discard them.", false},
	{library.ErrOwned, "You own this track already.", false},
	{library.ErrCredits, "Your credits do not suffice: top them up at your co-op first.", false},
	{library.ErrPrice, "The price has changed meanwhile: look at it again before you buy.", false},
	{library.ErrReadOnly, "This playlist is someone else's: copy it to change it.", false},
	{library.ErrNotFound, "This is not in the library any more: refresh with 'ninth sync'.", false},
	{library.ErrBusy, "This track is on its way right now: try again when it has come.", false},
	{errTooLate, "It is too late to take that back: keep the track to fetch it again.", false},
	{errBadRule, "There is no such rule: choose always, wifi or never.", false},
	{errBadQuota, "The limit is a size, a part of the disk from 1 to 100 percent, or both.", false},
	{library.ErrLocal, "This is a file of your own: the co-op does not have it, so it cannot be on a playlist there.", false},
	{library.ErrRule, "This list's rule makes no sense: change it, and save it again.", false},
	{library.ErrTooMany, "There are too many smart lists: delete one first.", false},
	{ErrNoFolder, "This is not a folder: choose the folder that your music is in.", false},
	{ErrNotWhole, "This track is not on this machine yet, or not all of it: keep it, and export it when it has come.", false},
	{errIsFile, "This track is a file of your own already: it is where you put it.", false},
	{ErrNotOwned, "Only owned tracks are kept offline, and exported: play it nine times, or buy it.", false},
	{ErrNotHere, "This track is not on this machine: sign in to your co-op to stream it.", false},
	{errNowPreview, "Your credits ran out while it played: top them up at your co-op to hear the rest.", false},
	{ErrNoAddress, "No co-op is known yet: name yours with 'ninth login --server ADDRESS', or try 'ninth --demo'.", false},
	{ErrBadAddress, "That is not the address of a co-op: it should look like https://coop.example.", false},

	{auth.ErrCredentials, "The e-mail or the password is wrong: try again.", false},
	{auth.ErrRefused, "The co-op refused the sign-in: try again, and allow Ninth when it asks.", false},
	{auth.ErrMismatch, "The answer did not belong to this sign-in: close old sign-in pages and try again.", false},
	{auth.ErrIssuer, "The sign-in page belongs to another address: check the address of your co-op.", false},
	{auth.ErrNotProvider, "There is no co-op at this address: check it for a typing mistake.", false},
	{auth.ErrClient, "The co-op does not know this client or redirect address: check --client-id and --redirect.", false},
	{auth.ErrRedirect, "The redirect address must be http on this machine, such as http://127.0.0.1:8080.", false},
	{auth.ErrNoDevice, "This co-op has no sign-in by code: sign in with a browser instead.", false},
	{auth.ErrNoBrowser, "No browser could be opened: use --no-browser and open the address yourself.", false},
	{auth.ErrInsecure, "This address is not encrypted: use one that begins with https.", false},
	{auth.ErrNoTokens, "You are not signed in: sign in with 'ninth login'.", false},
	{auth.ErrDamaged, "The stored sign-in cannot be read: sign in again with 'ninth login'.", false},
	{api.ErrExpired, "Your sign-in has expired: sign in again.", false},
	{api.ErrSignedOut, "You are not signed in: sign in with 'ninth login'.", false},
	{api.ErrNotCoop, "This address does not answer as a co-op: check it, or try again later.", false},
	{api.ErrNoWallet, "You have no credits yet: buy some at your co-op first.", false},
	{api.ErrNotFound, "The co-op has no such track any more.", false},
	{api.ErrOutcomeUnknown, "The co-op did not answer in time: Ninth will ask it what happened before anything is sent again.", false},
	{api.ErrTooLarge, "The co-op's answer is too large to be true: check the address.", false},

	{api.ErrPreviewOnly, "Your credits ran out while it came: top them up at your co-op to have the rest.", false},
	{hls.ErrPlaylist, "The co-op's list of this track's segments makes no sense: try again later.", false},
	{hls.ErrChanged, "The track changed on the server while it came: try again.", false},
	{hls.ErrKey, "The key that the co-op gives for this track does not fit: try again later.", false},

	{sync.ErrDiskFull, "The disk is full: make room, then try again.", false},
	{sync.ErrPreview, "The co-op sends only a preview of this track: check your credits.", false},
	{sync.ErrCorrupt, "A download came damaged: Ninth will fetch it again; check your connection if it goes on.", false},
	{sync.ErrOtherAccount, "This library belongs to another account: sign out first, or set NINTH_HOME to another folder.", false},
	{source.ErrDiskFull, "The disk is full: make room, then play it again.", false},
	{source.ErrChanged, "The track changed on the server while it played: play it again.", false},
	{player.ErrStuck, "This track cannot be decoded: try another one.", false},
	{player.ErrSilent, "There is nothing to hear in this file: try another one.", false},
	{output.ErrTooLong, "The WAV file is full at 4 GB: render less with --for.", false},
	{export.ErrDamaged, "The file is damaged, so no tags can be put into it: let go of the track, and fetch it again.", false},
	{codec.ErrDamaged, "The file is damaged: it cannot be played to its end.", false},
	{codec.ErrUnknownFormat, "This is no sound file that Ninth knows: try MP3, FLAC, M4A or WAV.", false},
	{output.ErrNoDevice, "No sound device was found: connect one, and Ninth goes on by itself.", false},

	{playlistfile.ErrFormat, "This is no playlist that Ninth knows: it reads M3U8, XSPF and JSPF.", false},
	{playlistfile.ErrTooLarge, "This playlist is too large: a playlist has 10,000 tracks at most.", false},
	{playlistfile.ErrSyntax, "This playlist cannot be read: its file is damaged, or of another format than its name says.", false},

	{fs.ErrNotExist, "There is no such file: check its name.", true},
	{fs.ErrPermission, "Ninth may not read or write there: check the permissions of the file or folder.", true},
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
		segments    *hls.UnsupportedError
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
	case errors.As(err, &segments):
		return fmt.Sprintf("The co-op sends this track in a way that Ninth cannot play (%s): try another one, or ask your co-op.", segments.What)
	case errors.As(err, &unsupported):
		return fmt.Sprintf("This track is in a format that Ninth cannot play (%s): try another one, or convert it to FLAC.", unsupported.What)
	}
	for _, e := range explanations {
		if errors.Is(err, e.is) {
			if e.named && errors.As(err, &path) {
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
