// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"

	"github.com/ot2otel/ot2otel/compat"
)

// bookshop is a program as they were written for OpenTracing: a shop that asks a
// warehouse over HTTP, a warehouse that asks a cache, and a queue that is worked
// off later. Each part has a tracer of its own, and the shop and the warehouse
// share nothing but the wire.
type bookshop struct {
	shop, warehouse, cache, mailer opentracing.Tracer
	lines                          *logLines
	queue                          chan opentracing.SpanContext

	mu    sync.Mutex
	asked map[string]bool // titles that the cache was asked for
}

// order is what the shop does for a request.
func (b *bookshop) order(warehouseURL string) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		b.lines.write(ctx, "order received")
		span := opentracing.SpanFromContext(ctx)
		span.SetBaggageItem("reader", "Ada Ü.")
		var reservations sync.WaitGroup
		for _, title := range []string{"emma", "faust", "ulysses"} {
			reservations.Go(func() { b.reserve(ctx, warehouseURL, title) })
		}
		reservations.Wait()
		b.lines.write(ctx, "order taken")
		b.queue <- span.Context()
	}
}

func (b *bookshop) reserve(ctx context.Context, warehouseURL, title string) {
	span, ctx := opentracing.StartSpanFromContextWithTracer(ctx, b.shop, "reserve")
	defer span.Finish()
	span.SetTag("title", title)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, warehouseURL+"?title="+title, nil)
	if err != nil {
		ext.LogError(span, err)
		return
	}
	request, traced := nethttp.TraceRequest(b.shop, request, nethttp.ClientTrace(false), nethttp.OperationName("ask warehouse"))
	defer traced.Finish()
	response, err := (&http.Client{Transport: &nethttp.Transport{}}).Do(request)
	if err != nil {
		ext.LogError(span, err)
		return
	}
	response.Body.Close()
}

// stock is what the warehouse does for a request.
func (b *bookshop) stock(_ http.ResponseWriter, r *http.Request) {
	span := opentracing.SpanFromContext(r.Context())
	title := r.URL.Query().Get("title")
	span.SetTag("title", title)
	span.SetTag("reader", span.BaggageItem("reader"))
	span.SetTag("visit", span.BaggageItem("visit"))
	for b.lookUp(r.Context(), title) != nil {
		b.lines.write(r.Context(), "again")
	}
}

// lookUp asks the cache, which doesn't answer when it is asked for faust for the
// first time. The kind and the error are set late, as is usual.
func (b *bookshop) lookUp(ctx context.Context, title string) error {
	span := b.cache.StartSpan("look up", opentracing.ChildOf(opentracing.SpanFromContext(ctx).Context()))
	defer span.Finish()
	ctx = opentracing.ContextWithSpan(ctx, span)
	ext.SpanKindRPCClient.Set(span)
	ext.PeerService.Set(span, "cache")
	span.SetTag("visit", span.BaggageItem("visit"))
	b.mu.Lock()
	known := b.asked[title]
	b.asked[title] = true
	b.mu.Unlock()
	if title == "faust" && !known {
		ext.Error.Set(span, true)
		b.lines.write(ctx, "no answer")
		return errors.New("cache: no answer")
	}
	return nil
}

// work sends the mails for the orders in the queue, after their requests, and
// sweeps the cache in a trace of its own.
func (b *bookshop) work() {
	for ordered := range b.queue {
		span := b.mailer.StartSpan("send mail", opentracing.FollowsFrom(ordered))
		ext.SpanKindProducer.Set(span)
		span.SetTag("reader", span.BaggageItem("reader"))
		span.Finish()
	}
	span, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), b.mailer, "sweep")
	defer span.Finish()
	b.lines.write(ctx, "sweeping")
	_ = b.lookUp(ctx, "emma")
}

// logLines is a logger that writes to the active span too, and the IDs of that
// span into the line.
type logLines struct {
	mu    sync.Mutex
	lines []logLine
}

