// SPDX-License-Identifier: Apache-2.0

package migrate_test

import "fmt"

// errorDeclarations are functions that set error tags of spans they are given.
var errorDeclarations = []declaration{
	{"failSpan", `func failSpan(span opentracing.Span) { span.SetTag("error", true) }`},
	{"describe", `func describe(span opentracing.Span, text string) opentracing.Span {
	return span.SetTag("error", text)
}`},
	{"verdict", `func verdict(span opentracing.Span, failed bool) {
	if span == nil {
		return
	}
	span.SetTag("error", failed)
}`},
	{"task", `type task struct {
	span opentracing.Span
	tags opentracing.Tags
}

func (t *task) fail() { t.span.SetTag("error", true) }

func (t *task) begin(name string) opentracing.Span {
	t.span = opentracing.StartSpan(name, t.tags)
	return t.span
}`},
	{"beginWith", `func beginWith(ctx context.Context, name string, tags opentracing.Tags) (opentracing.Span, context.Context) {
	return opentracing.StartSpanFromContext(ctx, name, tags)
}`},
	{"attempt", `func attempt(ctx context.Context, name string, n int) (span opentracing.Span, err error) {
	span, ctx = opentracing.StartSpanFromContext(ctx, name)
	defer func() {
		if err != nil {
			span.SetTag("error", err.Error())
		}
		span.Finish()
	}()
	if n > 1 {
		span.SetTag("error", n > 2)
		return span, errors.New("too many")
	}
	return span, ctx.Err()
}`},
	{"failContext", `func failContext(ctx context.Context) {
	if span := opentracing.SpanFromContext(ctx); span != nil {
		span.SetTag("error", true)
	}
}`},
}

// errorTag sets the error tag of a span, by itself or by another variable, a function, a
// field or a context.
func (g *programMaker) errorTag() bool {
	s := g.pick("span")
	if s == "" {
		return false
	}
	g.line("%s%s", g.choose("", "", "", "defer "), g.errorSetter(s))
	return true
}

func (g *programMaker) errorSetter(s string) string {
	switch g.rand.IntN(9) {
	case 0:
		return s + `.SetTag("error", ` + g.choose("true", "false", `"boom"`, `""`, "nil", g.condition()) + ")"
	case 1:
		return fmt.Sprintf("%s.Set(%s, %s)", g.ext("Error"), s, g.choose("true", "false", g.condition()))
	case 2:
		if e := g.pick("err"); e != "" {
			return s + `.SetTag("error", ` + g.choose(e, e, "any("+e+")") + ")"
		}
	case 3:
		if e := g.pick("err"); e != "" {
			return fmt.Sprintf("%s(%s, %s, %s(\"n\", %d))", g.ext("LogError"), s, e, g.log("Int"), g.rand.IntN(9))
		}
	case 4:
		return "failSpan(" + s + ")"
	case 5:
		return fmt.Sprintf("describe(%s, %q)", s, g.choose("bad", "worse"))
	case 6:
		return fmt.Sprintf("verdict(%s, %s)", s, g.choose("true", "false", g.condition()))
	case 7:
		if ctx := g.pick("ctx"); ctx != "" {
			return "failContext(" + ctx + ")"
		}
	case 8:
		return fmt.Sprintf("describe(%s, %q).SetTag(\"error\", %s)", s, "bad", g.choose("true", "false"))
	}
	return s + `.SetTag("error", true)`
}

// errorFlow sets error tags of one span at several places.
func (g *programMaker) errorFlow() bool {
	s := g.pick("span")
	if s == "" || g.depth >= maxDepth {
		return false
	}
	v := g.fresh("v")
	switch g.rand.IntN(9) {
	case 0:
		g.line("%s := %s", v, s)
		g.line("%s", g.errorSetter(v))
		g.line("%s", g.errorSetter(s))
		g.declare(v, "span")
	case 1:
		g.line("defer func() {")
		g.line("\t%s", g.errorSetter(s))
		g.line("}()")
	case 2:
		g.line("for range 2 {")
		g.line("\tif %s {", g.condition())
		g.line("\t\t%s", g.errorSetter(s))
		g.line("\t\t%s", g.choose("continue", "break"))
		g.line("\t}")
		g.line("\t%s", g.errorSetter(s))
		g.line("}")
	case 3:
		g.line("%s := &task{span: %s}", v, s)
		g.line("%s.fail()", v)
		g.line("%s", g.errorSetter(v+".span"))
	case 4:
		g.line("%s := &task{tags: opentracing.Tags{%q: %s, \"error\": %s}}", v, g.key(), g.value(), g.choose("true", "false", `"bad"`))
		g.line("defer %s.begin(%s).Finish()", v, g.name())
		g.line("%s", g.errorSetter(v+".span"))
	case 5:
		g.line("func() {")
		g.line("\t%s := %s", s, s)
		g.line("\tif %s {", g.condition())
		g.line("\t\t%s", g.errorSetter(s))
		g.line("\t\treturn")
		g.line("\t}")
		g.line("\t%s", g.errorSetter(s))
		g.line("}()")
	case 6:
		g.line("switch {")
		g.line("case %s:", g.condition())
		g.line("\t%s", g.errorSetter(s))
		g.line("\t%s", g.choose("fallthrough", ""))
		g.line("default:")
		g.line("\t%s", g.errorSetter(s))
		g.line("}")
	case 7:
		done := g.fresh("done")
		g.line("%s := make(chan bool, 1)", done)
		g.line("go func() {")
		g.line("\tdefer close(%s)", done)
		g.line("\t%s", g.errorSetter(s))
		g.line("}()")
		g.line("<-%s", done)
	case 8:
		g.line("for _, %s := range []opentracing.Span{%s, %s} {", v, s, g.start("opentracing.StartSpan"))
		g.line("\t%s", g.errorSetter(v))
		g.line("}")
	}
	return true
}

