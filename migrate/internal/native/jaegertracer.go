// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A jaegerSetUp is a call that makes a tracer of a configuration of Jaeger's client:
//
//	tracer, closer, err := cfg.NewTracer(config.Logger(logger))
//	if err != nil {
//
// It becomes the provider that such a tracer has.
type jaegerSetUp struct {
	*file
	call   *ast.CallExpr
	global bool // InitGlobalTracer
	// branch handles the error, nil where the call is returned.
	branch *ast.IfStmt
	// names
	err, provider, formats string

	config     *configuration
	attributes [][2]ast.Expr // of the resource
	limit      ast.Expr      // on the length of texts
	sampler    ast.Expr      // of the option
	b3         bool          // Zipkin's format
}

// jaegerTracer plans such a call.
func (f *file) jaegerTracer(call *ast.CallExpr) {
	name := f.Callee(call).Name()
	s := &jaegerSetUp{file: f, call: call, global: name == "InitGlobalTracer"}
	f.move(call, "config.Configuration."+name, "exporters.NewProvider")
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || f.IsMethodExpr(sel) || f.spread(call) {
		f.hold(call, "the call is not a method call on a configuration")
		return
	}
	s.config = f.configuration(sel.X, call)
	args := call.Args
	if name != "NewTracer" && len(args) > 0 {
		if text, known := syntax.ConstantText(f.Info, args[0]); !known || text != "" {
			s.config.fields["ServiceName"], s.config.names = args[0], nil
		}
		args = args[1:]
	}
	if call.Ellipsis.IsValid() {
		f.hold(call, "the options are a slice")
		return
	}
	for _, arg := range args {
		s.option(arg)
	}
	s.check()
	if s.config.why != "" {
		f.hold(s.config.at, s.config.why)
		return
	}
	if !s.statement() {
		f.hold(call, "the next statement does not handle the error of the call")
		return
	}
	for _, stmt := range s.config.gone {
		f.edits.Add(f.part(stmt.Pos()), stmt, nil)
		f.take(stmt)
	}
	f.take(call)
	s.say()
}

// statement plans the statement that makes the tracer, and tells whether it has a rule.
func (s *jaegerSetUp) statement() bool {
	s.provider = s.FreeName(s.call, "provider", "tracerProvider", "otelProvider")
	s.formats = s.FreeName(s.call, "formats", "jaegerFormats")
	m := &made{
		provider:   func(*edit.Renderer) string { return s.provider },
		propagator: func(*edit.Renderer) string { return s.formats },
		replaced:   true,
	}
	switch stmt := s.EnclosingStmt(s.call).(type) {
	case *ast.ReturnStmt:
		if len(stmt.Results) != 1 || stmt.Results[0] != s.call {
			return false
		}
		s.err = s.FreeName(s.call, "err", "providerErr")
		s.replace(stmt, func(r *edit.Renderer) string {
			if s.global {
				return s.code(r, "return nil, "+s.err) + s.setGlobals(r, m) + "\nreturn " + s.closerOf(r, m.provider) + ", nil"
			}
			return s.code(r, "return nil, nil, "+s.err) + "\n" + s.setPropagator(r, m) + "\n" +
				"return " + s.provider + ", " + s.closerOf(r, m.provider) + ", nil"
		})
		return true
	case *ast.AssignStmt:
		n := len(stmt.Lhs)
		if stmt.Tok != token.DEFINE || len(stmt.Rhs) != 1 || stmt.Rhs[0] != s.call {
			return false
		}
		if s.branch = s.errorBranch(stmt, stmt.Lhs[n-1]); s.branch == nil {
			return false
		}
		s.err = stmt.Lhs[n-1].(*ast.Ident).Name
		if v := s.Variable(stmt.Lhs[n-2]); v != nil {
			s.closers[v] = m
		}
		set := func(r *edit.Renderer) string { return s.setGlobals(r, m) }
		if !s.global {
			if v := s.Variable(stmt.Lhs[0]); v != nil {
				s.made[v] = m
			}
			if s.becomesGlobal(stmt, s.call) {
				set = nil
			} else {
				set = func(r *edit.Renderer) string { return "\n" + s.setPropagator(r, m) }
			}
		}
		s.replace(stmt, func(r *edit.Renderer) string { return s.code(r, "") })
		if set != nil {
			s.edits.Wrap(s.part(s.branch.Pos()), s.branch, func(r *edit.Renderer) string { return r.Text(s.branch) + set(r) })
		}
		return true
	}
	return false
}

// code makes the provider and its propagator. returned handles an error of each. Where it is
// empty, the branch does, which the old text has for the last one.
func (s *jaegerSetUp) code(r *edit.Renderer, returned string) string {
	handled := "\nif " + s.err + " != nil {\n" + returned + "\n}"
	if returned == "" {
		handled = "\nif " + r.Text(s.branch.Cond) + " " + r.Text(s.branch.Body)
	}
	code := s.formats + ", " + s.err + " := " + s.newFormats(r) + handled + "\n"
	sampler, mayFail := s.samplerText(r)
	if mayFail {
		name := s.FreeName(s.call, "sampler", "otelSampler")
		code += name + ", " + s.err + " := " + sampler + handled + "\n"
		sampler = r.Pkg(opentelemetry.JaegerPath) + ".Priority(" + name + ")"
	}
	code += s.provider + ", " + s.err + " := " + s.newProvider(r, sampler)
	if returned != "" {
		code += handled
	}
	return code
}

