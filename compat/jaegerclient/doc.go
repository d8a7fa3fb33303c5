// SPDX-License-Identifier: Apache-2.0

// Package jaeger is the twin of github.com/uber/jaeger-client-go v2.30.0: the same
// names, on [compat] and the OpenTelemetry SDK. A service leaves that client by changing
// its import lines; package config is the twin of its config.
//
// # What a tracer is
//
// [NewTracer] returns the *compat.Tracer of an SDK provider, with
//
//   - the sampler that is given, within sdktrace.ParentBased, and [jaeger.Priority]
//     around it, so that sampling.priority and Jaeger's debug flag count,
//   - a resource of the service's name, the tags, and the tags hostname, ip and client-uuid,
//   - the reporter that is given,
//   - a propagator that reads and writes Jaeger's headers and W3C's.
//
// [Install] sets the globals of both APIs, too. What a tracer does otherwise than
// Jaeger's client did, it says at start, in one line to its Logger; without a Logger to
// otel.Handle.
//
// # Where spans go
//
// Jaeger has received OTLP since v1.35, and its agent has ended. So [NewUDPTransport] and
// transport.NewHTTPTransport name a host, and spans go there by OTLP over HTTP: port 4318
// in the place of an agent's port, and of a collector's 14268; /v1/traces in the place of
// /api/traces. OTEL_EXPORTER_OTLP_ENDPOINT and its siblings take precedence, and
// OTEL_EXPORTER_OTLP_PROTOCOL=grpc sends by gRPC. Thrift is not sent.
//
// # What is missing
//
// Samplers of version 2, observers, throttlers, restrictions of baggage and the
// generated Thrift types have no twin. Code that uses them does not compile; a setting
// of config is an error at start, which says what to do instead. The tracer's own spans
// are those of compat: an assertion of *[Span] holds for the finished spans that a
// [Reporter] gets, not for those that StartSpan returns. Their Context is a [SpanContext].
//
// The format opentracing.Binary is compat's: a peer on Jaeger's client can't read it. A
// baggage item that is set on a span is not logged on it as well.
//
// [jaeger.Priority]: https://pkg.go.dev/github.com/ot2otel/ot2otel/compat/jaeger#Priority
package jaeger
