package app

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
)

// withMusic is a session with a folder of music that has one file, scanned.
func withMusic(t *testing.T) (s *Session, file string, content []byte) {
	t.Helper()
	s, err := Open(t.Context(), Config{Home: t.TempDir(), Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.device.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	track := firstRelease(t).Tracks[0]
	if content, err = demo.FS.ReadFile(track.Audio.Path); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file = filepath.Join(folder, "song"+filepath.Ext(track.Audio.Path))
	err = errors.Join(
		os.WriteFile(file, content, 0o600), os.WriteFile(filepath.Join(folder, "cover.jpg"), []byte("\xff\xd8\xff picture"), 0o600),
		s.AddLocalFolder(folder),
	)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.ScanLocal(t.Context()); err != nil || r.New != 1 {
		t.Fatalf("scanned %+v, %v", r, err)
	}
	return s, file, content
}

func localTracks(t *testing.T, s *Session) []library.Track {
	t.Helper()
	p, err := s.Library().LocalTracks(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func TestLocalMusicPlaysAndCostsNothing(t *testing.T) {
	s, file, content := withMusic(t)
	track := localTracks(t, s)[0]
	want := firstRelease(t).Tracks[0].Duration
	if d := track.Duration.Seconds(); d < want-0.1 || d > want+0.1 {
		t.Errorf("it is %.2f s long, want %.2f", d, want)
	}
	item, err := s.resolve(t.Context(), player.Entry{ID: 1, Key: TrackKey(track.ID)})
	if err != nil {
		t.Fatal(err)
	}
	src, err := item.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	size, _ := src.Size()
	got := make([]byte, size)
	if _, err := src.ReadAt(t.Context(), got, 0); err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(got, content) {
		t.Errorf("other bytes are played: %v", err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}

	s.recordPlay(player.Listen{Entry: player.Entry{Key: TrackKey(track.ID)}, Item: item, Began: time.Unix(1_700_000_000, 0), Heard: time.Minute})
	h, err := s.Library().History(0, 10)
	if err != nil || h.Total != 1 || h.Items[0].Cost != 0 || !h.Items[0].Sent {
		t.Errorf("the history: %+v, %v", h, err)
	}
	if out := intents(t, s); len(out) > 0 {
		t.Errorf("the co-op would hear of %+v", out)
	}
	s.measureWave(t.Context(), TrackKey(track.ID))
	if len(s.Peaks(TrackKey(track.ID))) != waveBuckets {
		t.Error("it has no waveform")
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if src, err = item.Open(t.Context()); !errors.Is(err, fs.ErrNotExist) || src != nil {
		t.Errorf("a file that is gone opens: %v", err)
	}
	if _, err := s.ScanLocal(t.Context()); err != nil || len(localTracks(t, s)) > 0 {
		t.Errorf("a file that is gone is listed: %v", err)
	}
}

// tone is a WAV file of some samples of silence at 8 kHz.
func tone(samples int) []byte {
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, v := range []any{
		uint32(36 + 2*samples), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000), uint16(2), uint16(16),
		[]byte("data"), uint32(2 * samples), make([]byte, 2*samples),
	} {
		_ = binary.Write(&b, binary.LittleEndian, v) // never fails
	}
	return b.Bytes()
}

// TestAFolderIsHeard: a folder that is added while the session is served is
// scanned, and what is in it plays as everything else does.
func TestAFolderIsHeard(t *testing.T) {
	s, stop := run(t, t.TempDir())
	defer stop()
	folder := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "short.wav"), tone(1600), 0o600), s.AddLocalFolder(folder)); err != nil {
		t.Fatal(err)
	}
	changed := s.Library().Watch(t.Context())
	for len(localTracks(t, s)) == 0 {
		<-changed
	}
	s.PlayTracks([]string{localTracks(t, s)[0].ID}, 0)
	for {
		h, err := s.Library().History(0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if h.Total == 0 {
			<-changed
			continue
		}
		if e := h.Items[0]; e.Track.Title != "short" || e.Cost != 0 || !e.Sent || e.Heard <= 0 {
			t.Errorf("the history has %+v", e)
		}
		break
	}
	if out := intents(t, s); len(out) > 0 {
		t.Errorf("the co-op would hear of %+v", out)
	}
}

func TestCoversOfLocalMusic(t *testing.T) {
	s, file, _ := withMusic(t)
	track := localTracks(t, s)[0]
	if track.Cover == "" {
		t.Fatal("no cover is known")
	}
	path, ok := s.Cover(track.Cover, 100)
	if content, err := os.ReadFile(path); !ok || err != nil || !bytes.HasSuffix(content, []byte("picture")) {
		t.Errorf("the cover is %q, %v", content, err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(file), "cover.jpg")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if path, ok := s.Cover("file:"+track.ID+"?other", 100); ok {
			t.Errorf("a cover from nowhere: %s", path)
		}
	}
	if path, ok := s.Cover("file:/etc/passwd", 100); ok {
		t.Errorf("an address leads to %s", path)
	}
}

func TestFoldersThatAreNone(t *testing.T) {
	s, file, _ := withMusic(t)
	if err := s.AddLocalFolder(file); !errors.Is(err, ErrNoFolder) {
		t.Errorf("a file is a folder: %v", err)
	}
	if err := s.AddLocalFolder(filepath.Join(file, "nowhere")); err == nil {
		t.Error("nowhere is a folder")
	}
	folders, err := s.LocalFolders()
	if err != nil || len(folders) != 1 {
		t.Fatalf("folders: %v, %v", folders, err)
	}
	if err := s.RemoveLocalFolder(folders[0]); err != nil {
		t.Fatal(err)
	}
	if r, err := s.ScanLocal(t.Context()); err != nil || r.Gone != 1 {
		t.Errorf("scanned %+v, %v", r, err)
	}
}