type logLine struct {
	message string
	// jaegerID is the span ID found the way that jaeger's users find it, otelID
	// that of compat's function. Empty when not found.
	jaegerID, otelID string
}

func (l *logLines) write(ctx context.Context, message string) {
	span := opentracing.SpanFromContext(ctx)
	span.LogFields(log.Event(message), log.String("level", "info"))
	line := logLine{message: message}
	if sc, ok := span.Context().(jaeger.SpanContext); ok {
		line.jaegerID = fmt.Sprint(sc.TraceID(), "/", sc.SpanID())
	}
	if sc, ok := compat.OTelSpanContext(span.Context()); ok {
		line.otelID = fmt.Sprint(sc.TraceID(), "/", sc.SpanID())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

// takeOrders runs the bookshop for one order of each visitor, all at once. They
// send baggage but no trace. It returns the spans and the log lines.
func takeOrders(t *testing.T, peer string, visits ...string) ([]shopSpan, []logLine) {
	t.Helper()
	newTracer, spans := shopTracers(t, peer)
	b := &bookshop{
		shop: newTracer("shop"), warehouse: newTracer("warehouse"), cache: newTracer("cache"), mailer: newTracer("mailer"),
		lines: new(logLines),
		queue: make(chan opentracing.SpanContext, len(visits)),
		asked: map[string]bool{},
	}
	warehouse := httptest.NewServer(nethttp.Middleware(b.warehouse, http.HandlerFunc(b.stock)))
	shop := httptest.NewServer(nethttp.Middleware(b.shop, b.order(warehouse.URL)))
	var visitors sync.WaitGroup
	for _, visit := range visits {
		visitors.Go(func() { sendOrder(t, shop, visit) })
	}
	visitors.Wait()
	// Close waits for the handlers, so their spans have ended.
	shop.Close()
	warehouse.Close()
	close(b.queue)
	b.work()
	return spans(), b.lines.lines
}

func sendOrder(t *testing.T, shop *httptest.Server, visit string) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shop.URL, nil)
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("baggage", "visit="+visit)
	request.Header.Set(jaeger.JaegerBaggageHeader, "visit="+visit)
	response, err := shop.Client().Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	response.Body.Close()
}

// TestLegacyServiceKeepsItsTrace compares what jaeger's client and compat record
// of the same program: kinds that are set after the start, errors in one child
// alone, goroutines beneath the right parents, baggage that arrived without a
// trace and baggage that was set on the way, work after the request in its trace,
// and a background trace of its own.
func TestLegacyServiceKeepsItsTrace(t *testing.T) {
	const want = `mailer: sweep *sweeping
  cache: look up [client] visit=""
shop: HTTP POST [server] *order received *order taken
  mailer: send mail [producer] reader="Ada Ü."
  shop: reserve title="emma"
    shop: ask warehouse
      shop: HTTP GET [client] *ClosedBody
        warehouse: HTTP GET [server] reader="Ada Ü." title="emma" visit="v1"
          cache: look up [client] visit="v1"
  shop: reserve title="faust"
    shop: ask warehouse
      shop: HTTP GET [client] *ClosedBody
        warehouse: HTTP GET [server] reader="Ada Ü." title="faust" visit="v1" *again
          cache: look up [client] ERROR visit="v1" *no answer
          cache: look up [client] visit="v1"
  shop: reserve title="ulysses"
    shop: ask warehouse
      shop: HTTP GET [client] *ClosedBody
        warehouse: HTTP GET [server] reader="Ada Ü." title="ulysses" visit="v1"
          cache: look up [client] visit="v1"
`
	for _, peer := range []string{"jaeger", "compat"} {
		t.Run(peer, func(t *testing.T) {
			spans, _ := takeOrders(t, peer, "v1")
			if diff := cmp.Diff(want, drawShop(spans)); diff != "" {
				t.Errorf("traces with %s (-want +got):\n%s", peer, diff)
			}
		})
	}
}

