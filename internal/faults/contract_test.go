// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// subject is an exporter under test.
type subject struct {
	exporter sdktrace.SpanExporter
	// count returns how many spans with the name have arrived.
	count func(name string) int
	// afterShutdown says what becomes of spans that come then: kept, ignored or an
	// error.
	afterShutdown string
}

// subjects are the exporters of this module, by name.
var subjects = []struct {
	name string
	make func(t *testing.T) subject
}{
	{"Memory", func(*testing.T) subject {
		memory := &exporters.Memory{}
		return subject{memory, func(name string) int { return len(memory.Spans().Named(name)) }, "kept"}
	}},
	{"Stdout", func(*testing.T) subject {
		var out output
		return subject{exporters.Stdout(&out), func(name string) int { return out.count(`"Name":"` + name + `"`) }, "ignored"}
	}},
	{"Tree", func(*testing.T) subject {
		var out output
		tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, ASCII: true})
		return subject{tree, func(name string) int { return out.count(name + "  ") }, "kept"}
	}},
	{"OTLP over HTTP", func(t *testing.T) subject {
		r := newReceiver(t)
		r.serveHTTP(t, false)
		return otlpSubject(t, r, otlp.ProtocolHTTP)
	}},
	{"OTLP over gRPC", func(t *testing.T) subject {
		r := newReceiver(t)
		r.serveGRPC(t)
		return otlpSubject(t, r, otlp.ProtocolGRPC)
	}},
}

func otlpSubject(t *testing.T, r *receiver, protocol string) subject {
	exporter, err := otlp.New(context.Background(), &otlp.Options{Protocol: protocol, Endpoint: r.url})
	if err != nil {
		t.Fatal(err)
	}
	return subject{exporter, func(name string) int {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.names[name]
	}, "an error"}
}

// output is a writer that may be used by several goroutines.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) count(text string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Count(o.buf.String(), text)
}

// ended returns a span of a trace of its own.
func ended(name string, number int, attributes ...attribute.KeyValue) sdktrace.ReadOnlySpan {
	return tracetest.SpanStub{
		Name: name,
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{1, byte(number >> 8), byte(number)}, SpanID: trace.SpanID{2, byte(number >> 8), byte(number)}, TraceFlags: trace.FlagsSampled}),
		StartTime: time.Unix(1, 0), EndTime: time.Unix(2, 0),
		Attributes: attributes, Resource: resource.Empty(), InstrumentationScope: instrumentation.Scope{Name: "scope"},
	}.Snapshot()
}

