// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

var startRequirements = []requirement{
	{1, "the instrumentation scope of spans of OpenTracing code is `opentracing-shim` with the shim's version", func(f *fixture) {
		f.tracer.StartSpan("a").Finish()
		scope := f.ended("a").InstrumentationScope()
		f.equal("scope name", scope.Name, "opentracing-shim")
		f.equal("scope version", scope.Version, compat.Version)
	}},
	{2, "separate propagators for TextMap and HTTPHeaders; none given: the global one, looked up at each call", func(f *fixture) {
		f.use(setup{options: compat.Options{TextMap: oneField("text"), HTTPHeaders: oneField("header")}})
		span := f.tracer.StartSpan("a")
		text, header := opentracing.TextMapCarrier{}, opentracing.HTTPHeadersCarrier{}
		f.inject(span, opentracing.TextMap, text)
		f.inject(span, opentracing.HTTPHeaders, header)
		f.equal("TextMap's carrier", fmt.Sprint(text), "map[text:1]")
		f.equal("HTTPHeaders' carrier", fmt.Sprint(header), "map[Header:[1]]")

		f.use(setup{install: true})
		otel.SetTextMapPropagator(oneField("later"))
		text = opentracing.TextMapCarrier{}
		f.inject(f.tracer.StartSpan("b"), opentracing.TextMap, text)
		f.equal("carrier after the global propagator changed", fmt.Sprint(text), "map[later:1]")
	}},
	{3, "the first ChildOf in the list is the parent, else the first reference", func(f *fixture) {
		a, b, c := f.tracer.StartSpan("a"), f.tracer.StartSpan("b"), f.tracer.StartSpan("c")
		f.tracer.StartSpan("first ChildOf", opentracing.FollowsFrom(a.Context()), opentracing.ChildOf(b.Context()), opentracing.ChildOf(c.Context())).Finish()
		f.tracer.StartSpan("first reference", opentracing.FollowsFrom(a.Context()), opentracing.FollowsFrom(b.Context())).Finish()
		finish(a, b, c)
		f.childOf(f.ended("first ChildOf"), f.ended("b"))
		f.childOf(f.ended("first reference"), f.ended("a"))
	}},
	{4, "references become links with `opentracing.ref_type`: every one with LinkAllReferences; by default every one but a ChildOf parent", func(f *fixture) {
		want := map[bool]string{
			false: "c follows_from",
			true:  "a child_of, c follows_from",
		}
		for _, all := range []bool{false, true} {
			f.use(setup{options: compat.Options{LinkAllReferences: all}})
			a, c := f.tracer.StartSpan("a"), f.tracer.StartSpan("c")
			f.tracer.StartSpan("s", opentracing.ChildOf(a.Context()), opentracing.FollowsFrom(c.Context())).Finish()
			f.tracer.StartSpan("follower", opentracing.FollowsFrom(c.Context())).Finish()
			f.tracer.StartSpan("child", opentracing.ChildOf(a.Context())).Finish()
			finish(a, c)
			f.equal(fmt.Sprintf("links (all: %v)", all), f.links("s", "a", "c"), want[all])
			f.equal(fmt.Sprintf("links of a follower (all: %v)", all), f.links("follower", "a", "c"), "c follows_from")
			f.equal(fmt.Sprintf("links of a child (all: %v)", all), f.links("child", "a", "c") != "", all)
		}
	}},
	{5, "the baggage of a new span is the union over all references; the first wins on a repeated key; metadata is kept", func(f *fixture) {
		a, b := f.tracer.StartSpan("a"), f.tracer.StartSpan("b")
		a.SetBaggageItem("only-a", "a").SetBaggageItem("both", "a")
		b.SetBaggageItem("only-b", "b").SetBaggageItem("both", "b")
		s := f.tracer.StartSpan("s", opentracing.FollowsFrom(a.Context()), opentracing.ChildOf(b.Context()))
		f.equal("baggage", items(s.Context()), "both=a only-a=a only-b=b")

		extracted := f.extract(propagation.MapCarrier{"traceparent": traceparent, "baggage": "tenant=acme;ttl=3"})
		carrier := opentracing.TextMapCarrier{}
		f.inject(f.tracer.StartSpan("m", opentracing.ChildOf(extracted), opentracing.FollowsFrom(a.Context())), opentracing.TextMap, carrier)
		if !strings.Contains(carrier["baggage"], "tenant=acme;ttl=3") {
			f.errorf("baggage %q lacks the metadata ttl=3", carrier["baggage"])
		}
	}},
	{6, "a local parent isn't marked remote; an extracted one is", func(f *fixture) {
		local := f.tracer.StartSpan("local")
		f.tracer.StartSpan("child of local", opentracing.ChildOf(local.Context())).Finish()
		remote := f.extract(propagation.MapCarrier{"traceparent": traceparent})
		f.tracer.StartSpan("child of remote", opentracing.ChildOf(remote)).Finish()
		f.equal("local parent's remote", f.ended("child of local").Parent().IsRemote(), false)
		f.equal("extracted parent's remote", f.ended("child of remote").Parent().IsRemote(), true)
	}},
	{7, "`SpanProcessor.OnStart` and samplers see the parent context with its baggage", func(f *fixture) {
		seen := &parentWatcher{}
		f.use(setup{sdk: []sdktrace.TracerProviderOption{sdktrace.WithSampler(seen), sdktrace.WithSpanProcessor(seen)}})
		parent := f.tracer.StartSpan("parent")
		parent.SetBaggageItem("tenant", "acme")
		f.tracer.StartSpan("child", opentracing.ChildOf(parent.Context())).Finish()
		parent.Finish()
		id := f.ended("parent").SpanContext().SpanID()
		f.equal("what the sampler saw", seen.sampler, fmt.Sprint("parent ", id, " baggage tenant=acme"))
		f.equal("what OnStart saw", seen.onStart, fmt.Sprint("parent ", id, " baggage tenant=acme"))
	}},
	{8, "initial tags are there at creation, where samplers see them, sorted by key", func(f *fixture) {
		for range 8 {
			seen := &parentWatcher{}
			f.use(setup{sdk: []sdktrace.TracerProviderOption{sdktrace.WithSampler(seen)}})
			f.tracer.StartSpan("s", opentracing.Tags{"d": 4, "a": 1, "c": "3", "b": true}, opentracing.Tag{Key: "e", Value: 5.5}).Finish()
			f.equal("attributes at the sampler", seen.attributes, "a=1 b=true c=3 d=4 e=5.5")
		}
	}},
}

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// oneField is a propagator that writes one field.
type oneField string

