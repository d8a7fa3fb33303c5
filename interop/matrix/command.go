// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// errMissing says what brings a peer that isn't installed.
type errMissing string

func (e errMissing) Error() string { return string(e) }

func missing(err error) bool {
	var m errMissing
	return errors.As(err, &m)
}

// newNodePeer starts a service on npm's jaeger-client, with trace IDs of so many bits.
func newNodePeer(bits string) func(context.Context, string) (*peer, error) {
	return func(ctx context.Context, folder string) (*peer, error) {
		folder = filepath.Join(folder, "testdata", "node")
		if _, err := exec.LookPath("node"); err != nil {
			return nil, errMissing("node is not installed (Debian: apt-get install nodejs npm)")
		}
		if _, err := os.Stat(filepath.Join(folder, "node_modules", "jaeger-client")); err != nil {
			return nil, errMissing("its packages are not installed; in the folder interop, run npm ci --prefix matrix/testdata/node")
		}
		return startCommand(ctx, "node", filepath.Join(folder, "peer.js"), bits)
	}
}

// newRubyPeer starts a service on ruby-jaeger-client.
func newRubyPeer(ctx context.Context, folder string) (*peer, error) {
	const how = "(Debian: apt-get install ruby-jaeger-client)"
	if _, err := exec.LookPath("ruby"); err != nil {
		return nil, errMissing("ruby is not installed " + how)
	}
	if err := exec.CommandContext(ctx, "ruby", "-e", "require 'jaeger/client'").Run(); err != nil {
		return nil, errMissing("ruby has no jaeger-client " + how)
	}
	p, err := startCommand(ctx, "ruby", filepath.Join(folder, "testdata", "ruby", "peer.rb"))
	if err == nil {
		p.without = map[notion]string{debugIDTo: noDebugID}
	}
	return p, err
}

// startCommand starts a peer in a process of its own: it prints its URL in the first line,
// and ends with its standard input.
func startCommand(ctx context.Context, name string, args ...string) (*peer, error) {
	ctx, cancel := context.WithCancel(ctx)
	command := exec.CommandContext(ctx, name, args...)
	command.Stderr = os.Stderr
	command.WaitDelay = 5 * time.Second
	input, err := command.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	if err := command.Start(); err != nil {
		cancel()
		return nil, err
	}
	stop := func() {
		_ = input.Close()
		slow := time.AfterFunc(5*time.Second, cancel)
		_ = command.Wait() // its error is how it was ended
		slow.Stop()
		cancel()
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	url := strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(url, "http://127.0.0.1:") {
		stop()
		return nil, fmt.Errorf("%s %s printed %q instead of its URL", name, strings.Join(args, " "), line)
	}
	return &peer{url: url, stop: stop}, nil
}
