// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"sync"
	"testing"

	"go.opentelemetry.io/otel"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// collectErrors returns a function that returns what was passed to otel.Handle since, as
// if nothing had been reported before.
func collectErrors(t testing.TB) func() []string {
	t.Helper()
	jaeger.ForgetReports()
	var mu sync.Mutex
	var messages []string
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		messages = append(messages, err.Error())
	}))
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return messages
	}
}
