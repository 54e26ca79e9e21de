// Package mobile is what the phone shells bind: the session of package app in
// the types that gobind can carry to Java and Objective-C. It decides nothing;
// it converts.
//
//	Ninth ninth = Mobile.open(getFilesDir().getPath(), listener);   // Java
//	ninth.signInWithCode("https://coop.example", this);
//	ninth.refresh();
//	ninth.playRelease(ninth.releases(0, 20).get(0).getID());
//
// # The shells
//
// The shells in android (Gradle, Kotlin) and ios (Swift) own what only the
// system's own languages reach: the media session, the foreground service, the
// audio focus, the lock screen. What they play, and when, is asked of a [Ninth].
// They build with the phone makers' kits alone, and have not been built or run
// on the machine where they were written; README.md says what was checked.
//
// # Rules
//
// Methods may be called from any thread. Those that fail with an error may take
// as long as disk or network do and must not be called from the thread that
// draws; all others return at once. Durations and positions are in milliseconds,
// credits in milli-credits. An error's text is one sentence for the person:
// what is wrong, and what to do.
package mobile

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/app"
)

// Listener is told that something has changed.
type Listener interface {
	// OnChange is called after a change of anything that a Ninth tells, and
	// after a jump of the position; not for the passing of time. It is called
	// on a thread of its own, never twice at once; changes during a call are
	// told by one more. It must return soon, and must not call Close.
	OnChange()
}

// CodeShown shows the code of a sign-in.
type CodeShown interface {
	// ShowCode shows a code and the address at which to type it. complete is
	// an address with the code in it, or empty. It must return soon.
	ShowCode(url, code, complete string)
}

// Ninth is a player. Only one may be open on a folder.
type Ninth struct {
	session *app.Session
	ctx     context.Context //nolint:containedctx // the life of the player, which the shells have no context for
	close   func() error

	mu       sync.Mutex
	giveUp   context.CancelFunc // ends the sign-in that is under way; nil when none is
	attempts int                // sign-ins so far; says whose giveUp is
}

// Open opens the player on a folder, which is made if need be, and takes up the
// sign-in and the queue of last time. It uses the disk, not the network. The
// listener may be nil.
func Open(home string, listener Listener) (*Ninth, error) {
	return open(app.Config{Home: home}, listener)
}

func open(cfg app.Config, listener Listener) (*Ninth, error) {
	ctx, stop := context.WithCancel(context.Background())
	session, err := app.Open(ctx, cfg)
	if err != nil {
		stop()
		return nil, told(err)
	}
	n := &Ninth{session: session, ctx: ctx}
	var tasks sync.WaitGroup
	var failed error
	tasks.Go(func() { failed = session.Serve(ctx) })
	if listener != nil {
		tasks.Go(func() { watch(ctx, session, listener) })
	}
	n.close = sync.OnceValue(func() error {
		stop()
		tasks.Wait()
		return told(errors.Join(failed, session.Close()))
	})
	return n, nil
}

// Close ends the music and the player, and returns when everything is on disk
// and the listener has been called for the last time. Closing twice is fine;
// nothing else may be called afterwards.
func (n *Ninth) Close() error { return n.close() }

// SignInWithCode signs in to a co-op, at an address as people type it; an empty
// one is that of last time. It shows a code and returns when the person has
// typed it at the co-op, has refused, or CancelSignIn was called. A sign-in that
// was under way gives up.
func (n *Ninth) SignInWithCode(server string, shown CodeShown) error {
	ctx, stop := context.WithCancel(n.ctx)
	defer stop()
	n.mu.Lock()
	if n.giveUp != nil {
		n.giveUp()
	}
	n.attempts++
	n.giveUp = stop
	mine := n.attempts
	n.mu.Unlock()

	err := n.session.SignIn(ctx, app.SignIn{
		CoOp:   app.CoOp{Address: server},
		Device: func(c auth.DeviceCode) { shown.ShowCode(c.URL, c.UserCode, c.Complete) },
	})
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.attempts == mine {
		n.giveUp = nil
	}
	return told(err)
}

// CancelSignIn makes the sign-in that is under way, if any, return.
func (n *Ninth) CancelSignIn() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.giveUp != nil {
		n.giveUp()
	}
}

// SignOut ends the sign-in. With discard, plays and edits that the co-op has not
// heard of yet are given up; without, it fails while there are any.
func (n *Ninth) SignOut(discard bool) error { return told(n.session.SignOut(n.ctx, discard)) }

// Refresh sends what waits for the co-op and fetches what it knows.
func (n *Ninth) Refresh() error { return told(n.session.Refresh(n.ctx)) }

// SignedIn reports whether somebody is signed in and the co-op still knows it.
func (n *Ninth) SignedIn() bool {
	st := n.session.Status()
	return st.SignedIn && !st.Expired
}

// Offline reports whether the co-op did not answer last time. What is on this
// phone plays all the same.
func (n *Ninth) Offline() bool { return n.session.Status().Offline() }

// NetworkChanged is to be called when the system says that the network is
// another one, or is there again: the co-op is then asked at once. It returns
// without waiting.
func (n *Ninth) NetworkChanged() { n.session.NetworkChanged() }

// Trouble is a sentence about what went wrong last, with the current entry or
// with the co-op; empty when all is well.
func (n *Ninth) Trouble() string {
	snap := n.session.Now()
	for _, err := range []error{snap.Err, snap.Trouble, n.session.Status().Err} {
		if text := app.Explained(err).String(); text != "" {
			return text
		}
	}
	return ""
}

// CreditsMilli is how many milli-credits are left, as far as this phone knows.
func (n *Ninth) CreditsMilli() (int64, error) {
	a, err := n.session.Library().Account()
	if err != nil {
		return 0, told(fmt.Errorf("mobile: counting credits: %w", err))
	}
	return int64(a.Credits), nil
}

// sentence is an error whose text is for the person. The cause stays visible to
// errors.Is.
type sentence struct {
	text  string
	cause error
}

func (s *sentence) Error() string { return s.text }
func (s *sentence) Unwrap() error { return s.cause }

// told gives an error its sentence.
func told(err error) error {
	if err == nil {
		return nil
	}
	text := app.Explained(err).String()
	if text == "" { // the person did it
		text = "Cancelled."
	}
	return &sentence{text: text, cause: err}
}
