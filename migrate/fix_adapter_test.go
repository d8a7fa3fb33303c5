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

// An adapter is listed whatever else the statement does that it is written for.
func TestFixListsAdapters(t *testing.T) {
	_, result := fixModule(t, `
-- lost/lost.go --
package lost

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

func bad() bool { return len(name) > 3 }

var name string

// F sets an error tag that waits for the end of the span, and baggage.
func F(ctx context.Context) context.Context {
	span, ctx := opentracing.StartSpanFromContext(ctx, "f")
	span.SetTag("error", false).SetBaggageItem("k", "v")
	if bad() {
		span.SetTag("error", true)
	}
	span.SetTag("a", 1)
	span.SetTag("b", 1)
	span.LogKV("event", "x")
	span.Finish()
	return ctx
}
`)
	if len(result.Adapters) != 1 || result.Adapters[0].Symbol != "opentracing.Span.SetTag" {
		t.Errorf("the adapters are %v, want that for the error tag", result.Adapters)
	}
	if c := result.Counts; c.Sites != 8 || c.Rewritten != 6 {
		t.Errorf("%d of %d uses are rewritten, want 6 of 8: two are in the statement that has an adapter", c.Rewritten, c.Sites)
	}
}

// Where an option that is a parent is handed to a function of the module, that function
// is where to act.
func TestFixNamesForwarder(t *testing.T) {
	_, result := fixModule(t, `
-- client/client.go --
package client

import "github.com/opentracing/opentracing-go"

// Start hands its options on.
func Start(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return opentracing.StartSpan(name, opts...)
}

// Allow is a caller.
func Allow(parent opentracing.Span) {
	Start("allow", opentracing.ChildOf(parent.Context())).Finish()
}

// Starter is what others may call, so that Start gains no context.
var Starter = Start
`)
	found := false
	for _, r := range result.Refusals {
		found = found || r.Category == "reference-value" && r.Cause.Line == 6 && strings.HasPrefix(r.Reason, "Start takes parents as options")
	}
	if !found {
		t.Errorf("no refusal names Start in line 6: %v", result.Refusals)
	}
}

// A plug-in is built apart, with the types that it has.
func TestFixKeepsPlugins(t *testing.T) {
	_, result := fixModule(t, `
-- load/load.go --
package load

import (
	"plugin"

	"github.com/opentracing/opentracing-go"
)

// Start starts a span by the tracer of a plug-in.
func Start(file string) error {
	mod, err := plugin.Open(file)
	if err != nil {
		return err
	}
	symbol, err := mod.Lookup("NewTracer")
	if err != nil {
		return err
	}
	newTracer, ok := symbol.(func() opentracing.Tracer)
	if !ok {
		return nil
	}
	span := newTracer().StartSpan("start")
	span.SetTag("a", 1)
	span.Finish()
	return nil
}
`)
	kept := false
	for _, r := range result.Refusals {
		kept = kept || r.Category == "external-api" && r.Cause.Line == 19 && strings.HasPrefix(r.Reason, "it comes from a plug-in")
	}
	if !kept || result.Counts.Rewritten == 0 {
		t.Errorf("%d uses are rewritten, and no refusal keeps the type in line 19: %v", result.Counts.Rewritten, result.Refusals)
	}
}
