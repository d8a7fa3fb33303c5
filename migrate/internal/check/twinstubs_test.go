// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/twin"
)

var updateStubs = flag.Bool("update", false, "write the stubs of the twins anew")

// The stubs of the twins declare all that these export, as far as it can be named without
// packages that a module may lack: code that moves to a twin may use any of it.
func TestTwinStubs(t *testing.T) {
	fset := token.NewFileSet()
	lister := goLister(".", nil, os.Environ())
	files := lister(twin.Paths())
	real := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			maps.Copy(files, lister([]string{path}))
		}
		return os.Open(files[path])
	})
	packages := make(map[string]*types.Package)
	for _, path := range twin.Paths() { // all first, so that each is whole when another mentions it
		pkg, err := real.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		packages[path] = pkg
	}
	for path, pkg := range packages {
		want, err := stubOf(pkg)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		name := filepath.FromSlash("../opentelemetry/stubs/" + strings.ReplaceAll(path, "/", "_") + ".go.txt")
		if *updateStubs {
			if err := os.WriteFile(name, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the package exports; run with -update (-want +got):\n%s", name, diff)
		}
	}
}

// A stubWriter declares what a package exports.
type stubWriter struct {
	pkg     *types.Package
	imports map[string]string // names by path
	decls   bytes.Buffer
	todo    []*types.TypeName // that declarations mention and no one else can
	seen    map[*types.TypeName]bool
}

func stubOf(pkg *types.Package) ([]byte, error) {
	w := &stubWriter{pkg: pkg, imports: make(map[string]string), seen: make(map[*types.TypeName]bool)}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if !token.IsExported(name) {
			continue
		}
		switch obj := scope.Lookup(name).(type) {
		case *types.TypeName:
			w.named(obj)
		case *types.Const:
			typ := ""
			if b, ok := obj.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
				typ = w.text(obj.Type())
			}
			fmt.Fprintf(&w.decls, "const %s %s = %s\n", name, typ, obj.Val().ExactString())
		case *types.Var:
			if named := opentracing.NamedOf(obj.Type()); named != nil && named.Obj().Pkg() != pkg && !named.Obj().Exported() {
				w.alike(obj, named.Obj().Pkg())
			} else if w.nameable(obj.Type()) {
				fmt.Fprintf(&w.decls, "var %s %s\n", name, w.text(obj.Type()))
			}
		case *types.Func:
			w.function(obj, "")
		}
	}
	for len(w.todo) > 0 {
		next := w.todo[0]
		w.todo = w.todo[1:]
		w.named(next)
	}
	var src bytes.Buffer
	fmt.Fprintf(&src, "package %s\n\nimport (\n", pkg.Name())
	for _, path := range slices.Sorted(maps.Keys(w.imports)) {
		fmt.Fprintf(&src, "%s %q\n", w.imports[path], path)
	}
	fmt.Fprintf(&src, ")\n\n%s", w.decls.String())
	return format.Source(src.Bytes())
}

// alike declares a variable whose type another package does not export by one of that package.
func (w *stubWriter) alike(v *types.Var, from *types.Package) {
	for _, name := range from.Scope().Names() {
		other, ok := from.Scope().Lookup(name).(*types.Var)
		if ok && other.Exported() && types.Identical(other.Type(), v.Type()) {
			w.text(v.Type()) // which imports it
			fmt.Fprintf(&w.decls, "var %s = %s.%s\n", v.Name(), w.imports[from.Path()], name)
			return
		}
	}
}

func (w *stubWriter) named(tn *types.TypeName) {
	if w.seen[tn] {
		return
	}
	w.seen[tn] = true
	if tn.IsAlias() {
		if t := types.Unalias(tn.Type()); w.nameable(t) {
			fmt.Fprintf(&w.decls, "type %s = %s\n", tn.Name(), w.text(t))
		}
		return
	}
	named := tn.Type().(*types.Named)
	switch u := named.Underlying().(type) {
	case *types.Struct:
		fmt.Fprintf(&w.decls, "type %s struct {\n", tn.Name())
		for f := range u.Fields() {
			switch {
			case !w.nameable(f.Type()):
			case f.Embedded():
				fmt.Fprintf(&w.decls, "%s\n", w.text(f.Type()))
			case f.Exported():
				fmt.Fprintf(&w.decls, "%s %s\n", f.Name(), w.text(f.Type()))
			}
		}
		fmt.Fprintf(&w.decls, "}\n")
	default:
		text := "struct{}"
		if w.nameable(u) {
			text = w.text(u)
		}
		fmt.Fprintf(&w.decls, "type %s %s\n", tn.Name(), text)
	}
	for m := range named.Methods() {
		if m.Exported() {
			star := ""
			if _, ok := m.Signature().Recv().Type().(*types.Pointer); ok {
				star = "*"
			}
			w.function(m, fmt.Sprintf("(%s%s) ", star, tn.Name()))
		}
	}
}

func (w *stubWriter) function(f *types.Func, receiver string) {
	sig := types.NewSignatureType(nil, nil, nil, f.Signature().Params(), f.Signature().Results(), f.Signature().Variadic())
	if w.nameable(sig) {
		fmt.Fprintf(&w.decls, "func %s%s%s { panic(0) }\n", receiver, f.Name(), strings.TrimPrefix(w.text(sig), "func"))
	}
}

// nameable tells whether the packages of all names in a type are there where a module that
// is rewritten is: those of the standard library, of OpenTracing, and those with a stub.
func (w *stubWriter) nameable(t types.Type) bool {
	ok := true
	types.TypeString(t, func(pkg *types.Package) string {
		first, _, _ := strings.Cut(pkg.Path(), "/")
		ok = ok && (!strings.Contains(first, ".") || opentracing.IsOpenTracing(pkg.Path()) || hasStub(pkg.Path()))
		return ""
	})
	return ok
}

func hasStub(path string) bool {
	if slices.Contains(twin.Paths(), path) {
		return true
	}
	_, err := opentelemetry.StubFiles.ReadFile("stubs/" + strings.ReplaceAll(path, "/", "_") + ".go.txt")
	return err == nil && path != opentelemetry.CompatPath && path != opentelemetry.SDKTracePath // which lack types
}

func (w *stubWriter) text(t types.Type) string {
	w.mentioned(t)
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg == w.pkg {
			return ""
		}
		if w.imports[pkg.Path()] == "" {
			name := pkg.Name()
			for slices.Contains(slices.Collect(maps.Values(w.imports)), name) {
				name += "2"
			}
			w.imports[pkg.Path()] = name
		}
		return w.imports[pkg.Path()]
	})
}

// mentioned notes the types of the package in a type that it does not export.
func (w *stubWriter) mentioned(t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		if tn := t.Obj(); tn.Pkg() == w.pkg && !tn.Exported() {
			w.todo = append(w.todo, tn)
		}
	case *types.Pointer:
		w.mentioned(t.Elem())
	case *types.Slice:
		w.mentioned(t.Elem())
	case *types.Map:
		w.mentioned(t.Key())
		w.mentioned(t.Elem())
	case *types.Signature:
		for _, all := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range all.Variables() {
				w.mentioned(v.Type())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			w.mentioned(m.Type())
		}
	}
}
