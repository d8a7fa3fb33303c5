// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// setFailed sets the span's status: Error, or else Ok, which is final.
func setFailed(span trace.Span, failed bool) {
	if failed {
		span.SetStatus(codes.Error, "")
		return
	}
	span.SetStatus(codes.Ok, "")
}
