// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/basictracer-go"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	twin "github.com/ot2otel/ot2otel/compat/mocktracer"
)

// tracedSpan is a finished span, whichever tracer made it.
type tracedSpan struct {
	name, traceID, spanID, parentID string
	links                           int // references beside the parent
	tags                            map[string]any
	logs                            []tracedLog
	start, end                      time.Time
	baggage                         map[string]string
}

type tracedLog struct {
	at     time.Time
	fields map[string]any
}

// tracerTarget is a tracer that ProviderOf is tried on.
type tracerTarget struct {
	name   string
	tracer opentracing.Tracer
	spans  func() []tracedSpan
}

// span returns the finished span of that name; nil for none.
func (t tracerTarget) span(name string) *tracedSpan {
	for _, s := range t.spans() {
		if s.name == name {
			return &s
		}
	}
	return nil
}

var tracerTargets = []struct {
	name string
	make func(testing.TB) tracerTarget
}{
	{"jaeger-client-go", jaegerTarget},
	{"basictracer", basicTarget},
	{"mocktracer", mockTarget},
	{"compat", compatTarget},
}

func jaegerTarget(tb testing.TB) tracerTarget {
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("test", jaeger.NewConstSampler(true), reporter, jaeger.TracerOptions.Gen128Bit(true))
	tb.Cleanup(func() { closeQuietly(tb, closer) })
	return tracerTarget{"jaeger-client-go", tracer, func() []tracedSpan {
		var spans []tracedSpan
		for _, finished := range reporter.GetSpans() {
			s := finished.(*jaeger.Span)
			sc := s.SpanContext()
			traced := tracedSpan{
				name: s.OperationName(), traceID: sc.TraceID().String(), spanID: sc.SpanID().String(), parentID: sc.ParentID().String(),
				tags: s.Tags(), start: s.StartTime(), end: s.StartTime().Add(s.Duration()), baggage: itemsOf(sc),
			}
			for _, reference := range s.References() {
				if reference.ReferencedContext.(jaeger.SpanContext).SpanID() != sc.ParentID() {
					traced.links++
				}
			}
			for _, record := range s.Logs() {
				traced.logs = append(traced.logs, logOf(record))
			}
			spans = append(spans, traced)
		}
		return spans
	}}
}

func basicTarget(testing.TB) tracerTarget {
	recorder := basictracer.NewInMemoryRecorder()
	options := basictracer.DefaultOptions()
	options.ShouldSample = func(uint64) bool { return true }
	options.Recorder = recorder
	return tracerTarget{"basictracer", basictracer.NewWithOptions(options), func() []tracedSpan {
		var spans []tracedSpan
		for _, s := range recorder.GetSpans() {
			traced := tracedSpan{
				name: s.Operation, traceID: fmt.Sprintf("%016x", s.Context.TraceID), spanID: fmt.Sprintf("%016x", s.Context.SpanID), parentID: fmt.Sprintf("%016x", s.ParentSpanID),
				tags: s.Tags, start: s.Start, end: s.Start.Add(s.Duration), baggage: s.Context.Baggage,
			}
			for _, record := range s.Logs {
				traced.logs = append(traced.logs, logOf(record))
			}
			spans = append(spans, traced)
		}
		return spans
	}}
}

func mockTarget(testing.TB) tracerTarget {
	mock := mocktracer.New()
	return tracerTarget{"mocktracer", mock, func() []tracedSpan {
		var spans []tracedSpan
		for _, s := range mock.FinishedSpans() {
			traced := tracedSpan{
				name: s.OperationName, traceID: fmt.Sprintf("%016x", s.SpanContext.TraceID), spanID: fmt.Sprintf("%016x", s.SpanContext.SpanID), parentID: fmt.Sprintf("%016x", s.ParentID),
				tags: s.Tags(), start: s.StartTime, end: s.FinishTime, baggage: s.SpanContext.Baggage,
			}
			for _, record := range s.Logs() {
				log := tracedLog{record.Timestamp, map[string]any{}}
				for _, f := range record.Fields {
					log.fields[f.Key] = f.ValueString
				}
				traced.logs = append(traced.logs, log)
			}
			spans = append(spans, traced)
		}
		return spans
	}}
}

