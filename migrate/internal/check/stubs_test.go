// SPDX-License-Identifier: Apache-2.0

package check

import (
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// stubPaths returns the import paths that have a stub.
func stubPaths(t *testing.T) []string {
	t.Helper()
	entries, err := opentelemetry.StubFiles.ReadDir("stubs")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, strings.ReplaceAll(strings.TrimSuffix(e.Name(), ".go.txt"), "_", "/"))
	}
	return paths
}

// What a stub declares has the type that the package itself gives it.
func TestStubsAreTrue(t *testing.T) {
	fset := token.NewFileSet()
	paths := stubPaths(t)
	files := goLister(".", nil, os.Environ())(paths)
	real := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			files[path] = goLister(".", nil, os.Environ())([]string{path})[path]
		}
		return os.Open(files[path])
	})
	stubs := newStubImporter(fset, map[string]*types.Package{}, func(paths []string) map[string]string {
		return goLister(".", nil, os.Environ())(withoutStubs(paths))
	})
	for _, path := range paths {
		if strings.Contains(path, "/instrumentation/") {
			continue // a module that this one does not require
		}
		stub, err := stubs.Import(path)
		if err != nil {
			t.Errorf("the stub of %s: %v", path, err)
			continue
		}
		pkg, err := real.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, name := range stub.Scope().Names() {
			if !token.IsExported(name) {
				continue
			}
			sameObject(t, path+"."+name, stub.Scope().Lookup(name), pkg.Scope().Lookup(name))
		}
	}
}

func withoutStubs(paths []string) (others []string) {
	for _, path := range paths {
		if _, err := opentelemetry.StubFiles.ReadFile("stubs/" + strings.ReplaceAll(path, "/", "_") + ".go.txt"); err != nil {
			others = append(others, path)
		}
	}
	return others
}

func sameObject(t *testing.T, name string, stub, real types.Object) {
	t.Helper()
	if real == nil {
		t.Errorf("%s: the package has no such thing", name)
		return
	}
	switch stub := stub.(type) {
	case *types.Const:
		c, ok := real.(*types.Const)
		if !ok || !constant.Compare(stub.Val(), token.EQL, c.Val()) || typeText(stub.Type()) != typeText(c.Type()) {
			t.Errorf("%s: the stub has %v, the package %v", name, stub, real)
		}
	case *types.TypeName:
		if _, ok := real.(*types.TypeName); !ok {
			t.Errorf("%s: the stub has %v, the package %v", name, stub, real)
			return
		}
		sameType(t, name, stub.Type(), real.Type())
	default:
		if typeText(stub.Type()) != typeText(real.Type()) {
			t.Errorf("%s: the stub has %v, the package %v", name, stub, real)
		}
	}
}

// sameType compares what is exported of two declared types.
func sameType(t *testing.T, name string, stub, real types.Type) {
	t.Helper()
	switch u := stub.Underlying().(type) {
	case *types.Struct:
		if _, ok := real.Underlying().(*types.Struct); !ok {
			t.Errorf("%s is a struct in the stub only", name)
			return
		}
		for f := range u.Fields() {
			if f.Exported() {
				sameMember(t, name, f, real)
			}
		}
	case *types.Interface:
		if !types.IsInterface(real) {
			t.Errorf("%s is an interface in the stub only", name)
			return
		}
	default:
		if typeText(u) != typeText(real.Underlying()) {
			t.Errorf("%s: the stub has %v, the package %v", name, u, real.Underlying())
		}
	}
	sets := []*types.MethodSet{types.NewMethodSet(stub)}
	if !types.IsInterface(stub) {
		sets = append(sets, types.NewMethodSet(types.NewPointer(stub)))
	}
	for _, set := range sets {
		for m := range set.Methods() {
			if m.Obj().Exported() {
				sameMember(t, name, m.Obj(), real)
			}
		}
	}
}

