// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// record is a recorded span: what a test says of it, in short.
type record struct {
	trace, id, parent byte // trace 0 is trace 1
	remote            bool // the parent is
	name              string
	start, end        time.Duration // since epoch
	kind              trace.SpanKind
	service           string
	failed            string // the error's text; "-" for none
	attributes        []attribute.KeyValue
	events            []sdktrace.Event
	links             []sdktrace.Link
	lost              int // attributes and events
	scope             string
}

const ms = time.Millisecond

func epoch() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

func spanContext(traceID, spanID byte, remote bool) trace.SpanContext {
	if traceID == 0 {
		traceID = 1
	}
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{15: traceID}, SpanID: trace.SpanID{7: spanID}, TraceFlags: trace.FlagsSampled, Remote: remote})
}

func (r record) span() sdktrace.ReadOnlySpan {
	stub := tracetest.SpanStub{
		Name:              r.name,
		SpanContext:       spanContext(r.trace, r.id, false),
		SpanKind:          r.kind,
		StartTime:         epoch().Add(r.start),
		EndTime:           epoch().Add(r.end),
		Attributes:        r.attributes,
		Events:            r.events,
		Links:             r.links,
		DroppedAttributes: r.lost,
		DroppedEvents:     r.lost,
	}
	stub.InstrumentationScope.Name, stub.InstrumentationScope.Version, _ = strings.Cut(r.scope, " ")
	if r.parent != 0 {
		stub.Parent = spanContext(r.trace, r.parent, r.remote)
	}
	if r.service != "" {
		stub.Resource = resource.NewSchemaless(attribute.String("service.name", r.service))
	}
	if r.failed != "" {
		stub.Status = sdktrace.Status{Code: codes.Error, Description: strings.TrimPrefix(r.failed, "-")}
	}
	return stub.Snapshot()
}

func spansOf(records ...record) []sdktrace.ReadOnlySpan {
	spans := make([]sdktrace.ReadOnlySpan, len(records))
	for i, r := range records {
		spans[i] = r.span()
	}
	return spans
}

// plainTerminal makes the output independent of the environment of the test.
func plainTerminal(t testing.TB) {
	t.Helper()
	for name, value := range map[string]string{
		"LC_ALL": "C.UTF-8", "NO_COLOR": "", "CLICOLOR_FORCE": "", "CLICOLOR": "", "TERM": "xterm", "OT2OTEL_TRACE_URL": "", "OT2OTEL_TREE": "",
	} {
		t.Setenv(name, value)
	}
}

// sink keeps each Write apart. It may be read while it is written.
type sink struct {
	mu     sync.Mutex
	writes []string
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, string(bytes.Clone(p)))
	return len(p), nil
}

// take returns what was written since the last take.
func (s *sink) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	writes := s.writes
	s.writes = nil
	return writes
}

func (s *sink) text() string { return strings.Join(s.take(), "") }
