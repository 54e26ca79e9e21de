package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/assets/demo"
)

// format is one way to keep a track.
type format struct {
	name string // as printed
	ext  string
	args []string // of ffmpeg
}

// formats that are measured.
func formatsMeasured() []format {
	return []format{
		{"WAV 16", "wav", []string{"-c:a", "pcm_s16le"}},
		{"AIFF 16", "aiff", []string{"-c:a", "pcm_s16be"}},
		{"FLAC 16", "flac", []string{"-sample_fmt", "s16"}},
		{"FLAC 24/96", "hi.flac", []string{"-ar", "96000", "-sample_fmt", "s32"}},
		{"ALAC 16", "alac.m4a", []string{"-c:a", "alac", "-sample_fmt", "s16p"}},
		{"MP3 128 CBR", "cbr.mp3", []string{"-b:a", "128k"}},
		{"MP3 V2 VBR", "mp3", []string{"-q:a", "2"}},
		{"AAC 128", "m4a", []string{"-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart"}},
		{"AAC 128, moov last", "tail.m4a", []string{"-c:a", "aac", "-b:a", "128k"}},
		{"AAC 128 ADTS", "aac", []string{"-c:a", "aac", "-b:a", "128k"}},
		{"Vorbis q5", "ogg", []string{"-c:a", "libvorbis", "-q:a", "5"}},
		{"Opus 128", "opus", []string{"-c:a", "libopus", "-b:a", "128k", "-ar", "48000"}},
	}
}

// formats are those that this run measures.
func (b *bench) formats() []format {
	return slices.DeleteFunc(formatsMeasured(), func(f format) bool {
		return len(b.kinds) > 0 && !slices.Contains(b.kinds, f.ext)
	})
}

// files makes what is played, once.
type files struct {
	dir  string
	temp bool
}

func newFiles(dir string) (*files, error) {
	if dir != "" {
		return &files{dir: dir}, os.MkdirAll(dir, 0o700)
	}
	dir, err := os.MkdirTemp("", "bench-")
	return &files{dir: dir, temp: true}, err
}

func (f *files) close() {
	if f.temp {
		_ = os.RemoveAll(f.dir) // the system clears it away otherwise
	}
}

// path is where a file of some minutes in a format is; it is made if need be.
func (f *files) path(ctx context.Context, minutes int, kind format) (string, error) {
	path := filepath.Join(f.dir, fmt.Sprintf("%dmin.%s", minutes, kind.ext))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	music, err := f.music(ctx, minutes)
	if err != nil {
		return "", err
	}
	args := slices.Concat([]string{"-i", music}, kind.args)
	return path, f.make(ctx, path, args...)
}

// musicFrom is where the music of the files begins, in seconds: in the middle of
// a piece, so that the first sample is one to be heard.
const musicFrom = "20"

// music is the demo catalogue's sound, round after round, as a WAVE file.
func (f *files) music(ctx context.Context, minutes int) (string, error) {
	path := filepath.Join(f.dir, fmt.Sprintf("%dmin.music.wav", minutes))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	list, err := f.unpack()
	if err != nil {
		return "", err
	}
	return path, f.make(ctx, path, "-f", "concat", "-safe", "0", "-i", list, "-ss", musicFrom,
		"-t", fmt.Sprint(60*minutes), "-ar", "44100", "-c:a", "pcm_s16le")
}

// rounds is how often the demo's tracks are listed, for an hour and more.
const rounds = 4

// unpack writes the demo's tracks to files and returns a list of them.
func (f *files) unpack() (string, error) {
	var list strings.Builder
	files := demo.FS
	err := fs.WalkDir(files, "audio", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".m4a" {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		path := filepath.Join(f.dir, strings.ReplaceAll(name, "/", "-"))
		fmt.Fprintf(&list, "file '%s'\n", path)
		return os.WriteFile(path, data, 0o600)
	})
	path := filepath.Join(f.dir, "list.txt")
	return path, errors.Join(err, os.WriteFile(path, []byte(strings.Repeat(list.String(), rounds)), 0o600))
}

// make runs ffmpeg; a file that it did not finish does not stay.
func (f *files) make(ctx context.Context, path string, args ...string) error {
	part := filepath.Join(f.dir, "part-"+filepath.Base(path))
	args = slices.Concat([]string{"-v", "error", "-nostdin", "-y"}, args, []string{part})
	if out, err := exec.CommandContext(ctx, "ffmpeg", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("making %s: %w\n%s", filepath.Base(path), err, out)
	}
	return os.Rename(part, path)
}
