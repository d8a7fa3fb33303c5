// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A fixRun checks and sums up what the engine decides.
type fixRun struct{ *rewriter }

// result sums a run up.
func (rw fixRun) result(outs []*output) *Result {
	res := &Result{Files: make(map[string][]byte), before: make(map[string][]byte), Counts: Counts{Refused: make(map[string]int)}}
	for _, o := range outs {
		switch {
		case o.file == nil:
			res.Files[o.name] = o.text
		case !bytes.Equal(o.text, o.file.src):
			res.Files[o.name], res.before[o.name] = keepLayout(o.file.disk, o.text), o.file.disk
		}
	}
	index := make(map[*group]int)
	for _, g := range rw.list {
		index[g] = len(res.Groups)
		info := Group{Name: rw.groupName(g), Pos: rw.position(g.first()), Converted: g.refusal == nil}
		pkgs := make(map[*unit]bool)
		for _, s := range g.sites {
			if s.instead != nil {
				continue // its uses are the other one's
			}
			info.Sites += max(1, len(s.uses))
			pkgs[s.file.unit] = true
		}
		info.Packages = len(pkgs)
		if g.refusal != nil {
			info.Category = g.refusal.category
		} else {
			res.Counts.GroupsConverted++
		}
		res.Groups = append(res.Groups, info)
	}
	res.Counts.Groups = len(res.Groups)
	for _, s := range rw.sites {
		rw.count(res, s, index)
	}
	for _, s := range rw.sites {
		if s.staysChange != "" && !rw.on(s) && len(res.Converted) > 0 {
			res.TelemetryChanges = append(res.TelemetryChanges, Site{Pos: rw.position(s.pos), Symbol: s.symbol, Rule: s.rule, Group: index[rw.groups[s.nodes[0].find()]], Note: s.staysChange, Test: s.file.test})
		}
	}
	res.ExportedAPIChanges = rw.apiChanges()
	res.Counts.Files = len(res.Files)
	byPos := func(a, b token.Position) int {
		if c := strings.Compare(a.Filename, b.Filename); c != 0 {
			return c
		}
		return a.Offset - b.Offset
	}
	slices.SortStableFunc(res.Converted, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	slices.SortStableFunc(res.Adapters, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	slices.SortStableFunc(res.Refusals, func(a, b Refusal) int { return byPos(a.Pos, b.Pos) })
	return res
}

// notLookedAt notes what of the named packages, or of the whole module if wanted is
// nil, was not looked at.
func (r *Result) notLookedAt(program *Program, wanted map[string]bool) {
	named := func(path string) bool { return wanted == nil || wanted[path] }
	for _, b := range program.Broken {
		if named(b.Path) {
			r.Skipped = append(r.Skipped, SkippedPackage{Path: b.Path, Reason: summary(b.Texts(program))})
		}
	}
	in := program.loadedFiles()
	for _, file := range program.Excluded() {
		if in[filepath.Join(program.Base(), filepath.FromSlash(file))] {
			continue // in another build
		}
		if named(path.Join(program.Module.Path, path.Dir(filepath.ToSlash(file)))) {
			r.Excluded = append(r.Excluded, file)
		}
	}
	if wanted == nil {
		r.Nested = program.Module.Nested
	}
	if program.Workspace != nil {
		r.Workspace = slices.DeleteFunc(slices.Clone(program.Workspace.Modules), func(dir string) bool { return sameDir(dir, program.Module.Dir) })
	}
}

func (rw fixRun) groupName(g *group) string {
	for _, n := range g.nodes {
		if n.obj != nil && n.obj.Pkg() != nil {
			return n.obj.Name()
		}
	}
	return g.sites[0].symbol
}

func (rw fixRun) count(res *Result, s *site, index map[*group]int) {
	on := rw.on(s)
	if !on && (!s.file.unit.wanted || s.instead != nil) {
		return
	}
	at := index[rw.groups[s.nodes[0].find()]]
	note := s.note
	for _, u := range s.uses {
		switch {
		case u.key:
			continue // a part of its literal
		case s.kept != nil && rw.on(s.kept) && slices.Contains(s.kept.uses, u):
			continue // the other site has it
		}
		pos := rw.position(u.id.Pos())
		res.Counts.Sites++
		if s.file.test {
			res.Counts.TestSites++
		}
		if on {
			if !s.adapted() { // by which the symbol is still used
				res.Counts.Rewritten++
				if s.file.test {
					res.Counts.TestRewritten++
				}
			}
			res.Converted = append(res.Converted, Site{Pos: pos, Symbol: u.sym.String(), Rule: s.rule, Group: at, Note: note, Test: s.file.test, Adapted: s.adapted()})
			continue
		}
		why := rw.why(s)
		r := Refusal{Category: why.category, Pos: pos, Symbol: u.sym.String(), Reason: why.reason, Group: at, Test: s.file.test}
		if why.pos.IsValid() && why.pos != u.expr.Pos() {
			r.Cause = rw.position(why.pos)
		}
		res.Refusals = append(res.Refusals, r)
		res.Counts.Refused[why.category]++
	}
	if on && s.adapted() {
		res.Adapters = append(res.Adapters, Site{Pos: rw.position(s.pos), Symbol: s.symbol, Rule: s.rule, Group: at, Note: note, Test: s.file.test})
	}
	if on && s.changes != "" {
		res.TelemetryChanges = append(res.TelemetryChanges, Site{Pos: rw.position(s.pos), Symbol: s.symbol, Rule: s.rule, Group: at, Note: s.changes, Test: s.file.test})
	}
}

// position returns a place as [Program.Position] does: that of a use is the same in a
// report.
func (rw *rewriter) position(pos token.Pos) token.Position {
	f := rw.files[rw.fset.File(pos)]
	return rw.fset.PositionFor(pos, f != nil && f.cgo)
}

// why is the reason that a site stays.
func (rw *rewriter) why(s *site) *pin {
	if s.refusal != nil {
		return s.refusal
	}
	for _, n := range s.nodes {
		if g := rw.groups[n.find()]; g.refusal != nil {
			return g.refusal
		}
	}
	return &pin{category: "unsupported", pos: s.pos, reason: "it is not rewritten"}
}

// apiChanges lists the exported declarations of importable packages whose types change.
func (rw fixRun) apiChanges() []APIChange {
	var all []APIChange
	for _, u := range rw.units {
		if !importable(u) {
			continue
		}
		for _, n := range rw.exportedNodes(u, rw.object) {
			g := rw.groups[n.node.find()]
			if n.old == "" { // it names a type of the module's own, which is listed itself
				continue
			}
			if g == nil || g.refusal != nil || len(g.sites) == 0 || n.node.pinned() != nil {
				continue
			}
			all = append(all, APIChange{
				Pos: rw.position(n.obj.Pos()), Name: n.name,
				Old: n.old, New: shownType(n.old, g.facts),
			})
		}
	}
	return slices.CompactFunc(all, func(a, b APIChange) bool { return a.Name == b.Name && a.Old == b.Old })
}

// ChangedAPI returns the exported API changes, those of one declaration together.
func (r *Result) ChangedAPI() [][]APIChange {
	var all [][]APIChange
	for _, c := range r.ExportedAPIChanges {
		if n := len(all); n > 0 && all[n-1][0].Name == c.Name {
			all[n-1] = append(all[n-1], c)
			continue
		}
		all = append(all, []APIChange{c})
	}
	return all
}

// shownType names the type that takes the place of an OpenTracing one in a group.
func shownType(old string, known facts) string {
	switch {
	case old == kindType && known&kindText != 0:
		return "string"
	case old == "opentracing.Tag" && tagIsOption(known):
		return "trace.SpanStartOption"
	}
	return newTypes()[old].shown
}

// An exportedNode is an OpenTracing type in an exported declaration.
type exportedNode struct {
	name string
	obj  types.Object
	node *node
	old  string
}

// exportedNodes returns the exported declarations of a unit that nodeOf knows.
func (g *graph) exportedNodes(u *unit, nodeOf func(types.Object) *node) []exportedNode {
	var out []exportedNode
	add := func(name string, holder types.Object, v types.Object) {
		if n := nodeOf(v); n != nil {
			old := openTracingType(v.Type())
			if old == "" {
				old = firstOpenTracing(v.Type())
			}
			if kind := interfaceKind(v.Type()); old == "" && v == holder && kind != "" {
				old = "opentracing." + kind
			}
			out = append(out, exportedNode{u.path + "." + name, holder, n, old})
		}
	}
	signature := func(name string, f *types.Func) {
		sig := f.Signature()
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				add(name, f, v)
			}
		}
	}
	seen := make(map[string]bool)
	var members func(name string, named *types.Named)
	promoted := func(name string, t types.Type) {
		if named := namedOf(t); named != nil && g.unnamed(named) {
			members(name, named)
		}
	}
	members = func(name string, named *types.Named) {
		at := name + " " + named.String()
		if seen[at] {
			return // it embeds itself
		}
		seen[at] = true
		for m := range named.Methods() {
			if m.Exported() {
				signature("("+name+")."+m.Name(), m)
			}
		}
		switch t := named.Underlying().(type) {
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() {
					add(name+"."+f.Name(), f, f)
				}
				if f.Embedded() {
					promoted(name, f.Type())
				}
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				signature("("+name+")."+m.Name(), m)
			}
			for embedded := range t.EmbeddedTypes() {
				promoted(name, embedded)
			}
		}
	}
	scope := u.pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if f := g.files[g.fset.File(obj.Pos())]; !obj.Exported() || f == nil || f.test {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			signature(name, obj)
		case *types.Var:
			add(name, obj, obj)
		case *types.TypeName:
			add(name, obj, obj)
			if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && (!obj.IsAlias() || g.unnamed(named)) {
				members(name, named)
			}
		}
	}
	return out
}

