// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

func (p *propagationFile) propagationRows() []rule {
	all := rowsFor("propagation", p.inject, nil, "method-value", "opentracing.Tracer.Inject")
	all = append(all, rowsFor("propagation", p.extract, nil, "method-value", "opentracing.Tracer.Extract")...)
	all = append(all, rowsFor("propagation", nil, p.notFound, "propagation-error", "opentracing.ErrSpanContextNotFound")...)
	all = append(all, rowsFor("propagation", nil, nil, "propagation-error", "opentracing.ErrUnsupportedFormat",
		"opentracing.ErrInvalidSpanContext", "opentracing.ErrInvalidCarrier", "opentracing.ErrSpanContextCorrupted")...)
	all = append(all, rowsFor("propagation", nil, nil, "carrier", "opentracing.BuiltinFormat", "opentracing.Binary",
		"opentracing.TextMap", "opentracing.HTTPHeaders")...)
	return append(all, rowsFor("propagation", p.carrierMethod, nil, "method-value",
		"opentracing.TextMapCarrier.Set", "opentracing.HTTPHeadersCarrier.Set",
		"opentracing.TextMapCarrier.ForeachKey", "opentracing.HTTPHeadersCarrier.ForeachKey",
		"opentracing.TextMapReader.ForeachKey", "opentracing.TextMapWriter.Set")...)
}

// carrierMethod: Set has the same name and meaning on OpenTelemetry's carriers, and
// the interfaces keep their methods. ForeachKey needs a helper.
func (p *propagationFile) carrierMethod(u *use) {
	carrier := receiverOf(u.call)
	s := p.site(u, p.expr(carrier))
	helper := ""
	switch u.sym.Name {
	case "TextMapCarrier.ForeachKey":
		helper = "foreachKey"
	case "HTTPHeadersCarrier.ForeachKey":
		helper = "foreachHeader"
	default:
		return
	}
	p.edit(s, u.call, func(r *renderer) string {
		return r.helper(helper) + "(" + r.text(carrier) + ", " + r.text(u.call.Args[0]) + ")"
	})
}

// carrier renders the carrier of an Inject or Extract, or says why it can't.
func (p *propagationFile) carrier(s *site, format, carrier ast.Expr, reads bool) func(r *renderer) string {
	switch symbol := p.symbolOf(format); symbol {
	case "opentracing.HTTPHeaders", "opentracing.TextMap":
		p.take(s, p.useOf(format))
	case "opentracing.Binary":
		return p.binaryReader(s, format, carrier)
	default:
		s.deny("carrier", format.Pos(), "the format is not a constant")
		return nil
	}
	t := p.info.TypeOf(carrier)
	switch name := openTracingType(t); {
	case name == "opentracing.HTTPHeadersCarrier" || name == "opentracing.TextMapCarrier":
		return p.mapCarrier(s, carrier, reads)
	case types.TypeString(t, nil) == "net/http.Header":
		return func(r *renderer) string {
			return r.pkg(propagationPath) + ".HeaderCarrier(" + r.text(carrier) + ")"
		}
	case hasMethod(t, "Get") && hasMethod(t, "Set") && hasMethod(t, "Keys"):
		return func(r *renderer) string { return r.text(carrier) }
	case hasMethod(t, "Set") || hasMethod(t, "ForeachKey"):
		s.need(p.expr(carrier))
		return func(r *renderer) string { return r.helper("textMapCarrier") + "(" + r.text(carrier) + ")" }
	}
	s.deny("carrier", carrier.Pos(), "the carrier "+types.TypeString(t, (*types.Package).Name)+" has no counterpart")
	return nil
}

