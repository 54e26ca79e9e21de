// Package sync keeps the library and the co-op in step. It alone talks to the
// co-op about what the person does: it sends what waits in the library's
// outbox, reads what the co-op knows into the library, and downloads owned
// and pinned tracks and covers. Screens see none of it: they read the library,
// and a [Status] for the line at the top.
//
// A search asks the co-op only beside the library's own, which knows more of
// what it knows: what the co-op finds besides is stored, and handed on as ids.
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
// A co-op that knows keys is asked with the same request under the same key,
// which tells exactly what became of it, whatever other devices did since. Of
// any other co-op the plays and credits are compared with those of step 1:
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
// nothing leaves its trace in the history only, which is then compared.
//
// Whatever else changes something is held to the same: it has the intent's id
// in its key, and after a lost answer nothing is done for [SettleAfter], lest
// what is still on its way arrives last.
//
// # Playlists
//
// An edit is kept as what it began from and what it came to, and joined with
// what the co-op has when it is sent; that is sent on condition that nobody
// else was faster. The nth copy of a track is the same place in all three.
//
// These are the rules; the tests go through the tables row by row. A letter
// is a track, "–" a playlist without any, and "gone" one that was removed.
// Whether the person is told stands under "told": as an intent that failed,
// with what it wished, which can be tried again or dismissed.
//
//	began  here  there  then   told  rule
//	abc    axbc  abc    axbc   no    added here: behind what it was put behind
//	abc    abc   abxc   abxc   no    added there: where it was put
//	abc    abcx  yabc   yabcx  no    added here and there: both are kept
//	ab     axb   ayb    axyb   no    … at the same place as well
//	ab     abx   abx    abx    no    the same track added in both: once …
//	ab     abxx  abx    abxx   no    … or as often as where it was added more often
//	abc    ac    abc    ac     no    removed here
//	abc    abc   ac     ac     no    removed there
//	abc    bc    ab     b      no    removed in both
//	aba    ba    aba    ba     no    one of two copies removed
//	abc    bc    cba    cb     no    removed here, moved there: removed
//	abc    cba   bc     cb     no    moved here, removed there: removed
//	abc    ac    abxc   axc    no    removed here, added behind it there: kept
//	abc    –     abcx   x      no    emptied here, added there: kept
//	–      ab    cd     abcd   no    filled in both
//	abc    cab   abc    cab    no    moved here
//	abc    abc   bca    bca    no    moved there
//	abcd   dabc  bacd   dbac   no    moved in both: both moves are made …
//	abcd   dabc  adbc   dabc   no    … and a track moved in both goes where it went here
//	abc    abcx  cba    cxba   no    added here behind what was moved there
//	abc    abc   gone   gone   no    playlist removed there
//	abc    abcx  gone   abcx   no    edited here, removed there: made again, as it is here
//	abc    gone  abc    gone   no    playlist removed here
//	abc    gone  bc     gone   no    removed here, less or in another order there
//	abc    gone  abcx   abcx   yes   removed here, added to there: it stays
//
// Title, text and who may see it are joined each by itself, here shown with
// titles:
//
//	began  here  there  then   told  rule
//	Dusk   Dawn  Dusk   Dawn   no    renamed here
//	Dusk   Dusk  Dawn   Dawn   no    renamed there
//	Dusk   Dawn  Dawn   Dawn   no    the same in both
//	Dusk   Dawn  Noon   Noon   yes   renamed in both: trying again puts the one from here in its place
//	Dusk   Dawn  gone   Dawn   no    renamed here, removed there: made again
//
// The cover is joined by itself as well. Two pictures cannot be compared, since
// a co-op keeps them in its own way:
//
//	began  here  there  then   told  rule
//	Sun    Moon  Sun    Moon   no    another cover here
//	Sun    Sun   Moon   Moon   no    another cover there
//	–      Moon  –      Moon   no    its first cover
//	Sun    Moon  Star   Star   yes   another cover in both: trying again puts the one from here in its place
//	Sun    Moon  gone   Moon   no    another cover here, removed there: made again
//
// A server that does not look at the condition, as the reference one, leaves a
// moment between asking and sending in which an edit from elsewhere is
// overwritten, unless tracks were only added at the end here.
//
// # Failures
//
// Each worker keeps at its task: what may pass (no network, 429, 5xx) is
// tried again after a growing, random pause, or after the time the server
// asks for; what will not pass is shown to the person as a failed intent. An
// expired sign-in stops everything until [Syncer.Wake].
package sync
