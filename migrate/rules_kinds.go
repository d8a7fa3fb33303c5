// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A kind of package ext that is kept in a variable becomes a trace.SpanKind. Where it
// may be a text that is none of OpenTelemetry's kinds it becomes that text: only at
// run time it is known then what to do with it. kindText says so of a group.

const kindType = "ext.SpanKindEnum"

func (p *valueFile) kindRows() []rule {
	all := rowsFor("kinds", p.kindConversion, p.kindMention, "type-without-counterpart", kindType)
	return append(all, rowsFor("kinds", nil, p.kindName, "tag-name-value",
		"ext.SpanKindRPCClientEnum", "ext.SpanKindRPCServerEnum", "ext.SpanKindProducerEnum", "ext.SpanKindConsumerEnum")...)
}

// kindNamed returns the span.kind behind a variable or constant of package ext.
func kindNamed(symbol string) string {
	switch strings.TrimSuffix(symbol, "Enum") {
	case "ext.SpanKindRPCClient":
		return "client"
	case "ext.SpanKindRPCServer":
		return "server"
	case "ext.SpanKindProducer":
		return "producer"
	case "ext.SpanKindConsumer":
		return "consumer"
	}
	return ""
}

// kindConstant names the kind in package trace.
func kindConstant(kind string) string {
	switch kind {
	case "client":
		return "SpanKindClient"
	case "server":
		return "SpanKindServer"
	case "producer":
		return "SpanKindProducer"
	case "consumer":
		return "SpanKindConsumer"
	}
	return "SpanKindInternal"
}

// kindName replaces ext.SpanKindRPCClientEnum outside of the calls that know it.
func (p *valueFile) kindName(u *use) {
	kind := kindNamed(u.sym.String())
	if call := p.textConversion(u.expr); call != nil {
		p.edit(p.site(u), call, func(*renderer) string { return quote(kind) })
		return
	}
	p.replaceKind(p.site(u, p.expr(u.expr)), u.expr, kind)
}

func (p *valueFile) replaceKind(s *site, e ast.Expr, kind string) {
	p.edit(s, e, func(r *renderer) string {
		if p.run.factsOf(s)&kindText != 0 {
			return quote(kind)
		}
		return r.trace(kindConstant(kind))
	})
}

// kindMention replaces the type.
func (p *valueFile) kindMention(u *use) {
	p.replaceType(u, func(r *renderer, known facts) string {
		if known&kindText != 0 {
			return "string"
		}
		return r.trace("SpanKind")
	})
}

// kindConversion replaces ext.SpanKindEnum(text).
func (p *valueFile) kindConversion(u *use) {
	n := p.expr(u.call)
	if n == nil || len(u.call.Args) != 1 {
		return
	}
	arg := u.call.Args[0]
	s := p.site(u, n)
	switch kind := p.constant(arg); kind {
	case "client", "server", "producer", "consumer", "internal":
		p.replaceKind(s, u.call, kind)
		return
	}
	s.facts |= kindText
	p.edit(s, u.expr, func(*renderer) string { return "string" })
	if isText(types.Default(p.info.TypeOf(arg))) || p.untyped(arg) {
		p.edit(s, u.call, func(r *renderer) string { return r.text(arg) })
	}
}

func (p *valueFile) isKind(e ast.Expr) bool {
	tv := p.info.Types[e]
	return tv.IsValue() && openTracingType(tv.Type) == kindType
}

// kindExpr looks at where a kind is used. It stays a text where it is used as one.
func (p *valueFile) kindExpr(e ast.Expr) {
	if !p.isKind(e) || p.expr(e) == nil {
		return
	}
	if call := p.textConversion(e); call != nil && p.useOf(e) == nil {
		s := p.kindSite(e, 0, p.expr(e))
		p.edit(s, call, func(r *renderer) string {
			if p.run.factsOf(s)&kindText != 0 {
				return r.text(e)
			}
			return r.operand(e) + ".String()"
		})
		return
	}
	if !p.keepsKind(e) {
		p.kindSite(e, kindText, p.expr(e))
	}
}

func (p *valueFile) kindSite(at ast.Expr, known facts, nodes ...*node) *site {
	s := &site{file: p.file, pos: at.Pos(), symbol: kindType, rule: "kinds", facts: known}
	s.need(nodes...)
	p.sites = append(p.sites, s)
	return s
}

