package identity

import (
	"maps"
	"strings"
	"sync"
	"time"
)

const (
	failureWindow     = 15 * time.Minute
	failuresPerName   = 10
	failuresPerSource = 50    // one address may be a whole household
	failuresKept      = 10000 // entries; a bound for memory, not for guessing
)

// failures counts failed attempts by name and by source, in memory: a restart
// forgives. It may be used by several goroutines.
type failures struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]*failure
}

type failure struct {
	count int
	until time.Time
}

func newFailures(now func() time.Time) *failures {
	return &failures{now: now, seen: map[string]*failure{}}
}

func failureKeys(name, source string) map[string]int {
	return map[string]int{"name " + strings.ToLower(name): failuresPerName, "from " + source: failuresPerSource}
}

// wait tells how long further attempts are refused, 0 when they are not.
func (f *failures) wait(name, source string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var wait time.Duration
	for key, limit := range failureKeys(name, source) {
		if e := f.seen[key]; e != nil && e.count >= limit {
			wait = max(wait, e.until.Sub(f.now()))
		}
	}
	return wait
}

func (f *failures) add(name, source string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if len(f.seen) >= failuresKept {
		maps.DeleteFunc(f.seen, func(_ string, e *failure) bool { return !e.until.After(now) })
	}
	if len(f.seen) >= failuresKept {
		clear(f.seen) // under such a flood of names only the sources' counts matter, and they are back at once
	}
	for key := range failureKeys(name, source) {
		e := f.seen[key]
		if e == nil || !e.until.After(now) {
			e = &failure{until: now.Add(failureWindow)}
			f.seen[key] = e
		}
		e.count++
	}
}

// forgive forgets the failures of a name that has succeeded.
func (f *failures) forgive(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.seen, "name "+strings.ToLower(name))
}
