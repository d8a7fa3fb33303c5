// SPDX-License-Identifier: Apache-2.0

// Package ot2otel takes a Go code base from OpenTracing to OpenTelemetry, one
// deploy at a time, with no trace lost on the way.
//
// The package itself holds no code. There are three folders. None of them imports
// another, so you can remove each independently.
//
//   - compat: OpenTracing on top, OpenTelemetry beneath. A tracer for legacy
//     callers and an HTTP layer (trace all requests, trace selected ones, get the
//     span of a request, inject it into an outgoing one). Legacy code stays as it
//     is; its spans are recorded by the OpenTelemetry SDK, and spans of both APIs
//     are parents and children of each other in one process.
//
//   - exporters: where the spans go. A readable tree or JSON on stdout during
//     development, memory in tests, OTLP in production (exporters/otlp, apart
//     because it links gRPC). It knows nothing of OpenTracing and may stay after
//     the migration.
//
//   - migrate: from the OpenTracing API to the OpenTelemetry API in source code.
//     The command ot2otel (migrate/cmd/ot2otel) reports what there is to do and
//     does the mechanical part of it.
//
// A service moves in stages, each a deploy of its own: install compat in main and
// keep everything else; switch the exporters; rewrite packages one by one, with
// both APIs alive in one process; drop compat when the last OpenTracing import is
// gone. MIGRATION.md in the repository's root describes each stage and how to see
// that it is done.
package ot2otel
