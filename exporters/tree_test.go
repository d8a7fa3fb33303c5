// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// counter makes the IDs 1, 2, 3 … for spans, and likewise for traces.
type counter struct {
	mu            sync.Mutex
	traces, spans byte
}

func (c *counter) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traces++
	c.spans++
	return trace.TraceID{15: c.traces}, trace.SpanID{7: c.spans}
}

func (c *counter) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans++
	return trace.SpanID{7: c.spans}
}

func ExampleTree() {
	tree := exporters.Tree(os.Stdout)
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(tree),
		sdktrace.WithResource(resource.Empty()), sdktrace.WithIDGenerator(&counter{}))
	tracer := provider.Tracer("shop")

	at := func(ms int) trace.SpanEventOption {
		return trace.WithTimestamp(time.UnixMilli(1_700_000_000_000 + int64(ms)))
	}
	ctx, order := tracer.Start(context.Background(), "GET /orders/{id}", trace.WithSpanKind(trace.SpanKindServer), at(0))
	_, query := tracer.Start(ctx, "db.query orders", at(3))
	query.SetAttributes(attribute.String("db.system", "postgresql"))
	query.SetStatus(codes.Error, "connection reset")
	query.End(at(44))
	order.SetAttributes(attribute.Int("http.response.status_code", 503))
	order.End(at(87))

	_ = provider.Shutdown(ctx) // prints at once what waits for late children
	// Output:
	// GET /orders/{id}      87.0ms  server 503  trace 00000000000000000000000000000001
	// └─ ! db.query orders  41.0ms  ERROR connection reset db.system=postgresql
}

func ExampleNewTree() {
	tree := exporters.NewTree(os.Stdout, &exporters.TreeOptions{ErrorsOnly: true, Wait: -1})
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree),
		sdktrace.WithResource(resource.Empty()), sdktrace.WithIDGenerator(&counter{}))
	at := trace.WithTimestamp(time.UnixMilli(1_700_000_000_000))
	for _, err := range []error{nil, errors.New("sold out"), nil} {
		_, span := provider.Tracer("shop").Start(context.Background(), "checkout", at)
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End(at)
	}
	// Output: ! checkout  0ns  ERROR sold out  trace 00000000000000000000000000000002
}

// step is an export, and what has been written when the time after it is over.
type step struct {
	spans []record
	after time.Duration
	want  []string // writes
}

const (
	rootOf1   = "root  100.0ms  trace 00000000000000000000000000000001\n"
	lateOf1   = "⋯ late  trace 00000000…  └─ "
	defaultly = 100 * ms // Wait
)

