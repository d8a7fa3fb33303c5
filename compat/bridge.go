// SPDX-License-Identifier: Apache-2.0

//go:build !nobridge

package compat

import (
	"context"

	"github.com/opentracing/opentracing-go"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/bridge/opentracing/migration"
	"go.opentelemetry.io/otel/trace"
)

// otelBridge is all that this package takes from OpenTelemetry's OpenTracing bridge.
// With the build tag nobridge bridge_none.go takes the place of this file, and the
// bridge isn't linked.
type otelBridge struct {
	tracer   *bridge.BridgeTracer
	provider *bridge.TracerProvider
}

// newOTelBridge returns the bridge over the provider that records.
func newOTelBridge(records trace.TracerProvider) otelBridge {
	tracer := bridge.NewBridgeTracer()
	b := otelBridge{tracer, bridge.NewTracerProvider(tracer, records)}
	tracer.SetOpenTelemetryTracer(b.otelTracer(shimScope()))
	return b
}

// otelTracer returns a tracer of the provider that records. It leaves a context that
// is marked by withDeferredSetup to the caller.
func (b otelBridge) otelTracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return b.provider.Tracer(name, opts...)
}

// unwrapped returns the bridge's own span over the one that the provider started.
func (b otelBridge) unwrapped(s *span) opentracing.Span {
	return opentracing.SpanFromContext(b.tracer.ContextWithBridgeSpan(context.Background(), s.otel))
}

// withDeferredSetup returns ctx with the mark that makes the bridge leave the set-up
// of the context to the caller of Start.
func withDeferredSetup(ctx context.Context) context.Context { return migration.WithDeferredSetup(ctx) }

// hasDeferredSetup reports whether ctx has the mark.
func hasDeferredSetup(ctx context.Context) bool { return migration.SkipContextSetup(ctx) }
