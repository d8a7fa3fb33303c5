// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

func ExampleMemory() {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	tracer := provider.Tracer("shop")

	ctx, order := tracer.Start(context.Background(), "GET /orders/{id}", trace.WithSpanKind(trace.SpanKindServer))
	order.SetAttributes(attribute.Int("http.status_code", 200))
	_, query := tracer.Start(ctx, "db.query")
	query.SetAttributes(attribute.String("db.statement", "SELECT * FROM orders"))
	query.SetStatus(codes.Error, "connection reset")
	query.End()
	order.End()
	_ = provider.Shutdown(ctx) // the spans survive it

	fmt.Print(&mem)
	fmt.Println(mem.Spans().Named("db.query")[0].Tag("db.statement"))
	// Output:
	// GET /orders/{id} [server] http.status_code=200
	//   db.query ERROR "connection reset" db.statement="SELECT * FROM orders"
	// SELECT * FROM orders
}

func ExampleSpans_WithAttribute() {
	mem := new(exporters.Memory)
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(mem))
	for _, tenant := range []string{"acme", "umbrella", "acme"} {
		_, span := provider.Tracer("shop").Start(context.Background(), "checkout")
		span.SetAttributes(attribute.String("tenant", tenant))
		span.End()
	}
	fmt.Println(len(mem.FinishedSpans()), len(mem.Spans().Named("checkout").WithAttribute(attribute.String("tenant", "acme"))))
	// Output: 3 2
}

func TestMemoryKeepsSpansOverShutdown(t *testing.T) {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := mem.String(); got != "op\n" {
		t.Errorf("after Shutdown: %q, want the span", got)
	}
	mem.Reset()
	if got := mem.Spans(); len(got) != 0 {
		t.Errorf("after Reset: %v, want none", got)
	}
}

func TestMemoryLimit(t *testing.T) {
	mem := exporters.Memory{Limit: 2}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		if err := mem.ExportSpans(context.Background(), endedSpans(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := mem.Dropped(); got != 3 {
		t.Errorf("Dropped() = %d, want 3", got)
	}
	var names []string
	for _, span := range mem.Spans() {
		names = append(names, span.Name)
	}
	if diff := cmp.Diff([]string{"d", "e"}, names); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestMemoryConcurrentSafe(t *testing.T) {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				_, span := provider.Tracer("t").Start(context.Background(), "op")
				span.SetAttributes(attribute.Int("n", 1))
				span.End()
				spans := mem.Spans()
				spans[0].Attributes[0] = attribute.Int("n", 2) // a copy: nobody else sees it
				_ = mem.String()
			}
		})
	}
	wg.Wait()
	if got := len(mem.Spans().WithAttribute(attribute.Int("n", 1))); got != 160 {
		t.Errorf("%d spans with n=1, want 160", got)
	}
}

func TestMemoryWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mem exporters.Memory
		provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
		start := time.Now()
		for i := range 3 {
			go func() {
				time.Sleep(time.Duration(i) * time.Second)
				_, span := provider.Tracer("t").Start(context.Background(), "op")
				span.End()
			}()
		}
		spans, err := mem.WaitFor(context.Background(), 3)
		if err != nil || len(spans) != 3 || time.Since(start) != 2*time.Second {
			t.Errorf("WaitFor = %d spans, %v after %v, want 3 spans after 2s", len(spans), err, time.Since(start))
		}

		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		spans, err = mem.WaitFor(ctx, 4)
		if len(spans) != 3 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("WaitFor = %d spans, %v, want 3 spans and a deadline", len(spans), err)
		}
		if want := "exporters: 3 of 4 awaited spans ended: context deadline exceeded"; err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
}