// TestLegacyServiceKeepsVisitorsApart sends orders at once: each has a trace of
// its own, and baggage of no other.
func TestLegacyServiceKeepsVisitorsApart(t *testing.T) {
	visits := []string{"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"}
	spans, _ := takeOrders(t, "compat", visits...)
	traceOf, visitOf := map[string]string{}, map[string]string{}
	tagged := 0
	for _, span := range spans {
		visit := span.tags["visit"]
		if visit == "" {
			continue
		}
		tagged++
		if first := visitOf[span.trace]; first != "" && first != visit {
			t.Errorf("a trace has the baggage of %s and of %s", first, visit)
		}
		if first := traceOf[visit]; first != "" && first != span.trace {
			t.Errorf("visit %s is in two traces", visit)
		}
		visitOf[span.trace], traceOf[visit] = visit, span.trace
	}
	// Three in the warehouse and three in the cache for each, and one again.
	if want := 6*len(visits) + 1; tagged != want || len(traceOf) != len(visits) {
		t.Errorf("%d spans of %d visits, want %d of %d:\n%s", tagged, len(traceOf), want, len(visits), drawShop(spans))
	}
}

// TestLegacyServiceKeepsItsLogCorrelation checks that each line names the span
// that it was written to. The assertion of jaeger's type stops matching without
// an error; OTelSpanContext takes its place.
func TestLegacyServiceKeepsItsLogCorrelation(t *testing.T) {
	spans, lines := takeOrders(t, "compat", "v1")
	if len(lines) != 5 {
		t.Errorf("%d lines, want 5: %v", len(lines), lines)
	}
	for _, line := range lines {
		if line.jaegerID != "" {
			t.Errorf("line %q has an ID of jaeger's type: %s", line.message, line.jaegerID)
		}
		if !slices.ContainsFunc(spans, func(s shopSpan) bool { return s.id == line.otelID && slices.Contains(s.events, line.message) }) {
			t.Errorf("line %q names the span %q, which doesn't have it", line.message, line.otelID)
		}
	}
}

// shopFigures are what counts when a program changes its tracer.
type shopFigures struct {
	Spans, Traces, Kinds, Failed int
	// Reader and Visit count the spans that have the baggage, as a tag.
	Reader, Visit int
	// ByType counts the lines whose span was found by jaeger's type, ByFunction
	// those by compat.OTelSpanContext.
	ByType, ByFunction int
}

// TestLegacyServiceFigures says what a program keeps with each tracer. The raw
// bridge's row is here to be seen changing.
func TestLegacyServiceFigures(t *testing.T) {
	tests := []struct {
		peer, explanation string
		want              shopFigures
	}{
		{"jaeger", "the program as it was written", shopFigures{20, 2, 13, 1, 4, 7, 5, 0}},
		{"bridge", "late kinds, the visitor's baggage and the trace of what follows are lost", shopFigures{20, 3, 7, 1, 3, 0, 0, 5}},
		{"compat", "nothing is lost but jaeger's type", shopFigures{20, 2, 13, 1, 4, 7, 0, 5}},
	}
	for _, tt := range tests {
		t.Run(tt.peer, func(t *testing.T) {
			spans, lines := takeOrders(t, tt.peer, "v1")
			if diff := cmp.Diff(tt.want, figuresOf(spans, lines)); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%s", tt.explanation, diff, drawShop(spans))
			}
		})
	}
}

func figuresOf(spans []shopSpan, lines []logLine) shopFigures {
	figures := shopFigures{Spans: len(spans)}
	traces := map[string]bool{}
	count := func(counter *int, counts bool) {
		if counts {
			*counter++
		}
	}
	for _, span := range spans {
		traces[span.trace] = true
		count(&figures.Kinds, span.kind != "")
		count(&figures.Failed, span.failed)
		count(&figures.Reader, span.tags["reader"] != "")
		count(&figures.Visit, span.tags["visit"] != "")
	}
	figures.Traces = len(traces)
	for _, line := range lines {
		count(&figures.ByType, line.jaegerID != "")
		count(&figures.ByFunction, line.otelID != "")
	}
	return figures
}
