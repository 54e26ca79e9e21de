// Package i18n carries the words of the window in every language that Ninth
// speaks: one JSON file each, named after the language, in the form of Fyne's
// lang package. Keys are the English words, so that en.json holds only what
// has more than one form.
package i18n

import "embed"

// Files holds the translations.
//
//go:embed *.json
var Files embed.FS
