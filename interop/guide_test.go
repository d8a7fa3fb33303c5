// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// guideImports are the packages that code in documents may name without an import.
var guideImports = map[string]string{
	"compat":        "github.com/ot2otel/ot2otel/compat",
	"context":       "context",
	"exporters":     "github.com/ot2otel/ot2otel/exporters",
	"fmt":           "fmt",
	"grpc":          "google.golang.org/grpc",
	"http":          "net/http",
	"io":            "io",
	"jaeger":        "github.com/ot2otel/ot2otel/compat/jaeger",
	"log":           "log",
	"mocktracer":    "github.com/ot2otel/ot2otel/compat/mocktracer",
	"opentracing":   "github.com/opentracing/opentracing-go",
	"os":            "os",
	"otel":          "go.opentelemetry.io/otel",
	"otelgrpc":      "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
	"otelhttp":      "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
	"otlp":          "github.com/ot2otel/ot2otel/exporters/otlp",
	"otlptracehttp": "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp",
	"propagation":   "go.opentelemetry.io/otel/propagation",
	"resource":      "go.opentelemetry.io/otel/sdk/resource",
	"sdktrace":      "go.opentelemetry.io/otel/sdk/trace",
	"slog":          "log/slog",
	"testing":       "testing",
	"time":          "time",
	"trace":         "go.opentelemetry.io/otel/trace",
	"tracetest":     "go.opentelemetry.io/otel/sdk/trace/tracetest",
}

// guideBlock is a block of Go in a document. A comment of HTML before it, "<!-- given: … -->",
// declares in Go what the code around it has, and imports packages that guideImports lacks.
type guideBlock struct {
	place       string
	given, code string
}

var guideBlocks = regexp.MustCompile("(?m)(?:^<!-- given: ((?s:.*?)) -->\n+)?^```go\n((?s:.*?))^```$")

// TestGuideCompiles type-checks the Go in the documents, as the body of a function where
// it is not declarations.
func TestGuideCompiles(t *testing.T) {
	names := []string{"../README.md", "../MIGRATION.md"}
	more, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []guideBlock
	for _, name := range append(names, more...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, m := range guideBlocks.FindAllStringSubmatchIndex(text, -1) {
			b := guideBlock{place: fmt.Sprintf("%s:%d", filepath.Base(name), 1+strings.Count(text[:m[4]], "\n")), code: text[m[4]:m[5]]}
			if m[2] >= 0 {
				b.given = text[m[2]:m[3]]
			}
			blocks = append(blocks, b)
		}
	}
	if len(blocks) < 10 {
		t.Fatalf("found %d blocks", len(blocks))
	}

	fset := token.NewFileSet()
	files := make([]*ast.File, len(blocks))
	paths := make(map[string]bool)
	for i, b := range blocks {
		if files[i], err = parser.ParseFile(fset, b.place, b.source(), parser.SkipObjectResolution); err != nil {
			t.Errorf("%v\n%s", err, b.source())
			continue
		}
		for _, spec := range files[i].Imports {
			paths[strings.Trim(spec.Path.Value, `"`)] = true
		}
	}
	known := guidePackages(t, slices.Sorted(maps.Keys(paths)))
	for i, b := range blocks {
		if files[i] == nil {
			continue
		}
		conf := types.Config{Importer: known, Error: func(err error) {
			// What is declared for the reader's eye alone may be unused.
			if e := err.(types.Error); !e.Soft && !strings.Contains(e.Msg, "imported and not used") {
				t.Errorf("%s: %v\n%s", b.place, err, b.source())
			}
		}}
		_, _ = conf.Check("guide", fset, []*ast.File{files[i]}, nil)
	}
}

// source returns a Go file that has the block.
func (b guideBlock) source() string {
	var imports strings.Builder
	for _, m := range regexp.MustCompile(`\b([a-z][a-z0-9]*)\.[A-Z]`).FindAllStringSubmatch(b.given+"\n"+b.code, -1) {
		if path := guideImports[m[1]]; path != "" && !strings.Contains(imports.String(), " "+m[1]+" ") && !strings.Contains(b.given, `import `+m[1]+" ") {
			fmt.Fprintf(&imports, "import %s %q\n", m[1], path)
		}
	}
	given := strings.ReplaceAll(b.given, "; ", "\n")
	var own, declared []string
	for line := range strings.Lines(given + "\n") {
		if strings.HasPrefix(line, "import ") {
			own = append(own, line)
		} else {
			declared = append(declared, line)
		}
	}
	code := b.code
	if !regexp.MustCompile(`(?m)^(func|type|package|import)\b`).MatchString(code) {
		code = "func _() {\n" + code + "}\n"
	}
	return "package guide\n" + imports.String() + strings.Join(own, "") + strings.Join(declared, "") + "\n" + code
}

// guidePackages returns an importer of packages and of all that they import.
func guidePackages(t *testing.T, paths []string) types.Importer {
	t.Helper()
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile}
	loaded, err := packages.Load(cfg, paths...)
	if err != nil {
		t.Fatal(err)
	}
	exports := make(map[string]string)
	packages.Visit(loaded, nil, func(pkg *packages.Package) {
		exports[pkg.PkgPath] = pkg.ExportFile
		for _, err := range pkg.Errors {
			t.Error(err)
		}
	})
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
}
