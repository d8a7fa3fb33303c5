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
)

// BaseName returns the name of the package at a path that the rewriter imports.
func BaseName(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-go")
}
