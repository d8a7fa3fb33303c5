// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"strings"
)

// statement makes one statement, with what belongs to it.
func (g *programMaker) statement() {
	forms := []func() bool{
		g.startFromContext, g.startFromContext, g.startFromContext, g.startSpan, g.startSpan, g.tag, g.tag, g.tag, g.tags, g.logs, g.logs,
		g.guard, g.guard, g.call, g.call, g.call, g.branch, g.loop, g.closure, g.finish, g.rename,
		g.propagate, g.optional, g.collection, g.field, g.options, g.spanContext, g.chain, g.baggage, g.clash, g.activate,
		g.declared, g.declared, g.declared, g.control, g.control, g.noop, g.tagValue, g.fieldsValue,
		g.errorTag, g.errorTag, g.errorFlow, g.errorFlow, g.tagSet, g.hidden, g.hidden,
		g.tagSets, g.tagSets, g.forwarded, g.foreign, g.missing, g.gated, g.gated,
	}
	for range 20 {
		if forms[g.rand.IntN(len(forms))]() {
			return
		}
	}
}

// start is a call that starts a span, by a function that takes a name and options.
func (g *programMaker) start(fn string, first ...string) string {
	args := append(first, g.name())
	for g.chance(40) && len(args) < 4 {
		if o := g.option(); o != "" && !(strings.Contains(o, "ChildOf") && strings.Contains(strings.Join(args, ""), "ChildOf")) {
			args = append(args, o)
		}
	}
	return fn + "(" + strings.Join(args, ", ") + ")"
}

func (g *programMaker) option() string {
	switch g.rand.IntN(8) {
	case 0:
		return fmt.Sprintf("opentracing.Tag{Key: %q, Value: %s}", g.key(), g.value())
	case 1:
		return g.ext(g.choose("SpanKindRPCClient", "SpanKindRPCServer", "SpanKindProducer"))
	case 2, 3, 4:
		if s := g.pick("span"); s != "" {
			return "opentracing.ChildOf(" + s + ".Context())"
		}
	case 5:
		if sc := g.pick("sc"); sc != "" {
			return "opentracing." + g.choose("ChildOf", "ChildOf", "FollowsFrom") + "(" + sc + ")"
		}
	case 6:
		return fmt.Sprintf("opentracing.Tags{%q: %s, %q: %s}", "t1", g.value(), "t2", g.value())
	case 7:
		if s := g.pick("span"); s != "" && g.chance(40) {
			return "opentracing.FollowsFrom(" + s + ".Context())"
		}
		g.use("time")
		return fmt.Sprintf("opentracing.StartTime(time.Unix(%d, 0))", 1700000000+g.rand.IntN(1000))
	}
	return ""
}

func (g *programMaker) key() string {
	return g.choose("a", "b", "http.url", "user.id", "component", "span.kind.of", "n")
}

func (g *programMaker) value() string {
	switch g.rand.IntN(14) {
	case 0, 1:
		return fmt.Sprint(g.rand.IntN(100))
	case 2, 3:
		return g.choose(`"text"`, `""`, `"true"`)
	case 4:
		return g.choose("true", "false")
	case 5:
		return g.choose("1.5", "float32(0.25)", "int8(-3)", "uint(7)", "uint64(1<<63)", "int64(9)")
	case 6:
		g.use("time")
		return g.choose("2*time.Second", "time.Duration(7)")
	case 7:
		return `[]byte("bytes")`
	case 8:
		return g.choose("[]string{\"x\", \"y\"}", "map[string]int{\"k\": 1}", "struct{ A int }{1}", "nil")
	case 9:
		if e := g.pick("err"); e != "" {
			return e
		}
	case 10:
		if s := g.pick("string"); s != "" {
			return s
		}
	case 11, 12:
		if n := g.pick("int"); n != "" {
			return g.choose(n, n+" + 1", "int64("+n+")", "any("+n+")")
		}
	}
	return "1"
}

// declareOrAssign returns the operator for a tuple of new or old names.
func (g *programMaker) declareOrAssign(names []string, kinds []string) string {
	anyNew := false
	for i, n := range names {
		if n == "_" || g.inTop(n) {
			continue
		}
		g.declare(n, kinds[i])
		anyNew = true
	}
	if anyNew {
		return ":="
	}
	return "="
}

func (g *programMaker) contextName() string {
	if g.chance(55) {
		return "ctx"
	}
	if g.chance(50) {
		return "_"
	}
	return g.fresh("ctx")
}

func (g *programMaker) spanName() string {
	if g.chance(40) {
		return g.choose("span", "sp", "child")
	}
	return g.fresh("span")
}

// known tells whether the name is free, or a span, where it would be assigned.
func (g *programMaker) known(name, kind string) bool {
	for _, v := range *g.scopes[len(g.scopes)-1] {
		if v.name == name && v.kind != kind {
			return false
		}
	}
	return true
}

// started finishes a new span soon, late or never.
func (g *programMaker) started(span string) {
	switch g.rand.IntN(10) {
	case 0, 1, 2, 3, 4, 5, 6:
		g.line("defer %s.Finish()", span)
	case 7, 8:
		g.line("%s.SetTag(%q, %s)", span, g.key(), g.value())
		g.line("%s.Finish()", span)
	}
}

