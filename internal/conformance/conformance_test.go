// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

var updateDocs = flag.Bool("update", false, "write the tables in the docs anew")

// requirement is one clause of what an OpenTracing tracer over OpenTelemetry must
// do. Its check runs on compat, which must pass, and on the raw bridge, to see
// what it does (bridge_test.go).
type requirement struct {
	number int
	words  string
	check  func(f *fixture)
}

// requirements are the clauses in the order of their numbers. The tables are in
// the other files of this folder.
func requirements() []requirement {
	var all []requirement
	for _, table := range [][]requirement{
		startRequirements, tagRequirements, logRequirements, baggageRequirements,
		propagationRequirements, mixedRequirements, lifecycleRequirements,
	} {
		all = append(all, table...)
	}
	byNumber := make([]requirement, len(all))
	for _, r := range all {
		if r.number < 1 || r.number > len(all) || byNumber[r.number-1].check != nil {
			panic(fmt.Sprintf("requirement %d is twice or out of range", r.number))
		}
		byNumber[r.number-1] = r
	}
	return byNumber
}

func TestConformance(t *testing.T) {
	for _, r := range requirements() {
		t.Run(fmt.Sprintf("%02d", r.number), func(t *testing.T) {
			t.Log(r.words)
			if failure := run(t, r, "compat"); failure != "" {
				t.Errorf("%s\nrequired: %s", failure, r.words)
			}
		})
	}
}

// run checks a requirement on a subject, and returns what is wrong, if anything.
// A panic in the subject is a failure like others.
func run(t *testing.T, r requirement, subject string) string {
	f := newFixture(t, subject)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recovered := recover(); recovered != nil {
				f.failures = append(f.failures, fmt.Sprint("panic: ", recovered))
			}
		}()
		r.check(f)
	}()
	<-done
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
	return strings.Join(f.failures, "\n")
}

// fixture is a tracer under test, and where its spans are recorded.
type fixture struct {
	ctx      context.Context
	subject  string
	failures []string
	cleanups []func()
	recorder *tracetest.SpanRecorder
	sdk      *sdktrace.TracerProvider

	tracer   opentracing.Tracer
	provider trace.TracerProvider // for OpenTelemetry code in the same process
}

// setup is what a tracer under test is made with.
type setup struct {
	options compat.Options
	sdk     []sdktrace.TracerProviderOption
	install bool
}

func newFixture(t *testing.T, subject string) *fixture {
	f := &fixture{ctx: t.Context(), subject: subject}
	f.use(setup{})
	return f
}

// use makes the tracer anew.
func (f *fixture) use(s setup) {
	f.recorder = tracetest.NewSpanRecorder()
	f.sdk = sdktrace.NewTracerProvider(append(s.sdk, sdktrace.WithSpanProcessor(f.recorder))...)
	if s.install {
		f.restoreGlobals()
	}
	if f.subject == "bridge" {
		f.useBridge(s)
		return
	}
	if s.install {
		tracer := compat.Install(f.sdk, &s.options)
		f.tracer, f.provider = tracer, tracer.TracerProvider()
		return
	}
	tracer := compat.NewTracer(f.sdk, &s.options)
	f.tracer, f.provider = tracer, tracer.TracerProvider()
}

var w3c = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

// restoreGlobals puts the globals back after the check.
func (f *fixture) restoreGlobals() {
	tracer, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	f.cleanups = append(f.cleanups, func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(propagator)
	})
}

func (f *fixture) errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

// fatalf ends the check.
func (f *fixture) fatalf(format string, args ...any) {
	f.errorf(format, args...)
	runtime.Goexit()
}

// equal notes a failure where got isn't want.
func (f *fixture) equal(what string, got, want any) {
	if diff := fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want); diff {
		f.errorf("%s is %#v, want %#v", what, got, want)
	}
}

// ended returns the ended span of that name, of which there must be one.
func (f *fixture) ended(name string) sdktrace.ReadOnlySpan {
	var found []sdktrace.ReadOnlySpan
	for _, s := range f.recorder.Ended() {
		if s.Name() == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		f.fatalf("%d spans named %q ended, want 1", len(found), name)
	}
	return found[0]
}

// childOf notes a failure where child isn't a child of parent in one trace.
func (f *fixture) childOf(child, parent sdktrace.ReadOnlySpan) {
	if child.Parent().SpanID() != parent.SpanContext().SpanID() || child.SpanContext().TraceID() != parent.SpanContext().TraceID() {
		f.errorf("span %q has parent %v, want %v (%q)", child.Name(), child.Parent().SpanID(), parent.SpanContext().SpanID(), parent.Name())
	}
}

// tag returns the attribute of a span; its type is visible in %#v.
func tag(s sdktrace.ReadOnlySpan, key string) any {
	return attr(s.Attributes(), key)
}

func attr(attributes []attribute.KeyValue, key string) any {
	for _, kv := range attributes {
		if string(kv.Key) == key {
			return kv.Value.AsInterface()
		}
	}
	return nil
}