func compatTarget(testing.TB) tracerTarget {
	recorder := tracetest.NewSpanRecorder()
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)),
		&compat.Options{TextMap: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})})
	return tracerTarget{"compat", tracer, func() []tracedSpan {
		var spans []tracedSpan
		for _, s := range recorder.Ended() {
			traced := tracedSpan{
				name: s.Name(), traceID: s.SpanContext().TraceID().String(), spanID: s.SpanContext().SpanID().String(), parentID: s.Parent().SpanID().String(),
				links: len(s.Links()), tags: map[string]any{}, start: s.StartTime(), end: s.EndTime(),
			}
			for _, kv := range s.Attributes() {
				traced.tags[string(kv.Key)] = kv.Value.AsInterface()
			}
			if kind := s.SpanKind(); kind != trace.SpanKindInternal {
				traced.tags["span.kind"] = kind.String()
			}
			if code := s.Status().Code; code != codes.Unset {
				traced.tags["error"] = code == codes.Error
			}
			if text := s.Status().Description; text != "" {
				traced.logs = append(traced.logs, tracedLog{s.EndTime(), map[string]any{"event": "error", "message": text}})
			}
			for _, e := range s.Events() {
				log := tracedLog{e.Time, map[string]any{"event": e.Name}}
				for _, kv := range e.Attributes {
					log.fields[string(kv.Key)] = kv.Value.AsInterface()
				}
				if e.Name == "exception" {
					log.fields["event"], log.fields["error.object"] = "error", log.fields["exception.message"]
				}
				traced.logs = append(traced.logs, log)
			}
			spans = append(spans, traced)
		}
		return spans
	}}
}

func logOf(record opentracing.LogRecord) tracedLog {
	log := tracedLog{record.Timestamp, map[string]any{}}
	for _, f := range record.Fields {
		log.fields[f.Key()] = f.Value()
	}
	return log
}

func itemsOf(sc opentracing.SpanContext) map[string]string {
	items := map[string]string{}
	sc.ForeachBaggageItem(func(key, value string) bool {
		items[key] = value
		return true
	})
	return items
}

// setProviderOf sets the globals of both APIs to a tracer until the test ends.
func setProviderOf(t *testing.T, tracer opentracing.Tracer) {
	t.Helper()
	before, provider, propagator := opentracing.GlobalTracer(), otel.GetTracerProvider(), otel.GetTextMapPropagator()
	opentracing.SetGlobalTracer(tracer)
	otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))
	otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))
	t.Cleanup(func() {
		opentracing.SetGlobalTracer(before)
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagator)
	})
}

// spanTree writes the finished spans as trees, siblings by their start.
func spanTree(spans []tracedSpan, parentID string) string {
	var children []string
	for _, s := range spans {
		if s.parentID == parentID {
			children = append(children, s.name+spanTree(spans, s.spanID))
		}
	}
	if len(children) == 0 {
		return ""
	}
	return "(" + strings.Join(children, ", ") + ")"
}

const noID = "0000000000000000"

// sameTrace fails unless all spans are of one trace.
func sameTrace(t *testing.T, spans []tracedSpan) {
	t.Helper()
	for _, s := range spans[1:] {
		if s.traceID != spans[0].traceID {
			t.Errorf("%s is in trace %s, %s in %s", s.name, s.traceID, spans[0].name, spans[0].traceID)
		}
	}
}

// waitForSpans waits until n spans have finished: a server's may do so after its answer.
func waitForSpans(t *testing.T, target tracerTarget, n int) []tracedSpan {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		spans := target.spans()
		if len(spans) >= n || time.Now().After(deadline) {
			if len(spans) != n {
				t.Fatalf("%d spans, want %d: %v", len(spans), n, spanTree(spans, noID))
			}
			return spans
		}
		wait, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		<-wait.Done()
		cancel()
	}
}