// keepsKind tells whether a kind is used in a way that a trace.SpanKind can be, too.
func (p *valueFile) keepsKind(e ast.Expr) bool {
	isKind := func(t types.Type) bool { return t != nil && openTracingType(t) == kindType }
	switch n := p.statement(e).(type) {
	case *ast.CallExpr:
		if p.useOf(n.Fun) != nil {
			return true
		}
		if f := p.callee(n); f != nil && f.Pkg() != nil && f.Pkg().Path() == "fmt" {
			return true // a trace.SpanKind prints the same
		}
		if tv := p.info.Types[n.Fun]; tv.IsType() {
			return isKind(tv.Type)
		}
		sig, ok := p.info.TypeOf(n.Fun).Underlying().(*types.Signature)
		for i, arg := range n.Args {
			if ok && ast.Unparen(arg) == e {
				t, _ := parameter(sig, nil, i, n.Ellipsis.IsValid())
				return isKind(t)
			}
		}
		id, builtin := n.Fun.(*ast.Ident)
		return builtin && id.Name == "append"
	case *ast.KeyValueExpr:
		if n.Key == e {
			return true // of a map, whose type has the kind in it
		}
		id, ok := n.Key.(*ast.Ident)
		if f, isField := p.info.Uses[id].(*types.Var); ok && isField && f.IsField() {
			return isKind(f.Type()) || p.uses[id] != nil
		}
		lit, ok := p.parent[n].(*ast.CompositeLit)
		return ok && (isKind(p.elem(p.info.TypeOf(lit))) || p.symbolOf(lit.Type) == "opentracing.Tags")
	case *ast.CompositeLit:
		return isKind(p.elem(p.info.TypeOf(n)))
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if ast.Unparen(rhs) == e {
				return len(n.Lhs) == len(n.Rhs) && isKind(p.info.TypeOf(n.Lhs[i]))
			}
		}
		return true
	case *ast.ValueSpec:
		return n.Type == nil || isKind(p.info.TypeOf(n.Type))
	case *ast.ReturnStmt:
		for i, result := range n.Results {
			if ast.Unparen(result) == e {
				return isKind(p.resultType(n, i))
			}
		}
	case *ast.IndexExpr:
		return n.Index == e
	case *ast.BinaryExpr:
		return n.Op == token.EQL || n.Op == token.NEQ
	case *ast.SendStmt:
		return n.Chan == e || isKind(p.elem(p.info.TypeOf(n.Chan)))
	case *ast.RangeStmt:
		return n.X != e
	case *ast.CaseClause, *ast.SwitchStmt, *ast.UnaryExpr, *ast.StarExpr, *ast.ExprStmt:
		return true
	}
	return false
}

// kindsTogether joins kinds that are compared. A text among them makes all texts.
func (p *valueFile) kindsTogether(at ast.Expr, kinds []ast.Expr) {
	var nodes []*node
	known := facts(0)
	for _, e := range kinds {
		if n := p.expr(e); n != nil {
			nodes = append(nodes, n)
		} else {
			known = kindText
		}
	}
	if len(nodes) > 0 {
		p.kindSite(at, known, nodes...)
	}
}

// kindSwitch joins the cases of a switch over a kind.
func (p *valueFile) kindSwitch(n *ast.SwitchStmt) {
	if n.Tag == nil || !p.isKind(n.Tag) {
		return
	}
	kinds := []ast.Expr{n.Tag}
	for _, c := range n.Body.List {
		kinds = append(kinds, c.(*ast.CaseClause).List...)
	}
	p.kindsTogether(n.Tag, kinds)
}

// kindForm makes the attribute of a kind that is known at run time only.
func (p *valueFile) kindForm(v ast.Expr) valueForm {
	n := p.expr(v)
	return func(r *renderer, key string) string {
		constructor := "Stringer"
		if n == nil || p.run.knownOf(n)&kindText != 0 {
			constructor = "String"
		}
		return r.attribute(constructor) + "(" + key + ", " + r.text(v) + ")"
	}
}

// startKind sets the kind of a start from the value of its tag span.kind, and tells
// whether it is one that OpenTelemetry has, or may be one.
func (p *startFile) startKind(st *start, v ast.Expr) bool {
	if u := p.useOf(v); u != nil && kindNamed(u.sym.String()) != "" {
		st.uses = append(st.uses, u)
		st.setKind(kindOption(kindNamed(u.sym.String())))
		return true
	}
	if text := p.constant(v); text != "" {
		kind := strings.ToLower(text)
		switch kind {
		case "client", "server", "producer", "consumer", "internal":
			st.setKind(kindOption(kind))
			return true
		}
		return false
	}
	if _, isConstant := constantText(p.info, v); isConstant {
		return false
	}
	n := p.expr(v)
	switch t := p.info.TypeOf(v); {
	case openTracingType(t) == kindType && n != nil:
		st.nodes = append(st.nodes, n)
	case !isText(t):
		st.deny("tag-value", v, "the span kind is not a constant")
		return true
	}
	st.setKind(func(r *renderer) string {
		if n == nil || p.run.knownOf(n)&kindText != 0 {
			return r.helper("spanKind") + "(" + r.text(v) + ")"
		}
		return r.trace("WithSpanKind") + "(" + r.text(v) + ")"
	})
	return true
}

func kindOption(kind string) func(r *renderer) string {
	return func(r *renderer) string { return r.trace("WithSpanKind") + "(" + r.trace(kindConstant(kind)) + ")" }
}
