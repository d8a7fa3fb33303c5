// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"slices"
)

// A declaration is Go code that declares what its name, a pattern, says.
type declaration struct{ name, code string }

// declarations are types, variables and functions that a program may use, by name.
// Only those that it uses are written.
var declarations = []declaration{
	{"server", `type server struct {
	tracer opentracing.Tracer
	span   opentracing.Span
	last   opentracing.SpanContext
	name   string
}`},
	{"embedding", `type embedding struct {
	opentracing.Span
	n int
}

func (e *embedding) note(s string) { e.LogKV("event", s, "n", e.n) }`},
	{"overriding", `type overriding struct{ opentracing.Span }

func (o overriding) SetTag(key string, value interface{}) opentracing.Span {
	o.Span.SetTag("own."+key, value)
	return o
}`},
	{"layered", `type layered interface {
	begin(ctx context.Context, name string) (opentracing.Span, context.Context)
	end(span opentracing.Span)
}

type layer struct{ name string }

func (l layer) begin(ctx context.Context, name string) (opentracing.Span, context.Context) {
	return opentracing.StartSpanFromContext(ctx, l.name+name)
}

func (l layer) end(span opentracing.Span) { span.Finish() }`},
	{"spanList", `type spanList []opentracing.Span

func (l spanList) finish() {
	for _, s := range l {
		s.Finish()
	}
}`},
	{"alias", `type alias = opentracing.Span`},
	{"(pair|both)", `type pair[A, B any] struct {
	a A
	b B
}

func both[A, B any](a A, b B) pair[A, B] { return pair[A, B]{a, b} }`},
	{"finishAll", `func finishAll[S opentracing.Span](all ...S) {
	for _, s := range all {
		s.Finish()
	}
}`},
	{"within", `func within[T any](ctx context.Context, name string, f func(context.Context) T) T {
	span, ctx := opentracing.StartSpanFromContext(ctx, name)
	defer span.Finish()
	return f(ctx)
}`},
	{"spanKey", `type spanKey struct{}`},
	{"globalTracer", `var globalTracer opentracing.Tracer

func init() { globalTracer = nil }`},
	{"background", `var background opentracing.Span`},
}

// declared uses one of the declarations.
func (g *programMaker) declared() bool {
	s := g.pick("span")
	if s == "" {
		s = "opentracing.StartSpan(" + g.name() + ")"
	}
	ctx := g.pick("ctx")
	v := g.fresh("v")
	switch g.rand.IntN(16) {
	case 0, 1:
		g.line("%s := &embedding{Span: %s, n: %d}", v, s, g.rand.IntN(9))
		g.line("%s.note(\"noted\")", v)
		g.line("%s", g.setter(v))
		if g.chance(50) {
			g.line("defer %s.Finish()", v)
		}
	case 2:
		if !g.chance(20) {
			return false
		}
		g.line("var %s opentracing.Span = overriding{%s}", v, s)
		g.line("%s", g.setter(v))
		g.declare(v, "span")
	case 3:
		if ctx == "" {
			return false
		}
		g.line("var %s layered = layer{\"x\"}", v)
		g.line("span%s, ctx%s := %s.begin(%s, %s)", v, v, v, ctx, g.name())
		g.declare("ctx"+v, "ctx")
		g.line("%s", g.setter("span"+v))
		g.line("%s.end(span%s)", v, v)
	case 4:
		g.line("%s := spanList{%s}", v, s)
		g.line("%s = append(%s, %s)", v, v, g.start("opentracing.StartSpan"))
		g.line("defer %s.finish()", v)
	case 5:
		g.line("var %s alias = %s", v, s)
		g.line("%s", g.setter(v))
	case 6:
		g.line("%s := pair[string, opentracing.Span]{\"key\", %s}", v, s)
		g.line("%s.b.SetTag(%s.a, %s)", v, v, g.value())
	case 7:
		g.line("both(%s, %d).a.SetTag(%q, %s)", s, g.rand.IntN(9), g.key(), g.value())
	case 8:
		g.line("finishAll(%s, %s)", s, g.start("opentracing.StartSpan"))
	case 9:
		if ctx == "" {
			return false
		}
		g.use("fmt")
		g.line("fmt.Println(within(%s, %s, func(ctx context.Context) int {", ctx, g.name())
		g.block(1+g.rand.IntN(2), [2]string{"ctx", "ctx"})
		g.line("\treturn %d", g.rand.IntN(9))
		g.line("}))")
	case 10:
		if ctx == "" {
			return false
		}
		g.line("%s := context.WithValue(%s, spanKey{}, %s)", v, ctx, s)
		g.line("if s, ok := %s.Value(spanKey{}).(opentracing.Span); ok {", v)
		g.line("\t%s", g.setter("s"))
		g.line("}")
		g.declare(v, "ctx")
	case 11:
		g.line("if globalTracer == nil {")
		g.line("\tglobalTracer = opentracing.GlobalTracer()")
		g.line("}")
		g.line("globalTracer.StartSpan(%s).Finish()", g.name())
		g.line("%s := globalTracer", v)
		g.declare(v, "tracer")
	case 12:
		g.line("if background == nil {")
		g.line("\tbackground = %s", g.start("opentracing.StartSpan"))
		g.line("}")
		g.line("%s", g.setter("background"))
	case 13:
		g.line("%s := %s.Finish", v, s)
		g.line("%s()", v)
	case 14:
		g.line("var %s any = %s", v, s)
		g.line("switch s := %s.(type) {", v)
		g.line("case opentracing.Span:")
		g.line("\t%s", g.setter("s"))
		g.line("case error:")
		g.line("}")
	case 15:
		g.use("fmt")
		g.line("fmt.Println(%s == nil, %s.Context() != nil)", s, s)
	}
	return true
}