// TestProviderOfHTTP sends requests between the instrumentation of both APIs.
func TestProviderOfHTTP(t *testing.T) {
	for _, made := range tracerTargets {
		for _, client := range []string{"otelhttp", "nethttp"} {
			for _, server := range []string{"otelhttp", "nethttp"} {
				t.Run(made.name+", "+client+" client, "+server+" server", func(t *testing.T) {
					target := made.make(t)
					setProviderOf(t, target.tracer)
					tenants := make(chan string, 2)
					handler := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						ctx, native := otel.Tracer("rewritten").Start(r.Context(), "native")
						defer native.End()
						legacy, _ := opentracing.StartSpanFromContext(r.Context(), "legacy")
						defer legacy.Finish()
						tenants <- legacy.BaggageItem("tenant")
						tenants <- baggage.FromContext(ctx).Member("tenant").Value()
					}))
					if server == "otelhttp" {
						handler = otelhttp.NewHandler(handler, "server", otelhttp.WithSpanNameFormatter(func(operation string, _ *http.Request) string { return operation }))
					} else {
						handler = nethttp.Middleware(target.tracer, handler, nethttp.OperationNameFunc(func(*http.Request) string { return "server" }))
					}
					listening := httptest.NewServer(handler)
					defer listening.Close()
					ctx, root := otel.Tracer("rewritten").Start(t.Context(), "root")
					opentracing.SpanFromContext(ctx).SetBaggageItem("tenant", "acme")
					request, err := http.NewRequestWithContext(ctx, http.MethodGet, listening.URL, nil)
					if err != nil {
						t.Fatal(err)
					}
					transport := http.RoundTripper(otelhttp.NewTransport(http.DefaultTransport, otelhttp.WithSpanNameFormatter(func(string, *http.Request) string { return "client" })))
					want := "(root(client(server(native, legacy))))"
					end := func() {}
					if client == "nethttp" {
						var tracer *nethttp.Tracer
						request, tracer = nethttp.TraceRequest(target.tracer, request, nethttp.OperationName("request"), nethttp.ClientSpanObserver(func(s opentracing.Span, _ *http.Request) { s.SetOperationName("client") }))
						transport, end = &nethttp.Transport{}, tracer.Finish
						want = "(root(request(client(server(native, legacy)))))"
					}
					response, err := (&http.Client{Transport: transport}).Do(request)
					if err != nil {
						t.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, response.Body)
					closeQuietly(t, response.Body)
					end()
					root.End()
					spans := waitForSpans(t, target, strings.Count(want, "(")+1)
					sameTrace(t, spans)
					got := strings.ReplaceAll(spanTree(spans, noID), "(legacy, native)", "(native, legacy)")
					if got != want {
						t.Errorf("%s, want %s", got, want)
					}
					if first, second := <-tenants, <-tenants; first != "acme" || second != "acme" {
						t.Errorf("tenant = %q for OpenTracing code, %q for OpenTelemetry code", first, second)
					}
					for name, kind := range map[string]string{"client": "client", "server": "server"} {
						if got := fmt.Sprint(target.span(name).tags["span.kind"]); got != kind {
							t.Errorf("%s: span.kind = %s", name, got)
						}
					}
				})
			}
		}
	}
}

