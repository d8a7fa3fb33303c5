// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/ot2otel/ot2otel/compat"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// newTracer returns a tracer that samples all, and its reporter.
func newTracer(t *testing.T, options ...jaeger.TracerOption) (*compat.Tracer, *jaeger.InMemoryReporter) {
	t.Helper()
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), reporter, append(options, jaeger.TracerOptions.Logger(jaeger.NullLogger))...)
	t.Cleanup(func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	})
	return tracer.(*compat.Tracer), reporter
}

// TestSpanContextAssertion is about what loggers do: they assert the type of a span's
// context and write its IDs.
func TestSpanContextAssertion(t *testing.T) {
	tracer, reporter := newTracer(t)
	root := tracer.StartSpan("root").SetBaggageItem("user", "ada")
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	ctx, native := tracer.TracerProvider().Tracer("").Start(opentracing.ContextWithSpan(context.Background(), child), "native")
	header := http.Header{}
	if err := tracer.Inject(child.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		t.Fatal(err)
	}
	extracted, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	if err != nil {
		t.Fatal(err)
	}
	child.Finish()
	finished := reporter.GetSpans()[0]

	trace, _ := compat.OTelSpanContext(root.Context())
	wire := strings.Split(header.Get("Uber-Trace-Id"), ":")
	id := root.Context().(jaeger.SpanContext).SpanID()
	childID := child.Context().(jaeger.SpanContext).SpanID()
	for _, c := range []struct {
		explanation string
		context     opentracing.SpanContext
		span        string
		parent      jaeger.SpanID
		baggage     bool
	}{
		{"a root", root.Context(), id.String(), 0, true},
		{"a child, as the header has it", child.Context(), wire[1], id, true},
		{"a native span, seen by OpenTracing code", opentracing.SpanFromContext(ctx).Context(), native.SpanContext().SpanID().String(), childID, true},
		{"an extracted context, whose parent is not known", extracted, wire[1], 0, true},
		{"a finished span, without its baggage", finished.Context(), wire[1], id, false},
		{"a copy", copyOf(child.Context().(jaeger.SpanContext)), wire[1], id, true},
		{"with an item more", child.Context().(jaeger.SpanContext).WithBaggageItem("more", "1"), wire[1], id, true},
	} {
		sc, ok := c.context.(jaeger.SpanContext)
		if !ok {
			t.Errorf("%s: is a %T", c.explanation, c.context)
			continue
		}
		if got := sc.TraceID().String(); got != trace.TraceID().String() || got != wire[0] {
			t.Errorf("%s: trace %s, want %s", c.explanation, got, trace.TraceID())
		}
		if got := sc.SpanID().String(); got != c.span {
			t.Errorf("%s: span %s, want %s", c.explanation, got, c.span)
		}
		if sc.ParentID() != c.parent {
			t.Errorf("%s: parent %s, want %s", c.explanation, sc.ParentID(), c.parent)
		}
		if !sc.IsSampled() || !sc.IsValid() || sc.IsDebug() || !sc.IsSamplingFinalized() || sc.Flags() != 1 {
			t.Errorf("%s: sampled %t, valid %t, debug %t, final %t, flags %d", c.explanation, sc.IsSampled(), sc.IsValid(), sc.IsDebug(), sc.IsSamplingFinalized(), sc.Flags())
		}
		if got, want := sc.String(), fmt.Sprintf("%s:%s:%s:1", sc.TraceID(), sc.SpanID(), sc.ParentID()); got != want {
			t.Errorf("%s: text %q, want %q", c.explanation, got, want)
		}
		if got := itemsOf(sc)["user"]; (got == "ada") != c.baggage {
			t.Errorf("%s: baggage item %q", c.explanation, got)
		}
	}
}

func copyOf(sc jaeger.SpanContext) (copied jaeger.SpanContext) {
	copied.CopyFrom(&sc)
	return copied
}

func itemsOf(sc opentracing.SpanContext) map[string]string {
	items := map[string]string{}
	sc.ForeachBaggageItem(func(key, value string) bool {
		items[key] = value
		return true
	})
	return items
}

func TestSpanContextThatIsNotSampled(t *testing.T) {
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(false), jaeger.NewNullReporter(), jaeger.TracerOptions.Logger(jaeger.NullLogger))
	defer closer.Close()
	sc := tracer.StartSpan("root").Context().(jaeger.SpanContext)
	if sc.IsSampled() || !sc.IsValid() || sc.Flags() != 0 {
		t.Errorf("sampled %t, valid %t, flags %d", sc.IsSampled(), sc.IsValid(), sc.Flags())
	}
	var zero jaeger.SpanContext
	if zero.IsSampled() || zero.IsValid() || zero.IsDebug() || zero.TraceID().IsValid() || len(itemsOf(zero)) > 0 {
		t.Error("the zero value is something")
	}
}