// newFormats makes the propagator.
func (s *jaegerSetUp) newFormats(r *edit.Renderer) string {
	jaeger := r.Pkg(opentelemetry.JaegerPath)
	var fields []string
	if s.b3 {
		formats := []string{"FormatB3Multi", "FormatJaeger", "FormatTraceContext", "FormatBaggage"}
		for i := range formats {
			formats[i] = jaeger + "." + formats[i]
		}
		fields = append(fields, edit.List("Extract: []"+jaeger+".Format{", formats, "}"), `B3BaggagePrefix: "baggage-"`)
	}
	if s.config.fields["Headers"] != nil {
		given, _ := syntax.LiteralFields(s.config.fields["Headers"])
		var headers []string
		for _, name := range headerFields {
			if given[name] != nil {
				headers = append(headers, name+": "+r.Text(given[name]))
			}
		}
		fields = append(fields, edit.List("Jaeger: "+jaeger+".Propagator{", headers, "}"))
	}
	if len(fields) == 0 {
		return jaeger + ".NewFormats(nil)"
	}
	return jaeger + ".NewFormats(&" + edit.List(jaeger+".FormatsOptions{", fields, "}") + ")"
}

// headerFields are the names of Jaeger's headers, in the twin as in compat/jaeger.
var headerFields = []string{"TraceContextHeaderName", "TraceBaggageHeaderPrefix", "JaegerBaggageHeader", "JaegerDebugHeader"}

// option takes one option of NewTracer in.
func (s *jaegerSetUp) option(e ast.Expr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		s.config.fail(e, "fix can't tell which option this is")
		return
	}
	name := ""
	if fn := s.Callee(call); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == configPath && fn.Signature().Recv() == nil {
		name = fn.Name()
	}
	switch name {
	case "Logger", "Metrics", "Gen128Bit", "PoolSpans", "ZipkinSharedRPCSpan", "NoDebugFlagOnForcedSampling":
		s.dropVariable(call.Args[0])
	case "MaxTagValueLength":
		s.limit = call.Args[0]
	case "Sampler":
		s.sampler = call.Args[0]
		s.dropVariable(s.sampler)
	case "Tag":
		s.attributes = append(s.attributes, [2]ast.Expr{call.Args[0], call.Args[1]})
	case "Injector", "Extractor":
		s.format(call)
	default:
		if name == "" {
			name = "of another package"
		}
		s.config.fail(e, "the option %s has no counterpart", name)
	}
}

// format takes the option Injector or Extractor in: Zipkin's format has a counterpart.
func (s *jaegerSetUp) format(call *ast.CallExpr) {
	made := s.onlyValue(call.Args[1])
	zipkin := opentelemetry.JaegerTwinPath + "/zipkin.NewZipkinB3HTTPHeaderPropagator"
	if m, ok := ast.Unparen(made).(*ast.CallExpr); !ok || s.calls(m) != zipkin || len(m.Args) > 0 {
		s.config.fail(call, "only Zipkin's format has a counterpart; write this one as a propagation.TextMapPropagator")
		return
	}
	s.b3 = true
	s.dropVariable(call.Args[1])
}

// onlyValue returns what a local variable is assigned, if that is one value, or one of the
// results of one call; any other expression is itself.
func (f *file) onlyValue(e ast.Expr) ast.Expr {
	v, fn := f.Variable(e), f.OutermostFunc(e)
	if v == nil || fn == nil {
		return e
	}
	var only ast.Expr
	times := 0
	syntax.EachValue(fn, func(name ast.Expr) bool { return f.Variable(name) == v }, func(value ast.Expr, _ bool) {
		times, only = times+1, value
	})
	if times != 1 || only == nil {
		return e
	}
	return only
}

// dropVariable deletes the definition of a local variable that is used nowhere else.
func (s *jaegerSetUp) dropVariable(e ast.Expr) {
	v, fn := s.Variable(e), s.EnclosingFunc(s.call)
	if v == nil || fn == nil || v.Pos() < fn.Pos() {
		return
	}
	var defined ast.Stmt
	others := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		switch {
		case !ok || s.Info.ObjectOf(id) != v:
		case s.call.Pos() <= id.Pos() && id.Pos() < s.call.End():
		case s.Info.Defs[id] == v:
			if as, ok := s.Parent[id].(*ast.AssignStmt); ok && len(as.Lhs) == 1 {
				defined = as
			} else {
				others++
			}
		default:
			others++
		}
		return true
	})
	if defined != nil && others == 0 && !slices.Contains(s.config.gone, defined) {
		s.config.gone = append(s.config.gone, defined)
	}
}
