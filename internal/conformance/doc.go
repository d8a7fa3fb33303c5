// SPDX-License-Identifier: Apache-2.0

// Package conformance holds the tests of what compat promises: the clauses of the
// OpenTelemetry specification on OpenTracing, of OpenTracing's own and of what users of
// Jaeger's client rely on, on compat and on the raw bridge. They make the tables of
// docs/conformance.md and of the HTTP conventions in docs/attributes.md.
package conformance
