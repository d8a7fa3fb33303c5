// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// endings is a provider that notes the contexts of its end, and fails.
type endings struct {
	*sdktrace.TracerProvider
	flushed, stopped []context.Context
}

var errEnding = errors.New("no collector")

func (e *endings) ForceFlush(ctx context.Context) error {
	e.flushed = append(e.flushed, ctx)
	return errEnding
}

func (e *endings) Shutdown(ctx context.Context) error {
	e.stopped = append(e.stopped, ctx)
	return errEnding
}

func TestShutdownAndForceFlush(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "the caller's")
	provider := &endings{TracerProvider: sdktrace.NewTracerProvider()}
	tracer := NewTracer(provider, nil)
	for range 2 {
		if err := tracer.ForceFlush(ctx); !errors.Is(err, errEnding) {
			t.Errorf("ForceFlush returns %v, want the provider's error", err)
		}
	}
	if len(provider.flushed) != 2 || provider.flushed[0].Value(key{}) == nil {
		t.Errorf("flushed %d times, want twice, with the caller's context", len(provider.flushed))
	}
	for range 2 {
		if err := tracer.Shutdown(ctx); !errors.Is(err, errEnding) {
			t.Errorf("Shutdown returns %v, want the provider's error, each time", err)
		}
	}
	if err := tracer.Close(); !errors.Is(err, errEnding) {
		t.Errorf("Close after Shutdown returns %v", err)
	}
	if len(provider.stopped) != 1 || provider.stopped[0].Value(key{}) == nil {
		t.Errorf("shut down %d times, want once, with the caller's context", len(provider.stopped))
	}
	parent := tracer.StartSpan("late")
	if OTelSpan(parent).IsRecording() {
		t.Error("a span that is started after Shutdown records")
	}

	var zero Tracer
	if err := errors.Join(zero.ForceFlush(ctx), zero.Shutdown(ctx)); err != nil {
		t.Errorf("a tracer's zero value: %v", err)
	}
	without := NewTracer(struct{ trace.TracerProvider }{noop.NewTracerProvider()}, nil)
	if err := errors.Join(without.ForceFlush(ctx), without.Shutdown(ctx)); err != nil {
		t.Errorf("a provider without these methods: %v", err)
	}
}

func TestReplacedProviderIsReportedOnce(t *testing.T) {
	keepGlobals(t)
	for _, tc := range []struct {
		explanation string
		after       func(first *Tracer)
		want        int
	}{
		{"nothing replaced", func(*Tracer) {}, 0},
		{"a leftover SetTracerProvider", func(*Tracer) { otel.SetTracerProvider(sdktrace.NewTracerProvider()) }, 1},
		{"a second Install", func(*Tracer) { Install(sdktrace.NewTracerProvider(), nil) }, 0},
		{"set again to the same", func(first *Tracer) { otel.SetTracerProvider(first.TracerProvider()) }, 0},
		{"replaced by another tracer of this package", func(*Tracer) {
			otel.SetTracerProvider(NewTracer(sdktrace.NewTracerProvider(), nil).TracerProvider())
		}, 0},
		{"replaced after it was closed", func(first *Tracer) {
			_ = first.Close()
			otel.SetTracerProvider(sdktrace.NewTracerProvider())
		}, 0},
	} {
		first := Install(sdktrace.NewTracerProvider(), nil)
		tc.after(first)
		reports := reportsOf(func() {
			for range 3 {
				first.StartSpan("s", opentracing.Tag{Key: "k", Value: 1}).Finish()
			}
		})
		if len(reports) != tc.want {
			t.Errorf("%s: reports %q, want %d", tc.explanation, reports, tc.want)
		}
		for _, report := range reports {
			if !strings.Contains(report, "otel.SetTracerProvider") || !strings.Contains(report, "compat.Install") {
				t.Errorf("the report %q doesn't name the call and the fix", report)
			}
		}
	}
}

// slowEnd is a provider whose Shutdown waits for its context, or to be let go.
type slowEnd struct {
	*sdktrace.TracerProvider
	entered, leave chan struct{}
}

func (s *slowEnd) Shutdown(ctx context.Context) error {
	close(s.entered)
	select {
	case <-s.leave:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestShutdownMeanwhile(t *testing.T) {
	provider := &slowEnd{sdktrace.NewTracerProvider(), make(chan struct{}), make(chan struct{})}
	tracer := NewTracer(provider, nil)
	first := make(chan error, 1)
	go func() { first <- tracer.Shutdown(context.Background()) }()
	<-provider.entered
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tracer.Shutdown(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a second call whose time is over returns %v, want its context's error", err)
	}
	close(provider.leave)
	if err := errors.Join(<-first, tracer.Close()); err != nil {
		t.Errorf("the first call and one after it: %v", err)
	}
}

// TestShutdownWithoutTime shuts a tracer down with a context that a server has used up.
func TestShutdownWithoutTime(t *testing.T) {
	exporter := &countingExporter{}
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), nil)
	tracer.StartSpan("last").Finish()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tracer.Shutdown(ended); err != nil || exporter.spans != 1 {
		t.Errorf("error %v, %d spans exported, want the one", err, exporter.spans)
	}
}

type countingExporter struct{ spans int }

func (c *countingExporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	c.spans += len(spans)
	return nil
}

func (*countingExporter) Shutdown(context.Context) error { return nil }
