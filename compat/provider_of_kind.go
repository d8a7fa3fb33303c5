// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/trace"
)

// WithSpanKindText is [trace.WithSpanKind] for code that set the tag span.kind to a text:
//
//	tracer.StartSpan(name, opentracing.Tag{Key: "span.kind", Value: "client"})
//
// A tracer behind [ProviderOf] gets the same text; with trace.WithSpanKind it gets an
// ext.SpanKindEnum, which is not equal to a text in an any. To every other tracer the two
// options are the same.
func WithSpanKindText(kind trace.SpanKind) trace.SpanStartOption {
	return kindText{trace.WithSpanKind(kind)}
}

// kindText is a kind for everybody who applies it, and tells legacyTracer that it was a text.
type kindText struct{ trace.SpanStartOption }

// hasKindText tells whether one of the options is of WithSpanKindText.
func hasKindText(opts []trace.SpanStartOption) bool {
	for _, opt := range opts {
		if _, ok := opt.(kindText); ok {
			return true
		}
	}
	return false
}

// kindTag returns the value of the tag span.kind. Package ext has none for spans of the kind
// internal, which is a tag where the code has set it as a text.
func kindTag(kind trace.SpanKind, isText bool) (any, bool) {
	if isText {
		return kind.String(), kind != trace.SpanKindUnspecified
	}
	switch kind {
	case trace.SpanKindServer:
		return ext.SpanKindRPCServer.Value, true
	case trace.SpanKindClient:
		return ext.SpanKindRPCClient.Value, true
	case trace.SpanKindProducer:
		return ext.SpanKindProducer.Value, true
	case trace.SpanKindConsumer:
		return ext.SpanKindConsumer.Value, true
	}
	return nil, false
}
