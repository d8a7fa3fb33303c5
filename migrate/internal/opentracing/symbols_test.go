// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/packages"
)

// apiObjects returns every object of the real OpenTracing API that a program can
// name: exported package-level objects, exported methods and fields of exported
// types, and exported methods of an unexported type that an exported variable,
// constant or function result has.
func apiObjects(t *testing.T) map[types.Object]string {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports},
		OpenTracingPath, ExtPath, LogPath, MocktracerPath)
	if err != nil {
		t.Fatal(err)
	}
	objects := make(map[types.Object]string)
	for _, pkg := range pkgs {
		if len(pkg.Errors) > 0 {
			t.Fatalf("%s: %v", pkg.PkgPath, pkg.Errors)
		}
		members := func(named *types.Named) {
			name := named.Obj().Name()
			for m := range named.Methods() {
				if m.Exported() {
					objects[m] = name + "." + m.Name()
				}
			}
			switch u := named.Underlying().(type) {
			case *types.Interface:
				for m := range u.ExplicitMethods() {
					objects[m] = name + "." + m.Name()
				}
			case *types.Struct:
				for f := range u.Fields() {
					if f.Exported() {
						objects[f] = name + "." + f.Name()
					}
				}
			}
		}
		reach := func(typ types.Type) {
			if named := NamedOf(typ); named != nil && named.Obj().Pkg() == pkg.Types && !named.Obj().Exported() {
				members(named)
			}
		}
		scope := pkg.Types.Scope()
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			if !obj.Exported() {
				continue
			}
			objects[obj] = name
			switch obj := obj.(type) {
			case *types.TypeName:
				if named := NamedOf(obj.Type()); named != nil {
					members(named)
				}
			case *types.Func:
				for res := range obj.Signature().Results().Variables() {
					reach(res.Type())
				}
			default:
				reach(obj.Type())
			}
		}
	}
	return objects
}

func TestSymbolsCoverOpenTracing(t *testing.T) {
	objects := apiObjects(t)
	if len(objects) < 200 {
		t.Fatalf("walked only %d objects of the OpenTracing API: the walk is broken", len(objects))
	}
	seen := make(map[Symbol]bool)
	for obj, name := range objects {
		sym, ok := LookupSymbol(obj.Pkg().Path(), name)
		if !ok {
			t.Errorf("%s.%s has no row: every symbol of the API needs one, so that nothing is met unawares", obj.Pkg().Path(), name)
			continue
		}
		seen[sym] = true
		if got, ok := SymbolOf(obj); !ok || got != sym {
			t.Errorf("SymbolOf(%v) = %+v, %v; want %+v: an object must be recognised as its own row", obj, got, ok, sym)
		}
		if want := kindOf(obj); sym.Kind != want {
			t.Errorf("%s: kind %q, want %q", sym, sym.Kind, want)
		}
		if sym.Area == "" || sym.Area == AreaOther {
			t.Errorf("%s: area %q: a known symbol belongs to an area", sym, sym.Area)
		}
	}
	for _, sym := range Symbols() {
		if !seen[sym] {
			t.Errorf("row %s (%s %s) is no symbol of the API, or is there twice", sym, sym.Path, sym.Kind)
		}
	}
	if got, want := len(Symbols()), len(objects); got != want {
		t.Errorf("%d rows for %d symbols", got, want)
	}
}

func kindOf(obj types.Object) SymbolKind {
	switch obj := obj.(type) {
	case *types.TypeName:
		return KindType
	case *types.Const:
		return KindConst
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return KindMethod
		}
		return KindFunc
	case *types.Var:
		if obj.IsField() {
			return KindField
		}
		return KindVar
	}
	return ""
}

func TestSymbolsIsACopy(t *testing.T) {
	all := Symbols()
	all[0].Name = "changed"
	if slices.Contains(Symbols(), all[0]) {
		t.Error("a change of the returned slice changed the table")
	}
}

func TestSymbolOfOtherObjects(t *testing.T) {
	pkg := types.NewPackage("example.com/opentracing-go", "opentracing")
	look := types.NewFunc(0, pkg, "StartSpan", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	api := types.NewPackage(OpenTracingPath, "opentracing")
	later := types.NewFunc(0, api, "StartSpanLater", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	unexported := types.NewFunc(0, api, "startSpan", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	for _, tt := range []struct {
		name        string
		obj         types.Object
		want        string
		explanation string
	}{
		{"nil", nil, "", "an identifier without an object (a symbolic type switch variable) is nothing"},
		{"builtin", types.Universe.Lookup("len"), "", "a builtin has no package"},
		{"look-alike", look, "", "a package of the same name at another path is not OpenTracing"},
		{"unexported", unexported, "", "no program outside can name it"},
		{"later version", later, "opentracing.StartSpanLater", "a symbol without a row is still OpenTracing's"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sym, ok := SymbolOf(tt.obj)
			if got := sym.String(); ok != (tt.want != "") || ok && got != tt.want {
				t.Errorf("SymbolOf = %q, %v; want %q: %s", got, ok, tt.want, tt.explanation)
			}
			if ok && sym.Area != AreaOther {
				t.Errorf("area %q, want %q: %s", sym.Area, AreaOther, tt.explanation)
			}
		})
	}
}