func (g *programMaker) startFromContext() bool {
	ctx := g.pick("ctx")
	if ctx == "" {
		return false
	}
	span, to := g.spanName(), g.contextName()
	if !g.known(span, "span") || !g.known(to, "ctx") {
		return false
	}
	call := g.start("opentracing.StartSpanFromContext", ctx)
	if t := g.pick("tracer"); t != "" && g.chance(30) {
		call = g.start("opentracing.StartSpanFromContextWithTracer", ctx, t)
	}
	g.line("%s, %s %s %s", span, to, g.declareOrAssign([]string{span, to}, []string{"span", "ctx"}), call)
	g.started(span)
	return true
}

func (g *programMaker) startSpan() bool {
	fn := g.choose("opentracing.StartSpan", "opentracing.StartSpan", "opentracing.GlobalTracer().StartSpan")
	if t := g.pick("tracer"); t != "" && g.chance(40) {
		fn = t + ".StartSpan"
	}
	if s := g.pick("span"); s != "" && g.chance(15) {
		fn = s + ".Tracer().StartSpan"
	}
	call := g.start(fn)
	switch g.rand.IntN(8) {
	case 0:
		g.line("%s.Finish()", call)
		return true
	case 1:
		g.line("defer %s.SetTag(%q, %s).Finish()", call, g.key(), g.value())
		return true
	}
	span := g.spanName()
	if !g.known(span, "span") {
		return false
	}
	if g.chance(10) && !g.inTop(span) {
		g.line("var %s opentracing.Span = %s", span, call)
		g.declare(span, "span")
	} else {
		g.line("%s %s %s", span, g.declareOrAssign([]string{span}, []string{"span"}), call)
	}
	g.started(span)
	if g.chance(50) {
		g.activateSpan(span)
	}
	return true
}

func (g *programMaker) activate() bool {
	span := g.pick("span")
	return span != "" && g.activateSpan(span)
}

func (g *programMaker) activateSpan(span string) bool {
	ctx := g.pick("ctx")
	if ctx == "" {
		return false
	}
	to := g.choose("ctx", "ctx", g.fresh("ctx"))
	if !g.known(to, "ctx") {
		return false
	}
	g.line("%s %s opentracing.ContextWithSpan(%s, %s)", to, g.declareOrAssign([]string{to}, []string{"ctx"}), ctx, span)
	return true
}

func (g *programMaker) setter(span string) string {
	switch g.rand.IntN(12) {
	case 0, 1, 2, 3, 4:
		return fmt.Sprintf("%s.SetTag(%q, %s)", span, g.key(), g.value())
	case 5:
		return fmt.Sprintf("%s.Set(%s, %q)", g.ext(g.choose("HTTPMethod", "Component", "DBStatement", "HTTPUrl")), span, "x")
	case 6:
		return fmt.Sprintf("%s.Set(%s, %d)", g.ext("HTTPStatusCode"), span, 200+g.rand.IntN(300))
	case 7:
		return fmt.Sprintf("%s.Set(%s, true)", g.ext("Error"), span)
	case 8:
		return fmt.Sprintf("%s.SetTag(\"error\", true)", span)
	case 9:
		if e := g.pick("err"); e != "" {
			return fmt.Sprintf("%s(%s, %s)", g.ext("LogError"), span, e)
		}
	case 10:
		return fmt.Sprintf("%s.Set(%s)", g.ext(g.choose("SpanKindRPCClient", "SpanKindRPCServer")), span)
	case 11:
		return fmt.Sprintf("%s(string(%s), %d)", span+".SetTag", g.ext("PeerHostname"), 1)
	}
	return fmt.Sprintf("%s.SetTag(%q, 1)", span, g.key())
}

func (g *programMaker) tag() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	g.line("%s%s", g.choose("", "", "", "defer "), strings.Replace(g.setter(span), "\n", "", -1))
	return true
}

func (g *programMaker) tags() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	for range 2 + g.rand.IntN(3) {
		g.line("%s", g.setter(span))
	}
	return true
}

func (g *programMaker) chain() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	g.line("%s.SetTag(%q, %s).SetOperationName(%s).SetTag(%q, %s)", span, g.key(), g.value(), g.name(), g.key(), g.value())
	return true
}

func (g *programMaker) rename() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	g.line("%s.SetOperationName(%s)", span, g.name())
	return true
}

func (g *programMaker) finish() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	if g.chance(30) {
		g.use("time")
		g.line("%s.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Unix(%d, 0)})", span, 1800000000+g.rand.IntN(100))
		return true
	}
	g.line("%s.Finish()", span)
	return true
}

func (g *programMaker) logs() bool {
	span := g.pick("span")
	if span == "" {
		return false
	}
	word := g.choose("", "", "", "defer ")
	switch g.rand.IntN(6) {
	case 0:
		g.line("%s%s.LogKV(\"event\", \"e\", %q, %s)", word, span, g.key(), g.value())
	case 1:
		g.line("%s%s.LogKV(%q, %s, %q, %s)", word, span, g.key(), g.value(), "last", g.value())
	case 2:
		g.line("%s%s.LogFields(%s(\"event\", \"e\"), %s(%q, %d))", word, span, g.log("String"), g.log("Int"), g.key(), g.rand.IntN(9))
	case 3:
		g.line("%s%s.LogFields(%s(%q, %s), %s(\"ok\", true))", word, span, g.log("Object"), g.key(), g.value(), g.log("Bool"))
	case 4:
		g.line("%s%s.LogEvent(\"old\")", word, span)
	case 5:
		e := g.pick("err")
		if e == "" {
			return false
		}
		g.line("%s%s.LogFields(%s)", word, span, g.choose(g.log("Error")+"("+e+")", g.log("Event")+`("error"), `+g.log("Error")+"("+e+")"))
	}
	return true
}
