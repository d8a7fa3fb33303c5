// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"fmt"

	"go.opentelemetry.io/otel"
)

// reportPanic is deferred around the code of others that runs for telemetry only:
// the request goes on.
func reportPanic(where string) {
	if value := recover(); value != nil {
		otel.Handle(fmt.Errorf("compat: panic in %s: %w", where, panicAsError(value)))
	}
}

// panicToError is deferred around the code of others where there is an error to
// return.
func panicToError(doing string, err *error) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("compat: %s: panic in the propagator or the carrier: %w", doing, panicAsError(value))
	}
}

// panicError makes a panic value that isn't an error one, so that error.object and
// RecordError have what they need.
type panicError struct{ value any }

func (e panicError) Error() string { return fmt.Sprint(e.value) }

func panicAsError(value any) error {
	if err, ok := value.(error); ok {
		return err
	}
	return panicError{value}
}
