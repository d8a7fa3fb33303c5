// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Two processes count their traces from the same number, and record in one file.
func TestRecordingsOfProcesses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans.jsonl")
	t.Setenv("OT2OTEL_RECORD", file)
	for range 2 {
		provider := sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(fixedIDs{}), sdktrace.WithSpanProcessor(newRecording()))
		_, root := provider.Tracer("").Start(context.Background(), "root", trace.WithLinks(trace.Link{SpanContext: contextOfNumbers(7, 8)}))
		ctx := trace.ContextWithSpanContext(context.Background(), contextOfNumbers(7, 8))
		_, child := provider.Tracer("").Start(ctx, "child")
		child.End()
		root.End()
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	type context struct{ TraceID, SpanID string }
	var roots []context
	for line := range strings.Lines(string(data)) {
		var span struct {
			Name                string
			SpanContext, Parent context
			Links               []struct{ SpanContext context }
		}
		if err := json.Unmarshal([]byte(line), &span); err != nil {
			t.Fatal(err)
		}
		switch span.Name {
		case "root":
			roots = append(roots, span.SpanContext)
			if !strings.HasPrefix(span.Links[0].SpanContext.TraceID, span.SpanContext.TraceID[:16]) || span.Links[0].SpanContext.SpanID != "0000000000000008" {
				t.Errorf("a link to %v of %v: not one of the process", span.Links[0].SpanContext, span.SpanContext)
			}
			if span.Parent.TraceID != strings.Repeat("0", 32) {
				t.Errorf("a root has the parent %v", span.Parent)
			}
		case "child":
			if span.Parent.TraceID != span.SpanContext.TraceID {
				t.Errorf("a child in %v has its parent in %v", span.SpanContext, span.Parent)
			}
		}
	}
	if len(roots) != 2 || roots[0].SpanID != roots[1].SpanID || roots[0].TraceID == roots[1].TraceID {
		t.Errorf("roots %v, want the same span in two traces", roots)
	}
}

func contextOfNumbers(traceID, spanID int) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: byte(traceID)}, SpanID: trace.SpanID{7: byte(spanID)}, TraceFlags: trace.FlagsSampled})
}

// fixedIDs are those of a process that has just been started.
type fixedIDs struct{}

func (fixedIDs) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	return trace.TraceID{15: 43}, trace.SpanID{7: 44}
}
func (fixedIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return trace.SpanID{7: 45} }
