// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

const (
	nethttpPath  = "github.com/opentracing-contrib/go-stdlib/nethttp"
	otelPath     = "go.opentelemetry.io/contrib/instrumentation/"
	otelhttpPath = otelPath + "net/http/otelhttp"
	tracingType  = "(*" + opentelemetry.CompatPath + ".Tracing)"
)

// A middleware makes spans for a handler, or a transport, that it wraps.
type middleware struct {
	function  string // its full name
	name      string // as code has it
	argument  int    // what it wraps
	transport bool
	made      bool // what the function returns is called with what it wraps
}

// middlewares returns the table of middlewares.
func middlewares() []middleware {
	return []middleware{
		{nethttpPath + ".Middleware", "nethttp.Middleware", 1, false, false},
		{nethttpPath + ".MiddlewareFunc", "nethttp.MiddlewareFunc", 1, false, false},
		{otelhttpPath + ".NewHandler", "otelhttp.NewHandler", 0, false, false},
		{otelhttpPath + ".NewMiddleware", "otelhttp.NewMiddleware", 0, false, true},
		{otelPath + "github.com/gorilla/mux/otelmux.Middleware", "otelmux.Middleware", 0, false, true},
		{otelPath + "github.com/gin-gonic/gin/otelgin.Middleware", "otelgin.Middleware", 0, false, true},
		{otelPath + "github.com/labstack/echo/otelecho.Middleware", "otelecho.Middleware", 0, false, true},
		{otelhttpPath + ".NewTransport", "otelhttp.NewTransport", 0, true, false},
		{tracingType + ".TraceAll", "compat's Tracing.TraceAll", 0, false, false},
		{tracingType + ".Trace", "compat's Tracing.Trace", 0, false, false},
		{tracingType + ".Transport", "compat's Tracing.Transport", 0, true, false},
	}
}

// A wrapper is a place where a middleware wraps something.
type wrapper struct {
	middleware
	at      ast.Node
	wrapped ast.Expr // nil where nothing is seen
}

// is tells whether the function of the middleware begins so.
func (w *wrapper) is(path string) bool { return strings.HasPrefix(w.function, path) }

// wrapperOf returns what a call, or a literal of nethttp.Transport, wraps; nil for all else.
func wrapperOf(info *types.Info, e ast.Expr) *wrapper {
	switch e := e.(type) {
	case *ast.CallExpr:
		called := e
		if maker, ok := ast.Unparen(e.Fun).(*ast.CallExpr); ok {
			called = maker // otelhttp.NewMiddleware(operation)(handler)
		}
		f, ok := typeutil.Callee(info, called).(*types.Func)
		if !ok {
			return nil
		}
		for _, m := range middlewares() {
			if m.function == f.FullName() && m.made == (called != e) && m.argument < len(e.Args) {
				return &wrapper{m, e, e.Args[m.argument]}
			}
		}
	case *ast.CompositeLit:
		if t := info.TypeOf(e); t == nil || types.TypeString(t, nil) != nethttpPath+".Transport" {
			return nil
		}
		w := &wrapper{middleware{nethttpPath + ".Transport", "nethttp.Transport", 0, true, false}, e, nil}
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value // its only field with a value is RoundTripper
			}
			w.wrapped = elt
		}
		return w
	}
	return nil
}

// doubled looks in one function for two middlewares around one handler, or transport.
// What other functions do with it is not seen.
func (d *pathFinder) doubled() {
	ast.Inspect(d.body, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		outer := wrapperOf(d.info, e)
		if outer == nil || outer.wrapped == nil {
			return true
		}
		inner := d.within(outer.wrapped, outer.transport)
		if inner == nil || outer.is(tracingType) && inner.is(tracingType) {
			return true // of nested handlers of compat, the outermost makes the span
		}
		d.report(outer, inner, lesser(outer, inner))
		return true
	})
}

// within returns the outermost middleware in what an expression stands for, or nil.
func (d *pathFinder) within(e ast.Expr, transport bool) *wrapper {
	e = ast.Unparen(e)
	key := knownPath{e, transport}
	if known, ok := d.known[key]; ok {
		return known
	}
	d.known[key] = nil // where it stands for itself
	found := wrapperOf(d.info, e)
	if found != nil && found.transport != transport {
		found = nil
	}
	if found == nil && !transport && len(d.uses) > 0 {
		if chain := d.chain(e, e.Pos()); len(chain) > 0 {
			found = chain[0]
		}
	}
	if found == nil {
		for _, part := range d.parts(e) {
			if found = d.within(part, transport); found != nil {
				break
			}
		}
	}
	d.known[key] = found
	return found
}

// parts returns what an expression hands on: arguments, the value of a variable, and the
// handlers of a mux.
func (d *pathFinder) parts(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.CallExpr:
		return e.Args
	case *ast.UnaryExpr:
		return []ast.Expr{e.X}
	case *ast.Ident:
		obj := d.info.ObjectOf(e)
		parts := d.handlers[obj]
		if value := d.valueAt(obj, e.Pos()); value != nil {
			parts = append(parts[:len(parts):len(parts)], value)
		}
		return parts
	}
	return nil
}

// lesser returns the one to remove of two middlewares around the same: OpenTelemetry's own
// stays, else the outer one.
func lesser(outer, inner *wrapper) *wrapper {
	if !outer.is(otelPath) && inner.is(otelPath) {
		return outer
	}
	return inner
}

func (d *pathFinder) report(outer, inner, remove *wrapper) {
	keep := outer
	if remove == outer {
		keep = inner
	}
	at, there := d.place(outer.at), d.place(inner.at)
	what := "request"
	if outer.transport {
		what = "outgoing request"
	}
	around := "around " + inner.name
	switch {
	case at.Filename != there.Filename:
		around += fmt.Sprintf(" of %s:%d", d.e.rel(there.Filename), there.Line)
	case at.Line != there.Line:
		around += fmt.Sprintf(" of line %d", there.Line)
	}
	where := fmt.Sprintf("in line %d", cmp.Or(d.place(remove.at).Line, at.Line))
	if file := d.place(remove.at).Filename; file != at.Filename {
		where = fmt.Sprintf("in %s:%d", d.e.rel(file), d.place(remove.at).Line)
	}
	d.e.find(KindDoubled, d.e.rel(at.Filename), at.Line,
		fmt.Sprintf("%s is %s: each %s has two spans", outer.name, around, what),
		fmt.Sprintf("remove %s %s, and keep %s", remove.name, where, keep.name))
}
