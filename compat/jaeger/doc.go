// SPDX-License-Identifier: Apache-2.0

// Package jaeger has the features of Jaeger's clients that the OpenTelemetry SDK does
// not have. Use them with either API:
//
//   - [Propagator] reads and writes all of Jaeger's headers: uber-trace-id, uberctx-…,
//     jaeger-baggage and jaeger-debug-id.
//   - [Formats] is a propagator for several formats, for a fleet in which some services
//     use the old format and some use the new one.
//   - [NewConstSampler], [NewProbabilisticSampler] and [NewRateLimitingSampler] have the
//     names of Jaeger's samplers, and choose the same traces.
//   - [Priority] is the sampler for the tag sampling.priority, debug flags and debug IDs.
//
// Priority must be the outermost sampler:
//
//	sdktrace.WithSampler(jaeger.Priority(jaeger.NewRateLimitingSampler(10)))
//
// This package links neither gRPC nor an exporter.
package jaeger
