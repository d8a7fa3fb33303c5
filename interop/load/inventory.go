// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// inventory is what a process holds.
type inventory struct {
	goroutines  int
	descriptors []string // what they refer to; nil where the system doesn't tell
}

// takeInventory counts what there is before the servers start.
func takeInventory() (inventory, error) {
	// The runtime opens descriptors of its own for the first connection.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return inventory{}, err
	}
	if err := listener.Close(); err != nil {
		return inventory{}, err
	}
	return current(), nil
}

func current() inventory {
	return inventory{goroutines: runtime.NumGoroutine(), descriptors: openDescriptors()}
}

// openDescriptors lists the open file descriptors, as Linux tells them.
func openDescriptors() []string {
	links, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	open := []string{}
	for _, link := range links {
		// The one by which the folder was read is closed by now.
		if target, err := os.Readlink(filepath.Join("/proc/self/fd", link.Name())); err == nil {
			open = append(open, link.Name()+" "+target)
		}
	}
	return open
}

// waitFor waits until the process holds no more than before: connections and
// goroutines take a moment to end. What is left then is the error.
func (before inventory) waitFor(patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		now := current()
		if now.goroutines <= before.goroutines && len(now.descriptors) <= len(before.descriptors) {
			return nil
		}
		if time.Now().After(deadline) {
			return before.leftBehind(now)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (before inventory) leftBehind(now inventory) error {
	var errs []error
	if now.goroutines > before.goroutines {
		var stacks strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
		errs = append(errs, fmt.Errorf("%d goroutines are left behind, of\n%s", now.goroutines-before.goroutines, &stacks))
	}
	if len(now.descriptors) > len(before.descriptors) {
		left := slices.DeleteFunc(now.descriptors, func(d string) bool { return slices.Contains(before.descriptors, d) })
		errs = append(errs, fmt.Errorf("file descriptors are left behind: %s", strings.Join(left, ", ")))
	}
	return errors.Join(errs...)
}
