// SPDX-License-Identifier: Apache-2.0

package migrate_test

// wireDeclarations are functions and types that hand spans, parents and baggage on: to
// another process, to a tracer of one's own, or only where there is one.
var wireDeclarations = []declaration{
	{"forward", `func forward(ctx context.Context, hops int) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "forward")
	defer span.Finish()
	carrier := opentracing.TextMapCarrier{}
	if err := opentracing.GlobalTracer().Inject(span.Context(), opentracing.TextMap, carrier); err != nil {
		fmt.Println("not injected")
		return
	}
	serve(ctx, carrier, hops)
}

func serve(ctx context.Context, carrier opentracing.TextMapCarrier, hops int) {
	remote, _ := opentracing.GlobalTracer().Extract(opentracing.TextMap, carrier)
	span := opentracing.StartSpan("serve", ext.RPCServerOption(remote))
	defer span.Finish()
	fmt.Println("item", span.BaggageItem("item"))
	if hops > 0 {
		forward(opentracing.ContextWithSpan(ctx, span), hops-1)
	}
}`},
	{"ownTracer", `type ownTracer struct {
	opentracing.Tracer
	prefix string
}

func (t ownTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return t.Tracer.StartSpan(t.prefix+name, opts...)
}`},
	{"below", `func below(ctx context.Context) (span opentracing.Span) {
	if parent := opentracing.SpanFromContext(ctx); parent != nil {
		span = opentracing.StartSpan("below", opentracing.ChildOf(parent.Context()))
	}
	return span
}`},
	{"belowOrNil", `func belowOrNil(ctx context.Context) opentracing.Span {
	parent := opentracing.SpanFromContext(ctx)
	if parent == nil {
		return nil
	}
	return opentracing.StartSpan("below", opentracing.ChildOf(parent.Context()))
}`},
	{"parentOf", `func parentOf(ctx context.Context) opentracing.SpanContext {
	if span := opentracing.SpanFromContext(ctx); span != nil {
		return span.Context()
	}
	return nil
}`},
}

// tagSets makes maps and slices of tags and options, with kinds and error tags in them.
func (g *programMaker) tagSets() bool {
	v, s := g.fresh("set"), g.pick("span")
	if s == "" {
		return false
	}
	special := g.choose(`"error": true`, `"error": false`, `"error": "bad"`, `"span.kind": "client"`, `"span.kind": `+g.ext("SpanKindRPCServerEnum"), `"more": 1`)
	switch g.rand.IntN(7) {
	case 0:
		g.line("%s := opentracing.Tags{%q: %s, %s}", v, g.key(), g.value(), special)
		g.line("for k, v := range %s {", v)
		g.line("\t%s.SetTag(k, v)", s)
		g.line("}")
	case 1:
		g.line("%s := []opentracing.Tag{{Key: %q, Value: %s}, {Key: \"second\", Value: %s}, %s}", v, g.key(), g.value(), g.value(), g.ext(g.choose("SpanKindRPCClient", "SpanKindConsumer")))
		g.line("for _, tag := range %s {", v)
		g.line("\ttag.Set(%s)", s)
		g.line("}")
	case 2:
		g.line("%s := []opentracing.Tag{{Key: %q, Value: %s}, %s}", v, g.key(), g.value(), g.ext("SpanKindProducer"))
		g.line("opts%s := []opentracing.StartSpanOption{opentracing.ChildOf(%s.Context())}", v, s)
		g.line("for _, tag := range %s {", v)
		g.line("\topts%s = append(opts%s, tag)", v, v)
		g.line("}")
		g.line("opentracing.StartSpan(%s, opts%s...).Finish()", g.name(), v)
	case 3:
		g.line("%s := opentracing.Tags{%q: %s, %s}", v, g.key(), g.value(), special)
		g.line("span%s := opentracing.StartSpan(%s, %s)", v, g.name(), v)
		g.declare("span"+v, "span")
		g.started("span" + v)
	case 4:
		g.line("%s := map[string]opentracing.StartSpanOption{\"kind\": %s, \"tag\": opentracing.Tag{Key: %q, Value: %s}}", v, g.ext("SpanKindRPCClient"), g.key(), g.value())
		g.line("opentracing.StartSpan(%s, %s[\"kind\"], %s[\"tag\"]).Finish()", g.name(), v, v)
	case 5:
		g.line("%s := opentracing.Tags{%q: %s}", v, g.key(), g.value())
		g.line("for k, v := range map[string]any{%s} {", special)
		g.line("\t%s[k] = v", v)
		g.line("}")
		g.line("opentracing.StartSpan(%s, %s, opentracing.ChildOf(%s.Context())).Finish()", g.name(), v, s)
	case 6:
		g.line("%s := map[string]interface{}{%s}", v, special)
		g.line("%s[%q] = %s", v, g.key(), g.value())
		g.line("defer func() {")
		g.line("\tfor k, v := range %s {", v)
		g.line("\t\t%s.SetTag(k, v)", s)
		g.line("\t}")
		g.line("}()")
	}
	return true
}

