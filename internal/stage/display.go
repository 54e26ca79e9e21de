package stage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// openDisplay starts the X server and the window manager.
func (s *Stage) openDisplay(ctx context.Context, width, height int) error {
	// The server takes the first free display and writes its number once it
	// accepts clients.
	number, err := s.announce(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-nolisten", "tcp", "+extension", "GLX", "+extension", "RANDR")
	if err != nil {
		return err
	}
	s.display = ":" + number
	s.env["DISPLAY"] = s.display
	path, err := lookUp("openbox")
	if err != nil {
		return err
	}
	if _, err := s.Start(Program{Path: path}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startupTime)
	defer cancel()
	return until(ctx, "the window manager", func() error {
		out, err := s.run(ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		if err == nil && !bytes.Contains(out, []byte("window id")) {
			err = errors.New("no window manager has announced itself")
		}
		return err
	})
}

// openBus starts a session bus, so that nothing on the stage reaches the
// machine's own.
func (s *Stage) openBus(ctx context.Context) error {
	address, err := s.announce(ctx, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=3")
	if err != nil {
		return err
	}
	s.env["DBUS_SESSION_BUS_ADDRESS"] = address
	return nil
}

// announce starts a server that writes one line to file descriptor 3 when it is
// ready, and gives that line.
func (s *Stage) announce(ctx context.Context, name string, args ...string) (string, error) {
	path, err := lookUp(name)
	if err != nil {
		return "", err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("stage: starting %s: %w", name, err)
	}
	defer read.Close()
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.ExtraFiles = s.Env(), []*os.File{write}
	p, err := s.crew.start(name, cmd)
	write.Close()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, startupTime)
	defer cancel()
	// Closing the pipe ends the read below when time is up.
	stop := context.AfterFunc(ctx, func() { read.Close() })
	defer stop()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("stage: %s did not start: %w: %s", name, err, strings.TrimSpace(p.Output()))
	}
	return strings.TrimSpace(line), nil
}
