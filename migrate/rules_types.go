// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// newType names the OpenTelemetry type that takes the place of an OpenTracing one.
type newType struct {
	path, name string
	shown      string
}

func newTypes() map[string]newType {
	return map[string]newType{
		"opentracing.Span":               {tracePath, "Span", "trace.Span"},
		"opentracing.SpanContext":        {tracePath, "SpanContext", "trace.SpanContext"},
		"opentracing.Tracer":             {tracePath, "Tracer", "trace.Tracer"},
		"opentracing.StartSpanOption":    {tracePath, "SpanStartOption", "trace.SpanStartOption"},
		"opentracing.HTTPHeadersCarrier": {propagationPath, "HeaderCarrier", "propagation.HeaderCarrier"},
		"opentracing.TextMapCarrier":     {propagationPath, "MapCarrier", "propagation.MapCarrier"},
		"opentracing.TextMapReader":      {"", readerType, readerType},
		"opentracing.TextMapWriter":      {"", writerType, writerType},
		"opentracing.NoopTracer":         {noopPath, "Tracer", "noop.Tracer"},
		"log.Field":                      {attributePath, "KeyValue", "attribute.KeyValue"},
		"opentracing.Tags":               {"", "map[string]any", "map[string]any"},
		"opentracing.Tag":                {attributePath, "KeyValue", "attribute.KeyValue"},
		"ext.StringTagName":              {attributePath, "Key", "attribute.Key"},
		"ext.BoolTagName":                {attributePath, "Key", "attribute.Key"},
		"ext.Uint16TagName":              {attributePath, "Key", "attribute.Key"},
		"ext.Uint32TagName":              {attributePath, "Key", "attribute.Key"},
		"ext.IPv4TagName":                {attributePath, "Key", "attribute.Key"},
		kindType:                         {tracePath, "SpanKind", "trace.SpanKind"},
	}
}

// readerType and writerType are the carriers' interfaces, written out.
const (
	readerType = "interface{ ForeachKey(handler func(key, val string) error) error }"
	writerType = "interface{ Set(key, val string) }"
)

func (p *typeFile) typeRows() []rule {
	var out []rule
	for symbol := range newTypes() {
		if symbol == "opentracing.Tag" || strings.HasPrefix(symbol, "ext.") {
			continue // see tagRules
		}
		out = append(out, rule{symbol: symbol, name: "types", call: p.typeConversion, value: p.typeMention, category: "type-without-counterpart"})
	}
	out = append(out, rowsFor("types", nil, nil, "start-span-options",
		"opentracing.StartSpanOptions", "opentracing.StartSpanOptions.References", "opentracing.StartSpanOptions.StartTime",
		"opentracing.StartSpanOptions.Tags", "opentracing.StartSpanOption.Apply", "opentracing.StartTime.Apply",
		"opentracing.SpanReference.Apply", "opentracing.Tag.Apply", "opentracing.Tags.Apply")...)
	out = append(out, rowsFor("types", nil, nil, "log-field",
		"log.Field.Key", "log.Field.Value", "log.Field.String", "log.Field.Marshal")...)
	out = append(out, rowsFor("types", nil, nil, "log-encoder", "log.Encoder", "log.LazyLogger",
		"log.Encoder.EmitString", "log.Encoder.EmitBool", "log.Encoder.EmitInt", "log.Encoder.EmitInt32",
		"log.Encoder.EmitInt64", "log.Encoder.EmitUint32", "log.Encoder.EmitUint64", "log.Encoder.EmitFloat32",
		"log.Encoder.EmitFloat64", "log.Encoder.EmitObject", "log.Encoder.EmitLazyLogger")...)
	return append(out, rowsFor("types", nil, nil, "type-without-counterpart",
		"opentracing.SpanReferenceType", "opentracing.TracerContextWithSpanExtension",
		"opentracing.TracerContextWithSpanExtension.ContextWithSpanHook",
		"opentracing.LogRecord", "opentracing.LogRecord.Timestamp", "opentracing.LogRecord.Fields",
		"opentracing.LogData", "opentracing.LogData.Timestamp", "opentracing.LogData.Event",
		"opentracing.LogData.Payload", "opentracing.LogData.ToLogRecord",
		"opentracing.NoopTracer.Inject", "opentracing.NoopTracer.Extract",
	)...)
}

