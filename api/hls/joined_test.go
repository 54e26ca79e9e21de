package hls

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
)

// What the server says of the whole is known before anything is read, and is
// kept in the tag.
func TestWhatTheServerSaysOfTheWhole(t *testing.T) {
	s, list, whole := newShelf(5)
	sum := sha256.Sum256(whole)
	said := playlist(list)
	said.Joined = Joined{Size: int64(len(whole)), SHA256: sum[:]}
	f, err := Open(t.Context(), s, said)
	if err != nil {
		t.Fatal(err)
	}
	if f.Size() != int64(len(whole)) || !bytes.Equal(HashOf(f.Tag()), sum[:]) || !IsTag(f.Tag()) {
		t.Errorf("%d bytes, tag %s", f.Size(), f.Tag())
	}
	if s.count("HEAD") != 0 {
		t.Error("it asked for what it knew")
	}
	if got, from, err := read(t, f, 500); err != nil || from != 500 || !bytes.Equal(got, whole[500:]) {
		t.Errorf("%d bytes from %d, %v", len(got), from, err)
	}
	plain := open(t, s, list)
	if plain.Size() != -1 || HashOf(plain.Tag()) != nil || !IsTag(plain.Tag()) {
		t.Errorf("without a word from the server: %d bytes, tag %s", plain.Size(), plain.Tag())
	}
	for _, tag := range []string{"", `"`, `"hls-`, `"hls-1-zz"`, `"hls-1-0011"`, `W/"hls-1"`} {
		if HashOf(tag) != nil {
			t.Errorf("%s: a hash", tag)
		}
	}
}

// A playlist that lost a segment on its way is noticed where the file would end,
// also by who goes on from there.
func TestAPlaylistThatIsShorterThanSaid(t *testing.T) {
	s, list, whole := newShelf(5)
	said := playlist(strings.Replace(list, "#EXTINF:10,\n/4\n", "", 1))
	said.Joined = Joined{Size: int64(len(whole))}
	f, err := Open(t.Context(), s, said)
	if err != nil {
		t.Fatal(err)
	}
	short := len(whole) - len(s.files["/4"])
	if got, _, err := read(t, f, 0); !errors.Is(err, ErrChanged) || !bytes.Equal(got, whole[:short]) {
		t.Errorf("read: %d of %d bytes, %v", len(got), len(whole), err)
	}
	if _, _, err := read(t, f, int64(short)); !errors.Is(err, ErrChanged) {
		t.Errorf("read on: %v", err)
	}
}
