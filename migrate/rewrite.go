// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// A rewriter holds one run of the engine over a set of units.
type rewriter struct {
	*graph
	opts     *FixOptions
	planners map[*sourceFile]*planner
	order    []*planner
	sites    []*site
	groups   map[*node]*group
	list     []*group
	names    *names
	deciding [][2]*errorTag // pairs that may be on one span, where their order matters
	again    bool           // some more places have to stay: see stay
}

func newRewriter(fset *token.FileSet, units []*unit, opts *FixOptions) *rewriter {
	rw := &rewriter{
		graph:    newGraph(fset, units),
		opts:     opts,
		planners: make(map[*sourceFile]*planner),
		groups:   make(map[*node]*group),
	}
	rw.breakTests = opts.BreakTests
	return rw
}

// plan finds the groups and decides which of them convert. Where one would, if some of
// its places stayed OpenTracing, it looks again.
func (rw *rewriter) plan() {
	rw.attempt()
	for rw.again {
		own, program, kept, others := rw.own, rw.program, rw.kept, rw.others
		*rw = *newRewriter(rw.fset, rw.units, rw.opts)
		rw.own, rw.program, rw.kept, rw.others = own, program, kept, others
		rw.attempt()
	}
}

// stay has a declaration stay OpenTracing, in another attempt.
func (rw *rewriter) stay(at token.Pos, why *pin) {
	if rw.kept[at] == nil {
		rw.kept[at] = why
		rw.again = true
	}
}

func (rw *rewriter) attempt() {
	rw.build()
	rules := newRuleSet()
	for _, u := range rw.units {
		for _, f := range u.files {
			p := newPlanner(rw.graph, f, rules, rw.opts)
			p.plan()
			rw.planners[f] = p
			rw.order = append(rw.order, p)
			rw.sites = append(rw.sites, p.sites...)
		}
	}
	rw.planBorders()
	rw.planWatched()
	rw.planNils()
	rw.makeGroups()
	rw.collectFacts()
	rw.decide()
}

// planBorders makes a site of every place that needs an adapter.
func (rw *rewriter) planBorders() {
	for _, b := range rw.borders {
		p := rw.planners[b.file]
		s := &site{file: b.file, pos: b.expr.Pos(), symbol: "opentracing." + b.kind, rule: "adapters", adapter: b.kind != "Tracer" || !b.in}
		s.need(b.free)
		rw.sites = append(rw.sites, s)
		reason := "it meets code that stays OpenTracing"
		if pin := cmp.Or(b.src.pinned(), b.dst.pinned()); pin != nil {
			reason = pin.reason
		}
		switch {
		case b.in && b.src.origin&originMock != 0 && !(b.kind == "Tracer" && b.file.test && rw.breakTests):
			s.deny("mocktracer", b.expr.Pos(), "a test looks at what mocktracer records of it")
		case b.in && b.src.origin&ownOrigin(b.kind) != 0:
			s.deny(ownCategory(b.kind), b.expr.Pos(), "a "+b.kind+" of the module's own may come here, whose methods an adapter would pass by")
		case b.tuple:
			s.deny("adapter-place", b.expr.Pos(), "one of several results needs an adapter: "+reason)
		case b.reference && b.in && p.referred[ast.Unparen(b.expr)]:
		case b.kind == "SpanContext" && !b.in && p.contextCall(b.expr) != nil:
			p.contextAdapter(s, b.expr)
		case b.kind == "SpanContext":
			s.deny("external-api", b.expr.Pos(), "there is no adapter for a span context: "+reason)
		case b.kind == "Tracer" && b.in && isCompatTracer(b.file.unit.info.TypeOf(b.expr)):
			s.adapter = false // no OpenTracing is left there
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.operand(b.expr) + ".TracerProvider().Tracer(" + quote(b.file.unit.path) + ")"
			})
		case b.in && b.file.test && !rw.breakTests && b.bringsTracer():
			s.deny("test-tracer", b.expr.Pos(), "a test hands in a "+b.kind+" of another tracer than the program's, and may look at what becomes of it")
		case b.kind == "Tracer" && b.in:
			s.note = "the package's own tracer takes the place of the one handed in"
			if pin := b.src.pinned(); pin.category != "set-up" && !strings.Contains(reason, compatPath) {
				s.changes = "the tracer that is handed in here makes these spans no more; the program's OpenTelemetry provider does, once one is installed"
			}
			p.wrap(s, b.expr, func(r *renderer) string { return r.tracer() })
			p.blankUnused(s, b.expr)
		case b.kind == "Tracer" && b.src.origin&(originNoop|originOwnTracer|originMock|originUnknown) == 0:
			s.note = "the global tracer, which all of these are, is handed on"
			p.wrap(s, b.expr, func(r *renderer) string { return r.pkg(OpenTracingPath) + ".GlobalTracer()" })
		case b.kind == "Tracer":
			s.deny("external-api", b.expr.Pos(), "there is no adapter for a tracer: "+reason)
		case b.in:
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.pkg(compatPath) + ".OTelSpan(" + r.text(b.expr) + ")"
			})
		default:
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(b.expr) + ")"
			})
		}
	}
}

