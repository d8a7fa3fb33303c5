// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

var tagRequirements = []requirement{
	{9, "the tag error: true is Error, false is Ok, unset is Unset; the texts \"true\" and \"false\" too, and at the start; false then true is Error; any other value is Error with its text as description", func(f *fixture) {
		for i, c := range []struct {
			values []any
			want   sdktrace.Status
		}{
			{nil, sdktrace.Status{}},
			{[]any{true}, sdktrace.Status{Code: codes.Error}},
			{[]any{false}, sdktrace.Status{Code: codes.Ok}},
			{[]any{"true"}, sdktrace.Status{Code: codes.Error}},
			{[]any{"false"}, sdktrace.Status{Code: codes.Ok}},
			{[]any{false, true}, sdktrace.Status{Code: codes.Error}},
			{[]any{true, false}, sdktrace.Status{Code: codes.Ok}},
			{[]any{errors.New("no route")}, sdktrace.Status{Code: codes.Error, Description: "no route"}},
			{[]any{"timed out"}, sdktrace.Status{Code: codes.Error, Description: "timed out"}},
			{[]any{error(nil)}, sdktrace.Status{}},
			{[]any{(*brokenError)(nil)}, sdktrace.Status{}},
			{[]any{""}, sdktrace.Status{}},
			{[]any{errors.New("no route"), true}, sdktrace.Status{Code: codes.Error, Description: "no route"}},
			{[]any{errors.New("no route"), false, true}, sdktrace.Status{Code: codes.Error}},
		} {
			late := fmt.Sprint("late ", i)
			s := f.tracer.StartSpan(late)
			for _, value := range c.values {
				s.SetTag("error", value)
			}
			s.Finish()
			f.equal(fmt.Sprintf("status after error=%v", c.values), f.ended(late).Status(), c.want)
			if len(c.values) != 1 {
				continue
			}
			atStart := fmt.Sprint("at start ", i)
			f.tracer.StartSpan(atStart, opentracing.Tag{Key: "error", Value: c.values[0]}).Finish()
			f.equal(fmt.Sprintf("status after a start with error=%v", c.values), f.ended(atStart).Status(), c.want)
		}
	}},
	{10, "`span.kind` at the start is the span's kind; set later, the exported span has it too where exporters.LateSpanKind is installed, and it is an attribute otherwise; unknown kinds stay attributes", func(f *fixture) {
		for kind, want := range map[any]trace.SpanKind{
			ext.SpanKindRPCServerEnum: trace.SpanKindServer,
			ext.SpanKindRPCClientEnum: trace.SpanKindClient,
			ext.SpanKindProducerEnum:  trace.SpanKindProducer,
			ext.SpanKindConsumerEnum:  trace.SpanKindConsumer,
			"SERVER":                  trace.SpanKindServer,
			"internal":                trace.SpanKindInternal,
		} {
			name := fmt.Sprint("at start ", kind)
			f.tracer.StartSpan(name, opentracing.Tag{Key: "span.kind", Value: kind}).Finish()
			f.equal("kind "+name, f.ended(name).SpanKind(), want)
			f.equal("attribute of "+name, tag(f.ended(name), "span.kind"), nil)
		}
		s := f.tracer.StartSpan("late")
		ext.SpanKindRPCClient.Set(s)
		s.Finish()
		f.equal("late kind's attribute", tag(f.ended("late"), "span.kind"), "client")
		f.tracer.StartSpan("unknown", opentracing.Tag{Key: "span.kind", Value: "batch"}).Finish()
		f.equal("unknown kind's attribute", tag(f.ended("unknown"), "span.kind"), "batch")

		memory := new(exporters.Memory)
		f.use(setup{sdk: []sdktrace.TracerProviderOption{
			sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewSimpleSpanProcessor(memory))),
		}})
		s = f.tracer.StartSpan("late")
		ext.SpanKindRPCClient.Set(s)
		s.Finish()
		if exported := memory.Spans(); len(exported) != 1 {
			f.errorf("%d spans exported", len(exported))
		} else {
			f.equal("exported kind", exported[0].SpanKind, trace.SpanKindClient)
		}
	}},
	{11, "numbers stay numbers: all widths of int and uint that fit an int64, and float32; a larger uint64 is its text", func(f *fixture) {
		f.tags(map[string][2]any{
			"int": {int(-1), int64(-1)}, "int8": {int8(-8), int64(-8)}, "int16": {int16(-16), int64(-16)},
			"int32": {int32(-32), int64(-32)}, "int64": {int64(math.MinInt64), int64(math.MinInt64)},
			"uint": {uint(1), int64(1)}, "uint8": {uint8(8), int64(8)}, "uint16": {uint16(16), int64(16)},
			"uint32": {uint32(math.MaxUint32), int64(math.MaxUint32)},
			"uint64": {uint64(math.MaxInt64), int64(math.MaxInt64)}, "uint64 larger": {uint64(math.MaxUint64), "18446744073709551615"},
			"float32": {float32(0.5), 0.5}, "float64": {2.5, 2.5}, "bool": {true, true}, "string": {"text", "text"},
			"named int": {status(3), int64(3)}, "named string": {colour("red"), "red"},
		})
	}},
	{12, "other values: an error and a Stringer are their text; []byte is text if it is UTF-8, else base64; nil is `<nil>`; a pointer to a basic type is its value; everything else is `%+v`", func(f *fixture) {
		number, word := 7, "word"
		f.tags(map[string][2]any{
			"error": {errors.New("boom"), "boom"}, "Stringer": {2 * time.Second, "2s"},
			"text bytes": {[]byte("héllo"), "héllo"}, "other bytes": {[]byte{0xff, 0xfe}, "//4="},
			"named bytes": {json.RawMessage(`{"a":1}`), `{"a":1}`},
			"nil":         {nil, "<nil>"}, "*int": {&number, int64(7)}, "*string": {&word, "word"}, "nil *int": {(*int)(nil), "<nil>"},
			"struct": {struct{ A, B int }{1, 2}, "{A:1 B:2}"}, "*struct": {&struct{ A, B int }{1, 2}, "&{A:1 B:2}"}, "slice": {[]string{"a", "b"}, "[a b]"},
			"nil error in a pointer": {(*brokenError)(nil), "<nil>"}, "nil Stringer": {(*brokenError)(nil), "<nil>"},
		})
	}},
}

// tags notes a failure where a tag's value, set late or at the start, isn't the
// attribute's.
func (f *fixture) tags(cases map[string][2]any) {
	for name, c := range cases {
		late := f.tracer.StartSpan("late " + name)
		late.SetTag("key", c[0])
		late.Finish()
		f.equal("tag of "+name, tag(f.ended("late "+name), "key"), c[1])
		f.tracer.StartSpan("start "+name, opentracing.Tag{Key: "key", Value: c[0]}).Finish()
		f.equal("tag at the start of "+name, tag(f.ended("start "+name), "key"), c[1])
	}
}

type (
	status int
	colour string
	// brokenError panics on a nil receiver.
	brokenError struct{ text string }
)

func (e *brokenError) Error() string { return e.text }
