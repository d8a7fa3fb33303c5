// SPDX-License-Identifier: Apache-2.0

package opentelemetry

// OTelVersion is the version of the OpenTelemetry modules that ot2otel is tested with.
const OTelVersion = "v1.47.0"

// ContribVersion returns the version that goes with OTelVersion of a package of contrib that
// rewritten code may use, and that is a module of its own; "" for any other package.
func ContribVersion(path string) string {
	switch path {
	case OTelHTTPPath, OTelGRPCPath:
		return "v0.72.0"
	case RemotePath:
		return "v0.38.0"
	}
	return ""
}
