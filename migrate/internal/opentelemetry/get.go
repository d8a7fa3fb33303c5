// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import "strings"

// OTelVersion is the version of the OpenTelemetry modules that ot2otel is tested with.
const OTelVersion = "v1.47.0"

// GoVersion is the version of Go that the modules of OTelVersion ask for.
const GoVersion = "1.26.0"

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

// ReleasedWith returns the version in which a module of OpenTelemetry's own repository was
// released together with OTelVersion, "" for any other module.
func ReleasedWith(module string) string {
	rest, ok := strings.CutPrefix(module, OTelPath+"/")
	switch {
	case !ok && module != OTelPath:
		return ""
	case rest == "exporters/prometheus", rest == "metric/x":
		return "v0.69.0"
	case strings.HasPrefix(rest, "exporters/otlp/otlplog/"), rest == "exporters/stdout/stdoutlog", strings.HasSuffix(rest, "/logtest"):
		return "v0.23.0"
	case rest == "sdk/trace/x":
		return "v0.1.0"
	case rest == "schema":
		return "v0.0.19"
	}
	return OTelVersion
}

// The module of Google's generated code, and the version that the modules of OTelVersion require.
// Earlier ones have packages that gRPC has from a module of its own since: both in one build would
// be ambiguous, or of the wrong types.
const (
	GenprotoPath    = "google.golang.org/genproto"
	GenprotoVersion = "v0.0.0-20260128011058-8636f8732409"
)
