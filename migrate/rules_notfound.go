// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// errorUse says what a site has to do with opentracing.ErrSpanContextNotFound.
type errorUse uint8

const (
	// errorTested: it is compared with what an Extract in the same function returned.
	errorTested errorUse = iota + 1
	// errorCompared: it is compared with an error from elsewhere.
	errorCompared
	// errorMade: it is handed on, or an error of Extract is, which may be it.
	errorMade
)

// notFound replaces opentracing.ErrSpanContextNotFound by the error that the helper for
// Extract returns: see placeErrors. One that is returned beside a span context changes
// with that, and one that an Extract's error is compared with, with the Extract.
func (p *propagationFile) notFound(u *use) {
	var nodes []*node
	kind := errorCompared
	compared := p.comparedWith(u.expr)
	switch symbol, call := p.calls(p.errorSource(compared)); {
	case symbol == "opentracing.Tracer.Extract":
		kind = errorTested
		nodes = append(nodes, p.result(call, 0))
	case call != nil && p.outside(call):
		p.refuse(u, "propagation-error", "the error that it is compared with comes from another module")
		return
	case compared == nil:
		kind = errorMade
		if ret, ok := p.statement(u.expr).(*ast.ReturnStmt); ok {
			nodes = p.returnedBeside(ret)
		}
	}
	s := p.site(u, nodes...)
	s.errors = kind
	p.edit(s, u.expr, func(r *renderer) string { return r.notFoundError() })
}

// comparedWith returns the error that another one is compared with, or nil.
func (p *propagationFile) comparedWith(e ast.Expr) ast.Expr {
	switch parent := p.statement(e).(type) {
	case *ast.BinaryExpr:
		if parent.Op != token.EQL && parent.Op != token.NEQ {
			return nil
		}
		if ast.Unparen(parent.X) == ast.Unparen(e) {
			return parent.Y
		}
		return parent.X
	case *ast.CallExpr:
		if f := p.callee(parent); f != nil && f.FullName() == "errors.Is" && ast.Unparen(parent.Args[1]) == ast.Unparen(e) {
			return parent.Args[0]
		}
	case *ast.CaseClause:
		if block, ok := p.parent[parent].(*ast.BlockStmt); ok {
			if s, ok := p.parent[block].(*ast.SwitchStmt); ok {
				return s.Tag
			}
		}
	}
	return nil
}

// errorSource returns the call that an error comes from, if one alone does, or nil.
func (p *propagationFile) errorSource(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	last, known := p.lastAssignment(p.variable(e), e)
	as, ok := last.(*ast.AssignStmt)
	if !known || !ok || len(as.Rhs) != 1 {
		return nil
	}
	return as.Rhs[0]
}

// outside tells whether a call is one of a function of another module, which may know
// OpenTracing.
func (p *propagationFile) outside(call *ast.CallExpr) bool {
	f := p.callee(call)
	return f != nil && f.Pkg() != nil && !p.own[f.Pkg().Path()] && !IsOpenTracing(f.Pkg().Path())
}

// returnedBeside returns the nodes of what a return statement returns.
func (p *propagationFile) returnedBeside(ret *ast.ReturnStmt) (nodes []*node) {
	sig := p.enclosingSignature(ret)
	if sig == nil {
		return nil
	}
	for v := range sig.Results().Variables() {
		if n := p.object(v); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// handsErrorOn tells whether the error of an Extract goes anywhere but into comparisons
// and the arguments of calls whose results nobody takes.
func (p *propagationFile) handsErrorOn(call *ast.CallExpr) bool {
	as, ok := p.statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		_, dropped := p.statement(call).(*ast.ExprStmt)
		return !dropped
	}
	err := p.variable(as.Lhs[1])
	if isBlank(as.Lhs[1]) {
		return false
	}
	if err == nil || err.IsField() || err.Parent() == p.file.unit.pkg.Scope() {
		return true
	}
	on := false
	ast.Inspect(p.outermostFunc(as), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.info.ObjectOf(id) != err || on {
			return !on
		}
		switch parent := p.statement(id).(type) {
		case *ast.BinaryExpr:
		case *ast.AssignStmt:
			on = !slices.Contains(parent.Lhs, ast.Expr(id))
		case *ast.SwitchStmt:
		case *ast.CallExpr:
			f := p.callee(parent)
			_, statement := p.statement(parent).(*ast.ExprStmt)
			on = f == nil || f.FullName() != "errors.Is" && !(statement && f.Pkg() != nil && !p.own[f.Pkg().Path()])
		default:
			on = true
		}
		return !on
	})
	return on
}

