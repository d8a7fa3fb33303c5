// SPDX-License-Identifier: Apache-2.0

// Package audit writes down what happened, behind a queue.
package audit

import (
	"errors"
	"io"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// ErrFull is returned where the queue takes no more messages.
var ErrFull = errors.New("audit: the queue is full")

// message is what goes through the queue. The headers carry the trace.
type message struct {
	headers map[string]string
	kind    string
	subject string
	at      time.Time
}

// Queue takes audit messages and works on them one by one.
type Queue struct {
	tracer   opentracing.Tracer
	log      io.Writer
	messages chan message
	done     chan error
}

// NewQueue returns a queue for size messages and starts its worker, which writes a
// line to log for each.
func NewQueue(tracer opentracing.Tracer, log io.Writer, size int) *Queue {
	q := &Queue{tracer: tracer, log: log, messages: make(chan message, size), done: make(chan error, 1)}
	go q.work()
	return q
}

// Publish queues a message. It does not wait for the worker.
func (q *Queue) Publish(cause opentracing.SpanContext, kind, subject string) error {
	span := q.tracer.StartSpan("audit.publish", opentracing.ChildOf(cause), ext.SpanKindProducer)
	defer span.Finish()
	ext.MessageBusDestination.Set(span, "audit")

	headers := make(map[string]string)
	if err := q.tracer.Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(headers)); err != nil {
		ext.LogError(span, err)
		return err
	}
	select {
	case q.messages <- message{headers: headers, kind: kind, subject: subject, at: time.Now()}:
		return nil
	default:
		ext.LogError(span, ErrFull)
		return ErrFull
	}
}

// Close waits for the messages in the queue and returns what went wrong with them.
func (q *Queue) Close() error {
	close(q.messages)
	return <-q.done
}
