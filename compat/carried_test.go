// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// passThrough is a company's own propagator: it keeps a header in the context and
// sends it on.
type passThrough struct{}

type passThroughKey struct{}

const passThroughHeader = "X-Request-Id"

func (passThrough) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if id, ok := ctx.Value(passThroughKey{}).(string); ok {
		carrier.Set(passThroughHeader, id)
	}
}

func (passThrough) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if id := carrier.Get(passThroughHeader); id != "" {
		return context.WithValue(ctx, passThroughKey{}, id)
	}
	return ctx
}

func (passThrough) Fields() []string { return []string{passThroughHeader} }

var withPassThrough = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}, passThrough{})

// seen is what samplers and processors see at the start of a span.
type seen struct {
	name, value, baggage, id string
	fromSampler              bool
}

type startWatcher struct {
	sdktrace.SpanProcessor
	starts []seen
}

func (w *startWatcher) see(ctx context.Context, name string, fromSampler bool) {
	s := seen{name: name, fromSampler: fromSampler}
	s.value, _ = ctx.Value(valueKey{}).(string)
	s.id, _ = ctx.Value(passThroughKey{}).(string)
	s.baggage = itemsIn(baggage.FromContext(ctx))
	w.starts = append(w.starts, s)
}

func (w *startWatcher) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	w.see(ctx, s.Name(), false)
}
func (w *startWatcher) OnEnd(sdktrace.ReadOnlySpan)      {}
func (w *startWatcher) Shutdown(context.Context) error   { return nil }
func (w *startWatcher) ForceFlush(context.Context) error { return nil }
func (w *startWatcher) Description() string              { return "startWatcher" }
func (w *startWatcher) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	w.see(p.ParentContext, p.Name, true)
	return sdktrace.AlwaysSample().ShouldSample(p)
}

// itemsIn returns the items, sorted.
func itemsIn(bag baggage.Baggage) string {
	items := map[string]string{}
	for _, m := range bag.Members() {
		items[m.Key()] = m.Value()
	}
	return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(items), "map["), "]")
}

func watched(t *testing.T, propagator propagation.TextMapPropagator) (*Tracer, *startWatcher) {
	keepGlobals(t)
	w := &startWatcher{}
	return Install(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w), sdktrace.WithSampler(w)), &Options{TextMap: propagator}), w
}

// eachKeys runs a test with the other modules' context keys learnt, and without.
func eachKeys(t *testing.T, test func(t *testing.T)) {
	t.Run("keys learnt", test)
	t.Run("keys unknown", func(t *testing.T) {
		keys := contextKeys
		contextKeys = privateKeys{}
		defer func() { contextKeys = keys }()
		test(t)
	})
}

const upstream = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// TestStartsSeeTheRequestsContext holds samplers and processors to the context that the
// request or the caller has, not to a bare one.
func TestStartsSeeTheRequestsContext(t *testing.T) {
	eachKeys(t, func(t *testing.T) {
		_, w := watched(t, withPassThrough)
		tracing := NewTracing(nil, nil)
		back := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {}))
		defer back.Close()
		handler := tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx := withItems(t, context.WithValue(r.Context(), valueKey{}, "handler"), "own", "2")
			out, _ := http.NewRequestWithContext(ctx, http.MethodGet, back.URL, nil)
			res, err := (&http.Client{Transport: tracing.Transport(nil)}).Do(out)
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			s, _ := StartSpanFromContext(ctx, "legacy")
			s.Finish()
		}))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Traceparent", upstream)
		r.Header.Set("Baggage", "sent=1,both=sent")
		r.Header.Set(passThroughHeader, "r7")
		r = r.WithContext(withItems(t, context.WithValue(r.Context(), valueKey{}, "middleware"), "ctx", "1", "both", "ctx"))
		handler.ServeHTTP(httptest.NewRecorder(), r)
		var want []seen
		for _, s := range []seen{
			{name: "GET", value: "middleware", baggage: "both:ctx ctx:1 sent:1", id: "r7"},
			{name: "GET", value: "handler", baggage: "both:ctx ctx:1 own:2 sent:1", id: "r7"},
			{name: "legacy", value: "handler", baggage: "both:ctx ctx:1 own:2 sent:1", id: "r7"},
		} {
			sampler := s
			sampler.fromSampler = true
			want = append(want, sampler, s)
		}
		if diff := cmp.Diff(want, w.starts, cmp.AllowUnexported(seen{})); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
	})
}

