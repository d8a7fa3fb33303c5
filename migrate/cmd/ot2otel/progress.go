// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// progress says on a terminal what is going on, and for how many seconds, until done is
// called, which leaves an empty line. Elsewhere it says nothing.
func progress(std stdio, what string) (done func()) {
	if !std.terminal {
		return func() {}
	}
	terminal.Printf(std.err, "%s …", what)
	stop := make(chan struct{})
	var counting sync.WaitGroup
	counting.Go(func() {
		begin := time.Now()
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				terminal.Printf(std.err, "\r%s … %d s", what, int(time.Since(begin).Seconds()))
			}
		}
	})
	return func() {
		close(stop)
		counting.Wait()
		terminal.Printf(std.err, "\r\033[K")
	}
}
