package app

import (
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player"
)

func listen(id uint64, key string, heard, duration time.Duration) player.Listen {
	return player.Listen{
		ID: id, Entry: player.Entry{ID: player.EntryID(id), Key: key},
		Item: player.Item{Key: key}, Heard: heard, Duration: duration,
	}
}

func TestCounter(t *testing.T) {
	const long, short = 3 * time.Minute, 30 * time.Second
	ended := func(l player.Listen) player.Listen { l.Ended, l.Done = true, true; return l }
	preview := func(l player.Listen) player.Listen { l.Item.Preview = true; return l }
	for name, c := range map[string]struct {
		listens []player.Listen
		want    int
	}{
		"45 s exactly is no play":           {[]player.Listen{listen(1, "track:a", playAfter, long)}, 0},
		"past 45 s is one":                  {[]player.Listen{listen(1, "track:a", playAfter+time.Millisecond, long)}, 1},
		"it counts once":                    {[]player.Listen{listen(1, "track:a", 46*time.Second, long), listen(1, "track:a", 47*time.Second, long), ended(listen(1, "track:a", long, long))}, 1},
		"each listen counts":                {[]player.Listen{ended(listen(1, "track:a", 46*time.Second, long)), ended(listen(2, "track:a", 46*time.Second, long))}, 2},
		"a shorter track, heard whole":      {[]player.Listen{ended(listen(1, "track:a", short, short))}, 1},
		"a shorter track, frames rounded":   {[]player.Listen{ended(listen(1, "track:a", short-100*time.Millisecond, short))}, 1},
		"a shorter track, half skipped":     {[]player.Listen{ended(listen(1, "track:a", short/2, short))}, 0},
		"a shorter track, not at its end":   {[]player.Listen{listen(1, "track:a", short, short)}, 0},
		"a longer track skipped to its end": {[]player.Listen{ended(listen(1, "track:a", 20*time.Second, long))}, 0},
		"a preview":                         {[]player.Listen{ended(preview(listen(1, "track:a", 45*time.Second, 45*time.Second)))}, 0},
		"a file of one's own":               {[]player.Listen{ended(listen(1, "file:/a.flac", long, long))}, 0},
		"nothing heard of an empty track":   {[]player.Listen{ended(listen(1, "track:a", 0, 0))}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var k counter
			got := 0
			for _, l := range c.listens {
				if k.observe(l) {
					got++
				}
			}
			if got != c.want {
				t.Errorf("%d plays, want %d", got, c.want)
			}
			for _, l := range c.listens {
				if _, kept := k.counted[l.ID]; l.Done && kept {
					t.Errorf("listen %d is over and still remembered", l.ID)
				}
			}
		})
	}
}