func sameMember(t *testing.T, name string, stub types.Object, real types.Type) {
	t.Helper()
	member, _, _ := types.LookupFieldOrMethod(real, true, stub.Pkg(), stub.Name())
	if member == nil {
		t.Errorf("%s.%s: the package has no such thing", name, stub.Name())
	} else if typeText(stub.Type()) != typeText(member.Type()) {
		t.Errorf("%s.%s: the stub has %v, the package %v", name, stub.Name(), stub, member)
	}
}

// typeText returns a type without the names of parameters.
func typeText(t types.Type) string {
	if sig, ok := t.(*types.Signature); ok {
		t = types.NewSignatureType(nil, nil, nil, nameless(sig.Params()), nameless(sig.Results()), sig.Variadic())
	}
	return types.TypeString(t, nil)
}

func nameless(all *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range all.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", v.Type()))
	}
	return types.NewTuple(vars...)
}

// The stubs declare all that rewritten code uses: the golden programs compile with them.
func TestGoldenProgramsCompileWithStubs(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks some hundred packages")
	}
	var cases []string
	for _, folder := range []string{"../*/testdata/*.txtar", "../rules/*/testdata/*.txtar"} {
		beside, err := filepath.Glob(filepath.FromSlash(folder))
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, beside...)
	}
	if len(cases) == 0 {
		t.Fatal("no golden programs")
	}
	fset := token.NewFileSet()
	stubs := newStubImporter(fset, map[string]*types.Package{}, func(paths []string) map[string]string {
		return goLister(".", nil, os.Environ())(withoutStubs(paths))
	})
	programs := make(map[string]*txtar.Archive)
	var outs []*edit.Output
	for _, name := range cases {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		programs[filepath.Base(name)] = ar
		for _, f := range ar.Files {
			outs = append(outs, &edit.Output{Text: f.Data})
		}
	}
	stubs.prepare(outs)
	checked := 0
	for name, ar := range programs {
		if files := rewrittenFiles(fset, ar); compilable(files) && !usesOpenTelemetry(ar) {
			checked++
			conf := &types.Config{Importer: stubs, Error: func(err error) { t.Errorf("%s: %v", name, err) }}
			_, _ = conf.Check("golden.example/p", fset, files, nil)
		}
	}
	if checked < len(cases)/2 {
		t.Errorf("only %d of %d golden programs could be checked", checked, len(cases))
	}
}

// usesOpenTelemetry tells whether a program imports before it is rewritten what the
// stubs stand for.
func usesOpenTelemetry(ar *txtar.Archive) bool {
	var old []*edit.Output
	for _, f := range ar.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			old = append(old, &edit.Output{Text: f.Data})
		}
	}
	paths := ImportedBy(old)
	return len(withoutStubs(paths)) < len(paths)
}

// rewrittenFiles parses the files of a golden program as they are after rewriting.
func rewrittenFiles(fset *token.FileSet, ar *txtar.Archive) (files []*ast.File) {
	texts := make(map[string][]byte)
	for _, f := range ar.Files {
		if strings.HasSuffix(f.Name, ".go") && !source.IsTestFile(f.Name) {
			texts[strings.TrimPrefix(f.Name, "want/")] = f.Data // which comes after the old one
		}
	}
	for name, text := range texts {
		f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		files = append(files, f)
	}
	return files
}

// compilable tells whether files are one package that the importer of the stubs can
// check: others' types may have been made with OpenTelemetry itself.
func compilable(files []*ast.File) bool {
	for _, f := range files {
		if f.Name.Name != files[0].Name.Name {
			return false
		}
		for _, c := range f.Comments {
			if c.Pos() < f.Package && strings.Contains(c.Text(), "go:build") {
				return false
			}
		}
		for _, spec := range f.Imports {
			path := source.SpecOf(spec).Path
			first, _, dotted := strings.Cut(path, "/")
			if !dotted || !strings.Contains(first, ".") || opentracing.IsOpenTracing(path) || len(withoutStubs([]string{path})) == 0 {
				continue
			}
			return false
		}
	}
	return len(files) > 0
}
