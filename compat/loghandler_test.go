// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// logged returns the one line that use writes, as JSON values without the record's
// own fields.
func logged(t *testing.T, opts *compat.LogHandlerOptions, use func(*slog.Logger)) map[string]any {
	t.Helper()
	var out bytes.Buffer
	use(slog.New(compat.NewLogHandler(slog.NewJSONHandler(&out, nil), opts)))
	return parseLine(t, out.Bytes())
}

func parseLine(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal(line, &values); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	delete(values, slog.TimeKey)
	delete(values, slog.LevelKey)
	delete(values, slog.MessageKey)
	return values
}

// otherTracer is a tracer that decorates another one's spans and knows nothing of
// OpenTelemetry.
type otherTracer struct{ opentracing.NoopTracer }

// decorated is a span of otherTracer.
type decorated struct{ opentracing.Span }

func (decorated) Tracer() opentracing.Tracer { return otherTracer{} }

func remoteSpanContext(flags trace.TraceFlags) trace.SpanContext {
	traceID, _ := trace.TraceIDFromHex(remoteTrace)
	spanID, _ := trace.SpanIDFromHex(remoteSpan)
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, TraceFlags: flags, Remote: true})
}

func TestLogHandlerAddsTheActiveSpan(t *testing.T) {
	tracer, _ := recorded(t)
	unsampledTracer, _ := recorded(t, sdktrace.WithSampler(sdktrace.NeverSample()))
	background := context.Background()

	legacy := tracer.StartSpan("legacy")
	unsampled := unsampledTracer.StartSpan("unsampled")
	nativeCtx, native := tracer.TracerProvider().Tracer("native").Start(background, "native")
	unwrapped := sdktrace.NewTracerProvider()
	unwrappedCtx, unwrappedSpan := unwrapped.Tracer("unwrapped").Start(background, "unwrapped")
	nestedCtx, nested := tracer.TracerProvider().Tracer("native").Start(opentracing.ContextWithSpan(background, legacy), "nested")

	ids := func(sp opentracing.Span) trace.SpanContext { return compat.OTelSpan(sp).SpanContext() }
	var none trace.SpanContext
	for _, tc := range []struct {
		name string
		ctx  context.Context
		want trace.SpanContext
	}{
		{"OpenTracing span", opentracing.ContextWithSpan(background, legacy), ids(legacy)},
		{"OpenTelemetry span", nativeCtx, native.SpanContext()},
		{"OpenTelemetry span of a provider that isn't wrapped", unwrappedCtx, unwrappedSpan.SpanContext()},
		{"OpenTelemetry span below an OpenTracing span", nestedCtx, nested.SpanContext()},
		{"OpenTracing span below an OpenTelemetry span", opentracing.ContextWithSpan(nativeCtx, legacy), ids(legacy)},
		{"decorated span of a tracer that knows OpenTracing only", opentracing.ContextWithSpan(background, decorated{legacy}), ids(legacy)},
		{"remote span", trace.ContextWithRemoteSpanContext(background, remoteSpanContext(trace.FlagsSampled)), remoteSpanContext(trace.FlagsSampled)},
		{"unsampled span", opentracing.ContextWithSpan(background, unsampled), ids(unsampled)},
		{"no span", background, none},
		{"nil context", nil, none},
		{"invalid span", trace.ContextWithSpanContext(background, trace.SpanContext{}), none},
		{"no-op span", opentracing.ContextWithSpan(background, opentracing.NoopTracer{}.StartSpan("")), none},
		{"nil pointer as a span", opentracing.ContextWithSpan(background, (*nilSpan)(nil)), none},
		{"span of a tracer without OpenTelemetry", opentracing.ContextWithSpan(background, mocktracer.New().StartSpan("mock")), none},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := logged(t, nil, func(l *slog.Logger) { l.InfoContext(tc.ctx, "order placed", "order", "o7") })
			want := map[string]any{"order": "o7"}
			if tc.want.IsValid() {
				want["trace_id"], want["span_id"] = tc.want.TraceID().String(), tc.want.SpanID().String()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

// nilSpan is a span that can't be used through a nil pointer.
type nilSpan struct{ opentracing.Span }

func (*nilSpan) Tracer() opentracing.Tracer { return otherTracer{} }

func TestLogHandlerOptions(t *testing.T) {
	sampled := trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(trace.FlagsSampled))
	unsampled := trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(0))
	for _, tc := range []struct {
		name string
		ctx  context.Context
		opts compat.LogHandlerOptions
		want map[string]any
	}{
		{"defaults", sampled, compat.LogHandlerOptions{}, map[string]any{"trace_id": remoteTrace, "span_id": remoteSpan}},
		{"keys", sampled, compat.LogHandlerOptions{TraceIDKey: "trace.id", SpanIDKey: "span.id"},
			map[string]any{"trace.id": remoteTrace, "span.id": remoteSpan}},
		{"64 bits", sampled, compat.LogHandlerOptions{TraceID64: true},
			map[string]any{"trace_id": remoteTrace[16:], "span_id": remoteSpan}},
		{"sampled only, sampled", sampled, compat.LogHandlerOptions{SampledOnly: true},
			map[string]any{"trace_id": remoteTrace, "span_id": remoteSpan}},
		{"sampled only, unsampled", unsampled, compat.LogHandlerOptions{SampledOnly: true}, map[string]any{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := logged(t, &tc.opts, func(l *slog.Logger) { l.InfoContext(tc.ctx, "m") })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLogHandlerGroups compares with what the wrapped handler writes by itself:
// the IDs come on top, at the root, and nothing else changes.
func TestLogHandlerGroups(t *testing.T) {
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(trace.FlagsSampled))
	uses := map[string]func(*slog.Logger) *slog.Logger{
		"none":                   func(l *slog.Logger) *slog.Logger { return l },
		"attributes":             func(l *slog.Logger) *slog.Logger { return l.With("a", 1) },
		"group":                  func(l *slog.Logger) *slog.Logger { return l.WithGroup("g") },
		"group with attributes":  func(l *slog.Logger) *slog.Logger { return l.With("a", 1).WithGroup("g").With("b", 2).With("c", 3) },
		"groups":                 func(l *slog.Logger) *slog.Logger { return l.WithGroup("g").With("b", 2).WithGroup("h").With("c", 3) },
		"empty group in a group": func(l *slog.Logger) *slog.Logger { return l.WithGroup("g").WithGroup("h") },
		"nameless group":         func(l *slog.Logger) *slog.Logger { return l.WithGroup("").With() },
	}
	for name, use := range uses {
		for _, attributes := range [][]any{nil, {"order", "o7"}, {"d", 1, "e", 2, "f", 3, "g", 4, "h", 5, "i", 6}} {
			var plain bytes.Buffer
			use(slog.New(slog.NewJSONHandler(&plain, nil))).InfoContext(ctx, "m", attributes...)
			want := parseLine(t, plain.Bytes())
			want["trace_id"], want["span_id"] = remoteTrace, remoteSpan
			got := logged(t, nil, func(l *slog.Logger) { use(l).InfoContext(ctx, "m", attributes...) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, attributes %v (-want +got):\n%s", name, attributes, diff)
			}
		}
	}
}

// TestLogHandlerSharesNothing makes two loggers, and lines, from one.
func TestLogHandlerSharesNothing(t *testing.T) {
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(trace.FlagsSampled))
	var out bytes.Buffer
	h := compat.NewLogHandler(slog.NewJSONHandler(&out, nil), nil)
	// Three of each, so that slices that grow have room for one more.
	groups := slog.New(h).WithGroup("g").WithGroup("h").WithGroup("i")
	base := groups.With("a", 1).With("b", 2).With("c", 3)
	one, two := base.With("d", 1), base.With("d", 2)
	inOne, inTwo := groups.WithGroup("one"), groups.WithGroup("two")
	for _, tc := range []struct {
		logger *slog.Logger
		want   string
	}{
		{one, `"a":1,"b":2,"c":3,"d":1,"e":5`},
		{two, `"a":1,"b":2,"c":3,"d":2,"e":5`},
		{inOne, `"one":{"e":5}`},
		{inTwo, `"two":{"e":5}`},
	} {
		out.Reset()
		tc.logger.InfoContext(ctx, "m", "e", 5)
		if want := `"g":{"h":{"i":{` + tc.want + `}}}`; !strings.Contains(out.String(), want) {
			t.Errorf("a logger sees another one's attributes: want %s in %s", want, &out)
		}
	}

	record := slog.NewRecord(time.Time{}, slog.LevelInfo, "m", 0)
	for i := range 10 {
		record.Add(strconv.Itoa(i), i)
	}
	for range 2 {
		out.Reset()
		if err := h.Handle(ctx, record); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); strings.Count(got, "trace_id") != 1 || strings.Contains(got, "BUG") {
			t.Errorf("the caller's record is changed: %s", got)
		}
	}
}

// TestLogHandlerKeepsTheSource logs from a group, where the record is made anew.
func TestLogHandlerKeepsTheSource(t *testing.T) {
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(trace.FlagsSampled))
	var out bytes.Buffer
	h := compat.NewLogHandler(slog.NewJSONHandler(&out, &slog.HandlerOptions{AddSource: true}), nil)
	slog.New(h).WithGroup("g").WarnContext(ctx, "careful", "a", 1)
	for _, want := range []string{"loghandler_test.go", `"level":"WARN"`, `"msg":"careful"`, `"time":"2`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, &out)
		}
	}
}

