// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"strings"
)

const maxDepth = 3 // of blocks in blocks

func (g *programMaker) condition() string {
	if n := g.pick("int"); n != "" && g.chance(50) {
		return n + g.choose(" > 1", " == 0", " != 3")
	}
	if ctx := g.pick("ctx"); ctx != "" {
		return ctx + ".Err() " + g.choose("==", "!=") + " nil"
	}
	return g.choose("true", "false")
}

// guard does something only when a context has a span.
func (g *programMaker) guard() bool {
	ctx := g.pick("ctx")
	if ctx == "" || g.depth >= maxDepth {
		return false
	}
	s := g.choose("span", "sp", "s")
	switch g.rand.IntN(6) {
	case 0:
		g.line("if %s := opentracing.SpanFromContext(%s); %s != nil {", s, ctx, s)
		g.line("\t%s", g.setter(s))
		g.line("}")
	case 1:
		g.line("if %s := opentracing.SpanFromContext(%s); %s != nil {", s, ctx, s)
		g.block(1+g.rand.IntN(3), [2]string{s, "span"})
		g.line("} else {")
		g.block(1, [2]string{s, "nil"}) // hides a span of that name further out
		g.line("}")
	case 2:
		n := g.fresh("active")
		g.line("%s := opentracing.SpanFromContext(%s)", n, ctx)
		g.line("if %s == nil {", n)
		g.line("\t%s = opentracing.StartSpan(%s)", n, g.name())
		g.line("\tdefer %s.Finish()", n)
		g.line("}")
		g.declare(n, "span")
	case 3:
		g.line("if %s := opentracing.SpanFromContext(%s); %s != nil && %s.Tracer() != nil {", s, ctx, s, s)
		g.indent++
		c := g.fresh("inner")
		g.line("%s := %s", c, "opentracing.StartSpan("+g.name()+", opentracing.ChildOf("+s+".Context()))")
		g.line("defer %s.Finish()", c)
		if g.chance(50) {
			g.line("ctx := opentracing.ContextWithSpan(%s, %s)", ctx, c)
			g.block(1, [2]string{"ctx", "ctx"}, [2]string{c, "span"})
			g.line("_ = ctx")
		}
		g.indent--
		g.line("}")
	case 4:
		g.use("fmt")
		g.line("fmt.Println(%q, opentracing.SpanFromContext(%s) %s nil)", g.name(), ctx, g.choose("!=", "=="))
	case 5:
		opts := g.fresh("opts")
		g.line(g.choose("var %s []opentracing.StartSpanOption", "%s := []opentracing.StartSpanOption{opentracing.Tag{Key: \"o\", Value: 1}}"), opts)
		g.line("if %s := opentracing.SpanFromContext(%s); %s != nil {", s, ctx, s)
		g.line("\t%s = append(%s, opentracing.%s(%s.Context()))", opts, opts, g.choose("ChildOf", "FollowsFrom"), s)
		g.line("}")
		if g.chance(50) {
			g.line("opentracing.StartSpan(%s, %s...).Finish()", g.name(), opts)
			break
		}
		v := g.fresh("optional")
		g.line("%s := opentracing.StartSpan(%s, %s...)", v, g.name(), opts)
		g.declare(v, "span")
		g.started(v)
		g.line("ctx%s := opentracing.ContextWithSpan(%s, %s)", v, ctx, v)
		g.line("_ = ctx%s", v)
		g.declare("ctx"+v, "ctx")
	}
	return true
}

func (g *programMaker) branch() bool {
	if g.depth >= maxDepth {
		return false
	}
	if g.chance(20) {
		g.line("switch {")
		g.line("case %s:", g.condition())
		g.block(1 + g.rand.IntN(2))
		g.line("default:")
		g.block(1)
		g.line("}")
		return true
	}
	g.line("if %s {", g.condition())
	g.block(1 + g.rand.IntN(3))
	if g.chance(40) {
		g.line("} else {")
		g.block(1 + g.rand.IntN(2))
	}
	g.line("}")
	return true
}

func (g *programMaker) loop() bool {
	if g.depth >= maxDepth-1 {
		return false
	}
	n := g.fresh("n")
	g.line(g.choose("for %s := range 2 {", "for %[1]s := 0; %[1]s < 2; %[1]s++ {"), n)
	g.block(1+g.rand.IntN(2), [2]string{n, "int"})
	g.line("}")
	return true
}

