// SPDX-License-Identifier: Apache-2.0

// Package exporters says where spans go: to the terminal during development,
// to memory in tests, to a backend in production.
//
//   - [NewProvider] is the only call that a service needs. By default, it prints
//     each trace as a tree on standard output. To change that, set
//     OTEL_TRACES_EXPORTER, an OTLP endpoint in the environment, or [Config].
//   - [Tree] prints each trace as an indented block. [NewTree] takes options and
//     filters. OT2OTEL_TREE=verbose shows all data of the spans, and
//     OT2OTEL_TRACE_URL turns trace IDs into links.
//   - [Stdout] prints each span as one line of JSON, for programs.
//   - [Memory] keeps finished spans for tests.
//   - [Batch] sends spans over the network in the background. It reports lost
//     spans while it runs, and a summary at shutdown. docs/faults.md in the
//     repository lists every fault.
//   - Config.Record and OT2OTEL_RECORD=FILE also record spans in a file, for
//     ot2otel compare.
//   - [LateSpanKind] corrects the kind of spans whose span.kind was set after
//     their start.
//
// # Secrets
//
// Spans may contain passwords and tokens. [Tree] prints values that look like
// secrets as REDACTED, because people read its output. So do the line that
// [NewProvider] prints, the reports of [Batch] and the errors of this package.
// [Stdout], recordings, [Memory] and OTLP export spans unchanged, because programs
// read them. Keep secrets out of spans, or drop them in a span processor.
//
// This package depends only on OpenTelemetry's SDK. OTLP is in the subpackage otlp,
// because it links gRPC.
package exporters
