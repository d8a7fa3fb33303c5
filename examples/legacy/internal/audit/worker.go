// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"errors"
	"fmt"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// entry is a line of the audit log.
type entry struct {
	kind, subject, customer string
}

func (q *Queue) work() {
	var errs []error
	for m := range q.messages {
		e, err := q.consume(m)
		if err == nil {
			_, err = fmt.Fprintf(q.log, "%s %s by %s\n", e.kind, e.subject, e.customer)
		}
		errs = append(errs, err)
	}
	q.done <- errors.Join(errs...)
}

// consume writes one message down, in a span that follows from the publisher's.
func (q *Queue) consume(m message) (entry, error) {
	options := []opentracing.StartSpanOption{ext.SpanKindConsumer, opentracing.StartTime(m.at)}
	cause, err := q.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier(m.headers))
	switch {
	case err == nil:
		options = append(options, opentracing.FollowsFrom(cause))
	case errors.Is(err, opentracing.ErrSpanContextNotFound):
		// a message of a publisher that isn't traced
	default:
		return entry{}, err
	}
	span := q.tracer.StartSpan("audit.consume", options...)
	ext.MessageBusDestination.Set(span, "audit")

	e := entry{kind: m.kind, subject: m.subject}
	if cause != nil {
		cause.ForeachBaggageItem(func(key, value string) bool {
			if key == "customer" {
				e.customer = value
			}
			return true
		})
	}
	span.SetTag("audit.kind", e.kind)
	span.SetTag("audit.customer", e.customer)
	span.FinishWithOptions(opentracing.FinishOptions{
		FinishTime: time.Now(),
		LogRecords: []opentracing.LogRecord{{
			Timestamp: m.at,
			Fields:    []otlog.Field{otlog.String("event", "queued"), otlog.String("subject", m.subject)},
		}},
	})
	return e, nil
}