// TestLogHandlerReturnsItself holds it to the documentation of slog.Handler.
func TestLogHandlerReturnsItself(t *testing.T) {
	h := compat.NewLogHandler(slog.NewJSONHandler(&bytes.Buffer{}, nil), nil)
	if h.WithGroup("") != h || h.WithAttrs(nil) != h {
		t.Error("a nameless group, or no attributes, make another handler")
	}
}

// inContext passes each record on with a context of its own.
type inContext struct {
	slog.Handler
	ctx context.Context
}

func (h inContext) Handle(_ context.Context, r slog.Record) error { return h.Handler.Handle(h.ctx, r) }
func (h inContext) WithAttrs(a []slog.Attr) slog.Handler {
	return inContext{h.Handler.WithAttrs(a), h.ctx}
}
func (h inContext) WithGroup(name string) slog.Handler {
	return inContext{h.Handler.WithGroup(name), h.ctx}
}

func TestLogHandlerMeetsSlogsContract(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"without a span": context.Background(),
		"with a span":    trace.ContextWithRemoteSpanContext(context.Background(), remoteSpanContext(trace.FlagsSampled)),
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			slogtest.Run(t, func(*testing.T) slog.Handler {
				out.Reset()
				return inContext{compat.NewLogHandler(slog.NewJSONHandler(&out, nil), nil), ctx}
			}, func(t *testing.T) map[string]any {
				var values map[string]any
				if err := json.Unmarshal(out.Bytes(), &values); err != nil {
					t.Fatal(err)
				}
				if _, logged := values["trace_id"]; logged != (name == "with a span") {
					t.Errorf("trace_id is logged: %t: %s", logged, &out)
				}
				return values
			})
		})
	}
}

