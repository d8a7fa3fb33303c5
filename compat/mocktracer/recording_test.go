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

// Two processes count their traces and spans from the same number, and record in one file.
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
	if len(roots) != 2 || roots[0].SpanID == roots[1].SpanID || roots[0].TraceID == roots[1].TraceID {
		t.Errorf("roots %v, want two spans in two traces", roots)
	}
	for _, root := range roots {
		if root.SpanID[8:] != "0000002c" || root.TraceID[16:] != "000000000000002b" {
			t.Errorf("the root %v, want its numbers at the end of its IDs", root)
		}
	}
}

// Tests of two packages continue the same traceparent: their spans are apart, and beneath
// their parents.
func TestRecordingsOfOneTrace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans.jsonl")
	t.Setenv("OT2OTEL_RECORD", file)
	remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled, Remote: true})
	for range 2 {
		provider := sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(&countedIDs{last: firstID}), sdktrace.WithSpanProcessor(newRecording()))
		ctx, server := provider.Tracer("").Start(trace.ContextWithRemoteSpanContext(context.Background(), remote), "server")
		_, query := provider.Tracer("").Start(ctx, "query")
		query.End()
		server.End()
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parents := make(map[string]string)
	lines := 0
	for line := range strings.Lines(string(data)) {
		var span struct {
			SpanContext, Parent struct{ TraceID, SpanID string }
		}
		if err := json.Unmarshal([]byte(line), &span); err != nil {
			t.Fatal(err)
		}
		if span.SpanContext.TraceID != remote.TraceID().String() || span.Parent.TraceID != remote.TraceID().String() {
			t.Errorf("%s is not in the trace %v", line, remote.TraceID())
		}
		parents[span.SpanContext.SpanID] = span.Parent.SpanID
		lines++
	}
	beneathServer := 0
	for _, parent := range parents {
		if _, ok := parents[parent]; ok {
			beneathServer++
		} else if parent != remote.SpanID().String() {
			t.Errorf("a span is beneath %v, which is not recorded", parent)
		}
	}
	if lines != 4 || len(parents) != 4 || beneathServer != 2 {
		t.Errorf("%d lines of %d spans, %d of them beneath others; want 4, 4 and 2:\n%s", lines, len(parents), beneathServer, data)
	}
}

// countedIDs are those of the tracers of a process.
type countedIDs struct{ last byte }

func (c *countedIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	c.last++
	return trace.TraceID{15: c.last}, c.NewSpanID(ctx, trace.TraceID{})
}

func (c *countedIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	c.last++
	return trace.SpanID{7: c.last}
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
