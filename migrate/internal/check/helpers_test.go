// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// The helpers compile where a module has no OpenTelemetry yet, and the stubs stand
// for it.
func TestHelpersCompileWithStubs(t *testing.T) {
	fset := token.NewFileSet()
	std := importer.ForCompiler(fset, "gc", nil)
	names := opentelemetry.HelperNames()
	code, paths := opentelemetry.Declarations(names, nil, nil)
	var src strings.Builder
	src.WriteString("package p\n")
	known := make(map[string]*types.Package)
	for _, path := range paths {
		fmt.Fprintf(&src, "import %s %q\n", opentelemetry.BaseName(path), path)
	}
	for _, path := range append(paths, "context", "io", "net/http", "reflect", "time") {
		if strings.Contains(path, ".") {
			continue
		}
		pkg, err := std.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		known[path] = pkg
		collectImports(pkg, known)
	}
	src.WriteString(code)
	f, err := parser.ParseFile(fset, "helpers.go", src.String(), parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	stubs := newStubImporter(fset, known, func(paths []string) map[string]string { // of OpenTracing, which the module has
		return goLister(".", nil, os.Environ())(withoutStubs(paths))
	})
	stubs.prepare([]*edit.Output{{Text: []byte(src.String())}})
	conf := &types.Config{
		Importer: stubs,
		Error:    func(err error) { t.Error(err) },
	}
	pkg, _ := conf.Check("p", fset, []*ast.File{f}, nil)
	for _, name := range names {
		if got := edit.ExistingHelper(&source.Unit{Pkg: pkg}, name); got != name {
			t.Errorf("%s is not found again where an earlier run declared it", name)
		}
	}
}