// contextAdapter makes a span's Context() that of the OpenTracing view of the span.
func (p *planner) contextAdapter(s *site, e ast.Expr) {
	span := p.contextCall(e)
	call := ast.Unparen(e).(*ast.CallExpr)
	if owner := p.owner[p.useOf(call.Fun).id]; owner != nil && len(owner.uses) == 1 {
		owner.adapter, s.adapter = true, false // the method is still called
	}
	p.wrap(s, call, func(r *renderer) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(span) + ").Context()"
	})
}

// planNils makes a site of every nil that is a span context.
func (rw *rewriter) planNils() {
	for _, n := range rw.nils {
		p := rw.planners[n.file]
		s := &site{file: n.file, pos: n.expr.Pos(), symbol: "opentracing.SpanContext", rule: "types"}
		s.need(n.dst)
		rw.sites = append(rw.sites, s)
		p.edit(s, n.expr, func(r *renderer) string { return r.trace("SpanContext") + "{}" })
	}
}

// on tells whether a site is converted.
func (rw *rewriter) on(s *site) bool {
	return s.refusal == nil && rw.converts(s) && (s.instead == nil || !rw.on(s.instead))
}

// An output is the new text of one file.
type output struct {
	file *sourceFile // nil for a new file
	unit *unit
	name string
	text []byte
}

// render renders every file that changes.
func (rw *rewriter) render() ([]*output, error) {
	rw.names = newNames(rw.fset)
	rw.texts()
	rw.names.fix()
	texts := rw.texts()
	var outs []*output
	for _, p := range rw.order {
		if text, ok := texts[p.file]; ok {
			outs = append(outs, &output{file: p.file, unit: p.file.unit, name: p.file.name, text: []byte(text)})
		}
	}
	outs, err := rw.addShared(outs)
	if err != nil {
		return nil, err
	}
	for _, o := range outs {
		if o.file == nil {
			continue
		}
		if o.text, err = rw.finish(o.file, o.text); err != nil {
			return nil, err
		}
	}
	return outs, nil
}

func (rw *rewriter) texts() map[*sourceFile]string {
	texts := make(map[*sourceFile]string)
	for _, p := range rw.order {
		if len(p.edits) == 0 {
			continue
		}
		r := &renderer{
			file: p.file, edits: p.edits, on: rw.on, facts: rw.factsOf, known: rw.knownOf, names: rw.names,
			base: rw.fset.File(p.file.syntax.FileStart), open: make(map[*edit]bool),
		}
		if text := r.whole(); text != string(p.file.src) {
			texts[p.file] = text
		}
	}
	return texts
}

// finish mends a file's imports and its formatting.
func (rw *rewriter) finish(f *sourceFile, text []byte) ([]byte, error) {
	droppable := make(map[importSpec][]string)
	for _, spec := range f.syntax.Imports {
		if names, ok := namesOf(f, spec); ok {
			droppable[specOf(spec)] = names
		}
	}
	var add []importSpec
	for path := range rw.names.imports[f] {
		add = append(add, importSpec{rw.names.chosen[f][path], path})
	}
	out, err := fixImports(text, add, droppable)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: the rewritten file does not parse, which is a bug in ot2otel: %w\n%s", f.name, err, text)
	}
	formatted, err := format.Source(out)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", f.name, err)
	}
	return formatted, nil
}

