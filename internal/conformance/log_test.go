// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var logRequirements = []requirement{
	{13, "a log is an event named by its `event` field, else `log`; explicit times are kept, in the deprecated Span.Log too", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		s.LogFields(log.String("event", "cache miss"), log.Int("attempt", 2))
		s.LogFields(log.Bool("hit", true))
		s.LogKV("event", "retry", "after", 1.5)
		then := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)
		//lint:ignore SA1019 it is deprecated, and in use
		s.Log(opentracing.LogData{Timestamp: then, Event: "old", Payload: "p"}) //nolint:staticcheck // see above
		s.FinishWithOptions(opentracing.FinishOptions{
			FinishTime: time.Now().Add(time.Second),
			LogRecords: []opentracing.LogRecord{{Timestamp: then.Add(time.Hour), Fields: []log.Field{log.String("event", "record")}}},
		})
		events := f.ended("s").Events()
		f.equal("number of events", len(events), 5)
		for i, want := range []string{"cache miss attempt=2", "log hit=true", "retry after=1.5", "old payload=p", "record "} {
			f.equal("event", events[i].Name+" "+withoutEvent(events[i]), want)
		}
		f.equal("time of Log", events[3].Time.UTC(), then)
		f.equal("time of a finish record", events[4].Time.UTC(), then.Add(time.Hour))
	}},
	{14, "`event=error` with an `error.object` is a recorded exception with the other fields as attributes, error type and explicit time kept; by LogFields, LogKV, ext.LogError and FinishOptions", func(f *fixture) {
		boom := &customError{"boom"}
		then := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		s := f.tracer.StartSpan("s")
		s.LogFields(log.Event("error"), log.Error(boom), log.String("k", "v"))
		s.LogKV("event", "error", "error.object", boom, "k", "v")
		ext.LogError(s, boom, log.String("k", "v"))
		s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{
			{Timestamp: then, Fields: []log.Field{log.Event("error"), log.Object("error.object", boom), log.String("k", "v")}},
		}})
		events := f.ended("s").Events()
		f.equal("number of events", len(events), 4)
		for i, by := range []string{"LogFields", "LogKV", "LogError", "FinishOptions"} {
			f.equal(by+": name", events[i].Name, "exception")
			f.equal(by+": type", attr(events[i].Attributes, "exception.type"), fmt.Sprintf("%T", boom))
			f.equal(by+": message", attr(events[i].Attributes, "exception.message"), "boom")
			f.equal(by+": field", attr(events[i].Attributes, "k"), "v")
		}
		f.equal("time", events[3].Time.UTC(), then)
	}},
	{15, "`event=error` without one is an event `exception`, with `exception.type`, `.message`, `.stacktrace` from `error.kind`, `message`, `stack`", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		s.LogFields(log.Event("error"), log.String("error.kind", "Timeout"), log.Message("too slow"), log.String("stack", "main.go:1"), log.Int("n", 1))
		s.Finish()
		events := f.ended("s").Events()
		f.equal("number of events", len(events), 1)
		f.equal("name", events[0].Name, "exception")
		f.equal("type", attr(events[0].Attributes, "exception.type"), "Timeout")
		f.equal("message", attr(events[0].Attributes, "exception.message"), "too slow")
		f.equal("stack", attr(events[0].Attributes, "exception.stacktrace"), "main.go:1")
		f.equal("field", attr(events[0].Attributes, "n"), int64(1))
	}},
	{16, "LogKV with an odd count or a key that is no string: recorded with an error that says so, nothing is lost", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		s.LogKV("a", 1, "odd")
		s.LogKV(7, "seven", "b", 2)
		s.Finish()
		events := f.ended("s").Events()
		f.equal("number of events", len(events), 2)
		f.equal("pair before the odd key", attr(events[0].Attributes, "a"), int64(1))
		f.equal("odd key", attr(events[0].Attributes, "argument 2"), "odd")
		f.equal("error", attr(events[0].Attributes, "error"), "LogKV: key odd has no value")
		f.equal("value of the key that is no string", attr(events[1].Attributes, "7"), "seven")
		f.equal("pair after it", attr(events[1].Attributes, "b"), int64(2))
		f.equal("error", attr(events[1].Attributes, "error"), "LogKV: key 7 is a int, not a string")
	}},
	{27, "an unsampled span evaluates no lazy logger and no Stringer", func(f *fixture) {
		f.use(setup{sdk: []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.NeverSample())}})
		evaluated := 0
		s := f.tracer.StartSpan("s")
		s.LogFields(log.Lazy(func(log.Encoder) { evaluated++ }), log.Object("o", counter{&evaluated}))
		s.LogKV("k", counter{&evaluated})
		s.SetTag("k", counter{&evaluated})
		s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Fields: []log.Field{log.Object("o", counter{&evaluated})}}}})
		f.equal("evaluations", evaluated, 0)
	}},
	{28, "names, keys and values that are not UTF-8 are made valid, of tags, logs and baggage", func(f *fixture) {
		bad := "a\xffb"
		s := f.tracer.StartSpan(bad, opentracing.Tag{Key: bad, Value: bad})
		s.SetTag(bad+"2", errors.New(bad))
		s.LogFields(log.String("event", bad), log.String(bad, bad))
		ext.LogError(s, errors.New(bad))
		s.SetBaggageItem(bad, bad)
		s.SetOperationName("op " + bad)
		s.Finish()
		const good = "a\uFFFDb"
		span := f.ended("op " + good)
		f.equal("tag", tag(span, good), good)
		f.equal("tag of an error", tag(span, good+"2"), good)
		f.equal("event", span.Events()[0].Name, good)
		f.equal("field", attr(span.Events()[0].Attributes, good), good)
		f.equal("message of an error", attr(span.Events()[1].Attributes, "exception.message"), good)
		f.equal("baggage", items(s.Context()), good+"="+good)
		f.equal("baggage item by the key that it was set with", s.BaggageItem(bad), good)
	}},
}

// withoutEvent describes the attributes of an event, but for its name's.
func withoutEvent(e sdktrace.Event) string {
	attributes := e.Attributes[:0:0]
	for _, kv := range e.Attributes {
		if kv.Key != "event" {
			attributes = append(attributes, kv)
		}
	}
	return describe(attributes)
}

type customError struct{ text string }

func (e *customError) Error() string { return e.text }

// counter counts how often it is asked for its text.
type counter struct{ n *int }

func (c counter) String() string {
	*c.n++
	return "counted"
}