// TestProviderOfGRPC makes calls between the instrumentation of both APIs.
func TestProviderOfGRPC(t *testing.T) {
	for _, made := range tracerTargets {
		for _, from := range grpcSides[:2] {
			for _, to := range grpcSides[:2] {
				for _, call := range grpcCalls {
					for _, root := range grpcRoots {
						t.Run(made.name+", "+from.String()+" client, "+to.String()+" server, "+call.name+", "+root.name, func(t *testing.T) {
							target := made.make(t)
							setProviderOf(t, target.tracer)
							client := dialGRPC(t, target.tracer, from, to, &grpcService{})
							ctx, end := root.start(t.Context(), t)
							if err := call.call(ctx, client); err != nil {
								t.Fatal(err)
							}
							end()
							spans := waitForSpans(t, target, 3+2*call.messages)
							sameTrace(t, spans)
							names := map[string]string{}
							for _, s := range spans {
								names[s.spanID] = s.name
								// A context in which OpenTracing code activated a span has OpenTelemetry's baggage
								// where the tracer has a hook for it. The span has the items all the same.
								hidden := s.name == "native" && to.old && made.name != "compat"
								if tenant, tagged := s.tags["tenant"]; tagged && tenant != "acme" && !hidden || hidden && s.baggage["tenant"] != "acme" {
									t.Errorf("%s has tenant = %v, baggage %v", s.name, tenant, s.baggage)
								}
							}
							for _, s := range spans {
								want := map[string]string{"root": "", "legacy": "TestService/" + call.method, "native": "legacy"}[s.name]
								switch kind := fmt.Sprint(s.tags["span.kind"]); kind {
								case "client":
									want = "root"
								case "server":
									want = "TestService/" + call.method
								}
								if got := names[s.parentID]; !strings.HasSuffix(got, want) || got == "" && want != "" {
									t.Errorf("the parent of %s is %q, want %q", s.name, got, want)
								}
							}
						})
					}
				}
			}
		}
	}
}

// TestProviderOfTwin has the twin of mocktracer record a span once.
func TestProviderOfTwin(t *testing.T) {
	mock := twin.New()
	if got := compat.ProviderOf(mock); got != mock.TracerProvider() {
		t.Errorf("the provider of the twin of mocktracer is a %T", got)
	}
	ctx, s := compat.ProviderOf(mock).Tracer("").Start(t.Context(), "s")
	carrier := propagation.MapCarrier{}
	compat.PropagatorOf(mock).Inject(ctx, carrier)
	s.End()
	if len(mock.FinishedSpans()) != 1 || len(carrier) == 0 {
		t.Errorf("finished %v, injected %v", mock.FinishedSpans(), carrier)
	}
}

// TestProviderOfConcurrentSafe uses one span, and many, of each tracer from several
// goroutines.
func TestProviderOfConcurrentSafe(t *testing.T) {
	for _, made := range tracerTargets {
		t.Run(made.name, func(t *testing.T) {
			target := made.make(t)
			tracer, propagator := compat.ProviderOf(target.tracer).Tracer("test"), compat.PropagatorOf(target.tracer)
			ctx, shared := tracer.Start(t.Context(), "shared")
			const goroutines, times = 4, 50
			var group sync.WaitGroup
			for range goroutines {
				group.Go(func() {
					for range times {
						shared.SetAttributes(attribute.Int("rows", 1))
						shared.AddEvent("e", trace.WithTimestamp(time.Now()))
						shared.SetStatus(codes.Error, "boom")
						childCtx, child := tracer.Start(ctx, "child", trace.WithLinks(trace.Link{SpanContext: shared.SpanContext()}))
						header := propagation.HeaderCarrier{}
						propagator.Inject(childCtx, header)
						_, remote := tracer.Start(propagator.Extract(context.Background(), header), "remote")
						legacy, _ := opentracing.StartSpanFromContextWithTracer(childCtx, target.tracer, "legacy")
						legacy.SetBaggageItem("tenant", "acme")
						legacy.Finish()
						remote.End()
						child.End()
					}
				})
			}
			group.Wait()
			for range goroutines {
				group.Go(func() { shared.End() })
			}
			group.Wait()
			counts := map[string]int{}
			spans := target.spans()
			for _, s := range spans {
				counts[s.name]++
			}
			each := goroutines * times
			if diff := cmp.Diff(map[string]int{"shared": 1, "child": each, "remote": each, "legacy": each}, counts); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
			sameTrace(t, spans)
		})
	}
}
