// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// shop is the trace that most rows print.
func shop() []record {
	return []record{
		{id: 2, parent: 1, name: "auth.check", start: 1 * ms, end: 4100 * time.Microsecond},
		{id: 4, parent: 3, name: "cache.get", start: 10 * ms, end: 12200 * time.Microsecond, failed: "unexpected EOF\nat line 2"},
		{id: 3, parent: 1, name: "db.query orders", start: 5 * ms, end: 46 * ms, kind: trace.SpanKindClient,
			attributes: []attribute.KeyValue{attribute.String("db.system", "postgresql"), attribute.Int("rows", 3)}},
		{id: 5, parent: 1, name: "GET payments/v1/charge", start: 47 * ms, end: 86 * ms, failed: "-", kind: trace.SpanKindClient,
			attributes: []attribute.KeyValue{attribute.Int("http.status_code", 503)}},
		{id: 1, parent: 9, remote: true, name: "GET /orders/{id}", end: 87400 * time.Microsecond, kind: trace.SpanKindServer,
			attributes: []attribute.KeyValue{attribute.Int("http.status_code", 200)}},
	}
}

// queries is a request with queries in a loop.
func queries() []record {
	query := func(id byte, start time.Duration) record {
		return record{id: id, parent: 1, name: "SELECT orders", start: start, end: start + ms, kind: trace.SpanKindClient, attributes: []attribute.KeyValue{
			attribute.String("db.system", "mysql"), attribute.Int("id", int(id)), attribute.StringSlice("columns", []string{"a"}),
			{Key: "filter", Value: attribute.MapValue(attribute.Int("page", 1), attribute.Key("tags").StringSlice([]string{"x"}))}}}
	}
	records := []record{{id: 1, name: "GET /orders", end: 30 * ms, kind: trace.SpanKindServer}}
	for i := range byte(9) {
		records = append(records, query(i+2, time.Duration(2*i+1)*ms))
	}
	records[2].end = 7 * ms // beyond the next ones
	records[2].events = []sdktrace.Event{{Name: "retry"}}
	records[5].failed = "deadlock"
	return append(records, record{id: 20, parent: 9, name: "dial", start: 16 * ms, end: 17 * ms})
}

