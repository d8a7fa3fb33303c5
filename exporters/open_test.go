// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// service is a tracer whose spans the tree sees from their start.
func service(tree sdktrace.SpanProcessor, ids sdktrace.IDGenerator, name string) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithIDGenerator(ids),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", name))))
}

// Two services in one process, each with a provider of its own: one block,
// however long the caller goes on after the callee has ended.
func TestTreeAcrossServices(t *testing.T) {
	plainTerminal(t)
	synctest.Test(t, func(t *testing.T) {
		var out sink
		ids := &counter{}
		tree := exporters.NewTree(&out, nil)
		shop, payments := service(tree, ids, "shop"), service(tree, ids, "payments")

		ctx, order := shop.Tracer("t").Start(context.Background(), "order")
		callCtx, call := shop.Tracer("t").Start(ctx, "call", trace.WithSpanKind(trace.SpanKindClient))
		remote := trace.ContextWithRemoteSpanContext(context.Background(), trace.SpanContextFromContext(callCtx))
		_, charge := payments.Tracer("t").Start(remote, "charge", trace.WithSpanKind(trace.SpanKindServer))
		time.Sleep(10 * ms)
		charge.End()
		time.Sleep(5 * time.Second) // the caller reads the response slowly
		call.End()
		time.Sleep(5 * time.Second)
		order.End()
		time.Sleep(defaultly)
		synctest.Wait()

		want := []string{`resource service.name=shop
resource service.name=payments
order         shop      10.01s  (self 5.00s)  02:00:00.000  trace 00000000000000000000000000000001
└─ call       shop       5.01s  client
   └─ charge  payments  10.0ms  server
`}
		if diff := cmp.Diff(want, out.take()); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
		for _, provider := range []*sdktrace.TracerProvider{shop, payments} {
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		}
		if got := out.take(); got != nil {
			t.Errorf("Shutdown wrote %q, want nothing", got)
		}
	})
}

// A span that runs on when its root has ended is shown as open, and later as
// late; a remote parent comes with its baggage.
func TestTreeOpenSpans(t *testing.T) {
	plainTerminal(t)
	synctest.Test(t, func(t *testing.T) {
		var out sink
		tree := exporters.NewTree(&out, nil)
		provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree),
			sdktrace.WithIDGenerator(&counter{traces: 1, spans: 100}), sdktrace.WithResource(resource.Empty()))
		tracer := provider.Tracer("t")
		bag, err := baggage.Parse("tenant=acme,session_token=s3cr3t")
		if err != nil {
			t.Fatal(err)
		}
		parent := baggage.ContextWithBaggage(trace.ContextWithRemoteSpanContext(context.Background(), spanContext(1, 9, true)), bag)
		ctx, root := tracer.Start(parent, "root")
		_, running := tracer.Start(ctx, "running")
		root.End()
		time.Sleep(defaultly)
		synctest.Wait()
		if diff := cmp.Diff([]string{`root            0ns  02:00:00.000  trace 00000000000000000000000000000001
└─ running  100.0ms  open
   ↖ remote parent 0000000000000009   baggage session_token=REDACTED tenant=acme
`}, out.take()); diff != "" {
			t.Errorf("when the root has ended (-want +got):\n%s", diff)
		}
		running.End()
		time.Sleep(defaultly)
		synctest.Wait()
		if diff := cmp.Diff([]string{"⋯ late  trace 00000000…  └─ running  100.0ms  (ended 100.0ms after its root)\n"}, out.take()); diff != "" {
			t.Errorf("when the rest has ended (-want +got):\n%s", diff)
		}

		openCtx, _ := tracer.Start(context.Background(), "never ended")
		_, child := tracer.Start(openCtx, "child")
		child.End()
		tracer.Start(context.Background(), "alone and open")
		time.Sleep(time.Second)
		if err := provider.ForceFlush(context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"\nnever ended  1.00s  open  02:00:00.200  trace 00000000000000000000000000000002\n└─ child       0ns\n"},
			out.take()); diff != "" {
			t.Errorf("ForceFlush shows what has ended (-want +got):\n%s", diff)
		}
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{
			"\nnever ended  1.00s  open continued  02:00:00.200  trace 00000000000000000000000000000002\n",
			"\nalone and open  1.00s  open  02:00:00.200  trace 00000000000000000000000000000003\n",
		}, out.take()); diff != "" {
			t.Errorf("Shutdown shows the open ones too (-want +got):\n%s", diff)
		}
	})
}

// Spans that never end are bounded too, and unsampled ones are not noted.
func TestTreeForgetsSpansThatNeverEnd(t *testing.T) {
	plainTerminal(t)
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{MaxSpans: 10, MaxTraces: 5})
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree))
	for range 1000 {
		provider.Tracer("t").Start(context.Background(), "leak")
	}
	unsampled := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithSampler(recordOnly{}))
	_, span := unsampled.Tracer("t").Start(context.Background(), "unsampled")
	span.End()
	if err := tree.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := out.text()
	if n := strings.Count(got, "leak"); n != 5 {
		t.Errorf("%d open traces at Shutdown, want those that MaxTraces holds, 5:\n%s", n, got)
	}
	if strings.Contains(got, "unsampled") {
		t.Errorf("an unsampled span is printed:\n%s", got)
	}
}

type recordOnly struct{}

func (recordOnly) ShouldSample(sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return sdktrace.SamplingResult{Decision: sdktrace.RecordOnly}
}
func (recordOnly) Description() string { return "record only" }

// After Shutdown nothing is held any more, and nothing lost.
func TestTreeAfterShutdown(t *testing.T) {
	plainTerminal(t)
	var out sink
	tree := exporters.Tree(&out)
	for range 2 {
		if err := tree.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	_ = tree.ExportSpans(context.Background(), spansOf(record{id: 2, parent: 1, name: "child", end: ms}))
	if diff := cmp.Diff([]string{"child  1.0ms  05:04:05.000  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"},
		out.take()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}
