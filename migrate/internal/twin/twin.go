// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A kind is an old module, or a part of one, whose packages have twins. Values go from one
// of its packages to another, so code leaves all of them together.
type kind string

const (
	mock   kind = "mocktracer"
	jaeger kind = "jaeger-client-go"
	own    kind = "own tracers" // of tests: no import moves with them
)

// A twin is the package that takes the place of another one, with the same API.
type twin struct {
	kind     kind
	old, new string // import paths
	name     string // of the packages
}

var twins = []twin{
	{mock, opentracing.MocktracerPath, opentelemetry.MockTwinPath, "mocktracer"},
	{jaeger, opentracing.JaegerPath, opentelemetry.JaegerTwinPath, "jaeger"},
	{jaeger, opentracing.JaegerPath + "/config", opentelemetry.JaegerTwinPath + "/config", "config"},
	{jaeger, opentracing.JaegerPath + "/log", opentelemetry.JaegerTwinPath + "/log", "log"},
	{jaeger, opentracing.JaegerPath + "/transport", opentelemetry.JaegerTwinPath + "/transport", "transport"},
	{jaeger, opentracing.JaegerPath + "/zipkin", opentelemetry.JaegerTwinPath + "/zipkin", "zipkin"},
}

// Paths returns the import paths of the twins.
func Paths() (paths []string) {
	for _, t := range twins {
		paths = append(paths, t.new)
	}
	return paths
}

// twinOf returns the twin of a package.
func twinOf(path string) (twin, bool) {
	for _, t := range twins {
		if t.old == path {
			return t, true
		}
	}
	return twin{}, false
}