func (g *programMaker) closure() bool {
	if g.depth >= maxDepth {
		return false
	}
	switch g.rand.IntN(4) {
	case 0:
		g.line("func() {")
		g.block(1 + g.rand.IntN(3))
		g.line("}()")
	case 1:
		g.line("defer func() {")
		g.block(1 + g.rand.IntN(2))
		g.line("}()")
	case 2:
		ctx := g.pick("ctx")
		if ctx == "" {
			return false
		}
		f := g.fresh("f")
		g.line("%s := func(ctx context.Context, span opentracing.Span) error {", f)
		g.block(1+g.rand.IntN(2), [2]string{"ctx", "ctx"}, [2]string{"span", "span"})
		g.line("\treturn ctx.Err()")
		g.line("}")
		span := g.pick("span")
		if span == "" {
			span = "opentracing.StartSpan(" + g.name() + ")"
		}
		g.line("_ = %s(%s, %s)", f, ctx, span)
	case 3:
		span := g.pick("span")
		if span == "" {
			return false
		}
		g.line("defer func(span opentracing.Span, n int) {")
		g.block(1+g.rand.IntN(2), [2]string{"span", "span"}, [2]string{"n", "int"})
		g.line("}(%s, %d)", span, g.rand.IntN(5))
	}
	return true
}

// call calls one of the functions after this one.
func (g *programMaker) call() bool {
	if len(g.callable) == 0 {
		return false
	}
	f := g.callable[g.rand.IntN(len(g.callable))]
	var args []string
	for kind := range strings.SplitSeq(f.form.call, ",") {
		arg := g.argument(kind)
		if arg == "-" {
			return false
		}
		if arg != "" {
			args = append(args, arg)
		}
	}
	call := f.name + "(" + strings.Join(args, ", ") + ")"
	if f.form.receiver {
		call = g.choose(`(&server{name: "s"}).`, `(&server{tracer: opentracing.GlobalTracer()}).`) + call
	}
	switch f.form.results {
	case "":
		g.line("%s%s", g.choose("", "", "defer "), call)
	case "opentracing.Span":
		switch g.rand.IntN(3) {
		case 0:
			g.line("%s.Finish()", call)
		case 1:
			g.line("defer %s.SetTag(%q, %s).Finish()", call, g.key(), g.value())
		default:
			v := g.fresh("got")
			g.line("%s := %s", v, call)
			g.declare(v, "span")
			g.started(v)
		}
	default:
		span, ctx := g.fresh("got"), g.choose("_", g.fresh("ctx"))
		g.line("%s, %s %s %s", span, ctx, g.declareOrAssign([]string{span, ctx}, []string{"span", "ctx"}), call)
		g.started(span)
	}
	return true
}

// argument returns an argument of a kind; "-" is none.
func (g *programMaker) argument(kind string) string {
	if kind == "options" {
		switch g.rand.IntN(3) {
		case 0:
			return ""
		case 1:
			if o := g.pick("opts"); o != "" {
				return o + "..."
			}
		}
		return fmt.Sprintf("opentracing.Tag{Key: %q, Value: %s}", g.key(), g.value())
	}
	if v := g.pick(kind); v != "" && (kind != "tracer" || g.chance(70)) {
		return v
	}
	switch kind {
	case "ctx":
		return "context.Background()"
	case "span":
		return "opentracing.StartSpan(" + g.name() + ")"
	case "sc":
		return "opentracing.StartSpan(" + g.name() + ").Context()"
	case "err":
		return g.use("errors") + `.New("failed")`
	case "tracer":
		return "opentracing.GlobalTracer()"
	case "int":
		return fmt.Sprint(g.rand.IntN(4))
	case "string":
		return g.name()
	}
	return "-"
}

