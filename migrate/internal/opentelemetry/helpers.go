// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"cmp"
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A helper is a declaration that rewritten code of a package may need, where a
// conversion depends on what a value is at run time.
type helper struct {
	signature string // as types.TypeString shows it, with package names; "type" for a type
	Imports   []string
	needs     []string // other helpers
	before    string   // the helper that it is declared before, if not in the order of names
	code      string
}

// helperFiles has a file for each helper. Its first declaration is the helper, those that
// follow belong to it.
//
//go:embed _helpers/*.go
var helperFiles embed.FS

func HelperSignature(name string) string {
	if h := Helpers()[name]; h != nil {
		return h.signature
	}
	return ""
}

func HelperNames() []string { return slices.Sorted(maps.Keys(Helpers())) }

// Helpers returns the helpers by name. What is wrong with one, its test sees.
var Helpers = sync.OnceValue(func() map[string]*helper {
	all, err := parseHelpers(helperFiles)
	if err != nil {
		panic(err)
	}
	return all
})

func parseHelpers(files fs.FS) (map[string]*helper, error) {
	names, err := fs.Glob(files, "_helpers/*.go")
	if err != nil {
		return nil, err
	}
	all, parsed := make(map[string]*helper), make(map[string]*ast.File)
	for _, file := range names {
		src, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		h, end := &helper{}, syntax.Name.End()
		for _, spec := range syntax.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			h.Imports = append(h.Imports, path)
		}
		name := ""
		for _, decl := range syntax.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
				end = gen.End()
				continue
			}
			if name, h.signature = declared(decl); name == "" {
				return nil, fmt.Errorf("migrate: %s: the first declaration is not a helper", file)
			}
			break
		}
		h.code = strings.TrimLeft(string(src[fset.Position(end).Offset:]), "\n")
		all[name], parsed[name] = h, syntax
	}
	for name, syntax := range parsed {
		needs := make(map[string]bool)
		ast.Inspect(syntax, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != name && all[id.Name] != nil {
				needs[id.Name] = true
			}
			return true
		})
		all[name].needs = slices.Sorted(maps.Keys(needs))
		for need := range needs {
			if h := all[need]; h.signature == "error" { // a variable stands above its use
				h.before = min(cmp.Or(h.before, name), name)
			}
		}
	}
	return all, nil
}

// declared returns the name of a helper and its signature.
func declared(decl ast.Decl) (name, signature string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		ast.Inspect(d.Type, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncType); ok {
				fn.Params.List = apart(fn.Params.List)
			}
			return true
		})
		return d.Name.Name, types.ExprString(d.Type)
	case *ast.GenDecl:
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return spec.Name.Name, "type"
		case *ast.ValueSpec:
			return spec.Names[0].Name, "error" // which all of these variables are
		}
	}
	return "", ""
}

// apart gives each parameter its own type, as types.TypeString does.
func apart(fields []*ast.Field) (all []*ast.Field) {
	for _, field := range fields {
		if len(field.Names) < 2 {
			all = append(all, field)
			continue
		}
		for _, name := range field.Names {
			all = append(all, &ast.Field{Names: []*ast.Ident{name}, Type: field.Type})
		}
	}
	return all
}