// unnamed tells whether a type of the module's own has no name that importers of the
// module can use: what it has is exported by the aliases of it, and by the types that
// embed it.
func (g *graph) unnamed(named *types.Named) bool {
	pkg := named.Obj().Pkg()
	return pkg != nil && g.own[pkg.Path()] && (!named.Obj().Exported() || pkg.Name() == "main" || slices.Contains(strings.Split(pkg.Path(), "/"), "internal"))
}

// keepExported holds the exported declarations of a unit that have to keep their types.
func (g *graph) keepExported(u *unit) {
	for _, n := range g.exportedNodes(u, g.declare) {
		why := n.name + " keeps its type"
		if !u.keepAPI {
			owner, _, isField := strings.Cut(strings.TrimPrefix(n.name, u.path+"."), ".")
			if !u.kept[n.obj.Name()] && !(isField && u.kept[owner]) {
				continue
			}
			why = n.name + " keeps its type, for code that does not compile uses it"
		}
		n.node.origin |= originUnknown
		if interfaceKind(n.node.obj.Type()) == "Tracer" && g.brought[n.node] == nil {
			why := pin{"foreign-tracer", n.obj.Pos(), "code outside of the module may hand in its tracer by " + n.name + ", and an adapter shows OpenTelemetry only spans of its own"}
			g.brought[n.node] = &foreignTracer{pin: why}
		}
		n.node.hold("kept-api", n.obj.Pos(), why)
	}
}

// firstOpenTracing names an OpenTracing type inside a type, or in what constrains it.
func firstOpenTracing(t types.Type) string {
	switch t := t.(type) {
	case *types.TypeParam:
		return firstOpenTracing(t.Constraint())
	case interface{ Elem() types.Type }:
		return firstOpenTracing(t.Elem())
	}
	s := types.TypeString(t, func(p *types.Package) string { return p.Name() })
	for _, name := range slices.Sorted(maps.Keys(newTypes())) {
		if strings.Contains(s, name) {
			return name
		}
	}
	return ""
}
