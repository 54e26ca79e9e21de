package player

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/mp3"
	"github.com/ninth-coop/ninth/player/source"
)

// What the first play has learned makes the seeks of the second exact: into
// what has not been downloaded of a stream of variable bit rate, without a walk
// there.
func TestTheSecondPlaySeeksExactly(t *testing.T) {
	const seconds, rate = 60, 44100
	wav := codectest.WAV(codectest.Music(seconds*rate, 2, rate), 2, rate, 16)
	file := codectest.FFmpeg(t, wav, "wav", "mp3", "-c:a", "libmp3lame", "-q:a", "4")
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // guards what follows: one track is let go while the next is opened
		var kept []byte
		told := 0
		var src *codectest.Growing
		known := func() ([]byte, int) {
			mu.Lock()
			defer mu.Unlock()
			return kept, told
		}
		r := start(t, newLibrary(), func(c *Config) {
			c.Codecs = codec.Registry{}.With(mp3.Entry())
			c.Resolve = func(_ context.Context, e Entry) (Item, error) {
				index, _ := known()
				return Item{
					Key: e.Key, Index: index,
					OnIndex: func(index []byte) {
						mu.Lock()
						defer mu.Unlock()
						kept, told = index, told+1
					},
					Open: func(context.Context) (source.Source, error) {
						if e.Key == "here" {
							return source.FromBytes(file), nil
						}
						mu.Lock()
						defer mu.Unlock()
						src = codectest.NewGrowing(file, 100<<10)
						return src, nil
					},
				}, nil
			}
		})
		listen := func(key string) Snapshot {
			q := Queue{}.Append(key)
			first, _ := q.First()
			r.SetQueue(q)
			r.PlayEntry(first.ID)
			r.after(time.Second)
			r.Seek(50 * time.Second)
			return r.after(500 * time.Millisecond)
		}
		if s := listen("far"); !s.Estimated {
			t.Errorf("the first seek beyond the download is said to be exact: %v", s.State)
		}
		if s := listen("here"); s.Estimated {
			t.Error("a seek in what is here is a guess")
		}
		r.after(20 * time.Second) // to its end
		index, before := known()
		if before == 0 || len(index) < 100 {
			t.Fatalf("told %d times, %d bytes", before, len(index))
		}
		s := listen("far")
		if s.Estimated || s.State != Playing {
			t.Errorf("the second play: %v, a guess: %v", s.State, s.Estimated)
		}
		near(t, "the position", s.Position, 50*time.Second+400*time.Millisecond, 100*time.Millisecond)
		if s.Item.Index != nil || s.Item.OnIndex != nil {
			t.Error("a snapshot has the index")
		}
		first, read := src.Beyond()
		if want := int64(len(file)) / 3; first < want || read > 400<<10 {
			t.Errorf("read %d bytes from %d on, of %d", read, first, len(file))
		}
		r.Stop()
		r.after(time.Second)
		if _, told := known(); told != before {
			t.Error("the same index is told again")
		}
	})
}
