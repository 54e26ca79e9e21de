// Package library is what this machine knows: the catalogue, the person's
// collection, favourites and playlists, the queue, which bytes of which track
// are on disk, and the outbox of things done here that the co-op has not
// confirmed yet.
//
// Screens read nothing else and leave their wishes here, so being offline is
// not a mode: it is what the library looks like when nobody empties the
// outbox. The package knows neither the network nor the player.
//
// # Transactions
//
// Every method is one transaction: it happens whole or not at all, also when
// the process is killed in the middle. A wish of the person (Play, Buy,
// SetFavourite, the playlist edits) changes what is shown and writes the
// intent to the outbox in the same transaction. Reads see one moment and cost
// what they return, not what the library holds: lists are windows over
// ordered index keys, and totals are kept, not counted.
//
// All methods may be called from any goroutine. Values that go in and come
// out are copies. Writers wait for one another; readers wait for nobody.
//
// # What is shown, and what is confirmed
//
// Facts of the co-op (Put…, Confirm…) are stored as such. Waiting plays and
// purchases are laid over them when a track or the account is read, so a
// failed intent needs no undoing. Favourites and playlists are stored as
// shown; facts about them do not overwrite what has an intent in the outbox.
//
// # On disk
//
//	ninth.db            the bbolt file, values in CBOR
//	ninth.db.v<n>.bak   the file as it was before it was migrated from schema n;
//	                    the last two are kept
//	audio/ab/<id>       the bytes of a whole track
//	audio/ab/<id>.part  the bytes of a track that is still coming
//	audio/ab/….gone     bytes that were let go, for as long as that can be undone
//	covers/ab/<hash>    pictures, named by the SHA-256 of their address
//
// Paths inside ninth.db are relative and use slashes, so the folder may move.
// Files are written under another name, synced and renamed.
//
// Buckets, with key → value. Numbers in keys are big-endian, "0" is a zero
// byte, "~" an inverted value, so that newest comes first.
//
//	meta        "schema" → schema version, uint64
//	state       "account", "queue" → record; "setting:"+name → text
//	counters    name → int64: bytes on disk, cost of waiting intents, spending by month
//	tracks      track id → facts of the catalogue
//	releases    release id → facts, with the track ids in order
//	artists     artist id → facts
//	plays       track id → paid plays the co-op has confirmed, 1 byte
//	owned       track id → since, ns
//	favourites  track id → since, ns
//	pending     track id → what waits in the outbox for the track: plays, a purchase
//	playlists   playlist id → facts, items as shown, track ids as the co-op has them, what an import did not find
//	aliases     "local-…" → the id that the co-op gave
//	history     at ns, sequence → track id, heard, cost, sent
//	outbox      sequence → intent, in the order of doing
//	intents     intent id → sequence
//	files       track id → what is on disk of it
//	holders     track id, 0, playlist id → empty: the playlists a track is on
//	heard       track id → how often, and when last
//	pictures    SHA-256 of an address → address: covers still to fetch
//	tags        folded tag → the tag as it is spelled
//	followed    artist id → since, ns
//	smart       smart list id → title and rule
//	local.was   path → track id of a file of the person's own that was moved there, and went
//	local       track id → path, size and time of a file of the person's own, and what its release needs of its tags
//	seek        track id → the player's seek index; the bucket's sequence is kept at their bytes
//	folders     path of a folder with music of the person's own → empty
//	columns     column, chunk → 448 int64: one number of each track that rules look at, by document number
//
// Indexes; each value is the id that the key stands for, or nothing where the
// key says all, and the bucket's sequence is kept at the number of keys:
//
//	tracks.artist      folded artist, 0, folded release, 0, number, document number → empty
//	tracks.title       folded title, 0, document number → empty
//	releases.date      ~date, folded title, 0, id    public releases
//	releases.title     folded title, 0, id           public releases
//	releases.artist    folded artist, 0, ~date, id   public releases
//	releases.own       ~date, folded title, 0, id    the person's own, drafts included
//	releases.of        artist id, 0, ~date, id       every release, by its artist
//	releases.local     folded artist, 0, ~date, id   releases of the person's own files
//	local.path         path                          the person's own files
//	local.artist       folded artist, 0, folded release, 0, disc, number, id
//	releases.tag       folded tag, 0, ~date, id      public releases, under each of their tags
//	artists.name       folded name, 0, id
//	owned.since        ~since, track id
//	favourites.since   ~since, track id
//	followed.since     ~since, artist id
//	nearly             9 − paid plays, track id      tracks on the way to being owned
//	heard.last         ~last heard, track id
//	heard.most         ~count, ~last heard, track id
//	playlists.title    own first, folded title, 0, id
//	disk.used          used ns, track id             whole tracks on disk
//	disk.size          ~bytes, track id              everything on disk of tracks
//	disk.evictable     used ns, track id             bytes that may go, oldest first
//	wanted             0 pinned or 1 owned, track id to download
//	pins               "r" or "p", then the id of a pinned release or playlist
//
// The search index: words.<kind> holds field, token → sorted document numbers
// (delta varints), where the field is "n" for the name of a thing, "c" for its
// maker's, "d" for the rest; docs.<kind> holds document number → id;
// numbers.<kind> holds id → document number, then the tokens it was indexed
// under. A track has its number in its record, and its tokens are made of that.
package library
