package app

import (
	"cmp"
	"io/fs"
	"slices"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/app/export"
	"github.com/ninth-coop/ninth/cover"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
	"github.com/ninth-coop/ninth/sync"
)

// explanation is what a person reads about an error. The texts are keys of the
// translations.
type explanation struct {
	is     error
	text   string
	window string // in its place where nobody types commands; "" where it fits both
	named  bool   // the file's name is put before it
}

// explanations has, for each error, what is wrong and what to do. The first that
// matches is taken, so the more particular come first.
var explanations = []explanation{
	{is: library.ErrInUse, text: "Another Ninth has this library open: close it, or set NINTH_HOME to another folder.", window: "Another Ninth has this library open: close it first."},
	{is: library.ErrNewer, text: "This library was written by a newer Ninth: update Ninth to open it. Nothing was changed."},
	{is: library.ErrDamaged, text: "The library file cannot be read: put a backup of ninth.db in its place, or move it away to begin anew. Nothing was changed."},
	{is: library.ErrWaiting, text: "Some plays or edits have not reached the co-op yet: connect and sync first, or discard them."},
	{is: library.ErrOwned, text: "You own this track already."},
	{is: library.ErrCredits, text: "Your credits do not suffice: top them up at your co-op first."},
	{is: library.ErrPrice, text: "The price has changed meanwhile: look at it again before you buy."},
	{is: library.ErrReadOnly, text: "This playlist is someone else's: copy it to change it."},
	{is: library.ErrNotFound, text: "This is not in the library any more: refresh with 'ninth sync'.", window: "This is not in the library any more: refresh it."},
	{is: library.ErrBusy, text: "This track is on its way right now: try again when it has come."},
	{is: errTooLate, text: "It is too late to take that back: keep the track to fetch it again."},
	{is: errBadRule, text: "There is no such rule: choose always, wifi or never."},
	{is: errBadQuota, text: "The limit is a size, a part of the disk from 1 to 100 percent, or both."},
	{is: library.ErrLocal, text: "This is a file of your own: the co-op does not have it, so it cannot be on a playlist there."},
	{is: library.ErrRule, text: "This list's rule makes no sense: change it, and save it again."},
	{is: library.ErrTooMany, text: "There are too many smart lists: delete one first."},
	{is: ErrNoFolder, text: "This is not a folder: choose the folder that your music is in."},
	{is: ErrNotWhole, text: "This track is not on this machine yet, or not all of it: keep it, and export it when it has come."},
	{is: errIsFile, text: "This track is a file of your own already: it is where you put it."},
	{is: ErrNotOwned, text: "Only owned tracks are kept offline, and exported: play it nine times, or buy it."},
	{is: ErrNotHere, text: "This track is not on this machine: sign in to your co-op to stream it."},
	{is: errNowPreview, text: "Your credits ran out while it played: top them up at your co-op to hear the rest."},
	{is: ErrNoAddress, text: "No co-op is known yet: name yours with 'ninth login --server ADDRESS', or try 'ninth --demo'.", window: "No co-op is known yet: sign in to yours, or try the demo."},
	{is: ErrBadAddress, text: "That is not the address of a co-op: it should look like https://coop.example."},

	{is: auth.ErrCredentials, text: "The e-mail or the password is wrong: try again."},
	{is: auth.ErrRefused, text: "The co-op refused the sign-in: try again, and allow Ninth when it asks."},
	{is: auth.ErrMismatch, text: "The answer did not belong to this sign-in: close old sign-in pages and try again."},
	{is: auth.ErrIssuer, text: "The sign-in page belongs to another address: check the address of your co-op."},
	{is: auth.ErrNotProvider, text: "There is no co-op at this address: check it for a typing mistake."},
	{is: auth.ErrClient, text: "The co-op does not know this client or redirect address: check --client-id and --redirect.", window: "The co-op does not know this client or redirect address: ask it for the right ones."},
	{is: auth.ErrRedirect, text: "The redirect address must be http on this machine, such as http://127.0.0.1:8080."},
	{is: auth.ErrNoDevice, text: "This co-op has no sign-in by code: sign in with a browser instead."},
	{is: auth.ErrNoBrowser, text: "No browser could be opened: use --no-browser and open the address yourself.", window: "No browser could be opened: open the address of the sign-in yourself."},
	{is: auth.ErrInsecure, text: "This address is not encrypted: use one that begins with https."},
	{is: auth.ErrNoTokens, text: "You are not signed in: sign in with 'ninth login'.", window: "You are not signed in: sign in to your co-op."},
	{is: auth.ErrDamaged, text: "The stored sign-in cannot be read: sign in again with 'ninth login'.", window: "The stored sign-in cannot be read: sign in again."},
	{is: api.ErrExpired, text: "Your sign-in has expired: sign in again."},
	{is: api.ErrSignedOut, text: "You are not signed in: sign in with 'ninth login'.", window: "You are not signed in: sign in to your co-op."},
	{is: api.ErrNotCoop, text: "This address does not answer as a co-op: check it, or try again later."},
	{is: api.ErrNoWallet, text: "You have no credits yet: buy some at your co-op first."},
	{is: api.ErrNotFound, text: "The co-op has no such track any more."},
	{is: api.ErrOutcomeUnknown, text: "The co-op did not answer in time: Ninth will ask it what happened before anything is sent again."},
	{is: api.ErrTooLarge, text: "The co-op's answer is too large to be true: check the address."},

	{is: api.ErrPreviewOnly, text: "Your credits ran out while it came: top them up at your co-op to have the rest."},
	{is: hls.ErrPlaylist, text: "The co-op's list of this track's segments makes no sense: try again later."},
	{is: hls.ErrChanged, text: "The track changed on the server while it came: try again."},
	{is: hls.ErrKey, text: "The key that the co-op gives for this track does not fit: try again later."},

	{is: sync.ErrDiskFull, text: "The disk is full: make room, then try again."},
	{is: sync.ErrPreview, text: "The co-op sends only a preview of this track: check your credits."},
	{is: sync.ErrCorrupt, text: "A download came damaged: Ninth will fetch it again; check your connection if it goes on."},
	{is: sync.ErrOtherAccount, text: "This library belongs to another account: sign out first, or set NINTH_HOME to another folder.", window: "This library belongs to another account: sign out first."},
	{is: source.ErrDiskFull, text: "The disk is full: make room, then play it again."},
	{is: source.ErrChanged, text: "The track changed on the server while it played: play it again."},
	{is: player.ErrStuck, text: "This track cannot be decoded: try another one."},
	{is: player.ErrSilent, text: "There is nothing to hear in this file: try another one."},
	{is: output.ErrTooLong, text: "The WAV file is full at 4 GB: render less with --for.", window: "The WAV file is full at 4 GB: render less of it."},
	{is: export.ErrDamaged, text: "The file is damaged, so no tags can be put into it: let go of the track, and fetch it again."},
	{is: codec.ErrDamaged, text: "The file is damaged: it cannot be played to its end."},
	{is: codec.ErrUnknownFormat, text: "This is no sound file that Ninth knows: try MP3, FLAC, M4A or WAV."},
	{is: output.ErrNoDevice, text: "No sound device was found: connect one, and Ninth goes on by itself."},

	{is: cover.ErrNoPicture, text: "This is no picture that Ninth can use: choose a JPEG or PNG of at most 64 megapixels."},
	{is: playlistfile.ErrFormat, text: "This is no playlist that Ninth knows: it reads M3U8, XSPF and JSPF."},
	{is: playlistfile.ErrTooLarge, text: "This playlist is too large: a playlist has 10,000 tracks at most."},
	{is: playlistfile.ErrSyntax, text: "This playlist cannot be read: its file is damaged, or of another format than its name says."},

	{is: fs.ErrNotExist, text: "There is no such file: check its name.", named: true},
	{is: fs.ErrPermission, text: "Ninth may not read or write there: check the permissions of the file or folder.", named: true},
}

