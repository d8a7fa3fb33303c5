// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) propagationRows() []plan.Rule {
	all := plan.RowsFor("propagation", p.inject, nil, plan.RefusedMethodValue, "opentracing.Tracer.Inject")
	all = append(all, plan.RowsFor("propagation", p.extract, nil, plan.RefusedMethodValue, "opentracing.Tracer.Extract")...)
	all = append(all, plan.RowsFor("propagation", nil, p.notFound, RefusedPropagationError, "opentracing.ErrSpanContextNotFound")...)
	all = append(all, plan.RowsFor("propagation", nil, nil, RefusedPropagationError, "opentracing.ErrUnsupportedFormat",
		"opentracing.ErrInvalidSpanContext", "opentracing.ErrInvalidCarrier", "opentracing.ErrSpanContextCorrupted")...)
	all = append(all, plan.RowsFor("propagation", nil, nil, flow.RefusedCarrier, "opentracing.BuiltinFormat", "opentracing.Binary",
		"opentracing.TextMap", "opentracing.HTTPHeaders")...)
	return append(all, plan.RowsFor("propagation", p.carrierMethod, nil, plan.RefusedMethodValue,
		"opentracing.TextMapCarrier.Set", "opentracing.HTTPHeadersCarrier.Set",
		"opentracing.TextMapCarrier.ForeachKey", "opentracing.HTTPHeadersCarrier.ForeachKey",
		"opentracing.TextMapReader.ForeachKey", "opentracing.TextMapWriter.Set")...)
}

// carrierMethod: Set has the same name and meaning on OpenTelemetry's carriers, and
// the interfaces keep their methods. ForeachKey needs a helper.
func (p *File) carrierMethod(u *plan.Use) {
	carrier := syntax.ReceiverOf(u.Call)
	s := p.Site(u, p.Expr(carrier))
	helper := ""
	switch u.Sym.Name {
	case "TextMapCarrier.ForeachKey":
		helper = "foreachKey"
	case "HTTPHeadersCarrier.ForeachKey":
		helper = "foreachHeader"
	default:
		return
	}
	p.Edit(s, u.Call, func(r *edit.Renderer) string {
		return r.Helper(helper) + "(" + r.Text(carrier) + ", " + r.Text(u.Call.Args[0]) + ")"
	})
}

// carrier renders the carrier of an Inject or Extract, or says why it can't.
func (p *File) carrier(s *plan.Site, by propagator, format, carrier ast.Expr, reads bool) func(r *edit.Renderer) string {
	switch symbol := p.SymbolOf(format); symbol {
	case "opentracing.HTTPHeaders", "opentracing.TextMap":
		p.Take(s, p.UseOf(format))
	case "opentracing.Binary":
		return p.binaryReader(s, by, format, carrier)
	default:
		s.Deny(flow.RefusedCarrier, format.Pos(), "the format is not a constant")
		return nil
	}
	t := p.Info.TypeOf(carrier)
	switch name := opentracing.OpenTracingType(t); {
	case name == "opentracing.HTTPHeadersCarrier" || name == "opentracing.TextMapCarrier":
		return p.mapCarrier(s, carrier, reads)
	case types.TypeString(t, nil) == "net/http.Header":
		return func(r *edit.Renderer) string {
			return r.Pkg(opentelemetry.PropagationPath) + ".HeaderCarrier(" + r.Text(carrier) + ")"
		}
	case syntax.HasMethod(t, "Get") && syntax.HasMethod(t, "Set") && syntax.HasMethod(t, "Keys"):
		return func(r *edit.Renderer) string { return r.Text(carrier) }
	case syntax.HasMethod(t, "Set") || syntax.HasMethod(t, "ForeachKey"):
		s.Need(p.Expr(carrier))
		return func(r *edit.Renderer) string { return r.Helper("textMapCarrier") + "(" + r.Text(carrier) + ")" }
	}
	s.Deny(flow.RefusedCarrier, carrier.Pos(), "the carrier "+types.TypeString(t, (*types.Package).Name)+" has no counterpart")
	return nil
}

func (p *File) inject(u *plan.Use) {
	call := u.Call
	if len(call.Args) != 3 {
		return
	}
	s := p.Site(u)
	propagator := p.propagator(s, call)
	st := &starts.Start{Call: call}
	p.Reference(st, call.Args[0], false)
	p.TakeStart(s, st)
	binary := p.binaryWriter(call)
	var carrier func(*edit.Renderer) string
	if !binary {
		carrier = p.carrier(s, propagator, call.Args[1], call.Args[2], false)
		p.nilCarrier(s, call.Args[2])
	}
	if len(st.References) != 1 {
		s.Deny(plan.RefusedUnsupported, call.Pos(), "nothing is injected")
	}
	at := p.EnclosingStmt(call)
	if s.Refusal != nil || at == nil {
		return
	}
	base := p.ContextAt(at)
	kept := p.ContextFor(call, st.References[0].Span)
	if kept == nil {
		p.StartReferences(s, st)
		s.Sends = true
	}
	from := func(r *edit.Renderer) string {
		if kept != nil {
			return kept.Name
		}
		return p.ContextWith(r, st, base(r, st), st.References[0])
	}
	if binary {
		p.placeBinary(s, call, propagator, from)
		return
	}
	p.placeInject(s, call, func(r *edit.Renderer) string {
		return propagator.text(r) + ".Inject(" + from(r) + ", " + carrier(r) + ")"
	})
}