// TestParentAndBaggageOfARequest is the table of where a server's span has its parent
// and its baggage from.
func TestParentAndBaggageOfARequest(t *testing.T) {
	public := &TracingOptions{PublicEndpoint: func(*http.Request) bool { return true }}
	for _, tc := range []struct {
		explanation string
		options     *TracingOptions
		header      string // traceparent
		context     func(t *testing.T, tracer *Tracer, ctx context.Context) context.Context
		wantParent  string // trace ID, "local", or none
		wantBaggage string
	}{
		{"headers alone", nil, upstream, nil, "0af7651916cd43dd8448eb211c80319c", "sent:1"},
		{"headers and baggage of the context: the union", nil, upstream, itemContext, "0af7651916cd43dd8448eb211c80319c", "ctx:1 sent:1"},
		{"a span of another trace in the context: the headers name the parent", nil, upstream, spanContextWith("item", "1"), "0af7651916cd43dd8448eb211c80319c", "item:1 sent:1"},
		{"baggage headers without a trace, and a local span: a child of that, the headers add nothing", nil, "", spanContextWith("item", "1"), "local", "item:1"},
		{"baggage headers without a trace", nil, "", itemContext, "", "ctx:1 sent:1"},
		{"a public endpoint: the headers add nothing", public, upstream, itemContext, "", "ctx:1"},
	} {
		t.Run(tc.explanation, func(t *testing.T) {
			tracer, w := watched(t, nil)
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if tc.header != "" {
				r.Header.Set("Traceparent", tc.header)
			}
			r.Header.Set("Baggage", "sent=1")
			if tc.context != nil {
				r = r.WithContext(tc.context(t, tracer, r.Context()))
			}
			local := trace.SpanContextFromContext(r.Context()).TraceID().String()
			if tc.wantParent == "local" {
				tc.wantParent = local
			}
			var server trace.SpanContext
			var bag string
			NewTracing(tracer, tc.options).TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				server, bag = trace.SpanContextFromContext(r.Context()), itemsIn(baggage.FromContext(r.Context()))
			})).ServeHTTP(httptest.NewRecorder(), r)
			if got := w.starts[len(w.starts)-1].baggage; got != tc.wantBaggage || bag != tc.wantBaggage {
				t.Errorf("baggage at the start %q, in the handler %q, want %q", got, bag, tc.wantBaggage)
			}
			if got := server.TraceID().String(); tc.wantParent != "" && got != tc.wantParent || tc.wantParent == "" && got == upstream[3:35] {
				t.Errorf("trace %s, want %q", got, tc.wantParent)
			}
		})
	}
}

func itemContext(t *testing.T, _ *Tracer, ctx context.Context) context.Context {
	return withItems(t, ctx, "ctx", "1")
}

func spanContextWith(key, value string) func(*testing.T, *Tracer, context.Context) context.Context {
	return func(_ *testing.T, tracer *Tracer, ctx context.Context) context.Context {
		return opentracing.ContextWithSpan(ctx, tracer.StartSpan("active").SetBaggageItem(key, value))
	}
}

