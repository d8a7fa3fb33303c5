// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// spanOf returns the span of a start whose context is not used.
func spanOf(_ context.Context, span trace.Span) trace.Span { return span }