// TestSpanContextDebug is about a debug trace that a peer asks for.
func TestSpanContextDebug(t *testing.T) {
	tracer, reporter := newTracer(t)
	for _, c := range []struct{ explanation, header, value string }{
		{"the debug flag", "Uber-Trace-Id", "00000000000000ab:00000000000000cd:0:3"},
		{"a debug ID", "Jaeger-Debug-Id", "ticket-1"},
	} {
		header := http.Header{c.header: {c.value}}
		extracted, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		if err != nil {
			t.Fatalf("%s: %v", c.explanation, err)
		}
		span := tracer.StartSpan("asked", opentracing.ChildOf(extracted))
		sc := span.Context().(jaeger.SpanContext)
		if !sc.IsDebug() || !sc.IsSampled() || sc.Flags() != 3 {
			t.Errorf("%s: debug %t, sampled %t, flags %d", c.explanation, sc.IsDebug(), sc.IsSampled(), sc.Flags())
		}
		span.Finish()
	}
	if got := reporter.GetSpans()[1].(*jaeger.Span).Tags()["jaeger-debug-id"]; got != "ticket-1" {
		t.Errorf("the root of the debug ID has the tag %v", got)
	}
}

func TestContextFromString(t *testing.T) {
	for _, c := range []struct{ explanation, text, want string }{
		{"what String returns", "00000000000000010000000000000002:0000000000000003:0000000000000004:1", "00000000000000010000000000000002:0000000000000003:0000000000000004:1"},
		{"short IDs", "a:b:0:0", "000000000000000a:000000000000000b:0000000000000000:0"},
		{"nothing", "", ""},
		{"too few parts", "1:2:3", ""},
		{"too many parts", "1:2:3:1:" + strings.Repeat(":", 1000), ""},
		{"an ID that is too long", strings.Repeat("1", 33) + ":2:3:1", ""},
		{"a span ID that is too long", "1:" + strings.Repeat("2", 17) + ":3:1", ""},
		{"a malformed trace ID", "x:2:3:1", ""},
		{"a malformed high half", "x0000000000000001:2:3:1", ""},
		{"a malformed parent", "1:2:x:1", ""},
		{"flags above a byte", "1:2:3:256", ""},
	} {
		sc, err := jaeger.ContextFromString(c.text)
		if (err == nil) != (c.want != "") || err == nil && sc.String() != c.want {
			t.Errorf("%s: %q, %v, want %q", c.explanation, sc, err, c.want)
		}
	}
}

// TestMadeSpanContext is about a context that a program makes, of what it was sent.
func TestMadeSpanContext(t *testing.T) {
	tracer, _ := newTracer(t)
	made := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, map[string]string{"user": "ada"})
	child := tracer.StartSpan("child", opentracing.ChildOf(made))
	sc := child.Context().(jaeger.SpanContext)
	if sc.TraceID() != made.TraceID() || sc.ParentID() != 3 || child.BaggageItem("user") != "ada" {
		t.Errorf("the child is %v with the item %q", sc, child.BaggageItem("user"))
	}
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(made, opentracing.TextMap, carrier); err != nil {
		t.Fatal(err)
	}
	if got, want := carrier["uber-trace-id"], "00000000000000010000000000000002:0000000000000003:0:1"; got != want || carrier["uberctx-user"] != "ada" {
		t.Errorf("sent %q with %v, want %q", got, carrier, want)
	}
	if without := made.WithBaggageItem("user", ""); len(itemsOf(without)) != 0 || len(itemsOf(made)) != 1 {
		t.Errorf("items %v, and %v of the context before", itemsOf(without), itemsOf(made))
	}
}

func TestSpanContextOf(t *testing.T) {
	tracer, _ := newTracer(t)
	want := tracer.StartSpan("root").Context()
	if got, ok := jaeger.SpanContextOf(want); !ok || got != want {
		t.Errorf("SpanContextOf returns %v, %t of %v", got, ok, want)
	}
	for _, other := range []opentracing.SpanContext{nil, opentracing.NoopTracer{}.StartSpan("").Context()} {
		if got, ok := jaeger.SpanContextOf(other); ok {
			t.Errorf("SpanContextOf returns %v of a %T", got, other)
		}
	}
}
