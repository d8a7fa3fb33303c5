// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel"
)

// onceReports passes messages to otel.Handle, each of them once.
type onceReports struct {
	reported sync.Map // of string: what was reported already
	reports  atomic.Int32
}

// maxReports bounds what reportOnce remembers: a baggage key may be made of a
// user's input.
const maxReports = 100

// reportOnce passes a message to otel.Handle, the first time.
func (r *onceReports) reportOnce(message string) {
	if r.reports.Load() >= maxReports {
		return
	}
	if _, reported := r.reported.LoadOrStore(message, struct{}{}); reported {
		return
	}
	switch n := r.reports.Add(1); {
	case n < maxReports:
		otel.Handle(errors.New(message))
	case n == maxReports:
		otel.Handle(fmt.Errorf("%s (this is the last of %d reports of this tracer)", message, maxReports))
	}
}
