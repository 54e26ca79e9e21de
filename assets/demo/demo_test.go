package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/jpeg"
	"io/fs"
	"regexp"
	"testing"
	"time"

	"github.com/Eyevinn/mp4ff/mp4"
	"github.com/mewkiz/flac"
)

// maxTotal bounds what linking this package adds to a program, in bytes.
const maxTotal = 40_000_000

// encoderDelay is what an AAC-LC encoder puts before the first frame of music:
// one packet, in frames.
const encoderDelay = 1024

func load(t *testing.T) Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// eachTrack calls check for every track of the catalogue, as a subtest.
func eachTrack(t *testing.T, check func(*testing.T, Release, Track)) {
	for _, release := range load(t).Releases {
		for _, track := range release.Tracks {
			t.Run(release.Title+"/"+track.Title, func(t *testing.T) { check(t, release, track) })
		}
	}
}

func TestCatalogueMatchesItsTypes(t *testing.T) {
	data, err := FS.ReadFile("catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(new(Catalogue)); err != nil {
		t.Fatal(err)
	}
}

func TestEnoughMusic(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	today := now.Format(time.DateOnly)
	var releases, tracks, continuous, free, drafts, scheduled int
	for _, r := range load(t).Releases {
		switch {
		case r.Private:
			drafts++
		case r.Date(now) > today:
			scheduled++
		default:
			releases++
			tracks += len(r.Tracks)
		}
		if r.Continuous {
			continuous++
		}
		for _, track := range r.Tracks {
			if track.Status == StatusFree {
				free++
			}
			if (track.Status == StatusHidden) != r.Private {
				t.Errorf("%s: status %q in a release with private=%v", track.Title, track.Status, r.Private)
			}
		}
		if r.Private == r.Enabled {
			t.Errorf("%s: private and enabled are both %v", r.Title, r.Private)
		}
	}
	for _, c := range []struct {
		what       string
		have, want int
	}{
		{"releases anyone can hear", releases, 4}, {"tracks on them", tracks, 16}, {"continuous releases", continuous, 1},
		{"free tracks", free, 1}, {"drafts", drafts, 1}, {"scheduled releases", scheduled, 1},
	} {
		if c.have < c.want {
			t.Errorf("%d %s, want at least %d", c.have, c.what, c.want)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	v4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	check := func(what, id string) {
		if !v4.MatchString(id) {
			t.Errorf("%s: %q is no version 4 UUID", what, id)
		}
		if seen[id] {
			t.Errorf("%s: %s is used twice", what, id)
		}
		seen[id] = true
	}
	c := load(t)
	artists := map[string]bool{}
	for _, a := range c.Artists {
		check(a.Name, a.ID)
		check(a.Name+"'s picture", a.Avatar.ID)
		artists[a.ID] = true
		if a.Bio == "" || a.ShortBio == "" || len(a.Country) != 2 {
			t.Errorf("%s lacks a biography or a country", a.Name)
		}
	}
	for _, r := range c.Releases {
		check(r.Title, r.ID)
		check(r.Title+"'s cover", r.Cover.ID)
		if !artists[r.ArtistID] {
			t.Errorf("%s is by nobody in the list", r.Title)
		}
		for _, track := range r.Tracks {
			check(track.Title, track.ID)
		}
	}
}

// TestEveryFileIsListedAndWhole compares the embedded files with the list, both ways.
func TestEveryFileIsListedAndWhole(t *testing.T) {
	listed := map[string]File{}
	c := load(t)
	for _, r := range c.Releases {
		for _, track := range r.Tracks {
			listed[track.Audio.Path] = track.Audio
			if track.Original != nil {
				listed[track.Original.Path] = *track.Original
			}
		}
	}
	for name, want := range listed {
		data, err := FS.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		sum := sha256.Sum256(data)
		if int64(len(data)) != want.Bytes || hex.EncodeToString(sum[:]) != want.SHA256 {
			t.Errorf("%s is not the file that was listed", name)
		}
	}
	pictures := map[string]int{}
	for _, p := range picturesOf(c) {
		pictures[p.Large], pictures[p.Medium], pictures[p.Small] = 1500, 600, 120
	}
	for name, side := range pictures {
		data, err := FS.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if config, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || config.Width != side || config.Height != side {
			t.Errorf("%s is %d by %d, want %d (%v)", name, config.Width, config.Height, side, err)
		}
	}
	var total int64
	err := fs.WalkDir(FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		if _, ok := listed[name]; !ok && pictures[name] == 0 && name != "catalogue.json" {
			t.Errorf("%s is embedded and nothing leads to it", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > maxTotal {
		t.Errorf("the catalogue is %d bytes, more than %d", total, maxTotal)
	}
	t.Logf("%d bytes in all", total)
}

func picturesOf(c Catalogue) []Picture {
	var all []Picture
	for _, a := range c.Artists {
		all = append(all, a.Avatar)
	}
	for _, r := range c.Releases {
		all = append(all, r.Cover)
	}
	return all
}

func TestLengths(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Release, track Track) {
		if track.Duration < 60 || track.Duration > 240 {
			t.Errorf("%v s, want 60 to 240", track.Duration)
		}
		if want := float64(track.Frames) / SampleRate; track.Duration != want {
			t.Errorf("%v s for %d frames, want %v", track.Duration, track.Frames, want)
		}
	})
}

func TestStreams(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Release, track Track) {
		data, err := FS.ReadFile(track.Audio.Path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := mp4.DecodeFile(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if file.Moov.StartPos > file.Mdat.StartPos {
			t.Error("moov comes after mdat: a player must fetch the whole file first")
		}
		if got := file.Moov.Mvhd.Timescale; got != SampleRate {
			t.Errorf("the edit list counts %d to the second, not frames", got)
		}
		trak := file.Moov.Trak
		if got := trak.Mdia.Mdhd.Timescale; got != SampleRate {
			t.Errorf("%d Hz", got)
		}
		if entry := trak.Mdia.Minf.Stbl.Stsd.Mp4a; entry == nil || entry.ChannelCount != 2 {
			t.Error("not stereo AAC")
		}
		if trak.Edts == nil || len(trak.Edts.Elst) != 1 || len(trak.Edts.Elst[0].Entries) != 1 {
			t.Fatal("want one edit")
		}
		edit := trak.Edts.Elst[0].Entries[0]
		if edit.MediaTime != encoderDelay || int64(edit.SegmentDuration) != track.Frames {
			t.Errorf("the edit starts at %d and holds %d frames, want %d and %d",
				edit.MediaTime, edit.SegmentDuration, encoderDelay, track.Frames)
		}
		const packet = 1024
		if decoded := int64(trak.Mdia.Minf.Stbl.Stsz.SampleNumber) * packet; decoded < encoderDelay+track.Frames {
			t.Errorf("only %d frames in the packets", decoded)
		}
	})
}

func TestOriginals(t *testing.T) {
	eachTrack(t, func(t *testing.T, release Release, track Track) {
		if (track.Original != nil) != release.Continuous {
			t.Fatal("the continuous release, and no other, has originals")
		}
		if track.Original == nil {
			return
		}
		data, err := FS.ReadFile(track.Original.Path)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := flac.New(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		info := stream.Info
		if info.SampleRate != SampleRate || info.NChannels != 2 || info.BitsPerSample != 16 {
			t.Errorf("%d Hz, %d channels, %d bits", info.SampleRate, info.NChannels, info.BitsPerSample)
		}
		if int64(info.NSamples) != track.Frames {
			t.Errorf("%d frames, the list says %d", info.NSamples, track.Frames)
		}
	})
}

func TestDate(t *testing.T) {
	day := time.Date(2026, 12, 20, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		release Release
		want    string
	}{
		{Release{ReleaseDate: "2026-09-18"}, "2026-09-18"},
		{Release{ReleaseInDays: 21}, "2027-01-10"},
	} {
		if got := c.release.Date(day); got != c.want {
			t.Errorf("%+v: %s, want %s", c.release, got, c.want)
		}
	}
}
