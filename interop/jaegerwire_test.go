// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	jaegerclient "github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/jaeger"
	"github.com/ot2otel/ot2otel/internal/document"
)

// wireFields are headers of Jaeger's format, or keys of a text map.
type wireFields map[string]string

// wireResult is what a service does that receives them: the parent of its span, its
// baggage, the tag of a debug ID, and the flags for the next peer.
type wireResult struct {
	Parent  string // "trace:span"; empty for a new trace
	Flags   string
	DebugID string
	Baggage map[string]string
}

// wireDifference is where the Propagator of compat/jaeger does something else than
// jaeger-client-go.
type wireDifference struct {
	headers, old, own, reason string
	// applies tells the headers, and except drops from a result what may differ then.
	applies func(wireFields, opentracing.BuiltinFormat) bool
	except  func(*wireResult)
}

var wireDifferences = []wireDifference{
	{
		"flags that don't read the same in base 10 and 16: `b`, `10`, `255`", "reads base 10, writes base 16", "base 16 both ways",
		"Jaeger's format has hexadecimal flags, and its other clients read them so",
		func(f wireFields, format opentracing.BuiltinFormat) bool {
			flags := f.traceParts(format)[3]
			return strings.TrimLeft(flags, "0") != "" && len(strings.TrimLeft(flags, "0")) > 1 || strings.ContainsAny(flags, "abcdefABCDEF")
		},
		exceptAll,
	},
	{
		"a malformed `uber-trace-id` beside baggage or a debug ID", "drops these, too", "keeps them",
		"they are well formed, and nothing else says what they say",
		func(f wireFields, format opentracing.BuiltinFormat) bool {
			_, err := jaegerclient.ContextFromString(f.trace(format))
			return f.has("uber-trace-id") && err != nil && len(f) > 1
		},
		func(r *wireResult) { r.Baggage, r.DebugID, r.Flags = nil, "", "" },
	},
	{
		"IDs of zero beside a debug ID", "by the order of a map, or ignores the debug ID", "a debug trace",
		"IDs of zero are not a trace, so the debug ID is the only thing to follow",
		func(f wireFields, format opentracing.BuiltinFormat) bool {
			sc, err := jaegerclient.ContextFromString(f.trace(format))
			return f.has("jaeger-debug-id") && err == nil && !sc.IsValid()
		},
		func(r *wireResult) { r.DebugID, r.Flags = "", "" },
	},
	{
		"the same item in `uberctx-` and `jaeger-baggage`", "by the order of a map", "that of `uberctx-`",
		"it is the trace's own, and the other one a person's",
		func(f wireFields, _ opentracing.BuiltinFormat) bool {
			for key := range f {
				name, ok := strings.CutPrefix(strings.ToLower(key), "uberctx-")
				if list, err := url.QueryUnescape(f.get("jaeger-baggage")); ok && err == nil && strings.Contains(list, name) {
					return true
				}
			}
			return false
		},
		exceptBaggage,
	},
	{
		"an item without a key", "an item with the key \"\"", "left out",
		"OpenTelemetry's baggage has no such item",
		func(f wireFields, _ opentracing.BuiltinFormat) bool {
			list, _ := url.QueryUnescape(f.get("jaeger-baggage"))
			return f.has("uberctx-") || slices.ContainsFunc(strings.Split(list, ","), func(part string) bool { return strings.HasPrefix(strings.TrimSpace(part), "=") })
		},
		exceptBaggage,
	},
	{
		"text that isn't UTF-8", "keeps the bytes", "replaces them by U+FFFD",
		"OpenTelemetry's baggage and attributes are UTF-8; others would cost the batch",
		func(f wireFields, format opentracing.BuiltinFormat) bool {
			for _, value := range f {
				decoded, err := url.QueryUnescape(value)
				if !utf8.ValidString(value) || err == nil && !utf8.ValidString(decoded) {
					return true
				}
			}
			return false
		},
		func(r *wireResult) { r.Baggage, r.DebugID = nil, "" },
	},
	{
		"a percent-encoded `uber-trace-id` in a text map", "malformed", "reads it",
		"some clients encode it in every format",
		func(f wireFields, format opentracing.BuiltinFormat) bool {
			return format == opentracing.TextMap && strings.Contains(f.get("uber-trace-id"), "%")
		},
		exceptAll,
	},
}

func exceptAll(r *wireResult) { *r = wireResult{} }

func exceptBaggage(r *wireResult) { r.Baggage = nil }