func TestTreeBlock(t *testing.T) {
	tests := []struct {
		explanation string
		records     []record
		options     exporters.TreeOptions
		want        string
	}{
		{
			"without a limit: no bars, the trace in the header", shop(), exporters.TreeOptions{}, `
GET /orders/{id}             87.4ms  server 200  05:04:05.000  trace 00000000000000000000000000000001
├─ auth.check                 3.1ms
├─ db.query orders           41.0ms  (self 38.8ms) client db.system=postgresql rows=3
│  └─ ! cache.get             2.2ms  ERROR unexpected EOF
└─ ! GET payments/v1/charge  39.0ms  client 503 ERROR
   ↖ remote parent 0000000000000009
`,
		}, {
			"60 columns: the trace on a line of its own, names and details cut", shop(), exporters.TreeOptions{Width: 60}, `
GET /orders/{id}             87.4ms  server 200
│  05:04:05.000  trace 00000000000000000000000000000001
├─ auth.check                 3.1ms
├─ db.query orders           41.0ms  client rows=3 +1
│  └─ ! cache.get             2.2ms  ERROR unexpected EOF
└─ ! GET payments/v1/charge  39.0ms  client 503 ERROR
   ↖ remote parent 0000000000000009
`,
		}, {
			"80 columns: short bars", shop(), exporters.TreeOptions{Width: 80}, `
GET /orders/{id}                       87.4ms  server 200
│  05:04:05.000  trace 00000000000000000000000000000001
├─ auth.check                ▏█         3.1ms
├─ db.query orders           ▏████     41.0ms  client db.system=postgresql +1
│  └─ ! cache.get            ▏█         2.2ms  ERROR unexpected EOF
└─ ! GET payments/v1/charge  ▏    ████ 39.0ms  client 503 ERROR
   ↖ remote parent 0000000000000009
`,
		}, {
			"20 columns: names and durations", shop(), exporters.TreeOptions{Width: 20}, `
GET /order…  87.4ms…
│  05:04:05.000
│  trace 00000000000000000000000000000001
├─ auth.ch…   3.1ms
├─ db.quer…  41.0ms…
│  └─ ! ca…   2.2ms…
└─ ! GET p…  39.0ms…
   ↖ remote parent …
`,
		}, {
			"100 columns: bars", shop(), exporters.TreeOptions{Width: 100}, `
GET /orders/{id}                           87.4ms  server 200
│  05:04:05.000  trace 00000000000000000000000000000001
├─ auth.check                ▏█             3.1ms
├─ db.query orders           ▏██████       41.0ms  (self 38.8ms) client db.system=postgresql rows=3
│  └─ ! cache.get            ▏ █            2.2ms  ERROR unexpected EOF
└─ ! GET payments/v1/charge  ▏      ██████ 39.0ms  client 503 ERROR
   ↖ remote parent 0000000000000009
`,
		}, {
			"160 columns: long bars", shop(), exporters.TreeOptions{Width: 160}, `
GET /orders/{id}                                       87.4ms  server 200  05:04:05.000  trace 00000000000000000000000000000001
├─ auth.check                ▏█                         3.1ms
├─ db.query orders           ▏ ████████████            41.0ms  (self 38.8ms) client db.system=postgresql rows=3
│  └─ ! cache.get            ▏  █                       2.2ms  ERROR unexpected EOF
└─ ! GET payments/v1/charge  ▏            ████████████ 39.0ms  client 503 ERROR
   ↖ remote parent 0000000000000009
`,
		}, {
			"ASCII only", shop(), exporters.TreeOptions{Width: 100, ASCII: true}, `
GET /orders/{id}                           87.4ms  server 200
|  05:04:05.000  trace 00000000000000000000000000000001
|- auth.check                |#             3.1ms
|- db.query orders           |######       41.0ms  (self 38.8ms) client db.system=postgresql rows=3
|  ` + "`" + `- ! cache.get            | #            2.2ms  ERROR unexpected EOF
` + "`" + `- ! GET payments/v1/charge  |      ###### 39.0ms  client 503 ERROR
   ^ remote parent 0000000000000009
`,
		}, {
			"ASCII only escapes all else",
			[]record{{id: 1, name: "größe", end: 1500 * time.Nanosecond, attributes: []attribute.KeyValue{attribute.String("stadt", "東京")}}},
			exporters.TreeOptions{ASCII: true}, `
gr\u00f6\u00dfe  1.5us  stadt=\u6771\u4eac  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"one span", []record{{id: 1, name: "tick", end: 850}}, exporters.TreeOptions{Width: 100}, `
tick  850ns  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"a span over two services: the name of the service with each span",
			[]record{
				{id: 3, parent: 2, remote: true, name: "POST /charge", start: 2 * ms, end: 8 * ms, kind: trace.SpanKindServer, service: "payments"},
				{id: 2, parent: 1, name: "POST", start: 1 * ms, end: 9 * ms, kind: trace.SpanKindClient, service: "shop"},
				{id: 1, name: "GET /orders", end: 10 * ms, kind: trace.SpanKindServer, service: "shop"},
			}, exporters.TreeOptions{}, `
resource service.name=shop
resource service.name=payments
GET /orders         shop      10.0ms  (self 2.0ms) server  05:04:05.000  trace 00000000000000000000000000000001
└─ POST             shop       8.0ms  (self 2.0ms) client
   └─ POST /charge  payments   6.0ms  server
`,
		}, {
			"20 columns: no services either",
			[]record{{id: 2, parent: 1, name: "charge", end: 4 * ms, service: "payments"}, {id: 1, name: "GET /orders", end: 10 * ms, service: "shop"}},
			exporters.TreeOptions{Width: 20}, `
resource service.na…
resource service.na…
GET /orders  10.0ms
│  05:04:05.000
│  trace 00000000000000000000000000000001
└─ charge     4.0ms
`,
		}, {
			"a parent that never came", []record{{id: 2, parent: 1, name: "orphan", end: ms}}, exporters.TreeOptions{}, `
orphan  1.0ms  05:04:05.000  trace 00000000000000000000000000000001
   ↖ parent 0000000000000001 has not ended
`,
		}, {
			"wide characters stay in their columns",
			[]record{
				{id: 2, parent: 1, name: "検索", end: ms},
				{id: 3, parent: 1, name: "e\u0301te\u0301", end: 2 * ms},
				{id: 1, name: "root", end: 3 * ms},
			}, exporters.TreeOptions{}, `
root     3.0ms  (self 1.0ms)  05:04:05.000  trace 00000000000000000000000000000001
├─ 検索  1.0ms
└─ ` + "e\u0301te\u0301" + `   2.0ms
`,
		}, {
			"nothing in a span can drive the terminal",
			[]record{{id: 1, name: "clear\x1b[2J\r\nnext", end: ms, failed: "\x1b]0;title\a", service: "s\u202evc\x9b1m",
				attributes: []attribute.KeyValue{
					attribute.String("k\x1b[31m", "v\x1b[0m"), attribute.String("bad", "\xff\xfe"), attribute.StringSlice("list", []string{"\x1b"})}}},
			exporters.TreeOptions{}, `
resource service.name="s\u202evc\x9b1m"
! clear\x1b[2J\r\nnext  1.0ms  ERROR \x1b]0;title\a k\x1b[31m="v\x1b[0m" bad="\xff\xfe" list=["\u001b"]  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"a few attributes in line, the application's first; what isn't shown is counted",
			[]record{{id: 1, name: "op", end: ms, lost: 2,
				attributes: []attribute.KeyValue{
					attribute.String("component", "net/http"), attribute.String("net.peer.name", "h"), attribute.Int("a", 1), attribute.Int("b", 2),
					attribute.Int("c", 3), attribute.Int("d", 4), attribute.String("e", strings.Repeat("long", 20)), attribute.Int("f", 6)},
				events: []sdktrace.Event{{Name: "one"}},
				links:  []sdktrace.Link{{SpanContext: spanContext(2, 2, false)}, {SpanContext: spanContext(2, 3, false)}}}},
			exporters.TreeOptions{}, `
op  1.0ms  a=1 b=2 c=3 d=4 e=longlonglonglonglonglonglonglonglonglonglongl… f=6 +2 attributes · one, 2 links, 2 attributes lost, 2 events lost  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"the stamp has a line of its own where the first attribute needs the room",
			[]record{{id: 1, name: "GET /orders/{id}", end: ms, kind: trace.SpanKindServer, attributes: []attribute.KeyValue{attribute.String("customer", "ada")}}},
			exporters.TreeOptions{Width: 100}, `
GET /orders/{id}  1.0ms  server customer=ada
   05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"the first attribute is rather clipped than left out",
			[]record{{id: 1, name: "op", end: ms, attributes: []attribute.KeyValue{
				attribute.String("net.peer.name", "h"), attribute.String("http.url", "http://127.0.0.1:8080/a/long/path/to/nowhere")}}},
			exporters.TreeOptions{Width: 104}, `
op  1.0ms  http.url=http://127.0.0.1:8080/a/l… +1  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"what went wrong first, then the work, then the request; what the name, the kind and the status say isn't said again",
			[]record{{id: 1, name: "GET /orders/{id}", end: ms, kind: trace.SpanKindServer, scope: "net/http",
				attributes: []attribute.KeyValue{
					attribute.String("component", "net/http"), attribute.String("span.kind", "server"), attribute.String("http.method", "GET"),
					attribute.String("http.route", "/orders/{id}"), attribute.String("http.target", "/orders/7"), attribute.String("server.address", "h"),
					attribute.String("db.system", "mysql"), attribute.String("tenant", "acme"), attribute.String("error.type", "timeout"),
					attribute.Int("http.status_code", 504)}}},
			exporters.TreeOptions{}, `
GET /orders/{id}  1.0ms  server 504 error.type=timeout db.system=mysql tenant=acme http.target=/orders/7 server.address=h  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"Verbose leaves nothing out",
			[]record{{id: 1, name: "GET /a", end: ms, attributes: []attribute.KeyValue{
				attribute.String("http.method", "GET"), attribute.String("http.route", "/a"), attribute.Int("http.status_code", 200)}}},
			exporters.TreeOptions{Verbose: true}, `
GET /a  1.0ms  200  05:04:05.000  trace 00000000000000000000000000000001
   http.method=GET
   http.route=/a
   http.status_code=200
`,
		}, {
			"a count without its noun, where there is no room",
			[]record{{id: 1, name: "op", end: ms, attributes: []attribute.KeyValue{
				attribute.String("a", strings.Repeat("a", 21)), attribute.String("b", strings.Repeat("b", 40)), attribute.Int("c", 1)}}},
			exporters.TreeOptions{Width: 50}, `
op  1.0ms  a=aaaaaaaaaaaaaaaaaaaaa c=1 +1
   05:04:05.000
   trace 00000000000000000000000000000001
`,
		}, {
			"the error of an exception event, when the status has no text",
			[]record{{id: 1, name: "op", end: ms, failed: "-", events: []sdktrace.Event{
				{Name: "exception", Attributes: []attribute.KeyValue{attribute.String("exception.message", "sold out")}}}}},
			exporters.TreeOptions{}, `
! op  1.0ms  ERROR sold out  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"two events in line, after the attributes; circumstances have what is left; the rest is counted",
			[]record{{id: 1, name: "op", end: ms,
				attributes: []attribute.KeyValue{attribute.String("server.address", "h"), attribute.Int("a", 1)},
				events: []sdktrace.Event{
					{Name: "cache miss", Attributes: []attribute.KeyValue{attribute.Int("key", 7), attribute.String("token", "t")}},
					{Name: "log", Attributes: []attribute.KeyValue{attribute.String("message", "try\x1b[2J again")}},
					{Name: "done"}}}},
			exporters.TreeOptions{}, `
op  1.0ms  a=1 server.address=h · cache miss key=7 token=REDACTED · message="try\x1b[2J again", +1 event  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"events go before circumstances where both don't fit",
			[]record{{id: 1, name: "op", end: ms,
				attributes: []attribute.KeyValue{attribute.String("server.address", "some.host.example"), attribute.Int("a", 1)},
				events:     []sdktrace.Event{{Name: "event", Attributes: []attribute.KeyValue{attribute.String("event", "event"), attribute.String("stage", "warm-up")}}}}},
			exporters.TreeOptions{Width: 50}, `
op  1.0ms  a=1 +1 attribute · event stage=warm-up
   05:04:05.000
   trace 00000000000000000000000000000001
`,
		}, {
			"no room for an event: it is counted",
			[]record{{id: 1, name: "op", end: ms, events: []sdktrace.Event{{Name: strings.Repeat("long ", 10)}, {Name: "b"}}}},
			exporters.TreeOptions{Width: 41}, `
op  1.0ms  2 events
   05:04:05.000
   trace 00000000000000000000000000000001
`,
		}, {
			"an exception that ERROR doesn't say",
			[]record{{id: 1, name: "op", end: ms, failed: "can't load", events: []sdktrace.Event{
				{Name: "exception", Attributes: []attribute.KeyValue{attribute.String("exception.type", "E"), attribute.String("exception.message", "password=p is wrong"),
					attribute.String("exception.stacktrace", "main.go:1")}},
				{Name: "exception", Attributes: []attribute.KeyValue{attribute.String("exception.message", "can't load")}}}}},
			exporters.TreeOptions{}, `
! op  1.0ms  ERROR can't load · exception: password=REDACTED is wrong  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"an exception of a span without an error",
			[]record{{id: 1, name: "op", end: ms, events: []sdktrace.Event{
				{Name: "exception", Attributes: []attribute.KeyValue{attribute.String("exception.message", "retried")}}}}},
			exporters.TreeOptions{}, `
op  1.0ms  · exception: retried  05:04:05.000  trace 00000000000000000000000000000001
`,
		}, {
			"Verbose shows everything",
			[]record{
				{id: 2, parent: 1, name: "child", start: ms, end: 3 * ms, scope: "shop/db 1.2.0", lost: 1,
					attributes: []attribute.KeyValue{attribute.String("text", "two words"), attribute.Int("http.status_code", 404)},
					events: []sdktrace.Event{{Name: "cache miss", Time: epoch().Add(2 * ms),
						Attributes: []attribute.KeyValue{attribute.Int("key", 7), attribute.String("password", "p")}}},
					links: []sdktrace.Link{
						{SpanContext: spanContext(1, 1, false), Attributes: []attribute.KeyValue{attribute.String("opentracing.ref_type", "follows_from")}},
						{SpanContext: spanContext(2, 3, true)}}},
				{id: 3, parent: 2, name: "leaf, of the same scope", start: ms, end: 2 * ms, scope: "shop/db 1.2.0"},
				{id: 1, name: "root", end: 4 * ms, attributes: []attribute.KeyValue{attribute.Bool("ok", true)}},
			}, exporters.TreeOptions{Verbose: true, Width: 60}, `
root                         4.0ms
│  05:04:05.000  trace 00000000000000000000000000000001
│  ok=true
└─ child                     2.0ms  404
   │  text="two words"
   │  http.status_code=404
   │  1 attribute lost
   │  · +1.0ms cache miss key=7 password=REDACTED
   │  1 event lost
   │  → span 0000000000000001 opentracing.ref_type=follows_from
   │  → span 0000000000000003 of trace 00000000000000000000000000000002
   │  scope shop/db 1.2.0
   └─ leaf, of the same sc…  1.0ms
`,
		}, {
			"repeats in a row are one line: their durations in sum, what they have in common, how much varies",
			queries(), exporters.TreeOptions{Width: 100}, `
GET /orders                        30.0ms  (self 19.0ms) server
│  05:04:05.000  trace 00000000000000000000000000000001
├─ SELECT orders ×4  ▏███           7.0ms  client db.system=mysql +2, 1 attribute varies, 1 event
├─ ! SELECT orders   ▏   █          1.0ms  client ERROR deadlock db.system=mysql id=6 +2 attributes
├─ SELECT orders     ▏    █         1.0ms  client db.system=mysql id=7 columns=["a"] +1 attribute
├─ SELECT orders     ▏     █        1.0ms  client db.system=mysql id=8 columns=["a"] +1 attribute
├─ SELECT orders     ▏      █       1.0ms  client db.system=mysql id=9 columns=["a"] +1 attribute
│  └─ dial           ▏      █       1.0ms
└─ SELECT orders     ▏      █       1.0ms  client db.system=mysql id=10 columns=["a"] +1 attribute
`,
		}, {
			"two are no repeats",
			queries()[:3], exporters.TreeOptions{}, `
GET /orders       30.0ms  (self 25.0ms) server  05:04:05.000  trace 00000000000000000000000000000001
├─ SELECT orders   1.0ms  client db.system=mysql id=2 columns=["a"] filter={"page":1,"tags":["x"]}
└─ SELECT orders   4.0ms  client db.system=mysql id=3 columns=["a"] filter={"page":1,"tags":["x"]} · retry
`,
		}, {
			"Verbose shows each",
			[]record{{id: 2, parent: 1, name: "a", end: ms}, {id: 3, parent: 1, name: "a", end: ms}, {id: 4, parent: 1, name: "a", end: ms}, {id: 1, name: "root", end: ms}},
			exporters.TreeOptions{Verbose: true}, `
root  1.0ms  05:04:05.000  trace 00000000000000000000000000000001
├─ a  1.0ms
├─ a  1.0ms
└─ a  1.0ms
`,
		}, {
			"another kind, service or HTTP status is another line",
			[]record{{id: 2, parent: 1, name: "a", end: ms, service: "s"}, {id: 3, parent: 1, name: "a", end: ms, service: "t"},
				{id: 4, parent: 1, name: "a", end: ms, service: "s", kind: trace.SpanKindClient},
				{id: 5, parent: 1, name: "a", end: ms, service: "s", attributes: []attribute.KeyValue{attribute.Int("http.status_code", 200)}},
				{id: 6, parent: 1, name: "a", end: ms, service: "s", attributes: []attribute.KeyValue{attribute.Int("http.status_code", 404)}},
				{id: 1, name: "root", end: ms, service: "s"}},
			exporters.TreeOptions{}, `
resource service.name=s
resource service.name=t
root  s  1.0ms  05:04:05.000  trace 00000000000000000000000000000001
├─ a  s  1.0ms
├─ a  t  1.0ms
├─ a  s  1.0ms  client
├─ a  s  1.0ms  200
└─ a  s  1.0ms  404
`,
		}, {
			"repeats whose name is cut keep their count",
			queries()[:5], exporters.TreeOptions{Width: 42, ASCII: true}, `
GET /orders         30.0ms  server
|  05:04:05.000
|  trace 00000000000000000000000000000001
` + "`" + `- SELECT or... x4   7.0ms  client +3
`,
		}, {
			"self time: what children share counts once, what they do outside of their parent doesn't",
			[]record{
				{id: 2, parent: 1, name: "a", start: -10 * ms, end: 20 * ms},
				{id: 3, parent: 1, name: "b", start: 10 * ms, end: 30 * ms},
				{id: 4, parent: 1, name: "c", start: 15 * ms, end: 25 * ms},
				{id: 5, parent: 1, name: "d", start: 50 * ms, end: 40 * ms},
				{id: 6, parent: 1, name: "e", start: 90 * ms, end: 190 * ms},
				{id: 1, name: "root", end: 100 * ms}},
			exporters.TreeOptions{}, `
root  100.0ms  (self 60.0ms)  05:04:05.000  trace 00000000000000000000000000000001
├─ a   30.0ms
├─ b   20.0ms
├─ c   10.0ms
├─ d  -10.0ms
└─ e  100.0ms
`,
		}, {
			"self time is left out where the durations say it: below 80 columns",
			[]record{{id: 2, parent: 1, name: "a", end: 20 * ms}, {id: 1, name: "root", end: 100 * ms}},
			exporters.TreeOptions{Width: 79}, `
root  100.0ms  05:04:05.000  trace 00000000000000000000000000000001
└─ a   20.0ms
`,
		}, {
			"self time is left out where children took nearly nothing",
			[]record{{id: 2, parent: 1, name: "a", end: 4 * ms}, {id: 1, name: "root", end: 100 * ms}},
			exporters.TreeOptions{}, `
root  100.0ms  05:04:05.000  trace 00000000000000000000000000000001
└─ a    4.0ms
`,
		}, {
			"self time is left out where children took nearly all",
			[]record{{id: 2, parent: 1, name: "a", end: 96 * ms}, {id: 1, name: "root", end: 100 * ms}},
			exporters.TreeOptions{}, `
root  100.0ms  05:04:05.000  trace 00000000000000000000000000000001
└─ a   96.0ms
`,
		}, {
			"clocks that differ: a child outside of its parent",
			[]record{
				{id: 2, parent: 1, name: "early", start: -50 * ms, end: 200 * ms},
				{id: 3, parent: 1, name: "backwards", start: 60 * ms, end: 50 * ms},
				{id: 1, name: "root", end: 100 * ms}},
			exporters.TreeOptions{Width: 120}, `
root                        100.0ms  05:04:05.000  trace 00000000000000000000000000000001
├─ early      ▏████████████ 250.0ms
└─ backwards  ▏     █       -10.0ms
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			plainTerminal(t)
			var out sink
			tree := exporters.NewTree(&out, &tt.options)
			if err := tree.ExportSpans(context.Background(), spansOf(tt.records...)); err != nil {
				t.Fatal(err)
			}
			if err := tree.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
			writes := out.take()
			if len(writes) != 1 {
				t.Fatalf("%d writes, want 1:\n%q", len(writes), writes)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), writes[0]); diff != "" {
				t.Errorf("block (-want +got):\n%s", diff)
			}
			if !tt.options.Verbose {
				checkWidth(t, writes[0], tt.options.Width)
			}
		})
	}
}

// checkWidth looks for lines that are longer than the page. That of the trace ID,
// which a user copies, may be.
func checkWidth(t *testing.T, block string, width int) {
	t.Helper()
	for line := range strings.Lines(block) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); width > 0 && n > width && !strings.Contains(line, "  trace 0") {
			t.Errorf("a line has %d columns, the limit is %d: %s", n, width, line)
		}
	}
}

// Whatever the width, nothing panics and lines end where the page does; a page of
// less than 20 columns is one of 20.
func TestTreeOfAnyWidth(t *testing.T) {
	plainTerminal(t)
	records := append(shop(), record{id: 50, parent: 8, name: "late", service: "🇩🇪 service", end: ms, events: []sdktrace.Event{{Name: "e"}}})
	for _, ascii := range []bool{false, true} {
		for width := 1; width <= 200; width++ {
			var out sink
			tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, Width: width, ASCII: ascii})
			_ = tree.ExportSpans(context.Background(), spansOf(append(queries(), records...)...))
			_ = tree.ExportSpans(context.Background(), spansOf(record{id: 60, parent: 1, name: "audit.write", end: 200 * ms}))
			checkWidth(t, out.text(), max(width, 20))
		}
	}
}

// A chain deeper than the page is wide stops indenting and says how deep it is.
func TestTreeDeepTrace(t *testing.T) {
	plainTerminal(t)
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{Width: 40})
	var records []record
	for depth := byte(9); depth > 0; depth-- {
		records = append(records, record{id: depth, parent: depth - 1, name: fmt.Sprint("d", depth-1),
			start: time.Duration(depth) * ms, end: time.Duration(20-depth) * ms})
	}
	_ = tree.ExportSpans(context.Background(), spansOf(records...))
	_ = tree.Shutdown(context.Background())
	want := `d0                  18.0ms
│  05:04:05.001
│  trace 00000000000000000000000000000001
└─ d1               16.0ms
   └─ d2            14.0ms
      └─ d3         12.0ms
         └─ d4      10.0ms
         └─ (5) d5   8.0ms
         └─ (6) d6   6.0ms
         └─ (7) d7   4.0ms
         └─ (8) d8   2.0ms
`
	if diff := cmp.Diff(want, out.text()); diff != "" {
		t.Errorf("block (-want +got):\n%s", diff)
	}
}

// The resource is printed once, before the first block that has it.
func TestTreeResourceOnce(t *testing.T) {
	plainTerminal(t)
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1})
	for i := range byte(2) {
		_ = tree.ExportSpans(context.Background(), spansOf(record{trace: i + 1, id: 1, name: "op", end: ms, service: "shop"}))
	}
	want := []string{
		"resource service.name=shop\nop  1.0ms  05:04:05.000  trace 00000000000000000000000000000001\n",
		"\nop  1.0ms  05:04:05.000  trace 00000000000000000000000000000002\n",
	}
	if diff := cmp.Diff(want, out.take()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestTreeColours(t *testing.T) {
	plainTerminal(t)
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, Color: exporters.ColorAlways})
	_ = tree.ExportSpans(context.Background(), spansOf(shop()...))
	got := out.text()
	for _, part := range []string{
		"\x1b[1mGET /orders/{id}", "\x1b[31m! cache.get", "\x1b[31mERROR unexpected EOF\x1b[0m", "\x1b[32m200\x1b[0m", "\x1b[31m503\x1b[0m",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in\n%q", part, got)
		}
	}
	for line := range strings.Lines(got) {
		if on, off := strings.Count(line, "\x1b[")-strings.Count(line, "\x1b[0m"), strings.Count(line, "\x1b[0m"); on != off {
			t.Errorf("colours are not switched off at the end of %q", line)
		}
	}
}