// propagate injects into a carrier and goes on from what is extracted.
func (g *programMaker) propagate() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	carrier, sc := g.fresh("carrier"), g.fresh("remote")
	format := "opentracing.TextMap"
	if g.chance(50) {
		format = "opentracing.HTTPHeaders"
		g.use("net/http")
		g.line("%s := opentracing.HTTPHeadersCarrier(http.Header{})", carrier)
	} else {
		g.line("%s := opentracing.TextMapCarrier{%s}", carrier, g.choose("", `"baggage": "item=in"`))
	}
	tracer := g.choose("opentracing.GlobalTracer()", span+".Tracer()")
	switch g.rand.IntN(3) {
	case 0:
		g.line("if err := %s.Inject(%s.Context(), %s, %s); err != nil {", tracer, span, format, carrier)
		g.line("\t%s.LogFields(%s(err))", span, g.log("Error"))
		g.line("}")
	case 1:
		g.line("_ = %s.Inject(%s.Context(), %s, %s)", tracer, span, format, carrier)
	case 2:
		g.line("err%s := %s.Inject(%s.Context(), %s, %s)", carrier, tracer, span, format, carrier)
		g.declare("err"+carrier, "err")
	}
	switch g.rand.IntN(4) {
	case 0:
		g.line("if %s, err := opentracing.GlobalTracer().Extract(%s, %s); err == nil {", sc, format, carrier)
		g.line("\topentracing.StartSpan(%s, %s).Finish()", g.name(), g.choose("opentracing.ChildOf("+sc+")", g.ext("RPCServerOption")+"("+sc+")"))
		g.line("}")
	case 1:
		g.line("%s, _ := opentracing.GlobalTracer().Extract(%s, %s)", sc, format, carrier)
		v := g.fresh("served")
		g.line("%s := opentracing.StartSpan(%s, %s(%s))", v, g.name(), g.ext("RPCServerOption"), sc)
		g.declare(v, "span")
		g.started(v)
		if ctx := g.pick("ctx"); ctx != "" && g.chance(50) {
			g.line("ctx%s := opentracing.ContextWithSpan(%s, %s)", v, ctx, v)
			g.line("_ = ctx%s", v)
			g.declare("ctx"+v, "ctx")
		}
	case 2:
		g.line("%s, err%s := opentracing.GlobalTracer().Extract(%s, %s)", sc, sc, format, carrier)
		g.line("if err%s != nil {", sc)
		g.use("fmt")
		g.line("\tfmt.Println(err%s == opentracing.ErrSpanContextNotFound)", sc)
		g.line("}")
		g.declare(sc, "sc")
		if ctx := g.pick("ctx"); ctx != "" {
			v := g.fresh("served")
			g.line("%s, %s := opentracing.StartSpanFromContext(%s, %s, opentracing.ChildOf(%s))", v, "ctx"+v, ctx, g.name(), sc)
			g.declare(v, "span")
			g.declare("ctx"+v, "ctx")
			g.started(v)
		}
	case 3:
		g.use("fmt")
		g.line("fmt.Println(len(%s) > 0)", carrier)
	}
	return true
}

// optional is a span that may be nil.
func (g *programMaker) optional() bool {
	v := g.fresh("maybe")
	g.line("var %s opentracing.Span", v)
	g.line("if %s {", g.condition())
	g.line("\t%s = %s", v, g.start("opentracing.StartSpan"))
	g.line("}")
	g.line("if %s != nil {", v)
	g.line("\t%s", g.setter(v))
	g.line("\t%s.Finish()", v)
	g.line("}")
	return true
}

func (g *programMaker) collection() bool {
	v := g.fresh("spans")
	s := g.pick("span")
	if s == "" {
		s = g.start("opentracing.StartSpan")
	}
	switch g.rand.IntN(3) {
	case 0:
		g.line("%s := []opentracing.Span{%s, %s}", v, s, g.start("opentracing.StartSpan"))
		g.line("for _, s := range %s {", v)
	case 1:
		g.line("%s := map[string]opentracing.Span{\"k\": %s}", v, s)
		g.line("if s, ok := %s[\"k\"]; ok {", v)
	case 2:
		g.line("%s := make(chan opentracing.Span, 1)", v)
		g.line("%s <- %s", v, s)
		g.line("if s := <-%s; s != nil {", v)
	}
	g.line("\t%s", g.setter("s"))
	g.line("\ts.Finish()")
	g.line("}")
	return true
}