// typeMention replaces a type in a declaration, a literal or an assertion.
func (p *typeFile) typeMention(u *use) {
	t := newTypes()[u.sym.String()]
	if lit, ok := p.parent[u.expr].(*ast.CompositeLit); ok && u.sym.Name == "Tags" && lit.Type == u.expr && p.isOption(lit) {
		p.optionExpr(u, lit)
		return
	}
	n := p.mentioned(u.expr)
	if n == nil {
		return
	}
	s := p.site(u, n)
	if s.asksNoop = u.sym.Name == "NoopTracer" && p.asked(u.expr); s.asksNoop {
		s.changes = untracedTracer
	}
	if own := p.ownTracers[p.file.unit.path]; own != nil && isCarrierInterface(p.info.TypeOf(u.expr)) {
		s.deny("own-tracer", own.Pos(), own.Name()+" implements opentracing.Tracer itself, whose callers hand it carriers of this sort")
	}
	p.edit(s, u.expr, func(r *renderer) string {
		if u.sym.Name == "NoopTracer" && n.find().rooted {
			return r.helper("noopTracer")
		}
		return r.newType(t)
	})
}

// asked tells whether a type is that of a type assertion, a type switch or a literal
// that something is compared with.
func (p *syntaxFile) asked(e ast.Expr) bool {
	n := p.parent[e]
	for star, ok := n.(*ast.StarExpr); ok; star, ok = n.(*ast.StarExpr) {
		n = p.parent[star]
	}
	switch n := n.(type) {
	case *ast.TypeAssertExpr, *ast.CaseClause:
		return true
	case *ast.CompositeLit:
		_, compared := p.statement(n).(*ast.BinaryExpr)
		return compared
	}
	return false
}

func (r *renderer) newType(t newType) string {
	if t.path == "" {
		return t.name
	}
	return r.pkg(t.path) + "." + t.name
}

// typeConversion replaces T(x).
func (p *typeFile) typeConversion(u *use) {
	n := p.expr(u.call)
	if n == nil {
		return
	}
	t := newTypes()[u.sym.String()]
	s := p.site(u, n)
	p.edit(s, u.expr, func(r *renderer) string { return r.newType(t) })
}

// mentioned returns the node whose type a type expression is a part of, or nil.
func (p *planner) mentioned(e ast.Node) *node {
	inner := e
	for n := p.parent[e]; n != nil; inner, n = n, p.parent[n] {
		switch n := n.(type) {
		case *ast.StarExpr, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.Ellipsis, *ast.ParenExpr:
		case *ast.IndexExpr, *ast.IndexListExpr:
			generic := n.(ast.Expr)
			if call, ok := p.parent[n].(*ast.CallExpr); ok && call.Fun == generic {
				if f := p.callee(call); f != nil && p.expr(call) == nil {
					return p.anon[call]
				}
			} else if tv := p.info.Types[generic]; tv.IsValue() {
				return p.expr(generic)
			}
		case *ast.UnaryExpr:
			if n.Op != token.TILDE {
				return nil
			}
		case *ast.FuncType:
		case *ast.InterfaceType, *ast.StructType, *ast.FieldList:
		case *ast.SelectorExpr:
			return nil
		case *ast.Field:
			if found, owner := p.fieldNode(n, e); found {
				return owner
			}
		case *ast.ValueSpec:
			if n.Type != inner {
				return nil
			}
			return p.object(p.info.Defs[n.Names[0]])
		case *ast.TypeSpec:
			return p.object(p.info.Defs[n.Name])
		case *ast.CompositeLit:
			if n.Type != inner {
				return nil
			}
			return p.expr(n)
		case *ast.CallExpr:
			if tv, ok := p.info.Types[inner.(ast.Expr)]; !ok || !tv.IsType() {
				if n.Fun != inner { // f[T](x)
					return nil
				}
			}
			return p.expr(n)
		case *ast.TypeAssertExpr:
			if n.Type != inner {
				return nil
			}
			return p.expr(n)
		case *ast.CaseClause:
			return p.anon[inner]
		default:
			return nil
		}
	}
	return nil
}

// fieldNode returns the node of the parameter, result or field that a type is part
// of. An embedded interface belongs to the type around it.
func (p *planner) fieldNode(f *ast.Field, e ast.Node) (bool, *node) {
	list, ok := p.parent[f].(*ast.FieldList)
	if !ok {
		return true, nil
	}
	switch owner := p.parent[list].(type) {
	case *ast.FuncType:
		sig, _ := p.info.TypeOf(owner).(*types.Signature)
		if fd, ok := p.parent[owner].(*ast.FuncDecl); ok {
			if fn, ok := p.info.Defs[fd.Name].(*types.Func); ok {
				sig = fn.Signature()
			}
		}
		if owner.TypeParams == list {
			return true, p.object(p.info.Defs[f.Names[0]])
		}
		if sig == nil {
			return true, nil
		}
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				if v.Pos() >= f.Pos() && v.Pos() < f.End() {
					return true, p.object(v)
				}
			}
		}
		return true, nil
	case *ast.TypeSpec: // a type parameter
		return true, p.object(p.info.Defs[f.Names[0]])
	case *ast.FuncDecl: // a receiver
		return true, nil
	case *ast.StructType:
		st, _ := p.info.TypeOf(owner).(*types.Struct)
		if st == nil {
			return true, nil
		}
		for v := range st.Fields() {
			if v.Pos() >= f.Pos() && v.Pos() < f.End() {
				return true, p.object(v)
			}
		}
		return true, nil
	}
	return false, nil // an interface: a method's types are found inside, an embedded one outside
}