func TestLogHandlerPassesEnabledOn(t *testing.T) {
	h := compat.NewLogHandler(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelWarn}), nil)
	for level, want := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelWarn: true} {
		if got := h.WithGroup("g").Enabled(context.Background(), level); got != want {
			t.Errorf("enabled at %v: %t, want %t", level, got, want)
		}
	}
}

func TestLogHandlerWithoutANext(t *testing.T) {
	reports := catchReports(t)
	for _, next := range []slog.Handler{nil, (*slog.JSONHandler)(nil)} {
		slog.New(compat.NewLogHandler(next, nil)).With("a", 1).WithGroup("g").Info("m")
	}
	if got := reports(); len(got) != 2 || !strings.Contains(got[0], "slog.NewJSONHandler") {
		t.Errorf("reports %q, want two that name the mend", got)
	}
}

// TestLogHandlerInARequest logs by the request's context, where the span is that
// of the request.
func TestLogHandlerInARequest(t *testing.T) {
	tracer, recorder := recorded(t)
	tracing := compat.NewTracing(tracer, nil)
	got := logged(t, nil, func(l *slog.Logger) {
		send(context.Background(), tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			l.InfoContext(r.Context(), "served")
		})), remoteParent)
	})
	span := recorder.Ended()[0].SpanContext()
	want := map[string]any{"trace_id": remoteTrace, "span_id": span.SpanID().String()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}
