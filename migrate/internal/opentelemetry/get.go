// SPDX-License-Identifier: Apache-2.0

package opentelemetry

// OTelVersion is the version of the OpenTelemetry modules that ot2otel is tested with.
const OTelVersion = "v1.47.0"
