// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// setUps are what may be installed while the cases run. Each returns a function that tells
// whether the set-up is still what the next case has to find.
var setUps = map[string]func(*recorder) func() bool{
	// What the SDK samples by default.
	"sampled": func(rec *recorder) func() bool {
		install(rec, sdktrace.ParentBased(sdktrace.AlwaysSample()))
		return always
	},
	"unsampled": func(rec *recorder) func() bool {
		install(rec, sdktrace.NeverSample())
		return always
	},
	// OpenTracing's no-op tracer, and the provider and the propagator that otel has until others are set.
	"nothing installed": func(*recorder) func() bool {
		provider, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
		return func() bool {
			_, span := otel.Tracer("").Start(context.Background(), "")
			return !opentracing.IsGlobalTracerRegistered() && !span.SpanContext().IsValid() &&
				otel.GetTracerProvider() == provider && otel.GetTextMapPropagator() == propagator
		}
	},
}

func install(rec *recorder, sampler sdktrace.Sampler) {
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(rec),
		sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewSimpleSpanProcessor(rec))),
		sdktrace.WithIDGenerator(rec.wire),
		sdktrace.WithSampler(sampled{sampler, rec.wire}),
	)
	otel.SetTextMapPropagator(newRecordedPropagator(rec.wire))
	compat.Install(provider, nil)
}

// always: cases that set a global restore it.
func always() bool { return true }
