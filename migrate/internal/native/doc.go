// SPDX-License-Identifier: Apache-2.0

// Package native takes the last of OpenTracing out of a program whose spans are rewritten:
// the twins and compat. What set a tracer up sets up OpenTelemetry's provider, and tests look
// at the spans of exporters.Memory.
package native