// tagSet starts spans with sets of tags that come from elsewhere.
func (g *programMaker) tagSet() bool {
	ctx := g.pick("ctx")
	if ctx == "" {
		return false
	}
	v := g.fresh("tags")
	span := "span" + v
	switch g.rand.IntN(4) {
	case 0:
		g.line("%s := opentracing.Tags{%q: %s}", v, g.key(), g.value())
		g.line("if %s {", g.condition())
		g.line("\t%s[%q] = %s", v, g.choose("error", "more"), g.choose("true", "false", `"bad"`, "2"))
		g.line("}")
		g.line("%s, ctx%s := beginWith(%s, %s, %s)", span, v, ctx, g.name(), v)
		g.declare("ctx"+v, "ctx")
	case 1:
		g.line("%s, _ := beginWith(%s, %s, opentracing.Tags{\"error\": %s})", span, ctx, g.name(), g.choose("true", "false", `"bad"`))
	case 2:
		g.line("%s := map[string]interface{}{%q: %s, %q: %s}", v, g.key()+"1", g.value(), g.choose("error", "more"), g.choose("true", "false", "3"))
		g.line("%s := opentracing.StartSpan(%s, opentracing.Tags(%s))", span, g.name(), v)
	case 3:
		g.line("%s, err%s := attempt(%s, %s, %d)", span, v, ctx, g.name(), g.rand.IntN(4))
		g.declare("err"+v, "err")
		g.use("errors")
	}
	g.declare(span, "span")
	g.started(span)
	if g.chance(50) {
		g.line("%s", g.errorSetter(span))
	}
	return true
}

// hidden makes statements in which names are hidden, or methods are values.
func (g *programMaker) hidden() bool {
	s, ctx := g.pick("span"), g.pick("ctx")
	if s == "" || ctx == "" || g.depth >= maxDepth {
		return false
	}
	v := g.fresh("v")
	switch g.rand.IntN(6) {
	case 0:
		g.line("for range 2 {")
		g.line("\tspan, ctx := opentracing.StartSpanFromContext(%s, %s)", ctx, g.name())
		g.block(1+g.rand.IntN(2), [2]string{"span", "span"}, [2]string{"ctx", "ctx"})
		g.line("\tspan.Finish()")
		g.line("\t_ = ctx")
		g.line("}")
	case 1:
		g.line("{")
		g.line("\t%s := %s", s, s)
		g.block(1+g.rand.IntN(2), [2]string{s, "span"})
		g.line("\t_ = %s", s)
		g.line("}")
	case 2:
		g.line("%s := make(chan opentracing.Span, 1)", v)
		g.line("%s <- %s", v, s)
		g.line("select {")
		g.line("case span := <-%s:", v)
		g.block(1+g.rand.IntN(2), [2]string{"span", "span"})
		g.line("case <-%s.Done():", ctx)
		g.line("}")
	case 3:
		g.line("if %s := %s; %s != nil {", v, g.start("opentracing.StartSpan"), v)
		g.block(1, [2]string{v, "span"})
		g.line("\tdefer %s.Finish()", v)
		g.line("} else if span := %s; span != nil {", s)
		g.block(1, [2]string{"span", "span"})
		g.line("}")
	case 4:
		g.line("%s := func() (made opentracing.Span) {", v)
		g.line("\tdefer func() { made.SetTag(%q, %s) }()", g.key(), g.value())
		g.line("\treturn %s", g.start("opentracing.StartSpan"))
		g.line("}()")
		g.declare(v, "span")
		g.started(v)
	case 5:
		g.line("%s := []func(){%s.Finish, func() { %s }}", v, s, g.setter(s))
		g.line("defer %s[%d]()", v, g.rand.IntN(2))
	}
	return true
}
