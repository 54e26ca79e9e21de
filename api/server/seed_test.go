package server_test

import (
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
)

// Every co-op of these tests is seeded for the second time: its data folder is
// a copy of a seeded one.

func TestSeedingAgainKeepsTheScheduledDay(t *testing.T) {
	// A month after the first start, what was due in three weeks is out.
	c := newCoop(t, func(cfg *server.Config) { cfg.Now = func() time.Time { return start.AddDate(0, 1, 0) } })
	if a := c.api("GET", "/tracks/"+c.trackID("Spring tide"), "", nil); a.StatusCode != 200 {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestSeedingAgainChargesNobody(t *testing.T) {
	c := newCoop(t)
	mara := c.tokenOf(demo.Mara())
	history := at(t, c.get("/user/plays/history", mara), "count").(float64)
	var plays int
	var ids []string
	for _, r := range c.list.Releases {
		for _, tr := range r.Tracks {
			ids = append(ids, tr.ID)
		}
	}
	for _, n := range c.counts(mara, ids...) {
		plays += n
	}
	if free := history - float64(plays); free < 0 || free > 3 {
		t.Errorf("%v plays in the history, %d of them paid", history, plays)
	}
	if got := c.balance(mara); got != 12480 {
		t.Errorf("Mara has %d", got)
	}
}
