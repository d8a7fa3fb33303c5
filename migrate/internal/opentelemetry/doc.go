// SPDX-License-Identifier: Apache-2.0

// Package opentelemetry knows the OpenTelemetry API: packages, types, versions, and the helpers
// that are added to rewritten packages.
package opentelemetry
