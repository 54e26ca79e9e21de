package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/library"
)

// fieldWords is what a field of a rule is called.
func fieldWords(f library.Field) string {
	return map[library.Field]string{
		library.FieldTitle: lang.L("Title"), library.FieldArtist: lang.L("Artist"), library.FieldRelease: lang.L("Release"),
		library.FieldTag: lang.L("Tag"), library.FieldPlaylist: lang.L("On the playlist"),
		library.FieldPlays: lang.L("Paid plays"), library.FieldHeard: lang.L("Times heard"),
		library.FieldYear: lang.L("Year"), library.FieldDuration: lang.L("Length"),
		library.FieldLastHeard: lang.L("Heard"), library.FieldOwnedSince: lang.L("Became yours"),
		library.FieldFavouriteSince: lang.L("Became a favourite"),
		library.FieldOwned:          lang.L("Owned"), library.FieldFavourite: lang.L("Favourite"), library.FieldLocal: lang.L("Local"),
		library.FieldOnDisk: lang.L("On this machine"), library.FieldOwn: lang.L("Released by you"), library.FieldFree: lang.L("Free"),
		library.FieldFollowed: lang.L("By an artist you follow"),
	}[f]
}

// relationWords is what a relation is called for a field.
func relationWords(f library.Field, r library.Relation) string {
	if !f.TakesText() && !f.TakesNumber() { // a field that only is or is not
		return map[library.Relation]string{library.Is: lang.L("yes"), library.IsNot: lang.L("no")}[r]
	}
	return map[library.Relation]string{
		library.Is: lang.L("is"), library.IsNot: lang.L("is not"), library.Contains: lang.L("contains"),
		library.ContainsNot: lang.L("does not contain"), library.Begins: lang.L("begins with"),
		library.AtLeast: lang.L("at least"), library.AtMost: lang.L("at most"),
		library.Within: lang.L("within the last days"), library.NotWithin: lang.L("not within the last days"),
	}[r]
}

// sortWords is what an order is called.
func sortWords(s library.Sort) string {
	return map[library.Sort]string{
		library.SortArtist: lang.L("Artist and release"), library.SortAdded: lang.L("New in the library"),
		library.SortTitle: lang.L("Title"), library.SortYear: lang.L("Year"), library.SortDuration: lang.L("Length"),
		library.SortPlays: lang.L("Paid plays"), library.SortHeard: lang.L("Times heard"), library.SortLastHeard: lang.L("Heard last"),
		library.SortOwnedSince: lang.L("Became yours"), library.SortFavouriteSince: lang.L("Became a favourite"),
		library.Shuffled: lang.L("By chance, anew each day"),
	}[s]
}

// valueWords is what the field for the value of a condition asks for.
func valueWords(f library.Field) string {
	switch f {
	case library.FieldDuration:
		return lang.L("such as 3:30")
	case library.FieldLastHeard, library.FieldOwnedSince, library.FieldFavouriteSince:
		return lang.L("days")
	}
	if f.TakesNumber() {
		return lang.L("number")
	}
	return lang.L("text")
}