// TestWhatAPropagatorKeepsIsSentOn injects by every way below a request.
func TestWhatAPropagatorKeepsIsSentOn(t *testing.T) {
	eachKeys(t, func(t *testing.T) {
		tracer, _ := watched(t, withPassThrough)
		tracing := NewTracing(nil, nil)
		got := map[string]string{}
		handler := tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			note := func(name string, header http.Header) {
				got[name] = fmt.Sprint(header.Get(passThroughHeader), " ", strings.HasPrefix(header.Get("Traceparent"), upstream[:35]))
			}
			record := roundTripperFunc(func(r *http.Request) (*http.Response, error) {
				note("Transport", r.Header)
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			})
			out, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://back.example", nil)
			if _, err := tracing.Transport(record).RoundTrip(out); err != nil {
				t.Error(err)
			}
			inject := func(name string, sc opentracing.SpanContext) {
				header := http.Header{}
				if err := tracer.Inject(sc, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
					t.Error(err)
				}
				note(name, header)
			}
			header := http.Header{}
			if err := tracing.Inject(r.Context(), header); err != nil {
				t.Error(err)
			}
			note("Tracing.Inject", header)
			inject("Tracer.Inject", tracing.GetSpan(r).Context())
			child := tracer.StartSpan("child", opentracing.ChildOf(tracing.GetSpan(r).Context()))
			inject("Tracer.Inject of a child by reference", child.Context())
			_, ctx := opentracing.StartSpanFromContext(r.Context(), "child")
			header = http.Header{}
			otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
			note("OpenTelemetry's propagator", header)
			nativeCtx, native := otel.Tracer("native").Start(r.Context(), "native")
			inject("Tracer.Inject of a native span", OpenTracingSpan(native).Context())
			header = http.Header{}
			otel.GetTextMapPropagator().Inject(ContextWithSpanContext(context.Background(), opentracing.SpanFromContext(nativeCtx).Context()), propagation.HeaderCarrier(header))
			note("ContextWithSpanContext", header)
			header = http.Header{}
			if err := tracing.Inject(context.WithValue(r.Context(), passThroughKey{}, "newer"), header); err != nil {
				t.Error(err)
			}
			note("a newer value in the context", header)
		}))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Traceparent", upstream)
		r.Header.Set(passThroughHeader, "r7")
		handler.ServeHTTP(httptest.NewRecorder(), r)
		want := map[string]string{}
		for _, name := range []string{"Transport", "Tracing.Inject", "Tracer.Inject", "Tracer.Inject of a child by reference",
			"OpenTelemetry's propagator", "Tracer.Inject of a native span", "ContextWithSpanContext"} {
			want[name] = "r7 true"
		}
		want["a newer value in the context"] = "newer true"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

// TestKeptWithoutATrace sends on what a propagator keeps of a request that names no
// trace and has no baggage.
func TestKeptWithoutATrace(t *testing.T) {
	tracer, _ := watched(t, withPassThrough)
	tracing := NewTracing(nil, nil)
	for name, ctx := range map[string]context.Context{
		"nothing active": context.Background(),
		"a local span":   opentracing.ContextWithSpan(context.Background(), tracer.StartSpan("active")),
	} {
		header := http.Header{}
		r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
		r.Header.Set(passThroughHeader, "r7")
		tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if err := tracing.Inject(r.Context(), header); err != nil {
				t.Error(err)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if got := header.Get(passThroughHeader); got != "r7" {
			t.Errorf("%s: %s is %q, want r7", name, passThroughHeader, got)
		}
	}
}

// TestBaggageWithoutASpan carries baggage by every way where no span is active.
func TestBaggageWithoutASpan(t *testing.T) {
	tracer, w := watched(t, nil)
	tracing := NewTracing(nil, nil)
	ctx := withItems(t, context.Background(), "tenant", "acme")
	if got := SpanFromContext(ctx); got != nil {
		t.Errorf("SpanFromContext is %v: users test for nil", got)
	}
	wantSent := func(name string, header http.Header) {
		t.Helper()
		if got := header.Get("Baggage"); got != "tenant=acme" {
			t.Errorf("%s sends the baggage %q, want tenant=acme", name, got)
		}
	}
	header := http.Header{}
	if err := tracing.Inject(ctx, header); err != nil {
		t.Error(err)
	}
	wantSent("Tracing.Inject", header)

	out, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://back.example", nil)
	if _, err := tracing.Transport(roundTripperFunc(func(r *http.Request) (*http.Response, error) {
		wantSent("Transport", r.Header)
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})).RoundTrip(out); err != nil {
		t.Error(err)
	}

	extracted, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Baggage": {"tenant=acme"}})
	if err != nil {
		t.Fatal(err)
	}
	header = http.Header{}
	if err := tracer.Inject(extracted, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		t.Error(err)
	}
	wantSent("Tracer.Inject of an extracted context", header)

	s, below := StartSpanFromContext(ctx, "legacy")
	if got := s.BaggageItem("tenant") + itemsIn(baggage.FromContext(below)); got != "acmetenant:acme" {
		t.Errorf("a span started where baggage is has %q", got)
	}
	for _, s := range w.starts {
		if s.baggage != "tenant:acme" {
			t.Errorf("the start of %q sees the baggage %q, want tenant:acme", s.name, s.baggage)
		}
	}
}

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestForwardedHeaders removes from an outgoing request what the propagator will write
// and what it would leave behind of another trace.
func TestForwardedHeaders(t *testing.T) {
	tracer, _ := watched(t, nil)
	tracing := NewTracing(tracer, &TracingOptions{PublicEndpoint: func(*http.Request) bool { return true }})
	tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sent := map[string]http.Header{"Inject": r.Header.Clone()}
		if err := tracing.Inject(r.Context(), sent["Inject"]); err != nil {
			t.Error(err)
		}
		out := r.Clone(r.Context()) // as httputil.ReverseProxy does
		if _, err := tracing.Transport(roundTripperFunc(func(r *http.Request) (*http.Response, error) {
			sent["Transport"] = r.Header
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})).RoundTrip(out); err != nil {
			t.Error(err)
		}
		for by, header := range sent {
			if got := header.Get("Tracestate") + header.Get("Baggage"); got != "" {
				t.Errorf("%s: the client's %q goes on under our trace", by, got)
			}
			if header.Get("Traceparent") == "" || header.Get("X-Own") != "kept" {
				t.Errorf("%s: headers %v, want our trace and what isn't the propagator's", by, header)
			}
		}
	})).ServeHTTP(httptest.NewRecorder(), func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header = http.Header{"Traceparent": {upstream}, "Tracestate": {"vendor=1"}, "Baggage": {"admin=true"}, "X-Own": {"kept"}}
		return r
	}())
}