func (p *propagationFile) inject(u *use) {
	call := u.call
	if len(call.Args) != 3 {
		return
	}
	s := p.site(u)
	p.propagator(s, receiverOf(call))
	st := &start{call: call}
	p.reference(st, call.Args[0], false)
	p.takeStart(s, st)
	binary := p.binaryWriter(call)
	var carrier func(*renderer) string
	if !binary {
		carrier = p.carrier(s, call.Args[1], call.Args[2], false)
		p.nilCarrier(s, call.Args[2])
	}
	if len(st.references) != 1 {
		s.deny("unsupported", call.Pos(), "nothing is injected")
	}
	at := p.enclosingStmt(call)
	if s.refusal != nil || at == nil {
		return
	}
	base := p.contextAt(at)
	kept := p.contextFor(call, st.references[0].span)
	if kept == nil {
		p.startReferences(s, st)
		s.sends = true
	}
	from := func(r *renderer) string {
		if kept != nil {
			return kept.name
		}
		return p.contextWith(r, st, base(r, st), st.references[0])
	}
	if binary {
		p.placeBinary(s, call, from)
		return
	}
	p.placeInject(s, call, func(r *renderer) string {
		return r.pkg(otelPath) + ".GetTextMapPropagator().Inject(" + from(r) + ", " + carrier(r) + ")"
	})
}

// placeInject puts a call without a result in the place of one with an error.
func (p *propagationFile) placeInject(s *site, call *ast.CallExpr, text func(r *renderer) string) {
	stmt := p.statement(call)
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		p.edit(s, stmt, text)
		return
	case *ast.DeferStmt:
		p.edit(s, stmt.Call, text)
		return
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 1 {
			break
		}
		if ifs, ok := p.parent[stmt].(*ast.IfStmt); ok && ifs.Init == stmt {
			if list, _ := p.siblings(ifs); list == nil || ifs.Else != nil || stmt.Tok != token.DEFINE || !p.implies(ifs.Cond, p.variable(stmt.Lhs[0]), token.NEQ) {
				break
			}
			p.takeAll(s, ifs.Body)
			p.edit(s, ifs, text)
			return
		}
		siblings, i := p.siblings(stmt)
		if siblings == nil {
			break
		}
		if isBlank(stmt.Lhs[0]) {
			p.edit(s, stmt, text)
			return
		}
		after := siblings[i+1:]
		if i+1 < len(siblings) {
			v := p.variable(stmt.Lhs[0])
			if ifs, ok := siblings[i+1].(*ast.IfStmt); ok && ifs.Else == nil && ifs.Init == nil && v != nil && p.implies(ifs.Cond, v, token.NEQ) {
				p.takeAll(s, ifs.Body)
				p.edit(s, ifs, nil) // which is never true
				after = after[1:]
				if stmt.Tok == token.DEFINE && (p.mentions(p.enclosingFunc(stmt), v) == 1+p.mentions(ifs, v) || p.declaresNext(s, v, siblings[i+2:])) {
					p.edit(s, stmt, text)
					return
				}
			}
		}
		set := stmt.Tok == token.ASSIGN && p.needsNil(stmt, siblings[:i], after)
		p.edit(s, stmt, func(r *renderer) string {
			if stmt.Tok == token.DEFINE {
				return text(r) + "\nvar " + r.text(stmt.Lhs[0]) + " error"
			}
			if !set {
				return text(r)
			}
			return text(r) + "\n" + r.text(stmt.Lhs[0]) + " = nil"
		})
		return
	}
	at := p.hoistable(call)
	if at == nil {
		s.deny("propagation-error", call.Pos(), "the error of Inject is used in a place that has no room for a statement before it")
		return
	}
	p.prefix(s, at, text)
	_, returned := stmt.(*ast.ReturnStmt)
	p.edit(s, call, func(*renderer) string {
		if returned {
			return "nil"
		}
		return "error(nil)"
	})
}

