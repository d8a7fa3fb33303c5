// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"cmp"
	"go/ast"
	"go/types"
	"iter"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Run moves the code of a program.
type Run struct {
	*move.Run
	// importTwin returns the types of a twin, or an error.
	importTwin func(path string) (*types.Package, error)
}

// New plans the moves of code. importTwin returns the types of a twin.
func New(code *source.Code, importTwin func(path string) (*types.Package, error)) *Run {
	rw := &Run{move.NewRun(code, "the twin"), importTwin}
	parts := make(map[member]*move.Part)
	asks := make(map[member]*asserted)
	for _, u := range code.Units {
		for _, f := range u.Files {
			e := edit.NewFile(f)
			rw.Edits = append(rw.Edits, e)
			rw.file(e, func(k kind) *move.Part {
				of := member{k, u.Path, f.Test}
				if parts[of] == nil {
					parts[of] = &move.Part{}
				}
				parts[of].Want(u.Wanted)
				return parts[of]
			})
			rw.assertedBy(e, asks)
		}
	}
	rw.join(parts, asks)
	rw.holdElsewhere(parts)
	rw.holdBroken(parts)
	rw.Sort()
	return rw
}

// file plans the moves of one file. partOf makes the part of the file's package.
func (rw *Run) file(e *edit.File, partOf func(kind) *move.Part) {
	f := e.Source
	for _, spec := range f.Syntax.Imports {
		path := source.SpecOf(spec).Path
		t, ok := twinOf(path)
		if !ok && strings.HasPrefix(path, opentracing.JaegerPath+"/") {
			p := partOf(jaeger)
			p.Hold(spec.Pos(), path+noTwin)
			rw.Add(&move.Move{File: f, Pos: spec.Path.Pos(), What: path, Part: p})
		}
		if !ok {
			continue
		}
		p := partOf(t.kind)
		if f.Fixed != "" {
			p.Hold(spec.Pos(), f.Fixed)
		}
		rw.missing(f, t, p)
		rw.holdInside(f, t.kind, p)
		rw.Add(&move.Move{File: f, Pos: spec.Path.Pos(), What: t.old, To: t.new, Part: p})
		e.Add(p, spec, func(*edit.Renderer) string { return t.spec(spec) })
	}
	rw.installs(e, partOf)
}

// spec returns an import of the twin in the place of another one, under the name that it has.
func (t twin) spec(old *ast.ImportSpec) string {
	written := source.SpecOf(old)
	written.Path = t.new
	return written.Renamed(t.name)
}

// noTwin follows what is missing in a twin.
const noTwin = " has no twin; https://github.com/ot2otel/ot2otel/blob/main/docs/jaeger.md#what-is-missing says what to do"

// missing holds what the twin lacks of the names that a file uses.
func (rw *Run) missing(f *source.File, t twin, p *move.Part) {
	pkg, err := rw.importTwin(t.new)
	if err != nil {
		p.Hold(f.Syntax.Package, err.Error())
		return
	}
	var lacking []*ast.Ident
	for id, obj := range f.Unit.Info.Uses {
		if obj.Pkg() != nil && obj.Pkg().Path() == t.old && f.Syntax.FileStart <= id.Pos() && id.Pos() < f.Syntax.FileEnd && !has(pkg, obj) {
			lacking = append(lacking, id)
		}
	}
	slices.SortFunc(lacking, func(a, b *ast.Ident) int { return cmp.Compare(a.Pos(), b.Pos()) })
	for _, id := range lacking {
		name := symbolName(f.Unit.Info.Uses[id])
		p.Hold(id.Pos(), t.name+"."+name+noTwin)
	}
}

// has tells whether a package has an object of the name and the place of another package's.
func has(pkg *types.Package, obj types.Object) bool {
	if obj.Parent() == obj.Pkg().Scope() {
		return pkg.Scope().Lookup(obj.Name()) != nil
	}
	owner := ownerOf(obj)
	if owner == nil {
		return true // a local one in a signature, or of a type that no name leads to
	}
	for t := range twinsOfType(pkg, owner) {
		if found, _, _ := types.LookupFieldOrMethod(t, true, pkg, obj.Name()); found != nil {
			return true
		}
	}
	return false
}

// twinsOfType yields the types that a package has in the place of another package's: those of
// the name, and those of its variables, as of jaeger.TracerOptions, whose type has no name
// outside.
func twinsOfType(pkg *types.Package, owner *types.TypeName) iter.Seq[types.Type] {
	return func(yield func(types.Type) bool) {
		if tn, ok := pkg.Scope().Lookup(owner.Name()).(*types.TypeName); ok && !yield(tn.Type()) {
			return
		}
		scope := owner.Pkg().Scope()
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if !ok || opentracing.NamedOf(v.Type()) == nil || opentracing.NamedOf(v.Type()).Obj() != owner {
				continue
			}
			if other, ok := pkg.Scope().Lookup(name).(*types.Var); ok && !yield(other.Type()) {
				return
			}
		}
	}
}

// ownerOf returns the type that a method or field is declared with, or nil.
func ownerOf(obj types.Object) *types.TypeName {
	if f, ok := obj.(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			if n := opentracing.NamedOf(recv.Type()); n != nil {
				return n.Obj()
			}
		}
		return nil
	}
	v, ok := obj.(*types.Var)
	if !ok || !v.IsField() {
		return nil
	}
	scope := v.Pkg().Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				if f == v {
					return tn
				}
			}
		}
	}
	return nil
}

// symbolName names an object within its package.
func symbolName(obj types.Object) string {
	owner := ownerOf(obj)
	if owner == nil {
		return obj.Name()
	}
	if scope := owner.Pkg().Scope(); !owner.Exported() {
		for _, name := range scope.Names() { // of a variable, by which it is reached
			if v, ok := scope.Lookup(name).(*types.Var); ok && opentracing.NamedOf(v.Type()) == owner.Type() {
				return name + "." + obj.Name()
			}
		}
	}
	return owner.Name() + "." + obj.Name()
}