func (g *programMaker) field() bool {
	s := g.pick("span")
	if s == "" {
		return false
	}
	v := g.fresh("srv")
	switch g.rand.IntN(3) {
	case 0:
		g.line("%s := &server{span: %s, last: %s.Context()}", v, s, s)
		g.line("%s", g.setter(v+".span"))
		g.line("opentracing.StartSpan(%s, opentracing.ChildOf(%s.last)).Finish()", g.name(), v)
	case 1:
		g.line("%s := server{tracer: opentracing.GlobalTracer()}", v)
		g.line("%s.span = %s", v, g.start(v+".tracer.StartSpan"))
		g.line("defer %s.span.Finish()", v)
	case 2:
		ctx := g.pick("ctx")
		if ctx == "" {
			return false
		}
		g.line("var %s server", v)
		g.line("%s.span, %s = opentracing.StartSpanFromContext(%s, %s)", v, g.choose("_", ctx), ctx, g.name())
		g.line("%s.span.SetTag(%q, %s).Finish()", v, g.key(), g.value())
	}
	return true
}

func (g *programMaker) options() bool {
	v := g.fresh("opts")
	g.line("%s := []opentracing.StartSpanOption{opentracing.Tag{Key: %q, Value: %s}}", v, g.key(), g.value())
	if g.chance(50) {
		g.line("%s = append(%s, %s)", v, v, g.choose(g.ext("SpanKindRPCClient"), `opentracing.Tags{"more": 1}`))
	}
	if ctx := g.pick("ctx"); ctx != "" && g.chance(50) {
		s := g.fresh("span")
		g.line("%s, _ := opentracing.StartSpanFromContext(%s, %s, %s...)", s, ctx, g.name(), v)
		g.declare(s, "span")
		g.started(s)
	} else {
		g.line("opentracing.StartSpan(%s, %s...).Finish()", g.name(), v)
	}
	g.declare(v, "opts")
	return true
}

func (g *programMaker) spanContext() bool {
	s := g.pick("span")
	if s == "" {
		return false
	}
	v := g.fresh("sc")
	g.line("%s := %s.Context()", v, s)
	g.declare(v, "sc")
	return true
}

// baggage sets an item on a span, reads items, or looks at what goes out with a
// request: a span inherits its parent's items, and contexts hand them on.
func (g *programMaker) baggage() bool {
	s := g.pick("span")
	if s == "" || !g.chance(60) {
		return false
	}
	g.use("fmt")
	key := g.choose("item", "other")
	switch g.rand.IntN(6) {
	case 0:
		g.line("%s.SetBaggageItem(%q, %q)", s, key, g.choose("v", "w"))
	case 1:
		g.line("fmt.Println(%s.BaggageItem(%q))", s, key)
	case 2:
		g.line("%s.SetBaggageItem(%q, \"v\").SetTag(\"read\", %s.BaggageItem(%q))", s, key, s, key)
	case 3:
		g.line("%s.Context().ForeachBaggageItem(func(k, v string) bool {", s)
		g.line("\tfmt.Println(len(k) + len(v))")
		g.line("\treturn %s", g.choose("true", "false"))
		g.line("})")
	case 4:
		carrier := g.fresh("out")
		g.line("%s := opentracing.TextMapCarrier{}", carrier)
		g.line("_ = opentracing.GlobalTracer().Inject(%s.Context(), opentracing.TextMap, %s)", s, carrier)
		g.line("fmt.Println(len(%s[\"baggage\"]))", carrier)
	case 5:
		ctx := g.pick("ctx")
		if ctx == "" {
			return false
		}
		active := g.fresh("active")
		g.line("if %s := opentracing.SpanFromContext(%s); %s != nil {", active, ctx, active)
		g.line("\tfmt.Println(%s.BaggageItem(%q))", active, key)
		g.line("}")
	}
	return true
}

// clash declares variables with the names that rewritten code would like to use.
func (g *programMaker) clash() bool {
	switch g.rand.IntN(3) {
	case 0:
		if g.inTop("tracer") {
			return false
		}
		g.line("tracer := opentracing.GlobalTracer()")
		g.declare("tracer", "tracer")
	case 1:
		n := g.choose("trace", "attribute", "codes", "otel")
		if g.inTop(n) {
			return false
		}
		g.line("%s := %d", n, g.rand.IntN(4))
		g.declare(n, "int")
	case 2:
		n := g.fresh("err")
		g.line("%s := %s.New(\"failed\")", n, g.use("errors"))
		g.declare(n, "err")
	}
	return true
}