// control makes statements with initial ones, jumps and goroutines.
func (g *programMaker) control() bool {
	if g.depth >= maxDepth {
		return false
	}
	v := g.fresh("v")
	switch g.rand.IntN(8) {
	case 0:
		g.line("switch %s := %s; {", v, g.start("opentracing.StartSpan"))
		g.line("case %s != nil:", v)
		g.block(1+g.rand.IntN(2), [2]string{v, "span"})
		g.line("}")
	case 1:
		ctx := g.pick("ctx")
		if ctx == "" {
			return false
		}
		g.line("if span, ctx := opentracing.StartSpanFromContext(%s, %s); ctx.Err() == nil {", ctx, g.name())
		g.block(1+g.rand.IntN(2), [2]string{"span", "span"}, [2]string{"ctx", "ctx"})
		g.line("\tspan.Finish()")
		g.line("}")
	case 2:
		label := g.fresh("done")
		g.line("if %s {", g.condition())
		g.line("\tgoto %s", label)
		g.line("}")
		g.line("%s.Finish()", g.start("opentracing.StartSpan"))
		g.line("%s:", label)
		g.line("{")
		g.line("}")
	case 3:
		s := g.pick("span")
		if s == "" {
			return false
		}
		g.line("%s := make(chan bool)", v)
		g.line("go func(span opentracing.Span) {")
		g.line("\tdefer close(%s)", v)
		g.block(1+g.rand.IntN(2), [2]string{"span", "span"})
		g.line("}(%s)", s)
		g.line("<-%s", v)
	case 4:
		g.line("for %s := %s; %s != nil; %s = nil {", v, g.start("opentracing.StartSpan"), v, v)
		g.line("\t%s", g.setter(v)) // no block: what is deferred there would see nil
		g.line("\t%s.Finish()", v)
		g.line("}")
	case 5:
		g.line("%s := map[string]func() opentracing.Span{\"start\": func() opentracing.Span { return %s }}", v, g.start("opentracing.StartSpan"))
		g.line("%s[\"start\"]().SetTag(%q, %s).Finish()", v, g.key(), g.value())
	case 6:
		g.line("select {")
		g.line("default:")
		g.block(1 + g.rand.IntN(2))
		g.line("}")
	case 7:
		g.line("%s := struct{ span opentracing.Span }{%s}", v, g.start("opentracing.StartSpan"))
		g.line("%s", g.setter(v+".span"))
		g.line("%s.span.Finish()", v)
	}
	return true
}

