// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
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
	// GET /orders/{id}      87.0ms  (self 46.0ms) server 503  00:13:20.000  trace 00000000000000000000000000000001
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
	// Output: ! checkout  0ns  ERROR sold out  00:13:20.000  trace 00000000000000000000000000000002
}

// step is an export, and what has been written when the time after it is over.
type step struct {
	spans []record
	after time.Duration
	want  []string // writes
}

const (
	rootOf1   = "root  100.0ms  05:04:05.000  trace 00000000000000000000000000000001\n"
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
				"root      100.0ms  (self 10.0ms)  05:04:05.000  trace 00000000000000000000000000000001\n└─ child  130.0ms\n"}},
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
			{[]record{root}, time.Second - 1, []string{"root      100.0ms  (self 90.0ms)  05:04:05.000  trace 00000000000000000000000000000001\n└─ child   10.0ms\n"}},
		}},
		{"but not for ever", exporters.TreeOptions{}, []step{
			{[]record{child(2, "child", 20*ms)}, 30*time.Second - 1, nil},
			{nil, 1, []string{"child  10.0ms  05:04:05.010  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
			{[]record{root}, time.Second, []string{"\nroot  100.0ms  continued  05:04:05.000  trace 00000000000000000000000000000001\n"}},
		}},
		{"MaxWait says how long", exporters.TreeOptions{MaxWait: time.Second}, []step{
			{[]record{child(2, "child", 20*ms)}, time.Second - 1, nil},
			{nil, 1, []string{"child  10.0ms  05:04:05.010  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
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
				"root         100.0ms  (self 70.0ms)  05:04:05.000  trace 00000000000000000000000000000001\n└─ call       30.0ms  (self 20.0ms)\n   └─ serve   10.0ms\n"}},
		}},
		{"two roots of one trace, each when it has ended", exporters.TreeOptions{}, []step{
			{[]record{
				{id: 1, parent: 8, remote: true, name: "one", end: 10 * ms},
				{id: 3, parent: 2, name: "below two", end: 20 * ms}}, time.Second, []string{
				"one  10.0ms  05:04:05.000  trace 00000000000000000000000000000001\n   ↖ remote parent 0000000000000008\n"}},
			{[]record{{id: 2, parent: 9, remote: true, name: "two", end: 30 * ms}}, time.Second, []string{
				"\ntwo           30.0ms  (self 10.0ms) continued  05:04:05.000  trace 00000000000000000000000000000001\n└─ below two  20.0ms\n   ↖ remote parent 0000000000000009\n"}},
		}},
		{"two traces, two blocks", exporters.TreeOptions{}, []step{
			{[]record{{trace: 2, id: 1, name: "b", end: ms}}, 1, nil},
			{[]record{{trace: 1, id: 1, name: "a", end: ms}}, time.Second, []string{
				"b  1.0ms  05:04:05.000  trace 00000000000000000000000000000002\n", "\na  1.0ms  05:04:05.000  trace 00000000000000000000000000000001\n"}},
		}},
		{"a span exported twice is one", exporters.TreeOptions{}, []step{
			{[]record{root, root}, time.Second, []string{rootOf1}},
		}},
		{"MaxSpans: the oldest trace makes room", exporters.TreeOptions{MaxSpans: 2}, []step{
			{[]record{{trace: 1, id: 2, parent: 1, name: "a", end: ms}, {trace: 2, id: 2, parent: 1, name: "b", end: ms}}, ms, nil},
			{[]record{{trace: 3, id: 2, parent: 1, name: "c", end: ms}}, ms, []string{
				"a  1.0ms  05:04:05.000  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
		}},
		{"MaxTraces: the oldest trace makes room", exporters.TreeOptions{MaxTraces: 2}, []step{
			{[]record{{trace: 1, id: 2, parent: 1, name: "a", end: ms}, {trace: 2, id: 2, parent: 1, name: "b", end: ms}}, ms, nil},
			{[]record{{trace: 3, id: 2, parent: 1, name: "c", end: ms}}, ms, []string{
				"a  1.0ms  05:04:05.000  trace 00000000000000000000000000000001\n   ↖ parent 0000000000000001 has not ended\n"}},
		}},
		{"ErrorsOnly", exporters.TreeOptions{ErrorsOnly: true}, []step{
			{[]record{root, {trace: 2, id: 1, name: "bad", end: ms, failed: "-"}}, time.Second, []string{
				"! bad  1.0ms  ERROR  05:04:05.000  trace 00000000000000000000000000000002\n"}},
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