// A propagationRun decides which errors Extract returns.
type propagationRun struct {
	quiet
	*rewriter
}

func (rw *propagationRun) spread() { rw.placeErrors() }

// placeErrors decides which error takes the place of opentracing.ErrSpanContextNotFound.
// Where it is told apart in the function of the Extract only, each package has a variable
// of its own. Where it goes from package to package, one that the others can import
// declares it. Where code that stays OpenTracing returns or expects it, too, or it comes
// from code that is not known, it stays the one of OpenTracing.
func (rw *propagationRun) placeErrors() {
	rw.errorFrom = make(map[*unit]string)
	users := make(map[*unit]bool) // whether they need it outside of tests
	var made, compared, madeStays, comparedStays bool
	for _, s := range rw.sites {
		switch on := rw.on(s); {
		case s.errors == 0 || s.errors == errorTested || !on && s.file.test:
			continue
		case s.errors == errorMade:
			made, madeStays = made || on, madeStays || !on
		default:
			compared, comparedStays = compared || on, comparedStays || !on
		}
		if rw.on(s) {
			users[s.file.unit] = users[s.file.unit] || !s.file.test
		}
	}
	switch {
	case !compared && !(comparedStays && made):
		return
	case made && !madeStays && !comparedStays:
		if len(users) == 1 {
			return
		}
		if home := rw.commonImport(users); home != nil {
			for u := range users {
				rw.errorFrom[u] = home.path
			}
			return
		}
	}
	for _, s := range rw.sites {
		if s.errors != 0 && rw.on(s) {
			rw.errorFrom[s.file.unit] = OpenTracingPath
			if s.symbol == notFoundSymbol {
				s.adapter, s.note = true, "the error of OpenTracing stays, which other code returns or compares, too"
			}
		}
	}
}

const notFoundSymbol = "opentracing.ErrSpanContextNotFound"

// notFoundHelper declares the error where it is a package's own.
const notFoundHelper = "errSpanContextNotFound"

// notFoundError returns the name of the error that takes the place of
// opentracing.ErrSpanContextNotFound.
func (r *renderer) notFoundError() string {
	if path := r.names.importedError(r.file.unit); path != "" {
		return r.pkg(path) + ".ErrSpanContextNotFound"
	}
	return r.helper(notFoundHelper)
}

// importedError returns the package that a package has the error from, or "".
func (n *names) importedError(u *unit) string {
	if n.errorFrom[u] == u.path {
		return ""
	}
	return n.errorFrom[u]
}

// commonImport returns the one of some packages that all others import, or could, to
// declare in it what they share; nil if there is none.
func (rw *propagationRun) commonImport(users map[*unit]bool) *unit {
	var best *unit
	importers := 0
	for home, code := range users {
		if !code || home.pkg.Name() != baseName(home.path) || home.pkg.Name() == "main" ||
			home.pkg.Scope().Lookup("ErrSpanContextNotFound") != nil || existingHelper(home, "remoteSpanContext") != "" {
			continue
		}
		free, n := true, 0
		for u := range users {
			if u == home {
				continue
			}
			free = free && !rw.reach[home.path][u.path] && mayImport(u.path, home.path) && existingHelper(u, "remoteSpanContext") == ""
			if rw.reach[u.path][home.path] {
				n++
			}
		}
		if free && (best == nil || n > importers || n == importers && home.path < best.path) {
			best, importers = home, n
		}
	}
	return best
}

// mayImport tells whether the rule for folders named internal lets a package import
// another one.
func mayImport(from, path string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(("/" + path)[1:max(i, 1)], "/")
	return from == parent || strings.HasPrefix(from, parent+"/")
}
