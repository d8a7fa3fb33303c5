// SPDX-License-Identifier: Apache-2.0

package ot2otel_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// importRule says what the packages below a folder may know.
type importRule struct {
	folder string // without the module's path; a rule for "a/b" replaces that for "a" below it

	// direct lists what the packages' own files may import beyond the standard
	// library and the folder itself; nil means anything.
	direct []string
	// directTests lists what their tests may import in addition.
	directTests []string
	// banned maps an import path to the reason why it must not be reached, at any
	// distance, by the packages without their tests.
	banned map[string]string
}

const (
	whyNoArrows   = "compat, exporters and migrate don't know each other, so that a user deletes each on its own day"
	whyNoGRPC     = "it links some 140 packages into every program that imports this one"
	whyNoTools    = "x/tools is for the command; a service that imports it ships a compiler front end"
	whyNoJaeger   = "jaeger-client-go is archived; users are here to lose it"
	whyNoLegacy   = "this stays in a program after its last OpenTracing import is gone"
	whyNoOTelTool = "the tool knows both APIs as strings, so that it works on any version of them"
)

// importRules is the table of who may know whom.
var importRules = []importRule{
	{
		folder: "compat",
		direct: []string{
			"github.com/opentracing/opentracing-go",
			"github.com/felixge/httpsnoop",
			"go.opentelemetry.io/otel", // with its packages attribute, baggage, codes, propagation, semconv
			"go.opentelemetry.io/otel/trace",
			bridgePath,                           // in one file: TestBridgeIsInOneFile
			"go.opentelemetry.io/otel/sdk/trace", // what for is checked by TestSDKInCompat
			modulePath + "/internal/secret",      // what exporters hide, compat does, too; it knows neither
			modulePath + "/internal/traceheader", // what compat/jaeger reads, compat does, too; it knows neither
		},
		directTests: []string{
			"github.com/google/go-cmp",
			modulePath + "/internal/document", // its table in docs/
			"go.opentelemetry.io/otel/sdk",
		},
		banned: map[string]string{
			modulePath + "/exporters":            whyNoArrows,
			modulePath + "/migrate":              whyNoArrows,
			"google.golang.org/grpc":             whyNoGRPC,
			"go.opentelemetry.io/otel/exporters": "where spans go is the business of main",
			"go.opentelemetry.io/proto":          whyNoGRPC,
			"golang.org/x/tools":                 whyNoTools,
			"github.com/uber/jaeger-client-go":   whyNoJaeger,
		},
	},
	{
		folder: "compat/jaeger",
		direct: []string{
			"go.opentelemetry.io/otel",
			"go.opentelemetry.io/otel/metric", // the API: it counts which formats peers speak
			"go.opentelemetry.io/otel/trace",
			"go.opentelemetry.io/otel/sdk/trace", // samplers are the SDK's
			modulePath + "/internal/traceheader",
		},
		directTests: []string{
			modulePath + "/compat",
			"github.com/opentracing/opentracing-go",
			"github.com/google/go-cmp",
			"go.opentelemetry.io/otel/sdk",
		},
		banned: map[string]string{
			modulePath + "/compat":               "a service keeps it after its last OpenTracing import is gone",
			"github.com/opentracing":             whyNoLegacy,
			bridgePath:                           whyNoLegacy,
			modulePath + "/exporters":            whyNoArrows,
			modulePath + "/migrate":              whyNoArrows,
			"google.golang.org/grpc":             whyNoGRPC,
			"go.opentelemetry.io/otel/exporters": "where spans go is the business of main",
			"go.opentelemetry.io/proto":          whyNoGRPC,
			"golang.org/x/tools":                 whyNoTools,
			"github.com/uber/jaeger-client-go":   whyNoJaeger,
		},
	},
	{
		// The twin of jaeger-client-go, which only set-ups import: a set-up needs a
		// destination and a remote sampler, so OTLP and gRPC may be linked here, and nowhere
		// else in compat.
		folder: "compat/jaegerclient",
		direct: []string{
			modulePath + "/compat",
			modulePath + "/internal/latekind",  // what exporters repair, reporters do, too; it knows neither
			modulePath + "/internal/recording", // before and after are recorded alike; it knows neither
			modulePath + "/internal/secret",    // what the HTTP layer hides, messages do, too
			"github.com/opentracing/opentracing-go",
			"go.opentelemetry.io/otel",
			"go.opentelemetry.io/otel/trace",
			"go.opentelemetry.io/otel/sdk/resource",
			"go.opentelemetry.io/otel/sdk/trace",
			"go.opentelemetry.io/otel/exporters/otlp",              // where spans go
			"go.opentelemetry.io/contrib/samplers/jaegerremote",    // the sampler remote
			"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2", // what its server answers, which is checked before
			"github.com/gogo/protobuf/jsonpb",                      // decodes that
			"github.com/go-logr/logr",                              // what it logs by
		},
		directTests: []string{
			"github.com/google/go-cmp",
			modulePath + "/internal/document", // its tables in docs/
			"go.opentelemetry.io/proto/otlp",  // a receiver
			"google.golang.org/protobuf",
			"google.golang.org/grpc",
		},
		banned: map[string]string{
			modulePath + "/exporters":          whyNoArrows,
			modulePath + "/migrate":            whyNoArrows,
			"golang.org/x/tools":               whyNoTools,
			"github.com/uber/jaeger-client-go": whyNoJaeger,
		},
	},
	{
		// The twin of opentracing-go's mocktracer, which only tests import: its spans are the
		// SDK's, so that a test sees those of native code.
		folder: "compat/mocktracer",
		direct: []string{
			modulePath + "/compat",
			modulePath + "/internal/recording", // before and after are recorded alike
			"github.com/opentracing/opentracing-go",
			"go.opentelemetry.io/otel",
			"go.opentelemetry.io/otel/trace",
			"go.opentelemetry.io/otel/sdk",
		},
		directTests: []string{
			"github.com/google/go-cmp",
			modulePath + "/internal/document", // its table in docs/
		},
		banned: map[string]string{
			modulePath + "/exporters":                          whyNoArrows,
			modulePath + "/migrate":                            whyNoArrows,
			"google.golang.org/grpc":                           whyNoGRPC,
			"go.opentelemetry.io/otel/exporters/otlp":          "spans stay in memory, or in a recording",
			"go.opentelemetry.io/proto":                        whyNoGRPC,
			"golang.org/x/tools":                               whyNoTools,
			"github.com/uber/jaeger-client-go":                 whyNoJaeger,
			"github.com/opentracing/opentracing-go/mocktracer": "this is its twin; tests of the old one belong in interop/",
		},
	},
	{
		folder: "exporters",
		banned: map[string]string{
			modulePath + "/compat":         whyNoArrows,
			modulePath + "/migrate":        whyNoArrows,
			modulePath + "/exporters/otlp": whyNoGRPC,
			"github.com/opentracing":       whyNoLegacy,
			bridgePath:                     whyNoLegacy,
			"google.golang.org/grpc":       whyNoGRPC,
			"golang.org/x/tools":           whyNoTools,
		},
	},
	{
		folder: "exporters/otlp",
		banned: map[string]string{
			modulePath + "/compat":   whyNoArrows,
			modulePath + "/migrate":  whyNoArrows,
			"github.com/opentracing": whyNoLegacy,
			bridgePath:               whyNoLegacy,
			"golang.org/x/tools":     whyNoTools,
		},
	},
	{
		// What exporters and both twins record by, so it may know none of them.
		folder: "internal/recording",
		direct: []string{
			"go.opentelemetry.io/otel",
			"go.opentelemetry.io/otel/trace", // the IDs in links
			"go.opentelemetry.io/otel/sdk/trace",
			"go.opentelemetry.io/otel/exporters/stdout/stdouttrace", // the format
			modulePath + "/internal/latekind",
			modulePath + "/internal/printable",
		},
		directTests: []string{"github.com/google/go-cmp", "go.opentelemetry.io/otel/sdk"}, // a resource and a scope to record
		banned: map[string]string{
			modulePath + "/compat":    whyNoArrows,
			modulePath + "/exporters": whyNoArrows,
			modulePath + "/migrate":   whyNoArrows,
			"github.com/opentracing":  whyNoLegacy,
			"google.golang.org/grpc":  whyNoGRPC,
		},
	},
	{
		folder: "internal/latekind",
		direct: []string{"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/trace", "go.opentelemetry.io/otel/sdk/trace"}, // a span of the SDK
	},
	{
		folder: "internal/traceheader",
		direct: []string{"go.opentelemetry.io/otel/trace"}, // the API has the IDs that are read and written
	},
	{
		folder: "internal/secret",
		direct: []string{}, // the standard library is enough to know a secret
		banned: map[string]string{
			"regexp": "what looks at every text has to be quick, and look at it once",
		},
	},
	{
		folder: "migrate",
		banned: map[string]string{
			modulePath + "/compat":             whyNoArrows,
			modulePath + "/exporters":          whyNoArrows,
			"github.com/opentracing":           whyNoOTelTool,
			"github.com/opentracing-contrib":   whyNoOTelTool,
			"go.opentelemetry.io":              whyNoOTelTool,
			"google.golang.org/grpc":           whyNoGRPC,
			"github.com/uber/jaeger-client-go": whyNoJaeger,
		},
	},
}

