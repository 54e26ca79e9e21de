// Package sync keeps the library and the co-op in step. It alone talks to the
// co-op about what the person does: it sends what waits in the library's
// outbox, reads what the co-op knows into the library, and downloads owned
// and pinned tracks and covers. Screens see none of it: they read the library,
// and a [Status] for the line at the top.
//
// # Plays and purchases
//
// These are money, so each is sent so that it happens once and no more.
//
//  1. The co-op is asked for the track's paid plays and the credits; both are
//     written beside the intent, which is marked as sending.
//  2. The request leaves once, with the intent's id as its Idempotency-Key.
//  3. Its answer ends the intent. When the answer is lost (the connection
//     broke, the server failed, the process was killed) the co-op is asked
//     again, after [SettleAfter] if the request may still be on its way.
//
// More paid plays than before mean that it happened. As many mean that it did
// not, and it is sent again under the same key. A purchase on a server that
// does not count it as plays happened when the credits fell by exactly its
// price, and did not when they did not fall; otherwise it is shown to the
// person and not sent again.
//
// A play of a track that was bought is not sent to a server that does not
// count purchases, because it would be charged.
//
// One of them is under way at a time, in the order in which they were made,
// and none is begun while an earlier one is not settled. A play that costs
// nothing leaves no trace by which a lost answer could be settled; it is sent
// again, and a server without idempotency may then list it twice, for nothing.
//
// # Playlists
//
// An edit is kept as what it began from (base) and what is wished, and joined
// with what the co-op has (theirs) when it is sent. The nth copy of a track is
// the same place in all three. The rules:
//
//	here            there           outcome
//	added           –               added after the place it was put behind
//	–               added           kept, after its place there
//	added           added the same  one place: the larger number of copies
//	removed         –               removed
//	–               removed         removed
//	removed         moved           removed
//	moved           –               the order here
//	–               moved           the order there
//	moved           moved           the order here; nothing is lost
//	edited          list removed    the list is made again, with what is shown here
//	list removed    added           the list stays, and the person is told
//	list removed    else            removed
//	title or text   title or text   the one sent later
//
// # Failures
//
// Each worker keeps at its task: what may pass (no network, 429, 5xx) is
// tried again after a growing, random pause, or after the time the server
// asks for; what will not pass is shown to the person as a failed intent. An
// expired sign-in stops everything until [Syncer.Wake].
package sync
