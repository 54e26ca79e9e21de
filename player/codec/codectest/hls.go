package codectest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// HLS makes an HLS rendition of a WAVE file with ffmpeg's hls muxer and the
// given arguments. It returns the files of it by name, the playlist being
// "list.m3u8".
func HLS(t testing.TB, wav []byte, args ...string) map[string][]byte {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("ffmpeg is needed as the peer that decoders are held to, and is not installed; `make test` installs it")
	}
	dir := t.TempDir()
	input, output := filepath.Join(t.TempDir(), "in.wav"), filepath.Join(dir, "list.m3u8")
	if err := os.WriteFile(input, wav, 0o600); err != nil {
		t.Fatal(err)
	}
	all := append([]string{"-v", "error", "-nostdin", "-i", input}, args...)
	cmd := exec.CommandContext(t.Context(), path, append(all, "-f", "hls", "-hls_playlist_type", "vod", output)...)
	cmd.Dir = dir
	if message, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", all, err, message)
	}
	files := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Joined is the rendition that HLS made as one file, and where its segments
// begin in it.
func Joined(t testing.TB, files map[string][]byte) (file []byte, starts []int64) {
	t.Helper()
	var whole bytes.Buffer
	for line := range strings.Lines(string(files["list.m3u8"])) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, `#EXT-X-MAP:URI="`); ok {
			whole.Write(files[strings.TrimSuffix(name, `"`)])
		}
		if line == "" || line[0] == '#' {
			continue
		}
		starts = append(starts, int64(whole.Len()))
		whole.Write(files[line])
	}
	if len(starts) == 0 {
		t.Fatal("the rendition has no segments")
	}
	return whole.Bytes(), starts
}
