// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"io"
	"log"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
)

// discardLog is for servers that are meant to fail.
var discardLog = log.New(io.Discard, "", 0)

// catchReports catches what is passed to otel.Handle until the test ends. What it
// returns gives the reports so far.
func catchReports(t *testing.T) func() []string {
	t.Helper()
	var mu sync.Mutex
	var reports []string
	previous := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, err.Error())
	}))
	t.Cleanup(func() { otel.SetErrorHandler(previous) })
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), reports...)
	}
}