// TestImports holds the packages to the table above.
func TestImports(t *testing.T) {
	graph, own := listPackages(t, "-deps", "./...")
	for _, pkg := range own {
		folder := strings.TrimPrefix(strings.TrimPrefix(pkg.ImportPath, modulePath), "/")
		rule, ok := ruleFor(importRules, folder)
		if !ok {
			continue // the root and the examples may know everything
		}
		t.Run(folder, func(t *testing.T) {
			for _, banned := range slices.Sorted(maps.Keys(rule.banned)) {
				if chain := graph.reach(pkg.ImportPath, banned); chain != nil {
					t.Errorf("must not import %s: %s\n\t%s", banned, rule.banned[banned], strings.Join(chain, "\n\t→ "))
				}
			}
			if rule.direct == nil {
				return
			}
			allowed := append(slices.Clone(rule.direct), modulePath+"/"+rule.folder)
			for _, path := range pkg.Imports {
				if !graph.standard(path) && !allows(allowed, path) {
					t.Errorf("imports %s, which is not on its list: %v", path, allowed)
				}
			}
			allowed = append(allowed, rule.directTests...)
			for _, path := range slices.Concat(pkg.TestImports, pkg.XTestImports) {
				if !graph.standard(path) && !allows(allowed, path) {
					t.Errorf("a test imports %s, which ends in every user's go.sum; peers belong in interop/. Allowed: %v", path, allowed)
				}
			}
		})
	}
}