func (f wireFields) has(name string) bool {
	for key := range f {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

func (f wireFields) get(name string) string {
	for key, value := range f {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// trace returns the trace header as jaeger-client-go reads it in a format.
func (f wireFields) trace(format opentracing.BuiltinFormat) string {
	value := f.get("uber-trace-id")
	if decoded, err := url.QueryUnescape(value); format == opentracing.HTTPHeaders && err == nil {
		return decoded
	}
	return value
}

func (f wireFields) traceParts(format opentracing.BuiltinFormat) [4]string {
	var parts [4]string
	copy(parts[:], strings.Split(f.trace(format), ":"))
	return parts
}

// carrier returns the fields as a carrier of a format.
func (f wireFields) carrier(format opentracing.BuiltinFormat) any {
	if format == opentracing.TextMap {
		return opentracing.TextMapCarrier(f)
	}
	header := http.Header{}
	for key, value := range f {
		header.Set(key, value)
	}
	return opentracing.HTTPHeadersCarrier(header)
}

// receive has a tracer receive fields, start a span and inject it. Debug IDs and parents
// are asked for by the other functions, as each tracer tells them in its own way.
func receive(t *testing.T, tracer opentracing.Tracer, format opentracing.BuiltinFormat, fields wireFields,
	parentOf func(opentracing.Span) string, debugIDOf func(opentracing.Span) string,
) wireResult {
	t.Helper()
	var options []opentracing.StartSpanOption
	if parent, err := tracer.Extract(format, fields.carrier(format)); err == nil {
		options = append(options, opentracing.ChildOf(parent))
	}
	span := tracer.StartSpan("server", options...)
	next := opentracing.TextMapCarrier{}
	if err := tracer.Inject(span.Context(), opentracing.TextMap, next); err != nil {
		t.Fatal(err)
	}
	span.Finish()
	result := wireResult{Parent: parentOf(span), DebugID: debugIDOf(span), Flags: next["uber-trace-id"][strings.LastIndex(next["uber-trace-id"], ":")+1:]}
	span.Context().ForeachBaggageItem(func(key, value string) bool {
		if result.Baggage == nil {
			result.Baggage = make(map[string]string)
		}
		result.Baggage[key] = value
		return true
	})
	return result
}

// newWireServices returns what receives fields, with jaeger-client-go and with compat.
// Neither samples a trace by itself.
func newWireServices(t *testing.T) (old, own func(opentracing.BuiltinFormat, wireFields) wireResult) {
	reporter := jaegerclient.NewInMemoryReporter()
	oldTracer, closer := jaegerclient.NewTracer("service", jaegerclient.NewConstSampler(false), reporter)
	t.Cleanup(func() { closeQuietly(t, closer) })
	old = func(format opentracing.BuiltinFormat, fields wireFields) wireResult {
		reporter.Reset()
		return receive(t, oldTracer, format, fields, func(span opentracing.Span) string {
			sc := span.Context().(jaegerclient.SpanContext)
			if sc.ParentID() == 0 {
				return ""
			}
			return fmt.Sprintf("%016x%016x:%s", sc.TraceID().High, sc.TraceID().Low, sc.ParentID())
		}, func(opentracing.Span) string {
			for _, span := range reporter.GetSpans() {
				id, _ := span.(*jaegerclient.Span).Tags()["jaeger-debug-id"].(string)
				return id
			}
			return ""
		})
	}

	spans := tracetest.NewSpanRecorder()
	// A span that isn't sampled tells its parent to the sampler only.
	parents := &parentProbe{Sampler: jaeger.Priority(jaeger.NewConstSampler(false))}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(parents), sdktrace.WithSpanProcessor(spans))
	ownTracer := compat.NewTracer(provider, &compat.Options{TextMap: jaeger.Propagator{TextMap: true}, HTTPHeaders: jaeger.Propagator{}})
	own = func(format opentracing.BuiltinFormat, fields wireFields) wireResult {
		spans.Reset()
		return receive(t, ownTracer, format, fields, func(opentracing.Span) string { return parents.parent }, func(opentracing.Span) string {
			for _, span := range spans.Ended() {
				for _, kv := range span.Attributes() {
					if kv.Key == "jaeger-debug-id" {
						return kv.Value.AsString()
					}
				}
			}
			return ""
		})
	}
	return old, own
}

// TestWireOracle receives thousands of generated headers with jaeger-client-go and with
// compat, and holds every difference to a row of wireDifferences.
func TestWireOracle(t *testing.T) {
	silenceReports(t)
	log.SetOutput(io.Discard) // jaeger-client-go's report of each malformed list
	defer log.SetOutput(os.Stderr)
	old, own := newWireServices(t)
	met := make([]int, len(wireDifferences))
	random := rand.New(rand.NewPCG(13, 13))
	for range 6000 {
		fields := randomWireFields(random)
		for _, format := range []opentracing.BuiltinFormat{opentracing.HTTPHeaders, opentracing.TextMap} {
			was, is := old(format, fields), own(format, fields)
			diff := cmp.Diff(was, is)
			if diff == "" {
				continue
			}
			var rows []int
			for i, row := range wireDifferences {
				if row.applies(fields, format) {
					rows = append(rows, i)
					row.except(&was)
					row.except(&is)
				}
			}
			if !cmp.Equal(was, is) {
				t.Fatalf("%v %q: (-jaeger-client-go +compat)\n%s", format, fields, diff)
			}
			if len(rows) == 1 {
				met[rows[0]]++
			}
		}
	}
	var table strings.Builder
	table.WriteString("| headers | jaeger-client-go | `jaeger.Propagator` | why |\n|---|---|---|---|\n")
	for i, row := range wireDifferences {
		if met[i] == 0 {
			t.Errorf("%s: no headers show the difference; remove the row", row.headers)
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", row.headers, row.old, row.own, row.reason)
	}
	document.Check(t, "../docs/propagation.md", "wire", table.String(), *updateDocs)
}

// parentProbe notes the parent of the span that it is asked for.
type parentProbe struct {
	sdktrace.Sampler
	parent string
}

func (p *parentProbe) ShouldSample(parameters sdktrace.SamplingParameters) sdktrace.SamplingResult {
	p.parent = ""
	if sc := trace.SpanContextFromContext(parameters.ParentContext); sc.IsValid() {
		p.parent = sc.TraceID().String() + ":" + sc.SpanID().String()
	}
	return p.Sampler.ShouldSample(parameters)
}

// randomWireFields returns headers as peers, people and broken peers make them.
func randomWireFields(random *rand.Rand) wireFields {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	some := func(percent int) bool { return random.IntN(100) < percent }
	hex := func() string {
		text := fmt.Sprintf("%016x", random.Uint64())
		switch random.IntN(4) {
		case 0:
			text += fmt.Sprintf("%016x", random.Uint64())
		case 1:
			text = text[random.IntN(16):]
		}
		return text
	}
	fields := wireFields{}
	key := func(name string) string {
		return one(name, name, http.CanonicalHeaderKey(name), strings.ToUpper(name))
	}
	values := []string{"acme", "a b", "a+b", "a%20b", "50%", "%zz", "%ff", "\xff", "Grüße", "%41", "a=b", "a,b", "a:b", ""}
	if some(80) {
		span := fmt.Sprintf("%016x", random.Uint64())
		if some(20) {
			span = one("0", "1f", "00000000000000000", "xyz", "")
		}
		trace := hex()
		if some(15) {
			trace = one("0", "1", "g", "", strings.Repeat("a", 33), "-1", " 1")
		}
		value := strings.Join([]string{trace, span, one("0", "0", "05e3ac9a4f6e3b90", "1", "xyz", ""), one("0", "1", "1", "3", "2", "01", "9", "b", "10", "255", "256", "x", "")}, ":")
		if some(10) {
			value = one("", "abc", "1:2:3", value+":1", value+" ", value+"%", ":::", "%3A%3A%3A")
		}
		if some(10) {
			value = strings.ToUpper(value)
		}
		if some(15) {
			value = strings.ReplaceAll(value, ":", "%3A")
		}
		fields[key("uber-trace-id")] = value
	}
	for range random.IntN(3) {
		fields[key("uberctx-"+one("tenant", "user-id", "a", "b", "k1", ""))] = values[random.IntN(len(values))]
	}
	if some(20) {
		list := one("k1=v1", "k1=v1, k2=v2", "k1 = v1,k2=", "k1=v1,,k2", "=v", "k1=a=b,k3=v3", "", "k1%3Dv1%2Ck2%3Dv2", "k1=%zz", "k1=a%2Cb", "K1=V1", "k4=%ff", " , ", "k5=\xff")
		fields[key("jaeger-baggage")] = list
	}
	if some(20) {
		fields[key("jaeger-debug-id")] = values[random.IntN(len(values))]
	}
	// http.Header and a text map have each key once only in different cases by accident.
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if seen[strings.ToLower(name)] {
			delete(fields, name)
		}
		seen[strings.ToLower(name)] = true
	}
	return fields
}

// silenceReports drops what is passed to otel.Handle: the test looks at what comes out.
func silenceReports(t *testing.T) {
	t.Helper()
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
}

// TestWireBaggage sends baggage from each to the other, in both formats, with what either
// would make of its own.
func TestWireBaggage(t *testing.T) {
	values := []string{"acme", "a b", "a+b", "a%20b", "50%", "%zz", "Grüße, 世界", "a=b,c;d", `"'`, "\x00\r\n\t", ""}
	oldTracer, closer := jaegerclient.NewTracer("old", jaegerclient.NewConstSampler(true), jaegerclient.NewNullReporter())
	defer closeQuietly(t, closer)
	ownTracer := compat.NewTracer(sdktrace.NewTracerProvider(), &compat.Options{TextMap: jaeger.Propagator{TextMap: true}, HTTPHeaders: jaeger.Propagator{}})
	tracers := map[string]opentracing.Tracer{"jaeger-client-go": oldTracer, "compat": ownTracer}
	for from, sender := range tracers {
		for to, receiver := range tracers {
			for _, format := range []opentracing.BuiltinFormat{opentracing.HTTPHeaders, opentracing.TextMap} {
				for i, value := range values {
					span := sender.StartSpan("client")
					key := fmt.Sprintf("key-%d", i)
					span.SetBaggageItem(key, value)
					carrier := wireFields{}.carrier(format)
					if err := sender.Inject(span.Context(), format, carrier); err != nil {
						t.Fatal(err)
					}
					sc, err := receiver.Extract(format, carrier)
					if err != nil {
						t.Fatal(err)
					}
					server := receiver.StartSpan("server", opentracing.ChildOf(sc))
					if got := server.BaggageItem(key); got != value {
						t.Errorf("%s to %s, format %v: %q becomes %q", from, to, format, value, got)
					}
				}
			}
		}
	}
}

// TestSamplerOracle asks the samplers of both for the same traces.
func TestSamplerOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	rates := []float64{0, 1, 0.001, 0.01, 0.1, 0.5, 1.0 / 3, 0.999999}
	for range 50 {
		rates = append(rates, random.Float64())
	}
	for _, rate := range rates {
		old, err := jaegerclient.NewProbabilisticSampler(rate)
		if err != nil {
			t.Fatal(err)
		}
		own, err := jaeger.NewProbabilisticSampler(rate)
		if err != nil {
			t.Fatal(err)
		}
		boundary := uint64(float64(1<<63-1) * rate)
		lows := []uint64{0, 1, 1<<63 - 1, 1 << 63, 1<<64 - 1, boundary, boundary + 1, boundary - 1, boundary | 1<<63}
		for range 2000 {
			lows = append(lows, random.Uint64())
		}
		for _, low := range lows {
			high := random.Uint64()
			parameters := sdktrace.SamplingParameters{ParentContext: t.Context()}
			binary.BigEndian.PutUint64(parameters.TraceID[:8], high)
			binary.BigEndian.PutUint64(parameters.TraceID[8:], low)
			want, tags := old.IsSampled(jaegerclient.TraceID{High: high, Low: low}, "operation")
			result := own.ShouldSample(parameters)
			if got := result.Decision == sdktrace.RecordAndSample; got != want {
				t.Fatalf("rate %v, trace %s: sampled %t, want %t", rate, parameters.TraceID, got, want)
			}
			if want && len(result.Attributes) != len(tags) {
				t.Fatalf("attributes %v, want those of %v", result.Attributes, tags)
			}
		}
	}
}

// TestRateLimitingOracle offers both samplers traces at the same random times.
func TestRateLimitingOracle(t *testing.T) {
	for _, perSecond := range []float64{0, 0.1, 0.5, 1, 2.5, 10, 100} {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(5, 5))
			old, own := jaegerclient.NewRateLimitingSampler(perSecond), jaeger.NewRateLimitingSampler(perSecond)
			var was, is int
			for range 3000 {
				time.Sleep(time.Duration(random.Int64N(int64(40 * time.Millisecond))))
				if sampled, _ := old.IsSampled(jaegerclient.TraceID{Low: 1}, "operation"); sampled {
					was++
				}
				if own.ShouldSample(sdktrace.SamplingParameters{ParentContext: t.Context()}).Decision == sdktrace.RecordAndSample {
					is++
				}
			}
			if was-is > 1 || is-was > 1 { // floating point may cost one
				t.Errorf("%v per second: jaeger-client-go samples %d, compat %d", perSecond, was, is)
			}
		})
	}
}