// declaresNext makes the next assignment to a variable its declaration, if that stands
// among the statements that follow, before any other mention, and sets nothing else.
func (p *propagationFile) declaresNext(s *site, v *types.Var, following []ast.Stmt) bool {
	i := slices.IndexFunc(following, func(stmt ast.Stmt) bool { return p.mentions(stmt, v) > 0 })
	if i < 0 {
		return false
	}
	as, ok := following[i].(*ast.AssignStmt)
	if !ok || as.Tok != token.ASSIGN || p.mentions(as, v) != 1 {
		return false
	}
	for _, l := range as.Lhs {
		if !isBlank(l) && p.variable(l) != v {
			return false
		}
	}
	alone := true // without an edit of its own
	ast.Inspect(as, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		alone = alone && (!ok || p.uses[id] == nil)
		return alone
	})
	if t := p.assignedType(as, v); !alone || t == nil || !types.Identical(v.Type(), t) {
		return false
	}
	p.edit(s, as, func(r *renderer) string { return r.texts(as.Lhs) + " := " + r.texts(as.Rhs) })
	return true
}

// assignedType returns the type of the value that a variable is assigned, or nil.
func (p *propagationFile) assignedType(as *ast.AssignStmt, v *types.Var) types.Type {
	i := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.variable(l) == v })
	if i < 0 {
		return nil
	}
	if len(as.Lhs) == len(as.Rhs) {
		return p.info.TypeOf(as.Rhs[i])
	}
	if all, ok := p.info.TypeOf(as.Rhs[0]).(*types.Tuple); ok && i < all.Len() {
		return all.At(i).Type()
	}
	return nil
}

// propagator takes the tracer of an Inject or Extract: the propagator is global.
func (p *propagationFile) propagator(s *site, tracer ast.Expr) {
	symbol, call := p.calls(tracer)
	switch symbol {
	case "opentracing.GlobalTracer":
		p.take(s, p.useOf(call.Fun))
		return
	case "opentracing.Span.Tracer":
		p.take(s, p.useOf(call.Fun))
		s.need(p.expr(receiverOf(call)))
		p.takeAll(s, receiverOf(call))
		return
	}
	s.need(p.tracerNode(tracer))
	v := p.variable(tracer)
	fn := p.enclosingFunc(tracer)
	if v == nil || v.IsField() || fn == nil || p.parameter(fn, tracer) {
		return
	}
	p.dropVariable(s, v, fn)
}

// dropVariable deletes a tracer variable from its declaration if its mentions all go.
func (p *planner) dropVariable(s *site, v *types.Var, fn ast.Node) {
	var decl *ast.AssignStmt
	others := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.info.ObjectOf(id) != v {
			return true
		}
		switch par := p.parent[id].(type) {
		case *ast.AssignStmt:
			if par.Tok == token.DEFINE && slices.Contains(par.Lhs, ast.Expr(id)) && len(par.Lhs) == len(par.Rhs) {
				decl = par
				return true
			}
		case *ast.BinaryExpr:
			if p.needless(par) != nil {
				return true
			}
		case *ast.SelectorExpr:
			switch p.symbolOf(par) {
			case "opentracing.Tracer.Inject", "opentracing.Tracer.Extract":
				return true
			}
		}
		others++
		return true
	})
	if decl == nil || others > 0 || len(p.edits.byNode[decl]) > 0 {
		return
	}
	i := slices.IndexFunc(decl.Lhs, func(l ast.Expr) bool { return p.variable(l) == v })
	list, _ := p.siblings(decl)
	if !p.pureArguments(decl.Rhs[i]) {
		return
	}
	if around, ok := p.parent[decl].(*ast.IfStmt); ok && around.Init == decl && len(decl.Lhs) == 1 {
		p.edit(s, decl, func(*renderer) string { return "" })
	}
	if list == nil {
		return
	}
	if len(decl.Lhs) == 1 {
		p.edit(s, decl, nil)
		return
	}
	lhs, rhs := slices.Delete(slices.Clone(decl.Lhs), i, i+1), slices.Delete(slices.Clone(decl.Rhs), i, i+1)
	if !slices.ContainsFunc(lhs, func(l ast.Expr) bool { return p.info.Defs[l.(*ast.Ident)] != nil && !isBlank(l) }) {
		return
	}
	p.edit(s, decl, func(r *renderer) string {
		return r.texts(lhs) + " := " + r.texts(rhs)
	})
}
