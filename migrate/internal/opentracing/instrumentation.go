// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"strings"

	"golang.org/x/tools/go/packages"
)

// An Instrumentation is a package that is built on OpenTracing: middleware, a
// driver's wrapper, a tracer, a bridge.
type Instrumentation struct {
	// Path is an import path. Packages beneath it are meant too.
	Path string `json:"path"`

	// Role is what it does: "http", "grpc", "sql", "messaging", "framework",
	// "library" (several of these), "tracer" (records spans), "bridge" (to another API) or "test".
	Role string `json:"role"`

	// Instead is what does the same for OpenTelemetry; "" where nothing does.
	Instead string `json:"instead,omitempty"`
}

// ImportUses returns the table of known packages that are built on
// OpenTracing. Of two rows whose paths match, the longer one counts.
func Instrumentations() []Instrumentation {
	const (
		contrib    = "go.opentelemetry.io/contrib/instrumentation/"
		otelhttp   = contrib + "net/http/otelhttp"
		otelgrpc   = contrib + "google.golang.org/grpc/otelgrpc"
		otelecho   = contrib + "github.com/labstack/echo/otelecho"
		otelgin    = contrib + "github.com/gin-gonic/gin/otelgin"
		otelsql    = "github.com/XSAM/otelsql"
		otelgorm   = "gorm.io/plugin/opentelemetry/tracing"
		otelredis  = "github.com/redis/go-redis/extra/redisotel/v9"
		sdk        = "go.opentelemetry.io/otel/sdk/trace"
		jaegerProp = "go.opentelemetry.io/contrib/propagators/jaeger"
	)
	return []Instrumentation{
		{"github.com/opentracing-contrib", "library", ""},
		{"github.com/opentracing-contrib/go-stdlib/nethttp", "http", otelhttp},
		{"github.com/opentracing-contrib/go-grpc", "grpc", otelgrpc},
		{"github.com/opentracing-contrib/go-gin", "framework", otelgin},
		{"github.com/opentracing-contrib/echo", "framework", otelecho},
		{"github.com/opentracing-contrib/go-gorilla", "framework", contrib + "github.com/gorilla/mux/otelmux"},
		{"github.com/opentracing-contrib/go-aws-sdk", "library", contrib + "github.com/aws/aws-sdk-go-v2/otelaws"},
		{"github.com/opentracing-contrib/go-zap", "library", ""},
		{"github.com/opentracing-contrib/goredis", "sql", otelredis},
		{"github.com/opentracing-contrib/go-observer", "tracer", ""},
		{"github.com/opentracing-contrib/perfevents", "tracer", ""},

		{"github.com/grpc-ecosystem/grpc-opentracing", "grpc", otelgrpc},
		{"github.com/grpc-ecosystem/go-grpc-middleware/tracing/opentracing", "grpc", otelgrpc},
		{"github.com/go-kit/kit/tracing/opentracing", "framework", ""},
		{"github.com/labstack/echo-contrib/jaegertracing", "framework", otelecho},
		{"github.com/gin-contrib/opengintracing", "framework", otelgin},
		{"github.com/weaveworks/common/middleware", "http", otelhttp},
		{"github.com/weaveworks/common/tracing", "tracer", sdk},
		{"github.com/smacker/opentracing-gorm", "sql", otelgorm},
		{"gorm.io/plugin/opentracing", "sql", otelgorm},
		{"github.com/luna-duclos/instrumentedsql/opentracing", "sql", otelsql},
		{"github.com/ExpansiveWorlds/instrumentedsql/opentracing", "sql", otelsql},
		{"github.com/globocom/go-redis-opentracing", "sql", otelredis},

		{JaegerPath, "tracer", sdk},
		{JaegerPath + "/config", "tracer", sdk + " and " + jaegerProp},
		{"github.com/uber/jaeger-lib", "tracer", "go.opentelemetry.io/otel/metric"},
		{"github.com/opentracing/basictracer-go", "tracer", sdk},
		{"github.com/openzipkin/zipkin-go-opentracing", "tracer", sdk + " and go.opentelemetry.io/contrib/propagators/b3"},
		{"github.com/openzipkin-contrib/zipkin-go-opentracing", "tracer", sdk + " and go.opentelemetry.io/contrib/propagators/b3"},
		{"github.com/lightstep/lightstep-tracer-go", "tracer", sdk},
		{"github.com/instana/go-sensor", "tracer", sdk},
		{"github.com/wavefronthq/wavefront-opentracing-sdk-go", "tracer", sdk},
		{"github.com/signalfx/signalfx-go-tracing/ddtrace/opentracer", "tracer", sdk},
		{"gopkg.in/DataDog/dd-trace-go.v1/ddtrace/opentracer", "tracer", sdk},
		{"github.com/DataDog/dd-trace-go/v2/ddtrace/opentracer", "tracer", sdk},
		{"go.elastic.co/apm/module/apmot", "tracer", sdk},
		{"sourcegraph.com/sourcegraph/appdash/opentracing", "tracer", sdk},

		{"go.opentelemetry.io/otel/bridge/opentracing", "bridge", ""},
		{"github.com/ot2otel/ot2otel/compat", "bridge", ""},
		{OpenTracingPath + "/harness", "test", ""},
	}
}

// LookupInstrumentation returns the table's most specific row for an import path.
func LookupInstrumentation(table []Instrumentation, path string) (Instrumentation, bool) {
	var best Instrumentation
	for i := range table { // it is asked for each call, so no row is copied
		rest, beneath := strings.CutPrefix(path, table[i].Path)
		if beneath && (rest == "" || rest[0] == '/') && len(table[i].Path) > len(best.Path) {
			best = table[i]
		}
	}
	return best, best.Path != ""
}

// ImportsOpenTracing reports whether pkg itself imports the OpenTracing API.
func ImportsOpenTracing(pkg *packages.Package) bool {
	for path := range pkg.Imports {
		if IsOpenTracing(path) {
			return true
		}
	}
	return false
}
