// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"strings"
)

// Import paths of what rewritten code uses.
const (
	OTelPath        = "go.opentelemetry.io/otel"
	TracePath       = "go.opentelemetry.io/otel/trace"
	NoopPath        = "go.opentelemetry.io/otel/trace/noop"
	AttributePath   = "go.opentelemetry.io/otel/attribute"
	CodesPath       = "go.opentelemetry.io/otel/codes"
	BaggagePath     = "go.opentelemetry.io/otel/baggage"
	PropagationPath = "go.opentelemetry.io/otel/propagation"
	CompatPath      = "github.com/ot2otel/ot2otel/compat"
	MockTwinPath    = CompatPath + "/mocktracer"
	JaegerTwinPath  = CompatPath + "/jaegerclient"
	BridgePath      = "go.opentelemetry.io/otel/bridge/opentracing"
	SDKTracePath    = "go.opentelemetry.io/otel/sdk/trace"
	ResourcePath    = "go.opentelemetry.io/otel/sdk/resource"
	ExportersPath   = "github.com/ot2otel/ot2otel/exporters"
	OTLPPath        = ExportersPath + "/otlp"
	JaegerPath      = CompatPath + "/jaeger"
	OTelHTTPPath    = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	OTelGRPCPath    = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	RemotePath      = "go.opentelemetry.io/contrib/samplers/jaegerremote"
)

// BaseName returns the name by which rewritten code knows the package at a path: its own, or
// the one that people give it.
func BaseName(path string) string {
	if path == SDKTracePath {
		return "sdktrace" // trace is the API's
	}
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-go")
}