// forwarded sends baggage on, to a server that sends it on.
func (g *programMaker) forwarded() bool {
	ctx := g.pick("ctx")
	if ctx == "" || !g.chance(50) {
		return false
	}
	g.use("fmt")
	g.ext("RPCServerOption")
	if s := g.pick("span"); s != "" && g.chance(60) {
		g.line("%s.SetBaggageItem(\"item\", \"sent\")", s)
		if g.chance(50) {
			g.line("forward(opentracing.ContextWithSpan(%s, %s), %d)", ctx, s, g.rand.IntN(2))
			return true
		}
	}
	g.line("forward(%s, %d)", ctx, g.rand.IntN(3))
	return true
}

// foreign starts spans by a tracer of the program's own.
func (g *programMaker) foreign() bool {
	if !g.chance(30) {
		return false
	}
	v := g.fresh("own")
	g.line("var %s opentracing.Tracer = ownTracer{opentracing.GlobalTracer(), \"own \"}", v)
	g.line("%s", g.start(v+".StartSpan")+".Finish()")
	if ctx := g.pick("ctx"); ctx != "" && g.chance(40) {
		g.line("span%s, ctx%s := opentracing.StartSpanFromContextWithTracer(%s, %s, %s)", v, v, ctx, v, g.name())
		g.line("defer span%s.Finish()", v)
		g.declare("ctx"+v, "ctx")
		g.declare("span"+v, "span")
	}
	return true
}

// missing names parents that are not there.
func (g *programMaker) missing() bool {
	ctx := g.pick("ctx")
	if ctx == "" {
		return false
	}
	v := g.fresh("none")
	switch g.rand.IntN(5) {
	case 0:
		g.line("var %s opentracing.SpanContext", v)
		g.line("opentracing.StartSpan(%s, opentracing.%s(%s)).Finish()", g.name(), g.choose("ChildOf", "FollowsFrom"), v)
	case 1:
		g.line("opentracing.StartSpan(%s, opentracing.%s(nil)).Finish()", g.name(), g.choose("ChildOf", "FollowsFrom"))
	case 2:
		g.line("%s := parentOf(%s)", v, ctx)
		g.line("opentracing.StartSpan(%s, opentracing.ChildOf(%s)).Finish()", g.name(), v)
		g.declare(v, "sc")
	case 3:
		g.line("var %s opentracing.SpanContext", v)
		g.line("if parent := opentracing.SpanFromContext(%s); parent != nil {", ctx)
		g.line("\t%s = parent.Context()", v)
		g.line("}")
		g.line("span%s := opentracing.StartSpan(%s, opentracing.ChildOf(%s), opentracing.Tag{Key: %q, Value: %s})", v, g.name(), v, g.key(), g.value())
		g.declare("span"+v, "span")
		g.started("span" + v)
	case 4:
		g.line("if parentOf(%s) == nil {", ctx)
		g.use("fmt")
		g.line("\tfmt.Println(%s)", g.name())
		g.line("}")
	}
	return true
}

// gated starts spans only below others, which there is one of, and uses them without a
// question: where no tracer is installed, too.
func (g *programMaker) gated() bool {
	s, ctx := g.pick("span"), g.pick("ctx")
	if s == "" || ctx == "" {
		return false
	}
	v := g.fresh("gated")
	active := "opentracing.ContextWithSpan(" + ctx + ", " + s + ")"
	switch g.rand.IntN(4) {
	case 0:
		g.line("%s := %s(%s)", v, g.choose("below", "belowOrNil"), active)
		g.declare(v, "span")
		g.line("%s", g.setter(v))
		g.started(v)
	case 1:
		g.line("%s(%s).Finish()", g.choose("below", "belowOrNil"), active)
	case 2:
		g.line("var %s opentracing.Span", v)
		g.line("ctx%s := %s", v, active)
		g.line("if has := opentracing.SpanFromContext(ctx%s) != nil; has {", v)
		g.line("\t%s, ctx%s = opentracing.StartSpanFromContext(ctx%s, %s)", v, v, v, g.name())
		g.line("}")
		g.line("%s.Finish()", v)
		g.declare("ctx"+v, "ctx")
	case 3:
		g.line("%s := &server{}", v)
		g.line("if parent := opentracing.SpanFromContext(%s); parent != nil {", active)
		g.line("\t%s.span = opentracing.StartSpan(%s, opentracing.ChildOf(parent.Context()))", v, g.name())
		g.line("}")
		g.line("%s", g.setter(v+".span"))
		g.line("%s.span.Finish()", v)
	}
	return true
}
