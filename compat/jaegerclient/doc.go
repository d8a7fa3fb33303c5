// SPDX-License-Identifier: Apache-2.0

// Package jaeger is the twin of github.com/uber/jaeger-client-go v2.30.0: the same
// names, on [compat] and the OpenTelemetry SDK. To leave that client, change the imports of
// a service. Package config is the twin of its package config.
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
// [Install] also sets the globals of both APIs. At start, a tracer logs in one line how it
// differs from Jaeger's client. The line goes to its Logger, or to otel.Handle if it has none.
//
// # Where spans go
//
// Jaeger has received OTLP since v1.35, and its agent is discontinued. So [NewUDPTransport] and
// transport.NewHTTPTransport send OTLP over HTTP to the host that they are given. Port 4318
// replaces the port of an agent, and port 14268 of a collector. The path /v1/traces replaces
// /api/traces. OTEL_EXPORTER_OTLP_ENDPOINT and the related variables take precedence.
// OTEL_EXPORTER_OTLP_PROTOCOL=grpc selects gRPC. Thrift is not supported.
//
// # What is missing
//
// Samplers of version 2, observers, throttlers, restrictions of baggage and the generated
// Thrift types have no twin. Code that uses them does not compile. If a setting of config
// asks for one, the set-up returns an error that says what to do instead.
//
// StartSpan returns spans of compat, so a type assertion to *[Span] fails for them. It holds
// for the finished spans that a [Reporter] gets. The Context of both is a [SpanContext].
//
// The format opentracing.Binary is that of compat: a peer with Jaeger's client can't read it.
// Setting a baggage item on a span does not log it on the span.
//
// [jaeger.Priority]: https://pkg.go.dev/github.com/ot2otel/ot2otel/compat/jaeger#Priority
package jaeger