// noop starts spans by a tracer that does nothing, at times or always.
func (g *programMaker) noop() bool {
	if !g.chance(20) {
		return false
	}
	v := g.fresh("off")
	g.line("var %s opentracing.Tracer = opentracing.NoopTracer{}", v)
	if g.chance(50) {
		// What is below such a span is not the same where it asks for it.
		g.line("if %s {", g.condition())
		g.line("\t%s = opentracing.GlobalTracer()", v)
		g.line("}")
		g.line("span%s := %s.StartSpan(%s)", v, v, g.name())
		g.line("%s", g.setter("span"+v))
		g.line("span%s.Finish()", v)
		return true
	}
	if g.chance(30) {
		g.use("fmt")
		g.line("_, is%s := %s.(opentracing.NoopTracer)", v, v)
		g.line("fmt.Println(is%s)", v)
	}
	if ctx := g.pick("ctx"); ctx != "" && g.chance(60) {
		g.line("span%s, ctx%s := opentracing.StartSpanFromContextWithTracer(%s, %s, %s)", v, v, ctx, v, g.name())
		g.declare("ctx"+v, "ctx")
	} else {
		g.line("span%s := %s.StartSpan(%s)", v, v, g.name())
	}
	g.line("defer span%s.Finish()", v)
	g.declare("span"+v, "span")
	g.declare(v, "tracer")
	return true
}

func (g *programMaker) tagValue() bool {
	s := g.pick("span")
	if s == "" {
		return false
	}
	switch g.rand.IntN(4) {
	case 0:
		g.line("opentracing.Tag{Key: %q, Value: %s}.Set(%s)", g.key(), g.value(), s)
	case 1:
		v := g.fresh("tag")
		g.line("%s := opentracing.Tag{Key: %q, Value: %s}", v, g.key(), g.value())
		g.line("%s.StartSpan(%s, %s).Finish()", g.choose("opentracing.GlobalTracer()", s+".Tracer()"), g.name(), v)
	case 2:
		v := g.fresh("tags")
		g.line("%s := opentracing.Tags{%q: %s}", v, g.key(), g.value())
		g.line("%s[%q] = %s", v, g.key()+"2", g.value())
		g.line("opentracing.StartSpan(%s, %s).Finish()", g.name(), v)
	case 3:
		g.line("for k, v := range map[string]any{%q: %s} {", g.key(), g.value())
		g.line("\t%s.SetTag(k, v)", s)
		g.line("}")
	}
	return true
}

func (g *programMaker) fieldsValue() bool {
	s := g.pick("span")
	if s == "" {
		return false
	}
	v := g.fresh("fields")
	switch g.rand.IntN(3) {
	case 0:
		g.line("%s := []%s{%s(%q, \"v\")}", v, g.log("Field"), g.log("String"), g.key())
		g.line("%s = append(%s, %s(\"n\", %d))", v, v, g.log("Int"), g.rand.IntN(9))
		g.line("%s.LogFields(%s...)", s, v)
	case 1:
		g.line("%s := []any{\"event\", \"e\", %q, %s}", v, g.key(), g.value())
		g.line("%s.LogKV(%s...)", s, v)
	case 2:
		g.use("time")
		g.line("%s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Timestamp: time.Unix(1, 0), Fields: []%s{%s(%q, 1)}}}})", s, g.log("Field"), g.log("Int"), g.key())
	}
	return true
}

func usedDeclarations(body string, mentions func(name, text string) bool) (code string) {
	for _, d := range slices.Concat(wireDeclarations, errorDeclarations, declarations) {
		if mentions(d.name+`\b`, body) {
			code += fmt.Sprintf("%s\n\n", d.code)
		}
	}
	return code
}
