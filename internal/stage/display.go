package stage

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
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
	return s.openWindowManager(ctx)
}

// openWindowManager starts openbox. It announces itself to clients early and
// loses windows that map before it is through, so what counts is the command
// that it runs as its last step.
func (s *Stage) openWindowManager(ctx context.Context) error {
	path, err := lookUp("openbox")
	if err != nil {
		return err
	}
	ready := filepath.Join(s.dir, "openbox-ready")
	if _, err := s.Start(Program{Path: path, Args: []string{"--startup", "touch " + ready}}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startupTime)
	defer cancel()
	return until(ctx, "the window manager", func() error {
		_, err := os.Stat(ready)
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
	cmd := s.command(path, args...)
	cmd.ExtraFiles = []*os.File{write}
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