// TestImportsFindsViolations makes sure that the rules can fail.
func TestImportsFindsViolations(t *testing.T) {
	graph := importGraph{
		"m/compat":                     {Imports: []string{"fmt", "m/compat/inner"}},
		"m/compat/inner":               {Imports: []string{"google.golang.org/grpc/codes"}},
		"google.golang.org/grpc/codes": {},
		"fmt":                          {Standard: true},
	}
	if got, want := strings.Join(graph.reach("m/compat", "google.golang.org/grpc"), " "), "m/compat m/compat/inner google.golang.org/grpc/codes"; got != want {
		t.Errorf("reach = %q, want %q", got, want)
	}
	if got := graph.reach("m/compat", "google.golang.org/gr"); got != nil {
		t.Errorf("reach matches a part of a path element: %q", got)
	}
	for path, want := range map[string]bool{
		"go.opentelemetry.io/otel":                       true,
		"go.opentelemetry.io/otel/attribute":             true,
		"go.opentelemetry.io/otel/sdk/resource":          false,
		"go.opentelemetry.io/otel/exporters/otlp":        false,
		"go.opentelemetry.io/otel/trace/noop":            true,
		"go.opentelemetry.io/otel/bridge/opentracing":    true,
		"github.com/opentracing/opentracing-go/ext":      true,
		"github.com/opentracing/opentracing-goodies":     false,
		"go.opentelemetry.io/contrib/propagators/jaeger": false,
	} {
		if got := allows(importRules[0].direct, path); got != want {
			t.Errorf("compat may import %s: %t, want %t", path, got, want)
		}
	}
	if rule, ok := ruleFor(importRules, "compat/jaeger/deep"); !ok || rule.folder != "compat/jaeger" {
		t.Errorf("the rule for compat/jaeger/deep is that of %q", rule.folder)
	}
	if _, ok := ruleFor(importRules, "compatible"); ok {
		t.Error("there is a rule for a folder that the table doesn't name")
	}
}

// TestSDKInCompat holds compat to the one thing it may use the SDK for: spans that
// it wraps stay what the SDK says they are.
func TestSDKInCompat(t *testing.T) {
	allowed := []string{"ReadOnlySpan", "ReadWriteSpan"}
	for _, path := range goFiles(t) {
		if filepath.Dir(path) != "compat" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		file := parse(t, path)
		name := importName(file, "go.opentelemetry.io/otel/sdk/trace")
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok || name == "" {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == name && !slices.Contains(allowed, selector.Sel.Name) {
				t.Errorf("%s uses sdk/trace.%s; of the SDK, compat uses %v only, so that any provider will do", path, selector.Sel.Name, allowed)
			}
			return true
		})
	}
}