// placeInject puts a call without a result in the place of one with an error.
func (p *File) placeInject(s *plan.Site, call *ast.CallExpr, text func(r *edit.Renderer) string) {
	stmt := p.Statement(call)
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		p.Edit(s, stmt, text)
		return
	case *ast.DeferStmt:
		p.Edit(s, stmt.Call, text)
		return
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 1 {
			break
		}
		if ifs, ok := p.Parent[stmt].(*ast.IfStmt); ok && ifs.Init == stmt {
			if list, _ := p.Siblings(ifs); list == nil || ifs.Else != nil || stmt.Tok != token.DEFINE || !p.Implies(ifs.Cond, p.Variable(stmt.Lhs[0]), token.NEQ) {
				break
			}
			p.TakeAll(s, ifs.Body)
			p.Edit(s, ifs, text)
			return
		}
		siblings, i := p.Siblings(stmt)
		if siblings == nil {
			break
		}
		if syntax.IsBlank(stmt.Lhs[0]) {
			p.Edit(s, stmt, text)
			return
		}
		after := siblings[i+1:]
		if i+1 < len(siblings) {
			v := p.Variable(stmt.Lhs[0])
			if ifs, ok := siblings[i+1].(*ast.IfStmt); ok && ifs.Else == nil && ifs.Init == nil && v != nil && p.Implies(ifs.Cond, v, token.NEQ) {
				p.TakeAll(s, ifs.Body)
				p.Edit(s, ifs, nil) // which is never true
				after = after[1:]
				if stmt.Tok == token.DEFINE && (p.Mentions(p.EnclosingFunc(stmt), v) == 1+p.Mentions(ifs, v) || p.declaresNext(s, v, siblings[i+2:])) {
					p.Edit(s, stmt, text)
					return
				}
			}
		}
		set := stmt.Tok == token.ASSIGN && p.needsNil(stmt, siblings[:i], after)
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			if stmt.Tok == token.DEFINE {
				return text(r) + "\nvar " + r.Text(stmt.Lhs[0]) + " error"
			}
			if !set {
				return text(r)
			}
			return text(r) + "\n" + r.Text(stmt.Lhs[0]) + " = nil"
		})
		return
	}
	at := p.Hoistable(call)
	if at == nil {
		s.Deny(RefusedPropagationError, call.Pos(), "the code uses the error of Inject where no statement fits before it")
		return
	}
	p.Prefix(s, at, text)
	_, returned := stmt.(*ast.ReturnStmt)
	p.Edit(s, call, func(*edit.Renderer) string {
		if returned {
			return "nil"
		}
		return "error(nil)"
	})
}

// declaresNext makes the next assignment to a variable its declaration, if that stands
// among the statements that follow, before any other mention, and sets nothing else.
func (p *File) declaresNext(s *plan.Site, v *types.Var, following []ast.Stmt) bool {
	i := slices.IndexFunc(following, func(stmt ast.Stmt) bool { return p.Mentions(stmt, v) > 0 })
	if i < 0 {
		return false
	}
	as, ok := following[i].(*ast.AssignStmt)
	if !ok || as.Tok != token.ASSIGN || p.Mentions(as, v) != 1 {
		return false
	}
	for _, l := range as.Lhs {
		if !syntax.IsBlank(l) && p.Variable(l) != v {
			return false
		}
	}
	alone := true // without an edit of its own
	ast.Inspect(as, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		alone = alone && (!ok || p.Uses[id] == nil)
		return alone
	})
	if t := p.assignedType(as, v); !alone || t == nil || !types.Identical(v.Type(), t) {
		return false
	}
	p.Edit(s, as, func(r *edit.Renderer) string { return r.Texts(as.Lhs) + " := " + r.Texts(as.Rhs) })
	return true
}

// assignedType returns the type of the value that a variable is assigned, or nil.
func (p *File) assignedType(as *ast.AssignStmt, v *types.Var) types.Type {
	i := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.Variable(l) == v })
	if i < 0 {
		return nil
	}
	if len(as.Lhs) == len(as.Rhs) {
		return p.Info.TypeOf(as.Rhs[i])
	}
	if all, ok := p.Info.TypeOf(as.Rhs[0]).(*types.Tuple); ok && i < all.Len() {
		return all.At(i).Type()
	}
	return nil
}
