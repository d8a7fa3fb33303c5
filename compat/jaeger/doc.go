// SPDX-License-Identifier: Apache-2.0

// Package jaeger gives back what a user of Jaeger's clients would lose with the
// OpenTelemetry SDK, in code that uses either API:
//
//   - [Propagator], Jaeger's whole format on the wire: uber-trace-id, uberctx-…,
//     jaeger-baggage and jaeger-debug-id;
//   - [Formats], a propagator of several formats at once, for a fleet in which some
//     services speak the old one and some the new one;
//   - samplers with the names of Jaeger's, [NewConstSampler], [NewProbabilisticSampler] and
//     [NewRateLimitingSampler], which choose the same traces;
//   - [Priority], the sampler for the tag sampling.priority, debug flags and debug IDs.
//
// Put Priority outermost:
//
//	sdktrace.WithSampler(jaeger.Priority(jaeger.NewRateLimitingSampler(10)))
//
// The package is light: it links neither gRPC nor an exporter.
package jaeger