// TestHalvesOfCompat holds the tracer to know nothing of the HTTP layer, which is in
// the files http_*.go, middleware.go and transport.go.
func TestHalvesOfCompat(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
	}, "./compat")
	if err != nil || len(loaded) != 1 || len(loaded[0].Errors) > 0 {
		t.Fatalf("loading compat: %v, %v", err, loaded)
	}
	compat := loaded[0]
	ofHTTP := func(pos token.Pos) (file string, http bool) {
		file = filepath.Base(compat.Fset.Position(pos).Filename)
		return file, strings.HasPrefix(file, "http_") || file == "middleware.go" || file == "transport.go"
	}
	both := 0
	for id, used := range compat.TypesInfo.Uses {
		if used.Pkg() != compat.Types {
			continue
		}
		file, fromHTTP := ofHTTP(id.Pos())
		declared, inHTTP := ofHTTP(used.Pos())
		if inHTTP && !fromHTTP {
			t.Errorf("%s uses %s, which is in %s: what both halves need belongs in a file of its own", file, used.Name(), declared)
		}
		if fromHTTP && !inHTTP {
			both++
		}
	}
	if both < 10 {
		t.Errorf("the HTTP layer uses the tracer %d times; the check doesn't see the uses", both)
	}
}

const bridgePath = "go.opentelemetry.io/otel/bridge/opentracing"

// TestBridgeIsInOneFile holds the bridge to the file that a build tag replaces, so that
// the day it is dropped costs its users nothing.
func TestBridgeIsInOneFile(t *testing.T) {
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "interop/") || path == "compat/bridge.go" {
			continue
		}
		for _, spec := range parse(t, path).Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil && within(imported, bridgePath) {
				t.Errorf("%s imports %s; what is taken from the bridge belongs in compat/bridge.go", path, imported)
			}
		}
	}
	for _, tags := range []struct {
		value  string
		linked bool
	}{{"", true}, {"nobridge", false}} {
		graph, _ := listPackages(t, "-deps", "-test", "-tags="+tags.value, ".", "./compat/...", "./exporters/...", "./examples/...", "./internal/...")
		if _, linked := graph[bridgePath]; linked != tags.linked {
			t.Errorf("with the tags %q the bridge is linked: %t, want %t", tags.value, linked, tags.linked)
		}
	}
}

// listedPackage is what `go list -json` says of a package.
type listedPackage struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct{ Path string }
}

type importGraph map[string]listedPackage

// listPackages returns all packages that the module's own ones are built from, and
// the module's own ones by themselves, as go list has them with these arguments.
func listPackages(t *testing.T, args ...string) (importGraph, []listedPackage) {
	t.Helper()
	args = append([]string{"list", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,Module"}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	graph := make(importGraph)
	var own []listedPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg listedPackage
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		graph[pkg.ImportPath] = pkg
		if pkg.Module != nil && pkg.Module.Path == modulePath {
			own = append(own, pkg)
		}
	}
	if len(own) == 0 {
		t.Fatal("go list found no package of this module")
	}
	return graph, own
}

// reach returns the shortest chain of imports from a package to one at or below
// the path to; nil if there is none.
func (g importGraph) reach(from, to string) []string {
	previous := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && within(at, to) {
			var chain []string
			for p := at; p != ""; p = previous[p] {
				chain = append([]string{p}, chain...)
			}
			return chain
		}
		for _, next := range g[at].Imports {
			if _, seen := previous[next]; !seen {
				previous[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// standard reports whether path is a package of the standard library. Packages
// that only tests import are not in the graph; those have no dot before their
// first slash.
func (g importGraph) standard(path string) bool {
	if pkg, ok := g[path]; ok {
		return pkg.Standard
	}
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// allows reports whether path is at or below one of the list's entries. Below otel
// itself only the API counts: its other modules are named one by one.
func allows(list []string, path string) bool {
	const otel = "go.opentelemetry.io/otel"
	for _, entry := range list {
		if !within(path, entry) {
			continue
		}
		if entry != otel || path == otel {
			return true
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(path, otel+"/"), "/")
		if slices.Contains([]string{"attribute", "baggage", "codes", "propagation", "semconv"}, first) {
			return true
		}
	}
	return false
}

// ruleFor returns the rule of the deepest folder that holds the package.
func ruleFor(rules []importRule, folder string) (found importRule, ok bool) {
	for _, rule := range rules {
		if within(folder, rule.folder) && len(rule.folder) > len(found.folder) {
			found, ok = rule, true
		}
	}
	return found, ok
}