// The texts of errors that say more than what they are, or that are recognised
// by something else. The gaps are filled by explained.
const (
	textWords       = "{{.Words}}" // an error with words of its own: for no translator
	textPort        = "Port {{.Port}}, where the browser should return to, is taken: close the program that uses it, or sign in with --device."
	textPortWindow  = "Port {{.Port}}, where the browser should return to, is taken: close the program that uses it."
	textPatience    = "The co-op asks for patience: try again in {{.Wait}}."
	textSegments    = "The co-op sends this track in a way that Ninth cannot play ({{.What}}): try another one, or ask your co-op."
	textUnsupported = "This track is in a format that Ninth cannot play ({{.What}}): try another one, or convert it to FLAC."
	textDiskFull    = "The disk is full: make room, then try again."
	textServer      = "The co-op refused this ({{.Code}}): check the client id and secret."
	textFault       = "The co-op has a fault of its own ({{.Code}}): try again later."
	textRefused     = "The co-op refused this ({{.Code}}): refresh, and try again."
	textUnreachable = "The co-op cannot be reached: check the address and your connection."
	textTooLong     = "That took too long: check your connection, and try again."
	textFile        = "This file cannot be used: check what it is and where it lies."
	textUnknown     = "Something went wrong that Ninth has no words for: {{.Error}}."
)

// Sentences are the texts that Explained may give, for translators.
func Sentences() []string {
	all := []string{
		textPortWindow, textPatience, textSegments, textUnsupported, textDiskFull, textServer, textFault, textRefused,
		textUnreachable, textTooLong, textFile, textUnknown,
	}
	for _, e := range explanations {
		all = append(all, cmp.Or(e.window, e.text))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