func TestSpansFinders(t *testing.T) {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	tracer := provider.Tracer("t")
	ctx, root := tracer.Start(context.Background(), "root")
	_, a := tracer.Start(ctx, "child")
	a.SetAttributes(attribute.Int("n", 1), attribute.String("s", "x"))
	a.SetStatus(codes.Error, "")
	a.End()
	_, b := tracer.Start(ctx, "child")
	b.SetAttributes(attribute.Int("n", 2))
	b.End()
	root.End()
	_, other := tracer.Start(context.Background(), "other")
	other.End()

	spans := mem.Spans()
	tests := []struct {
		explanation string
		got         exporters.Spans
		want        []string
	}{
		{"in the order of their ends", spans, []string{"child", "child", "root", "other"}},
		{"by name", spans.Named("child"), []string{"child", "child"}},
		{"by an attribute", spans.WithAttribute(attribute.Int("n", 1)), []string{"child"}},
		{"by several attributes", spans.WithAttribute(attribute.Int("n", 1), attribute.String("s", "x")), []string{"child"}},
		{"the type counts", spans.WithAttribute(attribute.String("n", "1")), nil},
		{"by trace", spans.InTrace(other.SpanContext().TraceID()), []string{"other"}},
		{"the roots", spans.Roots(), []string{"root", "other"}},
		{"the children of a span", spans.ChildrenOf(spans.Named("root")[0]), []string{"child", "child"}},
		{"the children of nothing", spans.ChildrenOf(nil), nil},
		{"the failed ones", spans.Failed(), []string{"child"}},
		{"nothing fits", spans.Named("absent"), nil},
	}
	for _, tt := range tests {
		var names []string
		for _, span := range tt.got {
			names = append(names, span.Name)
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.explanation, diff)
		}
		if tt.got == nil {
			t.Errorf("%s: nil, want an empty list", tt.explanation)
		}
	}
	if got := spans.Stubs()[2].Name; got != "root" {
		t.Errorf("Stubs()[2] = %q, want root", got)
	}
}

