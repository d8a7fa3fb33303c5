// SPDX-License-Identifier: Apache-2.0

// Package exporters says where spans go: to the terminal during development,
// to memory in tests, to a backend in production.
//
//   - [NewProvider] is the one call a service makes. Without any setting it
//     prints each trace as a tree on standard output; OTEL_TRACES_EXPORTER,
//     an OTLP endpoint in the environment or [Config] chooses otherwise.
//   - [Tree] prints one indented block a trace, [NewTree] takes options and
//     filters. OT2OTEL_TREE=verbose shows all that is known of spans,
//     OT2OTEL_TRACE_URL makes trace IDs links.
//   - [Stdout] prints one JSON line a span, for machines.
//   - [Memory] keeps finished spans for a test to look at.
//   - [Batch] sends spans to the network in the background, and says what becomes
//     of them: while it runs, and at shutdown in sum. docs/faults.md in the
//     repository has every fault.
//   - Config.Record and OT2OTEL_RECORD=FILE record spans in a file beside all that,
//     for ot2otel compare.
//   - [LateSpanKind] repairs the kind of spans whose span.kind was set after
//     their start.
//
// # Secrets
//
// A service's spans may hold passwords and tokens. [Tree], whose reader is a
// person at a terminal, shows them as REDACTED where it can tell; so do the line
// that [NewProvider] prints, the reports of [Batch] and the errors of this package.
// [Stdout], recordings, [Memory] and OTLP, whose readers are programs, have spans as
// they were recorded: what must not reach a backend is to be kept out of spans, or
// dropped by a processor before the exporters.
//
// The package knows OpenTelemetry's SDK only. OTLP lives in the package otlp
// beneath it, because it links gRPC.
package exporters
