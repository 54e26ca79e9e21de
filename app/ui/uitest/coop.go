package uitest

import (
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/library"
)

// Releases is a small co-op.
func Releases() []library.Release {
	return []library.Release{
		release("low", "Low Water Marks", "Ines Aguiar", "2026-11-12",
			song{"Harbour lights", "3:41"}, song{"What the tide keeps", "2:58"}, song{"Slow telegraph", "4:12"},
			song{"Lanterns, lowered", "3:05"}, song{"Undertow", "5:20"}, song{"Cold room, warm hands", "3:33"},
			song{"Nine o’clock ferry", "2:47"}, song{"The last of the light", "6:02"}),
		release("ledger", "Ledger Songs", "The Quiet Commons", "2026-11-10",
			song{"Paper boats", "3:20"}, song{"Double entry", "4:01"}),
		release("night", "Night Works", "Odile & Sons", "2026-11-08",
			song{"Second shift", "3:50"}, song{"Canteen", "2:40"}),
		release("points", "Points and Crossings", "Marrow", "2026-11-06",
			song{"Signal box", "4:10"}, song{"Points", "3:30"}),
		release("bread", "Bread and Static", "Yusuf Kade", "2026-10-20", song{"Bread and static", "4:31"}),
		release("ripple", "Common Ground", "Yusuf Kade", "2026-10-02", song{"Ground", "3:00"}, song{"Commons", "3:10"}),
		release("hours", "Small Hours", "The Quiet Commons", "2026-09-12", song{"Small hours", "2:30"}),
		release("half", "Half Light EP", "Odile & Sons", "2026-08-01", song{"Half light", "3:12"}),
	}
}

type song struct{ title, length string }

func release(id, title, artist, date string, songs ...song) library.Release {
	r := library.Release{
		ID: id, Title: title, Artist: artist, ArtistID: "artist-" + artist, Kind: "lp", Date: date,
		Cover: "cover:" + id,
	}
	for i, s := range songs {
		var m, sec int
		if _, err := fmt.Sscanf(s.length, "%d:%d", &m, &sec); err != nil {
			panic("uitest: " + s.length + " is no length")
		}
		status := library.Paid
		if id == "points" && i == 0 {
			status = library.Free
		}
		r.Tracks = append(r.Tracks, library.Track{
			ID: fmt.Sprintf("%s-%d", id, i+1), Title: s.title, Artist: artist, ArtistID: r.ArtistID,
			Release: title, ReleaseID: id, Number: i + 1, Year: 2026, Status: status, Cover: r.Cover,
			Duration: time.Duration(m)*time.Minute + time.Duration(sec)*time.Second,
		})
	}
	return r
}
