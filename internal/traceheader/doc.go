// SPDX-License-Identifier: Apache-2.0

// Package traceheader reads and writes the texts by which tracers name a span in headers:
// those of Jaeger's clients, of Zipkin and of basictracer.
package traceheader
