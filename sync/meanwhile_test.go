package sync

import (
	"context"
	"fmt"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// meanwhile is a co-op during whose answers the person does something.
type meanwhile struct {
	*fakeCoop
	do func(op string)
}

func (m *meanwhile) OwnPlaylist(ctx context.Context, id string) (api.Playlist, error) {
	m.do("own playlist")
	return m.fakeCoop.OwnPlaylist(ctx, id)
}

func (m *meanwhile) Profile(ctx context.Context) (api.Profile, error) {
	m.do("profile")
	return m.fakeCoop.Profile(ctx)
}

// TestEditedWhileItIsSent: what the person changes between the choice of an
// intent and its request is sent, and not lost with the intent.
func TestEditedWhileItIsSent(t *testing.T) {
	tests := map[string]struct {
		op   string // during which it is done
		do   func(b *bench, id string) error
		want string // of the playlist "List" with track a
	}{
		"more is added": {"own playlist", func(b *bench, id string) error { return b.lib.AddToPlaylist(id, "b", "c") }, "List [a b c]"},
		"taken back": {"own playlist", func(b *bench, id string) error {
			p, err := b.lib.Playlist(id)
			if err != nil || len(p.Items) != 1 {
				return fmt.Errorf("%+v, %w", p, err)
			}
			return b.lib.RemoveFromPlaylist(id, p.Items[0].ID)
		}, "List []"},
		"renamed before it is made": {"profile", func(b *bench, id string) error { return b.lib.UpdatePlaylist(id, "Other", "", true) }, "Other [a]"},
		"removed":                   {"own playlist", func(b *bench, id string) error { return b.lib.DeletePlaylist(id) }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			p := value[library.Playlist](t)(b.lib.CreatePlaylist("List", "", true))
			must(t, b.lib.AddToPlaylist(p.ID, "a"))
			once := false
			coop := &meanwhile{fakeCoop: b.coop, do: func(op string) {
				if op == tt.op && !once {
					once = true
					must(t, tt.do(b, p.ID))
				}
			}}
			b.s = New(Config{Library: b.lib, CoOp: coop, Now: b.clock})
			b.drain(t)
			got := ""
			for _, l := range b.coop.lists {
				got += fmt.Sprint(l.Title, " ", trackIDs(l.Items))
			}
			if got != tt.want || !once {
				t.Errorf("at the co-op %q, want %q", got, tt.want)
			}
			if p, err := b.lib.Playlist(p.ID); err == nil {
				ids := []string{}
				for _, it := range p.Items {
					ids = append(ids, it.Track.ID)
				}
				if here := fmt.Sprint(p.Title, " ", ids); here != tt.want {
					t.Errorf("here %q, want %q", here, tt.want)
				}
			} else if name != "removed" {
				t.Error(err)
			}
		})
	}
}
