// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// install makes a new tracer the global one, for a test.
func install(t *testing.T) *mocktracer.MockTracer {
	t.Helper()
	mock := mocktracer.New()
	t.Cleanup(mocktracer.Install(mock))
	return mock
}

// finished returns the finished spans by name.
func finished(t *testing.T, mock *mocktracer.MockTracer) map[string]*mocktracer.MockSpan {
	t.Helper()
	byName := make(map[string]*mocktracer.MockSpan)
	for _, span := range mock.FinishedSpans() {
		if byName[span.OperationName] != nil {
			t.Errorf("there are two spans %q", span.OperationName)
		}
		byName[span.OperationName] = span
	}
	return byName
}

// chain makes sure that each span is the child of the one before.
func chain(t *testing.T, mock *mocktracer.MockTracer, names ...string) {
	t.Helper()
	spans := finished(t, mock)
	if len(spans) != len(names) {
		t.Errorf("%d spans have finished, want %d: %v", len(spans), len(names), mock.FinishedSpans())
	}
	for i, name := range names {
		span := spans[name]
		switch {
		case span == nil:
			t.Fatalf("no span %q has finished: %v", name, mock.FinishedSpans())
		case i == 0:
			if span.ParentID != 0 {
				t.Errorf("%v has a parent", span)
			}
		default:
			parent := spans[names[i-1]]
			if span.ParentID != parent.SpanContext.SpanID || span.SpanContext.TraceID != parent.SpanContext.TraceID {
				t.Errorf("%v is not a child of %v", span, parent)
			}
		}
	}
}

// reports collects what otel.Handle is told during a test.
func reports(t *testing.T) func() []error {
	t.Helper()
	var mu sync.Mutex
	var errs []error
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, err)
	}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	return func() []error {
		mu.Lock()
		defer mu.Unlock()
		return errs
	}
}

// useTracer runs a test with a tracer that is given and with one that is global.
func useTracer(t *testing.T, test func(t *testing.T, mock *mocktracer.MockTracer, tracing *compat.Tracing)) {
	t.Helper()
	t.Run("given", func(t *testing.T) {
		mock := mocktracer.New()
		test(t, mock, compat.NewTracing(mock, nil))
	})
	t.Run("installed", func(t *testing.T) {
		test(t, install(t), compat.NewTracing(nil, nil))
	})
	t.Run("set as OpenTracing's global", func(t *testing.T) {
		before := opentracing.GlobalTracer()
		defer opentracing.SetGlobalTracer(before)
		mock := mocktracer.New()
		opentracing.SetGlobalTracer(mock)
		test(t, mock, compat.NewTracing(nil, nil))
	})
}
