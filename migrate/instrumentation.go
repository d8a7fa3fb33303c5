// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"slices"
	"strconv"
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

// Instrumentations returns the table of known packages that are built on
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

		{"github.com/uber/jaeger-client-go", "tracer", sdk},
		{"github.com/uber/jaeger-client-go/config", "tracer", sdk + " and " + jaegerProp},
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

// lookupInstrumentation returns the table's most specific row for an import path.
func lookupInstrumentation(table []Instrumentation, path string) (Instrumentation, bool) {
	var best Instrumentation
	for _, row := range table {
		beneath := path == row.Path || strings.HasPrefix(path, row.Path+"/")
		if beneath && len(row.Path) > len(best.Path) {
			best = row
		}
	}
	return best, best.Path != ""
}

// An ImportUse is an import, by packages of the program, of a package of another
// module that is built on OpenTracing.
type ImportUse struct {
	// Instrumentation is the import; its Path is the very path imported. Role is
	// "other" for a package that is not in the table but has types of the
	// OpenTracing API in its exported API.
	Instrumentation

	Files     []string `json:"files"`     // that import it and are not tests
	TestFiles []string `json:"testFiles"` // that import it and are tests
}

// Instrumentations returns the imports of instrumentation in p.Packages, by path.
func (p *Program) Instrumentations() []ImportUse {
	table := Instrumentations()
	byPath := make(map[string]*ImportUse)
	for _, pkg := range p.Packages {
		rows := make(map[string]Instrumentation)
		for path := range pkg.Imports {
			if row, ok := p.instrumentation(table, pkg, path); ok {
				rows[path] = row
			}
		}
		if len(rows) == 0 {
			continue
		}
		for _, name := range pkg.CompiledGoFiles {
			file, err := p.types.parseImports(name)
			if err != nil {
				continue // gone since
			}
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					continue // a syntax error: the package would be broken
				}
				row, ok := rows[path]
				if !ok {
					continue
				}
				use := byPath[path]
				if use == nil {
					row.Path = path
					use = &ImportUse{Instrumentation: row, Files: []string{}, TestFiles: []string{}}
					byPath[path] = use
				}
				name := p.Rel(p.Position(pkg, spec.Pos()).Filename)
				if isTestFile(name) {
					use.TestFiles = append(use.TestFiles, name)
				} else {
					use.Files = append(use.Files, name)
				}
			}
		}
	}
	var all []ImportUse
	for _, use := range byPath {
		use.Files, use.TestFiles = sortedSet(use.Files), sortedSet(use.TestFiles)
		all = append(all, *use)
	}
	slices.SortFunc(all, func(a, b ImportUse) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// instrumentation says whether path, imported by pkg, is instrumentation: by the
// table, or because the package of another module has OpenTracing in its API.
func (p *Program) instrumentation(table []Instrumentation, pkg *packages.Package, path string) (Instrumentation, bool) {
	if IsOpenTracing(path) {
		return Instrumentation{}, false
	}
	imported := pkg.Imports[path]
	if imported != nil && p.InModule(imported) {
		return Instrumentation{}, false // its uses are counted as the module's own
	}
	if row, ok := lookupInstrumentation(table, path); ok {
		return row, true
	}
	if imported == nil || !importsOpenTracing(imported) {
		return Instrumentation{}, false
	}
	pkgTypes, err := p.types.Types(imported.ID)
	return Instrumentation{Role: "other"}, err == nil && exposesOpenTracing(pkgTypes)
}

// importsOpenTracing reports whether pkg itself imports the OpenTracing API.
func importsOpenTracing(pkg *packages.Package) bool {
	for path := range pkg.Imports {
		if IsOpenTracing(path) {
			return true
		}
	}
	return false
}

// sortedSet sorts s and drops what is there twice.
func sortedSet(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}
