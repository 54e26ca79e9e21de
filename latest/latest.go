// Package latest hands the newest of a changing value to whoever follows it:
// what a player says ten times a second, how a download stands. Followers see
// the values in their order and may miss some in between, but never the last;
// a slow one delays nobody.
package latest

import (
	"context"
	"sync"
)

// Value is a value that changes and can be followed. The zero Value holds the
// zero T and is ready; it must not be copied once it was used. Its methods are
// safe for concurrent use and return at once. What a T refers to must not change
// any more once it was set.
type Value[T any] struct {
	mu        sync.Mutex
	value     T
	ended     bool
	followers map[chan T]struct{}
}

// Get returns the newest value.
func (v *Value[T]) Get() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.value
}

// Set makes value the newest.
func (v *Value[T]) Set(value T) { v.Change(func(now *T) { *now = value }) }

// Change lets how change a copy of the newest value, and makes that the newest.
// Changes are made one after another; how must not use v.
func (v *Value[T]) Change(how func(now *T)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	how(&v.value)
	for c := range v.followers {
		select {
		case <-c: // nobody has taken the last one: it is out of date
		default:
		}
		c <- v.value // does not wait: only here is sent, and the one place is free
	}
}

// Follow returns a channel with the value as it is now, and each newer one. It
// is closed when the context ends, or by End.
func (v *Value[T]) Follow(ctx context.Context) <-chan T {
	c := make(chan T, 1)
	v.mu.Lock()
	defer v.mu.Unlock()
	c <- v.value
	if v.ended {
		close(c)
		return c
	}
	if v.followers == nil {
		v.followers = make(map[chan T]struct{})
	}
	v.followers[c] = struct{}{}
	context.AfterFunc(ctx, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.leave(c)
	})
	return c
}

// End closes every follower's channel, behind the newest value, and every later
// one's at once: nothing more will come.
func (v *Value[T]) End() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = true
	for c := range v.followers {
		v.leave(c)
	}
}

func (v *Value[T]) leave(c chan T) {
	if _, ok := v.followers[c]; ok {
		delete(v.followers, c)
		close(c)
	}
}