// TestBaggageLimits sends what a receiver takes, and says what isn't sent.
func TestBaggageLimits(t *testing.T) {
	long := strings.Repeat("x", 9000)
	for _, tc := range []struct {
		explanation string
		items       map[string]string
		wantItems   int
		wantSmall   bool
		wantReports int
	}{
		{"what fits", map[string]string{"small": "1", "other": strings.Repeat("x", 8000)}, 2, true, 0},
		{"one that is too long, and a small one", map[string]string{"long": long, "small": "1"}, 1, true, 1},
		{"65 items", many(65, "1"), 64, false, 1},
		{"sizes count as they are escaped", map[string]string{"spaces": strings.Repeat(" ", 3000), "small": "1"}, 1, true, 1},
		{"many that don't fit together", many(20, strings.Repeat("x", 1000)), 8, false, 12},
	} {
		for _, way := range []string{"Tracer.Inject", "OpenTelemetry's propagator", "Tracing.Inject"} {
			t.Run(tc.explanation+", "+way, func(t *testing.T) {
				tracer, _ := watched(t, nil)
				s := tracer.StartSpan("s")
				header := http.Header{}
				reports := reportsOf(func() {
					for key, value := range tc.items {
						s.SetBaggageItem(key, value)
					}
					ctx := opentracing.ContextWithSpan(context.Background(), s)
					for range 2 {
						switch way {
						case "Tracer.Inject":
							_ = tracer.Inject(s.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
						case "Tracing.Inject":
							_ = NewTracing(nil, nil).Inject(ctx, header)
						default:
							otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
						}
					}
				})
				received := baggage.FromContext(w3c.Extract(context.Background(), propagation.HeaderCarrier(header)))
				if received.Len() != tc.wantItems || tc.wantSmall != hasItem(received, "small") {
					t.Errorf("%d items arrive (small: %t), want %d", received.Len(), hasItem(received, "small"), tc.wantItems)
				}
				if len(reports) != tc.wantReports {
					t.Errorf("%d reports, want %d: %.200q", len(reports), tc.wantReports, reports)
				}
			})
		}
	}
}

func many(n int, value string) map[string]string {
	items := map[string]string{}
	for i := range n {
		items[fmt.Sprintf("k%02d", i)] = value
	}
	return items
}