// TestContract holds every exporter to the contract of sdktrace.SpanExporter, and to
// what this module promises beyond it.
func TestContract(t *testing.T) {
	ctx := context.Background()
	ended1 := []sdktrace.ReadOnlySpan{ended("one", 1)}
	cases := []struct {
		explanation string
		check       func(t *testing.T, s subject)
	}{
		{"a batch has arrived when ExportSpans has returned", func(t *testing.T, s subject) {
			if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("one", 1), ended("one", 2)}); err != nil || s.count("one") != 2 {
				t.Errorf("ExportSpans = %v, %d of 2 arrived", err, s.count("one"))
			}
		}},
		{"an empty batch is nothing, and no error", func(t *testing.T, s subject) {
			if err := errors.Join(s.exporter.ExportSpans(ctx, nil), s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{})); err != nil {
				t.Errorf("ExportSpans = %v", err)
			}
		}},
		{"the caller's slice and spans are not changed, and not needed afterwards", func(t *testing.T, s subject) {
			given := ended("caf\xe9", 1, attribute.String("k", "caf\xe9"), attribute.Float64("nan", math.NaN()))
			batch := []sdktrace.ReadOnlySpan{given, ended("one", 2)}
			if err := s.exporter.ExportSpans(ctx, batch); err != nil {
				t.Errorf("ExportSpans = %v", err)
			}
			if batch[0].Name() != "caf\xe9" || batch[0].Attributes()[0].Value.AsString() != "caf\xe9" {
				t.Error("the span was changed")
			}
			clear(batch) // as the SDK does
			if err := s.exporter.Shutdown(ctx); err != nil || s.count("one") != 1 {
				t.Errorf("Shutdown = %v, %d of 1 arrived", err, s.count("one"))
			}
		}},
		{"one invalid text costs no span", func(t *testing.T, s subject) {
			if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("one", 1), ended("one", 2, attribute.String("k", "caf\xe9")), ended("one", 3)}); err != nil || s.count("one") != 3 {
				t.Errorf("ExportSpans = %v, %d of 3 arrived", err, s.count("one"))
			}
		}},
		{"a huge span arrives", func(t *testing.T, s subject) {
			huge := make([]attribute.KeyValue, 1000)
			for i := range huge {
				huge[i] = attribute.String(fmt.Sprint("k", i), strings.Repeat("x", 3000))
			}
			if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("huge", 1, huge...)}); err != nil || s.count("huge") != 1 {
				t.Errorf("ExportSpans = %v, %d of 1 arrived", err, s.count("huge"))
			}
		}},
		{"calls from several goroutines are safe, and lose and repeat nothing", func(t *testing.T, s subject) {
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for i := range 20 {
						if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("one", 1000*g+i)}); err != nil {
							t.Errorf("ExportSpans = %v", err)
						}
					}
				})
			}
			wg.Wait()
			if err := s.exporter.Shutdown(ctx); err != nil || s.count("one") != 160 {
				t.Errorf("Shutdown = %v, %d of 160 arrived", err, s.count("one"))
			}
		}},
		{"a context that has ended: an error, or the spans arrive; never neither", func(t *testing.T, s subject) {
			over, cancel := context.WithCancel(ctx)
			cancel()
			err := s.exporter.ExportSpans(over, ended1)
			if err != nil && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "context canceled") {
				t.Errorf("ExportSpans = %v, which doesn't say why", err)
			}
			if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("later", 2)}); err != nil || s.count("later") != 1 {
				t.Errorf("the next batch: %v", err)
			}
			if err := s.exporter.Shutdown(ctx); err != nil {
				t.Error(err)
			}
			if arrived := s.count("one"); (err == nil) != (arrived == 1) {
				t.Errorf("ExportSpans = %v, %d arrived", err, arrived)
			}
		}},
		{"Shutdown twice, and from several goroutines, is safe and no error", func(t *testing.T, s subject) {
			if err := s.exporter.ExportSpans(ctx, ended1); err != nil {
				t.Error(err)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if err := s.exporter.Shutdown(ctx); err != nil {
						t.Errorf("Shutdown = %v", err)
					}
				})
			}
			wg.Wait()
			if err := s.exporter.Shutdown(ctx); err != nil {
				t.Errorf("once more: %v", err)
			}
		}},
		{"Shutdown with a context that has ended doesn't hang", func(t *testing.T, s subject) {
			over, cancel := context.WithCancel(ctx)
			cancel()
			if err := s.exporter.Shutdown(over); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("Shutdown = %v", err)
			}
		}},
		{"what comes after Shutdown becomes what is documented", func(t *testing.T, s subject) {
			if err := s.exporter.Shutdown(ctx); err != nil {
				t.Errorf("Shutdown = %v", err)
			}
			err := s.exporter.ExportSpans(ctx, ended1)
			got := "ignored"
			switch arrived := s.count("one"); {
			case err != nil && arrived == 0:
				got = "an error"
			case arrived == 1:
				got = "kept"
			}
			if got != s.afterShutdown {
				t.Errorf("it is %s (%v), want %s", got, err, s.afterShutdown)
			}
			if err := s.exporter.ExportSpans(ctx, nil); err != nil {
				t.Errorf("an empty batch: %v", err)
			}
		}},
		{"Shutdown while batches are exported: each arrives or is an error", func(t *testing.T, s subject) {
			var mu sync.Mutex
			taken := 0
			var wg sync.WaitGroup
			for g := range 4 {
				wg.Go(func() {
					for i := range 10 {
						if err := s.exporter.ExportSpans(ctx, []sdktrace.ReadOnlySpan{ended("one", 1000*g+i)}); err == nil {
							mu.Lock()
							taken++
							mu.Unlock()
						}
					}
				})
			}
			wg.Go(func() {
				if err := s.exporter.Shutdown(ctx); err != nil {
					t.Errorf("Shutdown = %v", err)
				}
			})
			wg.Wait()
			if arrived := s.count("one"); s.afterShutdown != "ignored" && arrived < taken {
				t.Errorf("%d arrived, and %d were taken without an error", arrived, taken)
			}
		}},
		{"behind Batch, a provider loses nothing", func(t *testing.T, s subject) {
			var said []string
			provider := sdktrace.NewTracerProvider(sdktrace.WithResource(resource.Empty()), sdktrace.WithSpanProcessor(
				exporters.Batch(s.exporter, &exporters.BatchOptions{Report: func(err error) { said = append(said, err.Error()) }})))
			for range 50 {
				_, span := provider.Tracer("t").Start(ctx, "one")
				span.End()
			}
			if err := provider.ForceFlush(ctx); err != nil || s.count("one") != 50 {
				t.Errorf("ForceFlush = %v, %d of 50 arrived", err, s.count("one"))
			}
			if err := provider.Shutdown(ctx); err != nil || len(said) > 0 {
				t.Errorf("Shutdown = %v, said %q", err, said)
			}
		}},
	}
	for _, subject := range subjects {
		for _, c := range cases {
			t.Run(subject.name+"/"+c.explanation, func(t *testing.T) {
				s := subject.make(t)
				c.check(t, s)
				_ = s.exporter.Shutdown(ctx)
			})
		}
	}
}
