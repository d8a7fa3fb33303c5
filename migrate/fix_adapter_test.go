// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"strings"
	"testing"
)

// An adapter that an earlier run put into the activation of a span goes with the last
// OpenTracing code, and stays as long as there is some.
func TestFixActivationByAdapter(t *testing.T) {
	const file = `
-- active/active.go --
package active

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel/trace"
)

// Detach returns a context that has just the span.
func Detach(ctx context.Context) context.Context {
	return opentracing.ContextWithSpan(context.Background(), compat.OpenTracingSpan(trace.SpanFromContext(ctx)))
}
`
	texts, result := fixModule(t, file)
	if got := texts["active/active.go"]; !strings.Contains(got, "trace.ContextWithSpan(context.Background(), trace.SpanFromContext(ctx))") || strings.Contains(got, "compat") {
		t.Errorf("without other OpenTracing code the adapter stays; refused %v:\n%s", result.Refusals, got)
	}
	texts, result = fixModule(t, file+`
-- stays/stays.go --
package stays

import (
	"context"
	"fmt"

	"github.com/opentracing/opentracing-go"
)

// Look is not rewritten.
func Look(ctx context.Context) string {
	text, _ := opentracing.SpanFromContext(ctx).(fmt.Stringer)
	return fmt.Sprint(text)
}
`)
	if got, ok := texts["active/active.go"]; ok {
		t.Errorf("beside OpenTracing code the file changes; refused %v:\n%s", result.Refusals, got)
	}
	if result.Counts.Rewritten != 0 || len(result.Adapters) != 1 {
		t.Errorf("%d uses are rewritten by %d adapters, want none by one: the use is still there", result.Counts.Rewritten, len(result.Adapters))
	}
}