// typeAssertion looks at assertions out of OpenTracing types.
func (p *typeFile) typeAssertion(e *ast.TypeAssertExpr) {
	if e.Type == nil {
		return
	}
	from := p.expr(e.X)
	if from == nil || openTracingType(p.info.TypeOf(e.X)) == "" {
		return
	}
	t := p.info.TypeOf(e.Type)
	if p.parts(t).any() {
		return
	}
	s := &site{file: p.file, pos: e.Pos(), symbol: openTracingType(p.info.TypeOf(e.X)), rule: "assertions"}
	p.sites = append(p.sites, s)
	s.need(from)
	if isJaegerContext(t) {
		p.jaegerContext(s, e)
		return
	}
	s.deny("type-assertion", e.Pos(), "it is asserted to be a "+types.TypeString(t, (*types.Package).Name))
}

// comparison handles == and != between OpenTracing values; those with nil are the
// nil tests.
func (p *typeFile) comparison(e *ast.BinaryExpr) {
	if e.Op != token.EQL && e.Op != token.NEQ {
		return
	}
	x, y := e.X, e.Y
	if a, b := p.printedContext(x), p.printedContext(y); a != nil && b != nil {
		p.compareTexts(e, a, b)
		return
	}
	if p.isKind(x) || p.isKind(y) {
		p.kindsTogether(e, []ast.Expr{x, y})
		return
	}
	if p.isNil(x) {
		x, y = y, x
	}
	n := p.expr(x)
	if n == nil {
		return
	}
	name := openTracingType(p.info.TypeOf(x))
	if p.isNil(y) {
		if gate, _ := p.statement(e).(*ast.IfStmt); !p.isGate(gate) {
			p.nilTest(e, x, n, name)
		}
		return
	}
	if p.noopComparison(e, x, y) || p.noopComparison(e, y, x) {
		return
	}
	s := &site{file: p.file, pos: e.Pos(), symbol: name, rule: "comparisons"}
	s.need(n, p.expr(y))
	switch name {
	case "opentracing.SpanContext":
		p.sites = append(p.sites, s)
		not := ""
		if e.Op == token.NEQ {
			not = "!"
		}
		p.edit(s, e, func(r *renderer) string { return not + r.operand(x) + ".Equal(" + r.text(y) + ")" })
	case "opentracing.Span":
		p.sites = append(p.sites, s)
		p.sameSpans(s, e, x, y)
	case "opentracing.Tracer", "opentracing.NoopTracer":
		p.sites = append(p.sites, s) // both sides stay of one API
	}
}

// sameSpans handles a comparison of two spans. Spans that are not recorded are structs
// that can't be compared.
func (p *planner) sameSpans(s *site, e *ast.BinaryExpr, x, y ast.Expr) {
	not := ""
	if e.Op == token.NEQ {
		not = "!"
	}
	made := func(e ast.Expr) bool { n := p.expr(e); return n != nil && n.origin == originMade }
	p.edit(s, e, func(r *renderer) string {
		if made(x) && made(y) {
			return not + r.operand(x) + ".SpanContext().Equal(" + r.operand(y) + ".SpanContext())"
		}
		return not + r.helper("sameSpan") + "(" + r.text(x) + ", " + r.text(y) + ")"
	})
}

// noopComparison handles span.Tracer() == opentracing.NoopTracer{}: the spans of that
// tracer, and no others, have no valid context.
func (p *typeFile) noopComparison(e *ast.BinaryExpr, x, y ast.Expr) bool {
	symbol, call := p.calls(x)
	lit, ok := ast.Unparen(y).(*ast.CompositeLit)
	if symbol != "opentracing.Span.Tracer" || !ok || p.symbolOf(lit.Type) != "opentracing.NoopTracer" {
		return false
	}
	span := receiverOf(call)
	s := p.site(p.useOf(call.Fun), p.expr(span))
	s.rule = "comparisons"
	p.take(s, p.useOf(lit.Type))
	not := "!"
	if e.Op == token.NEQ {
		not = ""
	}
	p.edit(s, e, func(r *renderer) string { return not + r.operand(span) + ".SpanContext().IsValid()" })
	return true
}

func (p *syntaxFile) isNil(e ast.Expr) bool { return p.info.Types[e].IsNil() }

// operand is the text of an expression that a selector can follow.
func (r *renderer) operand(e ast.Expr) string {
	s := r.text(e)
	switch ast.Unparen(e).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.FuncLit:
		return "(" + s + ")"
	}
	return s
}
