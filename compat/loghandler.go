// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// LogHandlerOptions are the optional settings of [NewLogHandler]. The zero value
// is ready to use.
type LogHandlerOptions struct {
	// TraceIDKey and SpanIDKey are the keys of the two attributes. Empty is
	// "trace_id" and "span_id", the names in OpenTelemetry's specification "Trace
	// Context in non-OTLP Log Formats".
	TraceIDKey, SpanIDKey string

	// TraceID64 logs the low 64 bits of the trace ID, in 16 hexadecimal digits, as
	// the logs of Jaeger's old clients have it: the same search finds the lines of
	// services before and after their migration. False is all 128 bits, in 32
	// digits.
	TraceID64 bool

	// SampledOnly leaves the IDs out where the span isn't sampled, since no trace
	// will be found under them. False logs the IDs of every span: lines of one
	// request are found by them in any case.
	SampledOnly bool
}

// NewLogHandler returns a handler that adds the trace ID and the span ID of the
// context's active span to each record, and passes it on to next. A span of either
// API counts, a remote one too, as for [SpanFromContext]; a span of a tracer that
// has nothing to do with OpenTelemetry has no such IDs. Without a valid span in the
// context the record is passed on as it is. The context is that of the call:
// slog.InfoContext(ctx, …) has it, slog.Info(…) has none.
//
// The IDs stay at the root of the record, behind its other attributes, also for
// loggers with groups: logger.WithGroup("order") changes the names of what the
// program logs, not where a search finds the trace. As slog itself, the handler
// doesn't look for other attributes of the same key.
//
// Nil options are the defaults. A nil next is reported through otel.Handle, and
// discards. The handler is safe for concurrent use where next is.
func NewLogHandler(next slog.Handler, opts *LogHandlerOptions) slog.Handler {
	if next == nil || isNilPointer(next) {
		otel.Handle(errors.New("compat: NewLogHandler: nil slog.Handler: its records are discarded; pass the handler that writes them, such as slog.NewJSONHandler's"))
		next = slog.DiscardHandler
	}
	h := &logHandler{next: next, root: next}
	if opts != nil {
		h.options = *opts
	}
	if h.options.TraceIDKey == "" {
		h.options.TraceIDKey = "trace_id"
	}
	if h.options.SpanIDKey == "" {
		h.options.SpanIDKey = "span_id"
	}
	return h
}

// logHandler passes groups on to next, for records without a span: next has them
// formatted already. For a record with a span it keeps them beside root, the
// handler before the first group, since what is added to next ends in its groups.
type logHandler struct {
	options LogHandlerOptions
	next    slog.Handler
	root    slog.Handler
	groups  []logGroup // from the outermost to the innermost
}

// logGroup is a group that was opened, with the attributes that were given since.
type logGroup struct {
	name       string
	attributes []slog.Attr
}

// Enabled passes the call on.
func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle adds the IDs.
func (h *logHandler) Handle(ctx context.Context, record slog.Record) error {
	sc := loggedSpanContext(ctx)
	if !sc.IsValid() || h.options.SampledOnly && !sc.IsSampled() {
		return h.next.Handle(ctx, record)
	}
	if len(h.groups) > 0 {
		record = h.grouped(record)
	} else {
		record = record.Clone() // others may hold the original
	}
	traceID, spanID := h.idTexts(sc)
	record.AddAttrs(slog.String(h.options.TraceIDKey, traceID), slog.String(h.options.SpanIDKey, spanID))
	return h.root.Handle(ctx, record)
}

// WithAttrs returns a handler that has the attributes in the group that is open.
func (h *logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	if len(attributes) == 0 {
		return h
	}
	with := *h
	with.next = h.next.WithAttrs(attributes)
	if len(h.groups) == 0 {
		with.root = with.next
		return &with
	}
	with.groups = slices.Clone(h.groups)
	last := &with.groups[len(with.groups)-1]
	last.attributes = slices.Concat(last.attributes, attributes)
	return &with
}

// WithGroup returns a handler with another open group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.next = h.next.WithGroup(name)
	with.groups = append(slices.Clip(h.groups), logGroup{name: name})
	return &with
}

// grouped returns the record with its attributes in the open groups, as one
// attribute: handlers have to write that as they write open groups.
func (h *logHandler) grouped(record slog.Record) slog.Record {
	var inner []slog.Attr
	record.Attrs(func(attribute slog.Attr) bool {
		inner = append(inner, attribute)
		return true
	})
	for _, group := range slices.Backward(h.groups) {
		inner = []slog.Attr{{Key: group.name, Value: slog.GroupValue(slices.Concat(group.attributes, inner)...)}}
	}
	root := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	root.AddAttrs(inner...)
	return root
}

// idTexts returns both IDs in one allocation.
func (h *logHandler) idTexts(sc trace.SpanContext) (traceID, spanID string) {
	trace128, span64 := sc.TraceID(), sc.SpanID()
	logged := trace128[:]
	if h.options.TraceID64 {
		logged = trace128[len(trace128)-8:]
	}
	var buffer [2 * (len(trace128) + len(span64))]byte
	digits := hex.AppendEncode(hex.AppendEncode(buffer[:0], logged), span64[:])
	text, end := string(digits), 2*len(logged)
	return text[:end], text[end:]
}

// loggedSpanContext returns the identity of the active span of ctx. That of
// OpenTelemetry comes first, since OpenTracing spans are known to it too, unless
// they were activated by a tracer that doesn't know OpenTelemetry.
func loggedSpanContext(ctx context.Context) trace.SpanContext {
	if ctx == nil {
		return trace.SpanContext{}
	}
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		return sc
	}
	active := opentracing.SpanFromContext(ctx)
	if active == nil || isNilPointer(active) {
		return trace.SpanContext{}
	}
	sc, _ := OTelSpanContext(active.Context())
	return sc
}
