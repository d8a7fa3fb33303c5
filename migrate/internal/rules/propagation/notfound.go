// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// notFound replaces opentracing.ErrSpanContextNotFound by the error that the helper for
// Extract returns: see placeErrors. One that is returned beside a span context changes
// with that, and one that an Extract's error is compared with, with the Extract.
func (p *File) notFound(u *plan.Use) {
	var nodes []*flow.Node
	kind := plan.ErrorCompared
	compared := p.comparedWith(u.Expr)
	switch symbol, call := p.Calls(p.errorSource(compared)); {
	case symbol == "opentracing.Tracer.Extract":
		kind = plan.ErrorTested
		nodes = append(nodes, p.Result(call, 0))
	case call != nil && p.extracts(call):
		kind = plan.ErrorTested
	case p.inHelper(u.Expr):
		kind = p.rewrittenExtracts()
	case call != nil && p.outside(call):
		p.Refuse(u, RefusedPropagationError, "the error that it is compared with comes from another module")
		return
	case compared == nil:
		kind = plan.ErrorMade
		if ret, ok := p.Statement(u.Expr).(*ast.ReturnStmt); ok {
			nodes = p.returnedBeside(ret)
		}
	}
	s := p.Site(u, nodes...)
	s.Errors = kind
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return r.NotFoundError() })
}

// comparedWith returns the error that another one is compared with, or nil.
func (p *File) comparedWith(e ast.Expr) ast.Expr {
	switch parent := p.Statement(e).(type) {
	case *ast.BinaryExpr:
		if parent.Op != token.EQL && parent.Op != token.NEQ {
			return nil
		}
		if ast.Unparen(parent.X) == ast.Unparen(e) {
			return parent.Y
		}
		return parent.X
	case *ast.CallExpr:
		if f := p.Callee(parent); f != nil && f.FullName() == "errors.Is" && ast.Unparen(parent.Args[1]) == ast.Unparen(e) {
			return parent.Args[0]
		}
	case *ast.CaseClause:
		if block, ok := p.Parent[parent].(*ast.BlockStmt); ok {
			if s, ok := p.Parent[block].(*ast.SwitchStmt); ok {
				return s.Tag
			}
		}
	}
	return nil
}

// errorSource returns the call that an error comes from, if one alone does, or nil.
func (p *File) errorSource(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	v := p.Variable(e)
	last, known := p.LastAssignment(v, e)
	if as := p.onlyAssignment(v, e); as != nil {
		last, known = as, true
	}
	as, ok := last.(*ast.AssignStmt)
	if !known || !ok || len(as.Rhs) != 1 {
		return nil
	}
	return as.Rhs[0]
}

// onlyAssignment returns the statement that declares a local variable, if nothing else
// assigns it, or nil. Jumps and loops don't matter to it.
func (p *File) onlyAssignment(v *types.Var, at ast.Node) *ast.AssignStmt {
	fn := p.OutermostFunc(at)
	if v == nil || v.IsField() || fn == nil || p.Assignments(fn, v) != 1 {
		return nil
	}
	id := p.IdentAt(v)
	as, _ := p.Parent[id].(*ast.AssignStmt)
	return as
}

// outside tells whether a call is one of a function of another module, which may know
// OpenTracing.
func (p *File) outside(call *ast.CallExpr) bool {
	f := p.Callee(call)
	return f != nil && f.Pkg() != nil && !p.Own[f.Pkg().Path()] && !opentracing.IsOpenTracing(f.Pkg().Path())
}

// returnedBeside returns the nodes of what a return statement returns.
func (p *File) returnedBeside(ret *ast.ReturnStmt) (nodes []*flow.Node) {
	sig := p.EnclosingSignature(ret)
	if sig == nil {
		return nil
	}
	for v := range sig.Results().Variables() {
		if n := p.Object(v); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// A Run decides which errors Extract returns, and knows what carriers functions are given.
type Run struct {
	plan.Quiet
	*plan.Run
	arguments *arguments
}

func NewRun(rw *plan.Run) *Run { return &Run{Run: rw, arguments: newArguments(rw)} }

func (rw *Run) File(below *starts.File) *File {
	return &File{File: below, run: rw, said: make(map[nilCarrier]bool)}
}

func (rw *Run) Spread() { rw.placeErrors() }

// placeErrors decides which error takes the place of opentracing.ErrSpanContextNotFound.
// Where it is told apart in the function of the Extract only, each package has a variable
// of its own. Where it goes from package to package, one that the others can import
// declares it. Where code that stays OpenTracing returns or expects it, too, or it comes
// from code that is not known, it stays the one of OpenTracing.
func (rw *Run) placeErrors() {
	rw.ErrorFrom = make(map[*source.Unit]string)
	users := make(map[*source.Unit]bool) // whether they need it outside of tests
	var made, compared, madeStays, comparedStays bool
	for _, s := range rw.Sites {
		switch on := rw.On(s); {
		case s.Errors == 0 || s.Errors == plan.ErrorTested || !on && s.File.Test:
			continue
		case s.Errors == plan.ErrorMade:
			made, madeStays = made || on, madeStays || !on
		default:
			compared, comparedStays = compared || on, comparedStays || !on
		}
		if rw.On(s) {
			users[s.File.Unit] = users[s.File.Unit] || !s.File.Test
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
				rw.ErrorFrom[u] = home.Path
			}
			return
		}
	}
	for _, s := range rw.Sites {
		if s.Errors != 0 && rw.On(s) {
			rw.ErrorFrom[s.File.Unit] = opentracing.OpenTracingPath
			if s.Symbol == notFoundSymbol {
				s.Adapter, s.Note = true, "the error of OpenTracing stays, because other code also returns or compares it"
			}
		}
	}
}

const notFoundSymbol = "opentracing.ErrSpanContextNotFound"

// commonImport returns the one of some packages that all others import, or could, to
// declare in it what they share; nil if there is none.
func (rw *Run) commonImport(users map[*source.Unit]bool) *source.Unit {
	var best *source.Unit
	importers := 0
	for home, code := range users {
		if !code || home.Pkg.Name() != opentelemetry.BaseName(home.Path) || home.Pkg.Name() == "main" ||
			home.Pkg.Scope().Lookup("ErrSpanContextNotFound") != nil || edit.ExistingHelper(home, "remoteSpanContext") != "" {
			continue
		}
		free, n := true, 0
		for u := range users {
			if u == home {
				continue
			}
			free = free && !rw.Reach[home.Path][u.Path] && mayImport(u.Path, home.Path) && edit.ExistingHelper(u, "remoteSpanContext") == ""
			if rw.Reach[u.Path][home.Path] {
				n++
			}
		}
		if free && (best == nil || n > importers || n == importers && home.Path < best.Path) {
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
