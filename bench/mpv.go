package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mpv drives mpv over its own socket, idle and warm between the tracks.
type mpv struct {
	cmd  *exec.Cmd
	conn net.Conn
	news *news
}

func startMPV(ctx context.Context, dir string, env []string) (*mpv, error) {
	socket := filepath.Join(dir, "mpv.sock")
	cmd := exec.CommandContext(ctx, "mpv", "--no-config", "--idle=yes", "--no-video", "--really-quiet",
		"--ao=pulse", "--force-seekable=yes", "--input-ipc-server="+socket)
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var conn net.Conn
	for {
		var err error
		if conn, err = (&net.Dialer{}).DialContext(ctx, "unix", socket); err == nil {
			break
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("mpv does not answer: %w", err), cmd.Wait())
		}
	}
	m := &mpv{cmd: cmd, conn: conn, news: newNews()}
	go m.news.read(conn)
	return m, nil
}

func (m *mpv) name() string { return "mpv" }

func (m *mpv) command(words ...any) error {
	line, err := json.Marshal(map[string]any{"command": words})
	if err != nil {
		return err
	}
	_, err = m.conn.Write(append(line, '\n'))
	return err
}

func (m *mpv) load(_ context.Context, address string) error {
	m.news.forget()
	return m.command("loadfile", address)
}

func (m *mpv) seek(_ context.Context, to time.Duration) error {
	m.news.forget()
	return m.command("seek", to.Seconds(), "absolute")
}

// playing waits for the event that mpv sends when sound goes on after a start
// or a seek.
func (m *mpv) playing(ctx context.Context, _ time.Duration) error {
	return m.news.wait(ctx, func(line string) bool { return strings.Contains(line, `"event":"playback-restart"`) })
}

func (m *mpv) stop(ctx context.Context) error {
	m.news.forget()
	if err := m.command("stop"); err != nil {
		return err
	}
	return m.news.wait(ctx, func(line string) bool { return strings.Contains(line, `"event":"idle"`) })
}

func (m *mpv) close() error {
	err := m.command("quit")
	_ = m.cmd.Wait() // mpv's own exit status says nothing of the measurement
	return errors.Join(err, m.conn.Close())
}
