// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"

	"github.com/ot2otel/ot2otel/compat"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

func TestInMemoryReporter(t *testing.T) {
	tracer, reporter := newTracer(t)
	other := tracer.StartSpan("other")
	root := tracer.StartSpan("root", opentracing.FollowsFrom(other.Context()), opentracing.Tag{Key: "n", Value: 7})
	_, native := tracer.TracerProvider().Tracer("").Start(opentracing.ContextWithSpan(context.Background(), root), "native")
	native.End()
	ext.SpanKindConsumer.Set(root)
	ext.Error.Set(root, true)
	root.LogFields(otlog.String("event", "retry"), otlog.Int("attempt", 2), otlog.Bool("last", true), otlog.Float64("wait", 0.5), otlog.String("why", "timeout"))
	start := time.Now()
	root.FinishWithOptions(opentracing.FinishOptions{FinishTime: start.Add(time.Hour)})

	spans := reporter.GetSpans()
	if reporter.SpansSubmitted() != 2 || len(spans) != 2 {
		t.Fatalf("%d spans, want 2", len(spans))
	}
	span := spans[1].(*jaeger.Span)
	if span.OperationName() != "root" || span.Duration() < time.Hour-time.Minute || span.StartTime().IsZero() || span.Tracer() != opentracing.Tracer(tracer) {
		t.Errorf("%q took %v from %v, of %v", span.OperationName(), span.Duration(), span.StartTime(), span.Tracer())
	}
	want := opentracing.Tags{"n": int64(7), "span.kind": ext.SpanKindConsumerEnum, "error": true}
	if diff := cmp.Diff(want, span.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	var fields []string
	for _, record := range span.Logs() {
		for _, field := range record.Fields {
			fields = append(fields, field.String())
		}
	}
	if diff := cmp.Diff([]string{"event:retry", "attempt:2", "last:true", "wait:0.5", "why:timeout"}, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	references := span.References()
	if len(references) != 1 || references[0].ReferencedContext.(jaeger.SpanContext).SpanID() != other.Context().(jaeger.SpanContext).SpanID() {
		t.Errorf("references %v, want the span it follows", references)
	}
	if got := span.SetTag("late", 1).SetOperationName("late").SetBaggageItem("late", "1"); got != opentracing.Span(span) || span.Retain() != span || len(span.Tags()) != 3 {
		t.Error("a finished span changes")
	}
	reporter.Reset()
	if reporter.SpansSubmitted() != 0 {
		t.Error("spans are left after Reset")
	}
}

// ownReporter is a reporter of a program's.
type ownReporter struct {
	names  []string
	closed int
}

func (r *ownReporter) Report(span *jaeger.Span) { r.names = append(r.names, span.OperationName()) }
func (r *ownReporter) Close()                   { r.closed++ }

// ownSampler is a sampler of a program's.
type ownSampler struct{ closed int }

func (s *ownSampler) IsSampled(id jaeger.TraceID, operation string) (bool, []jaeger.Tag) {
	return strings.HasPrefix(operation, "GET") && id.IsValid(), []jaeger.Tag{jaeger.NewTag("sampler.type", "own")}
}
func (s *ownSampler) Close()                    { s.closed++ }
func (s *ownSampler) Equal(jaeger.Sampler) bool { return false }

func TestOwnReporterAndSampler(t *testing.T) {
	reporter, sampler, memory, logger := &ownReporter{}, &ownSampler{}, jaeger.NewInMemoryReporter(), new(log.BytesBufferLogger)
	tracer, closer := jaeger.NewTracer("shop", sampler, jaeger.NewCompositeReporter(reporter, jaeger.NewLoggingReporter(logger), memory),
		jaeger.TracerOptions.Logger(jaeger.NullLogger))
	get, post := tracer.StartSpan("GET"), tracer.StartSpan("POST")
	tracer.StartSpan("child", opentracing.ChildOf(get.Context())).Finish()
	tracer.StartSpan("child of nothing", opentracing.ChildOf(post.Context())).Finish()
	get.Finish()
	post.Finish()
	if diff := cmp.Diff([]string{"child", "GET"}, reporter.names); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
	if got := memory.GetSpans()[1].(*jaeger.Span).Tags()["sampler.type"]; got != "own" {
		t.Errorf("the root has the sampler %v", got)
	}
	if got, want := strings.Count(logger.String(), "INFO: Reporting span "+get.Context().(jaeger.SpanContext).TraceID().String()), 2; got != want {
		t.Errorf("%d spans are logged, want %d:\n%s", got, want, logger)
	}
	if err := closer.Close(); err != nil || reporter.closed != 1 || sampler.closed != 1 || memory.SpansSubmitted() != 0 {
		t.Errorf("%v; closed %d reporters and %d samplers, %d spans left", err, reporter.closed, sampler.closed, memory.SpansSubmitted())
	}
}

// ownTransport is a transport of a program's. It may hold a batch, and fail.
type ownTransport struct {
	hold chan struct{} // nil: doesn't
	err  error

	mu     sync.Mutex
	names  []string
	closed bool
}

func (t *ownTransport) Append(span *jaeger.Span) (int, error) {
	if t.hold != nil {
		<-t.hold
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names = append(t.names, span.OperationName())
	return 0, t.err
}
func (t *ownTransport) Flush() (int, error) { return 1, nil }
func (t *ownTransport) Close() error {
	t.closed = true
	return nil
}

func TestOwnTransport(t *testing.T) {
	transport := &ownTransport{}
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(transport), jaeger.TracerOptions.Logger(jaeger.NullLogger))
	tracer.StartSpan("one").Finish()
	if err := tracer.(*compat.Tracer).ForceFlush(context.Background()); err != nil || len(transport.names) != 1 {
		t.Errorf("%v; sent %v", err, transport.names)
	}
	tracer.StartSpan("two").Finish()
	if err := closer.Close(); err != nil || len(transport.names) != 2 || !transport.closed {
		t.Errorf("%v; sent %v, closed %t", err, transport.names, transport.closed)
	}
}

// TestLostSpans is about spans that can't be sent: the logger is told.
func TestLostSpans(t *testing.T) {
	t.Run("the transport fails", func(t *testing.T) {
		logger := new(log.BytesBufferLogger)
		tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true),
			jaeger.NewRemoteReporter(&ownTransport{err: errors.New("no route")}, jaeger.ReporterOptions.Logger(logger)), jaeger.TracerOptions.Logger(jaeger.NullLogger))
		tracer.StartSpan("lost").Finish()
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		if got, want := logger.String(), "ERROR: jaeger: spans were not sent: no route\n"; got != want {
			t.Errorf("logged %q, want %q", got, want)
		}
	})
	t.Run("the queue is full", func(t *testing.T) {
		logger, transport := new(log.BytesBufferLogger), &ownTransport{hold: make(chan struct{})}
		tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true),
			jaeger.NewRemoteReporter(transport, jaeger.ReporterOptions.QueueSize(10), jaeger.ReporterOptions.Logger(logger)), jaeger.TracerOptions.Logger(jaeger.NullLogger))
		for range 100 {
			tracer.StartSpan("maybe lost").Finish()
		}
		if !strings.Contains(logger.String(), "the queue was full") {
			t.Errorf("said %q while the program runs", logger)
		}
		close(transport.hold)
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		if lost := 100 - len(transport.names); !strings.Contains(logger.String(), "of 100 spans were dropped, since the queue was full; raise QueueSize") || lost < 100-2*(10+10) {
			t.Errorf("%d spans are lost; said %q", lost, logger)
		}
	})
	t.Run("nothing is wrong", func(t *testing.T) {
		logger, transport := new(log.BytesBufferLogger), &ownTransport{}
		tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(transport, jaeger.ReporterOptions.Logger(logger)), jaeger.TracerOptions.Logger(jaeger.NullLogger))
		for range 1000 {
			tracer.StartSpan("sent").Finish()
		}
		if err := closer.Close(); err != nil || len(transport.names) != 1000 || logger.String() != "" {
			t.Errorf("%v; %d spans are sent; said %q", err, len(transport.names), logger)
		}
	})
}

func TestNilArguments(t *testing.T) {
	logger := new(log.BytesBufferLogger)
	var none *jaeger.InMemoryReporter
	tracer, closer := jaeger.NewTracer("shop", nil, none, jaeger.TracerOptions.Logger(logger), jaeger.TracerOptions.Injector("own", nil))
	tracer.StartSpan("dropped").Finish()
	if err := closer.Close(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"nil Sampler: nothing is sampled", "nil Reporter: spans are dropped", "an Injector of the format own is not supported"} {
		if !strings.Contains(logger.String(), want) {
			t.Errorf("logged %q, want %q", logger, want)
		}
	}
}
