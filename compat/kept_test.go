// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"weak"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// keepingOption is an option of a start that keeps what it is given.
type keepingOption struct {
	options    *opentracing.StartSpanOptions
	references []opentracing.SpanReference
}

func (k *keepingOption) Apply(o *opentracing.StartSpanOptions) {
	k.options, k.references = o, o.References
}

func TestOptionsMayKeepWhatTheyAreGiven(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	parent, other := tracer.StartSpan("parent"), tracer.StartSpan("other")
	first, second := &keepingOption{}, &keepingOption{}
	tracer.StartSpan("s", first, opentracing.ChildOf(parent.Context()), second, opentracing.Tag{Key: "k", Value: 1}).Finish()
	for range 10 {
		tracer.StartSpan("next", opentracing.ChildOf(other.Context())).Finish()
	}
	if first.options.References != nil || len(second.options.References) != 1 || second.references[0].ReferencedContext != parent.Context() {
		t.Errorf("kept %v, then %v, want no reference and the parent's", first.options.References, second.references)
	}
	s := namedSpans(recorder)["s"]
	if s.Parent().SpanID() != OTelSpan(parent).SpanContext().SpanID() || len(s.Attributes()) != 1 {
		t.Errorf("parent %v, attributes %v, want those of the options around", s.Parent(), s.Attributes())
	}
}

// keepingProvider is one of another SDK, whose spans keep what they are given.
type keepingProvider struct {
	embedded.TracerProvider
	tracer keepingTracer
}

type keepingTracer struct {
	embedded.Tracer
	options [][]trace.SpanStartOption
}

func (p *keepingProvider) Tracer(string, ...trace.TracerOption) trace.Tracer { return &p.tracer }

func (t *keepingTracer) Start(ctx context.Context, _ string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	t.options = append(t.options, opts)
	span := &keepingSpan{Span: noopSpan, started: ctx}
	return trace.ContextWithSpan(ctx, span), span
}

type keepingSpan struct {
	trace.Span
	started    context.Context
	attributes [][]attribute.KeyValue
	events     [][]trace.EventOption
}

func (*keepingSpan) IsRecording() bool { return true }
func (s *keepingSpan) SetAttributes(attributes ...attribute.KeyValue) {
	s.attributes = append(s.attributes, attributes)
}
func (s *keepingSpan) AddEvent(_ string, opts ...trace.EventOption) {
	s.events = append(s.events, opts)
}

func TestOtherSDKsMayKeepWhatTheyAreGiven(t *testing.T) {
	provider := &keepingProvider{}
	tracer := NewTracer(provider, nil)
	for _, value := range []string{"first", "second"} {
		span := tracer.StartSpan("s", opentracing.Tag{Key: "k", Value: value})
		span.SetTag("k", value).LogKV("k", value)
		span.LogFields(log.String("k", value))
		NewTracing(tracer, nil).TraceAll(http.NotFoundHandler()).
			ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/"+value, nil))
		if kept := OTelSpan(span).(*apiSpan).Span.(*keepingSpan); value == "first" {
			defer func() {
				if got := kept.attributes[0][0].Value.AsString(); got != "first" {
					t.Errorf("the kept attribute is %q", got)
				}
				for _, options := range kept.events {
					config := trace.NewEventConfig(options...)
					if got := config.Attributes(); len(got) != 1 || got[0].Value.AsString() != "first" {
						t.Errorf("the kept attributes of an event are %v", got)
					}
				}
			}()
		}
	}
	start := trace.NewSpanStartConfig(provider.tracer.options[0]...)
	if got := start.Attributes(); len(got) != 1 || got[0].Value.AsString() != "first" {
		t.Errorf("the kept attributes of a start are %v", got)
	}
	request := trace.NewSpanStartConfig(provider.tracer.options[1]...)
	if got := attribute.NewSet(request.Attributes()...); !got.HasValue("http.method") {
		t.Errorf("the kept attributes of a request are %v", request.Attributes())
	}
}

func TestSpanProcessorsMayChangeLinks(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	parent := tracer.StartSpan("parent")
	for range 2 {
		tracer.StartSpan("s", opentracing.FollowsFrom(parent.Context())).Finish()
		link := recorder.Ended()[len(recorder.Ended())-1].Links()[0]
		if got := link.Attributes[0]; got != followsFromRefType {
			t.Errorf("attribute %v, want %v", got, followsFromRefType)
		}
		link.Attributes[0] = refTypeKey.String("redacted")
	}
}

func TestLazyLoggersMayKeepTheEncoder(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	var kept log.Encoder
	span.LogFields(log.Lazy(func(e log.Encoder) { kept = e }))
	span.LogKV("k", 1, "late", log.LazyLogger(func(log.Encoder) { kept.EmitString("foreign", "v") }))
	span.Finish()
	if got := eventText(namedSpans(recorder)["s"].Events()[1]); got != "log k=1" {
		t.Errorf("the second log is %q, want its own field alone", got)
	}
}

// TestChainsAreNotKept starts each span from the one before, as a worker's loop
// does that lives as long as its process: the last keeps none of those before.
func TestChainsAreNotKept(t *testing.T) {
	next := map[string]func(*Tracer, opentracing.SpanContext) opentracing.Span{
		"FollowsFrom": func(tracer *Tracer, last opentracing.SpanContext) opentracing.Span {
			return tracer.StartSpan("s", opentracing.FollowsFrom(last))
		},
		"ChildOf with baggage": func(tracer *Tracer, last opentracing.SpanContext) opentracing.Span {
			return tracer.StartSpan("s", opentracing.ChildOf(last)).SetBaggageItem("k", "v")
		},
		"two references": func(tracer *Tracer, last opentracing.SpanContext) opentracing.Span {
			return tracer.StartSpan("s", opentracing.FollowsFrom(last), opentracing.FollowsFrom(last))
		},
		"over the wire": func(tracer *Tracer, last opentracing.SpanContext) opentracing.Span {
			carrier := opentracing.TextMapCarrier{}
			_ = tracer.Inject(last, opentracing.TextMap, carrier)
			sc, _ := tracer.Extract(opentracing.TextMap, carrier)
			return tracer.StartSpan("s", opentracing.ChildOf(sc))
		},
	}
	for _, observed := range []string{"false", "true"} {
		t.Setenv("OTEL_GO_X_OBSERVABILITY", observed)
		for name, provider := range map[string]trace.TracerProvider{"SDK": sdktrace.NewTracerProvider(), "other": &keepingProvider{}} {
			tracer := NewTracer(provider, &Options{TextMap: w3c})
			for kind, start := range next {
				first, last := chain(tracer, start)
				for range 5 {
					runtime.GC()
				}
				if first.Value() != nil {
					t.Errorf("%s, observed: %s, %s: the last span of a chain keeps the first", name, observed, kind)
				}
				runtime.KeepAlive(last)
			}
		}
	}
}

// chain returns the first span of a chain of some, and the last.
func chain(tracer *Tracer, next func(*Tracer, opentracing.SpanContext) opentracing.Span) (weak.Pointer[span], opentracing.Span) {
	first := tracer.StartSpan("s")
	last := first
	for range 4 {
		span := next(tracer, last.Context())
		last.Finish()
		last = span
	}
	return weak.Make(first.(*span)), last
}