// What a test written for mocktracer asks of a span.
func TestSpanForMocktracerUsers(t *testing.T) {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	tracer := provider.Tracer("t")
	ctx, parent := tracer.Start(context.Background(), "parent", trace.WithSpanKind(trace.SpanKindServer))
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, child := tracer.Start(ctx, "child", trace.WithTimestamp(at))
	child.SetAttributes(attribute.Int("http.status_code", 500), attribute.String("peer", "db"), attribute.Bool("retry", true))
	child.AddEvent("cache miss", trace.WithTimestamp(at), trace.WithAttributes(attribute.Int("key", 7)))
	child.AddEvent("log", trace.WithTimestamp(at), trace.WithAttributes(attribute.String("message", "no name")))
	child.AddEvent("named", trace.WithTimestamp(at), trace.WithAttributes(attribute.String("event", "own")))
	child.SetStatus(codes.Error, "boom")
	child.End(trace.WithTimestamp(at.Add(time.Second)))
	parent.SetStatus(codes.Ok, "")
	parent.End()

	spans := mem.FinishedSpans()
	c, p := spans[0], spans[1]
	if c.OperationName != "child" || !c.StartTime.Equal(at) || !c.FinishTime.Equal(at.Add(time.Second)) || c.Duration() != time.Second {
		t.Errorf("name and times: %q %v %v %v", c.OperationName, c.StartTime, c.FinishTime, c.Duration())
	}
	if c.ParentID != p.SpanContext.SpanID() || p.ParentID.IsValid() {
		t.Errorf("parents: %v of %v, root's %v", c.ParentID, p.SpanContext.SpanID(), p.ParentID)
	}
	want := map[string]any{"http.status_code": int64(500), "peer": "db", "retry": true, "error": true}
	if diff := cmp.Diff(want, c.Tags()); diff != "" {
		t.Errorf("child's tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"span.kind": "server", "error": false}, p.Tags()); diff != "" {
		t.Errorf("parent's tags (-want +got):\n%s", diff)
	}
	for key, tag := range want {
		if c.Tag(key) != tag {
			t.Errorf("Tag(%q) = %v, want %v", key, c.Tag(key), tag)
		}
	}
	if got := c.Tag("absent"); got != nil {
		t.Errorf("Tag(absent) = %v, want nil", got)
	}
	wantLogs := []exporters.LogRecord{
		{Timestamp: at, Fields: []exporters.LogField{
			{Key: "event", ValueKind: reflect.String, ValueString: "cache miss"},
			{Key: "key", ValueKind: reflect.Int64, ValueString: "7"}}},
		{Timestamp: at, Fields: []exporters.LogField{{Key: "message", ValueKind: reflect.String, ValueString: "no name"}}},
		{Timestamp: at, Fields: []exporters.LogField{{Key: "event", ValueKind: reflect.String, ValueString: "own"}}},
	}
	if diff := cmp.Diff(wantLogs, c.Logs()); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
	if got, want := c.String(), `child ERROR "boom" http.status_code=500 peer=db retry=true`; got != want {
		t.Errorf("String() = %s, want %s", got, want)
	}
	if got := c.Attribute("absent").Type(); got != attribute.EMPTY {
		t.Errorf("Attribute(absent) has type %v, want EMPTY", got)
	}
}

func TestMemoryString(t *testing.T) {
	var mem exporters.Memory
	service := func(name string) trace.Tracer {
		return sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem),
			sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", name)))).Tracer("t")
	}
	shop, stock := service("shop"), service("stock")

	ctx, root := shop.Start(context.Background(), "GET /", trace.WithSpanKind(trace.SpanKindServer))
	callCtx, call := shop.Start(ctx, "GET", trace.WithSpanKind(trace.SpanKindClient))
	call.SetAttributes(
		attribute.String("text", "200"), attribute.Int("number", 200), attribute.Float64("half", 0.5),
		attribute.String("words", "two words"), attribute.String("none", ""), attribute.String("bool", "true"),
		attribute.StringSlice("list", []string{"a", "b"}), attribute.String("route", "/orders/{id}"),
		attribute.String("bell", "\a\x1b[31m"), attribute.String("k=v", "a=b"))
	remote := trace.ContextWithRemoteSpanContext(context.Background(), trace.SpanContextFromContext(callCtx))
	_, served := stock.Start(remote, "serve", trace.WithSpanKind(trace.SpanKindServer),
		trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("why", "test"))))
	served.RecordError(errors.New("sold out"), trace.WithStackTrace(true))
	served.SetStatus(codes.Error, "sold\nout")
	served.End()
	call.End()
	_, last := shop.Start(ctx, "last")
	last.SetStatus(codes.Ok, "")
	last.End()
	root.End()

	elsewhere := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{9}, SpanID: trace.SpanID{9}, TraceFlags: trace.FlagsSampled})
	_, orphan := shop.Start(trace.ContextWithRemoteSpanContext(context.Background(), elsewhere), "remote",
		trace.WithLinks(trace.Link{SpanContext: root.SpanContext()},
			trace.Link{SpanContext: elsewhere},
			trace.Link{SpanContext: elsewhere.WithTraceID(trace.TraceID{8})}))
	orphan.End()
	lostCtx, _ := shop.Start(context.Background(), "never ended")
	_, lost := shop.Start(lostCtx, "lost")
	lost.End()

	want := `GET / [server] @shop
  GET [client] @shop bell="\a\x1b[31m" bool="true" half=0.5 k=v=a=b list=["a","b"] none="" number=200 route=/orders/{id} text="200" words="two words"
    serve [server] @stock ERROR "sold\nout"
      * exception exception.message="sold out" exception.stacktrace=… exception.type=*errors.errorString
      > link to GET / why=test
  last @shop OK
remote @shop (remote parent)
  > link to GET /
  > link within the trace
  > link to another trace
lost @shop (parent missing)
`
	if diff := cmp.Diff(want, mem.String()); diff != "" {
		t.Errorf("String() (-want +got):\n%s", diff)
	}
}
