// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel"
)

// maxReports bounds what is reported: a client can send any text.
const maxReports = 100

// reports remembers what was reported. It is one for the process, since a Propagator is
// a value without an identity.
var reports struct {
	count atomic.Int32
	seen  sync.Map // of string
}

// report passes a message to otel.Handle, the first time.
func report(format string, args ...any) {
	if reports.count.Load() >= maxReports {
		return
	}
	err := fmt.Errorf("jaeger: "+format, args...)
	if _, again := reports.seen.LoadOrStore(err.Error(), struct{}{}); again {
		return
	}
	switch n := reports.count.Add(1); {
	case n < maxReports:
		otel.Handle(err)
	case n == maxReports:
		otel.Handle(fmt.Errorf("%w (this is the last of %d reports)", err, maxReports))
	}
}
