// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// twinAPI compares the exported API of a module with that of its twin here.
type twinAPI struct {
	original, twin string
	folders        []string // of both, "" for the package itself
	// differences are the names that the twin has otherwise, or not at all, each with its
	// reason. A name stands for its methods and fields, too, and "*." for any type.
	differences map[string]string
	same        int // how many names are the same at least
}

// reasonFor returns the rows that allow a difference.
func (a twinAPI) reasonFor(row string) (rows []string) {
	candidates := []string{row}
	if dot := strings.LastIndexByte(row, '.'); dot >= 0 {
		candidates = append(candidates, row[:dot], "*"+row[dot:])
	}
	for _, candidate := range candidates {
		if a.differences[candidate] != "" {
			rows = append(rows, candidate)
		}
	}
	return rows
}

func (a twinAPI) compare(t *testing.T) {
	t.Helper()
	var patterns []string
	for _, folder := range a.folders {
		patterns = append(patterns, a.original+folder, a.twin+folder)
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]*types.Package)
	for _, pkg := range loaded {
		if len(pkg.Errors) > 0 {
			t.Fatalf("%s: %v", pkg.PkgPath, pkg.Errors)
		}
		all[pkg.PkgPath] = pkg.Types
	}
	unused := maps.Clone(a.differences)
	same := 0
	for _, folder := range a.folders {
		before, after := a.exportedAPI(all[a.original+folder]), a.exportedAPI(all[a.twin+folder])
		if len(before) == 0 {
			t.Errorf("%s exports nothing; the check doesn't see it", a.original+folder)
		}
		name := strings.TrimPrefix(folder, "/")
		for _, symbol := range slices.Sorted(maps.Keys(before)) {
			row := symbol
			if name != "" {
				row = name + "." + symbol
			}
			if before[symbol] == after[symbol] {
				same++
				continue
			}
			rows := a.reasonFor(row)
			for _, at := range rows {
				delete(unused, at)
			}
			if rows == nil {
				t.Errorf("%s\n\tis  %s\n\twas %s", row, after[symbol], before[symbol])
			}
		}
	}
	for _, row := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("there is a reason for %s, which is the same in the twin", row)
	}
	t.Logf("%d names are the same, %d rows are otherwise", same, len(a.differences))
	if same < a.same {
		t.Errorf("only %d names are the same", same)
	}
}

// exportedAPI returns the exported names of a package with their types as texts, in which
// the twin's packages are those of the original.
func (a twinAPI) exportedAPI(pkg *types.Package) map[string]string {
	api := make(map[string]string)
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.TypeName:
			a.addType(api, name, object.Type())
		case *types.Const:
			api[name] = "const " + a.typeText(object.Type()) + " = " + object.Val().ExactString()
		case *types.Var:
			api[name] = "var " + a.typeText(object.Type())
			a.addMethods(api, name, object.Type())
		default:
			api[name] = a.typeText(object.Type())
		}
	}
	return api
}

func (a twinAPI) addType(api map[string]string, name string, t types.Type) {
	switch under := t.Underlying().(type) {
	case *types.Struct:
		api[name] = "type struct"
		for i := range under.NumFields() {
			if field := under.Field(i); field.Exported() {
				api[name+"."+field.Name()] = fmt.Sprintf("field %s `%s`", a.typeText(field.Type()), reflect.StructTag(under.Tag(i)))
			}
		}
	case *types.Interface:
		api[name] = "type " + a.typeText(under)
		return
	default:
		api[name] = "type " + a.typeText(under)
	}
	a.addMethods(api, name, t)
}

// addMethods adds the methods that a value or its address has.
func (a twinAPI) addMethods(api map[string]string, name string, t types.Type) {
	if _, pointer := t.Underlying().(*types.Pointer); !pointer {
		t = types.NewPointer(t)
	}
	methods := types.NewMethodSet(t)
	for method := range methods.Methods() {
		if method := method.Obj(); method.Exported() {
			api[name+"."+method.Name()] = a.typeText(method.Type())
		}
	}
}

func (a twinAPI) typeText(t types.Type) string {
	if signature, ok := t.(*types.Signature); ok {
		t = withoutNames(signature)
	}
	text := types.TypeString(t, func(p *types.Package) string {
		path := strings.Replace(p.Path(), a.twin, a.original, 1)
		return strings.ReplaceAll(strings.ReplaceAll(path, "/", "."), "-", "_")
	})
	return strings.ReplaceAll(text, "interface{}", "any")
}

// withoutNames returns a function's type without the names of parameters and receiver.
func withoutNames(s *types.Signature) *types.Signature {
	strip := func(tuple *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range tuple.Variables() {
			vars = append(vars, types.NewParam(0, nil, "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, strip(s.Params()), strip(s.Results()), s.Variadic())
}