// addShared adds package tracers and helpers: to the one file that uses them, or to
// a file of their own.
func (rw *rewriter) addShared(outs []*output) ([]*output, error) {
	for _, u := range rw.units {
		tracerUses := rw.names.tracers[u]
		if existingTracer(u) == rw.names.fixed[u]["tracer"] && len(tracerUses) > 0 {
			tracerUses = nil
		}
		var wanted []string
		test := true
		for name, uses := range rw.names.helpers[u] {
			if existingHelper(u, name) != "" && existingHelper(u, name) == rw.names.fixed[u][name] {
				continue
			}
			wanted = append(wanted, name)
			for _, use := range uses {
				test = test && use.file.test
			}
		}
		wanted = withNeeds(wanted)
		wanted = slices.DeleteFunc(wanted, func(name string) bool { return existingHelper(u, name) != "" })
		var users []*sourceFile
		for _, use := range tracerUses {
			test = test && use.file.test
			if !slices.Contains(users, use.file) {
				users = append(users, use.file)
			}
		}
		if len(tracerUses) == 0 && len(wanted) == 0 {
			continue
		}
		tracer := ""
		if len(tracerUses) > 0 {
			tracer = rw.names.fixed[u]["tracer"]
		}
		if plain := slices.DeleteFunc(slices.Clone(users), func(f *sourceFile) bool { return f.test }); len(plain) == 1 {
			users = plain
		}
		if len(users) == 1 && len(wanted) == 0 {
			f := users[0]
			i := slices.IndexFunc(outs, func(o *output) bool { return o.file == f })
			name := rw.names.pkg(f, otelPath, f.syntax.Name.Pos())
			if rw.names.chosen[f] == nil {
				rw.names.chosen[f] = make(map[string]string)
			}
			if rw.names.chosen[f][otelPath] == "" {
				rw.names.chosen[f][otelPath] = importName(f, otelPath, []token.Pos{f.syntax.Name.Pos()}, nil)
				name = rw.names.chosen[f][otelPath]
			}
			code := fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, name, u.path)
			text, err := addDeclaration(outs[i].text, code, false)
			if err != nil {
				return nil, fmt.Errorf("migrate: %s: %w", f.name, err)
			}
			outs[i].text = text
			continue
		}
		out, err := rw.sharedFile(u, tracer, wanted, test)
		if err != nil {
			return nil, err
		}
		outs = append(outs, out)
	}
	return outs, nil
}

// sharedFile makes or extends the file with a package's tracer and helpers.
func (rw *rewriter) sharedFile(u *unit, tracer string, wanted []string, test bool) (*output, error) {
	suffix := ".go"
	if test || strings.HasSuffix(u.pkg.Name(), "_test") {
		suffix = "_test.go"
	}
	dir := filepath.Dir(u.files[0].name)
	name := filepath.Join(dir, "otel"+suffix)
	for i := 2; rw.taken(u, name); i++ {
		name = filepath.Join(dir, fmt.Sprintf("otel%d%s", i, suffix))
	}
	chosen := make(map[string]string)
	nameOf := func(path string) string {
		base := baseName(path)
		for i := 0; ; i++ {
			n := base
			if i > 0 {
				n = "otel" + base
			}
			if i > 1 {
				n = fmt.Sprintf("otel%s%d", base, i)
			}
			if u.pkg.Scope().Lookup(n) == nil {
				return n
			}
		}
	}
	all := helpers()
	for _, h := range wanted {
		for _, path := range all[h].imports {
			chosen[path] = nameOf(path)
		}
	}
	code, _ := declarations(wanted, rw.names.fixed[u], chosen)
	if tracer != "" {
		chosen[otelPath] = nameOf(otelPath)
		code = fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, chosen[otelPath], u.path) + code
	}
	var add []importSpec
	for path, n := range chosen {
		add = append(add, importSpec{n, path})
	}
	src := []byte("package " + u.pkg.Name() + "\n")
	if header := licence(u); header != "" {
		src = append([]byte(header+"\n\n"), src...)
	}
	src, err := fixImports(src, add, nil)
	if err != nil {
		return nil, err
	}
	src, err = format.Source(fmt.Appendf(bytes.TrimRight(src, "\n"), "\n%s", code))
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", name, err)
	}
	return &output{unit: u, name: name, text: src}, nil
}

// taken tells whether a file of the package, or one that its build leaves out, has
// the name.
func (rw *rewriter) taken(u *unit, name string) bool {
	return slices.ContainsFunc(u.files, func(f *sourceFile) bool { return f.name == name }) || exists(name)
}

// licence returns the comment that every file of the package begins with, if it is
// about copyright.
func licence(u *unit) string {
	header := ""
	for i, f := range u.files {
		first := ""
		if c := f.syntax.Comments; len(c) > 0 && c[0].End() < f.syntax.Package && c[0] != f.syntax.Doc {
			first = string(f.src[rw0(f, c[0].Pos()):rw0(f, c[0].End())])
		}
		if i > 0 && first != header {
			return ""
		}
		header = first
	}
	for _, word := range []string{"Copyright", "SPDX-License-Identifier", "License"} {
		if strings.Contains(header, word) && !strings.Contains(header, "//go:build") {
			return header
		}
	}
	return ""
}

// rw0 is the offset of a position in its file.
func rw0(f *sourceFile, p token.Pos) int { return int(p - f.syntax.FileStart) }
