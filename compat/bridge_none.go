// SPDX-License-Identifier: Apache-2.0

//go:build nobridge

package compat

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// otelBridge takes the place of OpenTelemetry's OpenTracing bridge: spans are started
// by the provider that records, without anything between.
type otelBridge struct {
	records trace.TracerProvider
}

func newOTelBridge(records trace.TracerProvider) otelBridge { return otelBridge{records} }

func (b otelBridge) otelTracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return b.records.Tracer(name, opts...)
}

// unwrappedSpan is a span without a method Unwrap, so that who takes decorators off
// until there are none comes to an end.
type unwrappedSpan struct{ opentracing.Span }

// unwrapped returns the same span; all that is set on it is set on s.
func (otelBridge) unwrapped(s *span) opentracing.Span { return unwrappedSpan{s} }

// deferredSetup is the key of a mark that nobody looks for without the bridge.
type deferredSetup struct{}

func withDeferredSetup(ctx context.Context) context.Context {
	return context.WithValue(ctx, deferredSetup{}, deferredSetup{})
}

func hasDeferredSetup(ctx context.Context) bool { return ctx.Value(deferredSetup{}) != nil }
