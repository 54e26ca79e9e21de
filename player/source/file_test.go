package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFileAndBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "track")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]Source{"file": file, "bytes": FromBytes([]byte("0123456789"))} {
		t.Run(name, func(t *testing.T) {
			b := make([]byte, 4)
			if n, err := src.ReadAt(t.Context(), b, 3); n != 4 || err != nil || string(b) != "3456" {
				t.Errorf("ReadAt gives %d, %v, %q", n, err, b)
			}
			if n, err := src.ReadAt(t.Context(), b, 8); n != 2 || !errors.Is(err, io.EOF) {
				t.Errorf("ReadAt near the end gives %d, %v", n, err)
			}
			if size, ok := src.Size(); size != 10 || !ok {
				t.Errorf("Size gives %d, %v", size, ok)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := src.ReadAt(ctx, b, 0); !errors.Is(err, context.Canceled) {
				t.Errorf("ReadAt with an ended context gives %v", err)
			}
			for range 2 {
				if err := src.Close(); err != nil {
					t.Errorf("Close gives %v", err)
				}
			}
			if _, err := src.ReadAt(t.Context(), b, 0); !errors.Is(err, ErrClosed) {
				t.Errorf("ReadAt after Close gives %v", err)
			}
		})
	}
}

func TestOpenFileErrors(t *testing.T) {
	if _, err := OpenFile(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := OpenFile(t.TempDir()); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a folder gives %v", err)
	}
}