// What a mere exporter does when.
func TestTreeWaits(t *testing.T) {
	root := record{id: 1, name: "root", end: 100 * ms}
	child := func(id byte, name string, end time.Duration) record {
		return record{id: id, parent: 1, name: name, start: 10 * ms, end: end}
	}
	tests := []struct {
		explanation string
		options     exporters.TreeOptions
		steps       []step
	}{
		{"a block is printed when its root has ended and the wait is over", exporters.TreeOptions{}, []step{
			{[]record{root}, defaultly - 1, nil},
			{nil, 1, []string{rootOf1}},
		}},
		{"a late child within the wait is in the block", exporters.TreeOptions{}, []step{
			{[]record{root}, 50 * ms, nil},
			{[]record{child(2, "child", 140*ms)}, 50 * ms, []string{
				"root      100.0ms  trace 00000000000000000000000000000001\n└─ child  130.0ms\n"}},
		}},
		{"a child after the wait is late", exporters.TreeOptions{}, []step{
			{[]record{root}, time.Second, []string{rootOf1}},
			{[]record{child(2, "audit.write", 240*ms)}, time.Second, []string{lateOf1 + "audit.write  230.0ms  (ended 140.0ms after its root)\n"}},
		}},
		{"a late child that ended in time isn't said to have ended late", exporters.TreeOptions{}, []step{
			{[]record{root}, time.Second, []string{rootOf1}},
			{[]record{child(2, "batched", 20*ms)}, time.Second, []string{lateOf1 + "batched  10.0ms\n"}},
		}},
		{"a late subtree waits for its top", exporters.TreeOptions{}, []step{
			{[]record{root}, time.Second, []string{rootOf1}},
			{[]record{{id: 3, parent: 2, name: "leaf", start: 150 * ms, end: 160 * ms, failed: "-"}}, time.Second, nil},
			{[]record{child(2, "top", 240*ms), child(4, "other", 200*ms)}, time.Second, []string{`⋯ late  trace 00000000…  ended 140.0ms after its root
├─ top        230.0ms
│  └─ ! leaf   10.0ms  ERROR
└─ other      190.0ms
`}},
		}},
		{"children wait for their root", exporters.TreeOptions{}, []step{
			{[]record{child(2, "child", 20*ms)}, 29 * time.Second, nil},
			{[]record{root}, time.Second - 1, []string{"root      100.0ms  trace 00000000000000000000000000000001\n└─ child   10.0ms\n"}},
		}},
		{"but not for ever", exporters.TreeOptions{}, []step{
			{[]record{child(2, "child", 20*ms)}, 30*time.Second - 1, nil},
			{nil, 1, []string{"child  10.0ms  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
			{[]record{root}, time.Second, []string{"root  100.0ms  continued  trace 00000000000000000000000000000001\n"}},
		}},
		{"MaxWait says how long", exporters.TreeOptions{MaxWait: time.Second}, []step{
			{[]record{child(2, "child", 20*ms)}, time.Second - 1, nil},
			{nil, 1, []string{"child  10.0ms  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
		}},
		{"Wait says how long", exporters.TreeOptions{Wait: time.Second}, []step{
			{[]record{root}, time.Second - 1, nil},
			{nil, 1, []string{rootOf1}},
		}},
		{"negative: not at all", exporters.TreeOptions{Wait: -1}, []step{
			{[]record{root}, 0, []string{rootOf1}},
		}},
		{"a local root with a remote parent is a root", exporters.TreeOptions{}, []step{
			{[]record{{id: 1, parent: 9, remote: true, name: "root", end: 100 * ms}}, defaultly, []string{
				rootOf1 + "   ↖ remote parent 0000000000000009\n"}},
		}},
		{"a remote parent in the same exporter joins, and its own root is waited for", exporters.TreeOptions{}, []step{
			{[]record{{id: 3, parent: 2, remote: true, name: "serve", start: 20 * ms, end: 30 * ms}}, 50 * ms, nil},
			{[]record{child(2, "call", 40*ms)}, 10 * time.Second, nil},
			{[]record{root}, defaultly, []string{
				"root         100.0ms  trace 00000000000000000000000000000001\n└─ call       30.0ms\n   └─ serve   10.0ms\n"}},
		}},
		{"two roots of one trace, each when it has ended", exporters.TreeOptions{}, []step{
			{[]record{
				{id: 1, parent: 8, remote: true, name: "one", end: 10 * ms},
				{id: 3, parent: 2, name: "below two", end: 20 * ms}}, time.Second, []string{
				"one  10.0ms  trace 00000000000000000000000000000001\n   ↖ remote parent 0000000000000008\n"}},
			{[]record{{id: 2, parent: 9, remote: true, name: "two", end: 30 * ms}}, time.Second, []string{
				"two           30.0ms  continued  trace 00000000000000000000000000000001\n└─ below two  20.0ms\n   ↖ remote parent 0000000000000009\n"}},
		}},
		{"two traces, two blocks", exporters.TreeOptions{}, []step{
			{[]record{{trace: 2, id: 1, name: "b", end: ms}}, 1, nil},
			{[]record{{trace: 1, id: 1, name: "a", end: ms}}, time.Second, []string{
				"b  1.0ms  trace 00000000000000000000000000000002\n", "a  1.0ms  trace 00000000000000000000000000000001\n"}},
		}},
		{"a span exported twice is one", exporters.TreeOptions{}, []step{
			{[]record{root, root}, time.Second, []string{rootOf1}},
		}},
		{"MaxSpans: the oldest trace makes room", exporters.TreeOptions{MaxSpans: 2}, []step{
			{[]record{{trace: 1, id: 2, parent: 1, name: "a", end: ms}, {trace: 2, id: 2, parent: 1, name: "b", end: ms}}, ms, nil},
			{[]record{{trace: 3, id: 2, parent: 1, name: "c", end: ms}}, ms, []string{
				"a  1.0ms  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
		}},
		{"MaxTraces: the oldest trace makes room", exporters.TreeOptions{MaxTraces: 2}, []step{
			{[]record{{trace: 1, id: 2, parent: 1, name: "a", end: ms}, {trace: 2, id: 2, parent: 1, name: "b", end: ms}}, ms, nil},
			{[]record{{trace: 3, id: 2, parent: 1, name: "c", end: ms}}, ms, []string{
				"a  1.0ms  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
		}},
		{"ErrorsOnly", exporters.TreeOptions{ErrorsOnly: true}, []step{
			{[]record{root, {trace: 2, id: 1, name: "bad", end: ms, failed: "-"}}, time.Second, []string{
				"! bad  1.0ms  ERROR  trace 00000000000000000000000000000002\n"}},
			{[]record{child(2, "late and fine", 240*ms)}, time.Second, nil},
		}},
		{"MinDuration", exporters.TreeOptions{MinDuration: 100 * ms}, []step{
			{[]record{root, {trace: 2, id: 1, name: "short", end: 99 * ms}}, time.Second, []string{rootOf1}},
		}},
		{"Name of any span in the trace", exporters.TreeOptions{Name: regexp.MustCompile("^roo")}, []step{
			{[]record{root, {trace: 2, id: 1, name: "short", end: 99 * ms}}, time.Second, []string{rootOf1}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			plainTerminal(t)
			synctest.Test(t, func(t *testing.T) {
				var out sink
				tree := exporters.NewTree(&out, &tt.options)
				for i, s := range tt.steps {
					if err := tree.ExportSpans(context.Background(), spansOf(s.spans...)); err != nil {
						t.Fatal(err)
					}
					time.Sleep(s.after)
					synctest.Wait()
					if diff := cmp.Diff(s.want, out.take()); diff != "" {
						t.Errorf("step %d, writes (-want +got):\n%s", i, diff)
					}
				}
			})
		})
	}
}

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
order         shop      10.01s  trace 00000000000000000000000000000001
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
		if diff := cmp.Diff([]string{`root            0ns  trace 00000000000000000000000000000001
└─ running  100.0ms  open
   ↖ remote parent 0000000000000009   baggage session_token=<redacted> tenant=acme
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
		if diff := cmp.Diff([]string{"never ended  1.00s  open  trace 00000000000000000000000000000002\n└─ child       0ns\n"},
			out.take()); diff != "" {
			t.Errorf("ForceFlush shows what has ended (-want +got):\n%s", diff)
		}
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{
			"never ended  1.00s  open continued  trace 00000000000000000000000000000002\n",
			"alone and open  1.00s  open  trace 00000000000000000000000000000003\n",
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
	if diff := cmp.Diff([]string{"child  1.0ms  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"},
		out.take()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// gate is a writer that stalls until it is opened.
type gate struct {
	sink
	open chan struct{}
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	return g.sink.Write(p)
}

// A terminal that stalls never stalls a request; what it costs is said.
func TestTreeNeverBlocks(t *testing.T) {
	plainTerminal(t)
	synctest.Test(t, func(t *testing.T) {
		out := &gate{open: make(chan struct{})}
		tree := exporters.NewTree(out, &exporters.TreeOptions{MaxSpans: 10})
		provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithResource(resource.Empty()))
		for range 100 {
			_, span := provider.Tracer("t").Start(context.Background(), "request")
			span.End() // would deadlock the bubble if it waited
			time.Sleep(time.Second)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := tree.ForceFlush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ForceFlush = %v, want the deadline", err)
		}
		close(out.open)
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := out.text()
		if n := strings.Count(got, "request"); n != 20 {
			t.Errorf("%d spans printed, want twice MaxSpans:\n%s", n, got)
		}
		if want := "⋯ 80 spans dropped: the output could not keep up\n"; strings.Count(got, want) != 1 {
			t.Errorf("want once %q in\n%s", want, got)
		}
	})
}

func TestTreeReportsAWriteErrorOnce(t *testing.T) {
	plainTerminal(t)
	var mu sync.Mutex
	var reported []string
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reported = append(reported, err.Error())
	}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })

	tree := exporters.NewTree(writerFunc(func([]byte) (int, error) { return 0, errors.New("broken pipe") }), &exporters.TreeOptions{Wait: -1})
	for i := range byte(3) {
		if err := tree.ExportSpans(context.Background(), spansOf(record{trace: i + 1, id: 1, name: "op"})); err != nil {
			t.Errorf("ExportSpans = %v, want nil", err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"exporters: tree: broken pipe"}, reported); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}

// Blocks don't interleave, and every span is in exactly one of them.
func TestTreeConcurrentSafe(t *testing.T) {
	plainTerminal(t)
	for _, mode := range []string{"processor", "exporter"} {
		t.Run(mode, func(t *testing.T) {
			var out sink
			tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: ms})
			option := sdktrace.WithSpanProcessor(tree)
			if mode == "exporter" {
				option = sdktrace.WithSyncer(tree)
			}
			provider := sdktrace.NewTracerProvider(option, sdktrace.WithResource(resource.Empty()))
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for i := range 50 {
						ctx, root := provider.Tracer("t").Start(context.Background(), fmt.Sprintf("root-%d-%d.", g, i))
						var children sync.WaitGroup
						for c := range 3 {
							children.Go(func() {
								_, child := provider.Tracer("t").Start(ctx, fmt.Sprintf("child-%d-%d-%d.", g, i, c))
								child.SetAttributes(attribute.Int("c", c))
								child.End()
							})
						}
						if i%10 == 0 {
							_ = tree.ForceFlush(ctx)
						}
						root.End()
						children.Wait()
					}
				})
			}
			wg.Wait()
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
			writes := out.take()
			for _, write := range writes {
				if n := strings.Count(write, "  trace "); n != 1 {
					t.Errorf("%d traces in a write:\n%s", n, write)
				}
			}
			var ended []string
			for line := range strings.Lines(strings.Join(writes, "")) {
				if !strings.Contains(line, "  open") {
					ended = append(ended, line)
				}
			}
			text := strings.Join(ended, "")
			for g := range 8 {
				for i := range 50 {
					for _, name := range []string{
						fmt.Sprintf("root-%d-%d.", g, i), fmt.Sprintf("child-%d-%d-0.", g, i),
						fmt.Sprintf("child-%d-%d-1.", g, i), fmt.Sprintf("child-%d-%d-2.", g, i),
					} {
						if n := strings.Count(text, name); n != 1 {
							t.Errorf("%s is printed %d times", name, n)
						}
					}
				}
			}
		})
	}
}

// Holding a span costs little: what a request pays is a few map entries.
func TestTreeAllocations(t *testing.T) {
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{MaxSpans: 1 << 20, Wait: time.Hour, MaxWait: 2 * time.Hour})
	spans := make([][]sdktrace.ReadOnlySpan, 0, 1200)
	for i := range cap(spans) {
		stub := record{id: 1, parent: 9, name: "child"}
		span := stub.span()
		spans = append(spans, []sdktrace.ReadOnlySpan{numbered{span, i}})
	}
	i := 0
	got := testing.AllocsPerRun(1000, func() {
		_ = tree.ExportSpans(context.Background(), spans[i])
		i++
	})
	if got > 1 { // the growing map and slice, amortized
		t.Errorf("%v allocations a span, want 1 at most", got)
	}
}

// numbered is a span with an ID of its own.
type numbered struct {
	sdktrace.ReadOnlySpan
	number int
}

func (n numbered) SpanContext() trace.SpanContext {
	return n.ReadOnlySpan.SpanContext().WithSpanID(trace.SpanID{1, byte(n.number >> 8), byte(n.number)})
}