func (p oneField) Inject(_ context.Context, c propagation.TextMapCarrier) { c.Set(string(p), "1") }
func (oneField) Extract(ctx context.Context, _ propagation.TextMapCarrier) context.Context {
	return ctx
}
func (p oneField) Fields() []string { return []string{string(p)} }

// parentWatcher notes what samplers and span processors are given.
type parentWatcher struct {
	sampler, onStart, attributes string
}

func (w *parentWatcher) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	w.sampler = describeParent(p.ParentContext)
	w.attributes = describe(p.Attributes)
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
}
func (*parentWatcher) Description() string { return "parentWatcher" }
func (w *parentWatcher) OnStart(parent context.Context, _ sdktrace.ReadWriteSpan) {
	w.onStart = describeParent(parent)
}
func (*parentWatcher) OnEnd(sdktrace.ReadOnlySpan)      {}
func (*parentWatcher) Shutdown(context.Context) error   { return nil }
func (*parentWatcher) ForceFlush(context.Context) error { return nil }

func describeParent(ctx context.Context) string {
	return fmt.Sprint("parent ", trace.SpanContextFromContext(ctx).SpanID(), " baggage ", baggage.FromContext(ctx))
}

func describe(attributes []attribute.KeyValue) string {
	var parts []string
	for _, kv := range attributes {
		parts = append(parts, fmt.Sprintf("%s=%s", kv.Key, kv.Value.String()))
	}
	return strings.Join(parts, " ")
}

func finish(spans ...opentracing.Span) {
	for _, s := range spans {
		s.Finish()
	}
}

// items returns the baggage of a context, sorted.
func items(sc opentracing.SpanContext) string {
	var all []string
	sc.ForeachBaggageItem(func(key, value string) bool {
		all = append(all, key+"="+value)
		return true
	})
	slices.Sort(all)
	return strings.Join(all, " ")
}

// links returns the links of a span, with the names of those linked to.
func (f *fixture) links(name string, names ...string) string {
	var all []string
	for _, link := range f.ended(name).Links() {
		for _, n := range names {
			if link.SpanContext.SpanID() == f.ended(n).SpanContext().SpanID() {
				all = append(all, fmt.Sprintf("%s %v", n, attr(link.Attributes, "opentracing.ref_type")))
			}
		}
	}
	return strings.Join(all, ", ")
}

func (f *fixture) inject(span opentracing.Span, format, carrier any) {
	if err := f.tracer.Inject(span.Context(), format, carrier); err != nil {
		f.errorf("inject: %v", err)
	}
}

func (f *fixture) extract(carrier propagation.MapCarrier) opentracing.SpanContext {
	sc, err := f.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier(carrier))
	if err != nil {
		f.fatalf("extract: %v", err)
	}
	return sc
}
