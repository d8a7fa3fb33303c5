// SPDX-License-Identifier: Apache-2.0

package native

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

const (
	grpcPath  = "google.golang.org/grpc"
	chainPath = "github.com/grpc-ecosystem/go-grpc-middleware"
)

// grpcChanges are those where otelgrpc makes a span in the place of an interceptor.
const grpcChanges = "otelgrpc's stats handler makes the spans, with its own scope: names have no leading slash; rpc.method and rpc.response.status_code " +
	"replace component, response_code and response_class; an error is the description of the status, not an event"

// grpcOptions are the functions that make options of interceptors, and whether of a server.
var grpcOptions = map[string]bool{
	grpcPath + ".UnaryInterceptor": true, grpcPath + ".StreamInterceptor": true,
	grpcPath + ".ChainUnaryInterceptor": true, grpcPath + ".ChainStreamInterceptor": true,
	chainPath + ".WithUnaryServerChain": true, chainPath + ".WithStreamServerChain": true,
	grpcPath + ".WithUnaryInterceptor": false, grpcPath + ".WithStreamInterceptor": false,
	grpcPath + ".WithChainUnaryInterceptor": false, grpcPath + ".WithChainStreamInterceptor": false,
}

// grpcChains are the functions that make one interceptor of several.
var grpcChains = []string{"ChainUnaryServer", "ChainStreamServer", "ChainUnaryClient", "ChainStreamClient"}

// A grpcOption is an option of a server or a client that has interceptors of a library.
type grpcOption struct {
	call   *ast.CallExpr
	server bool
	chain  *ast.CallExpr // inside of it, or nil
	// gone are the interceptors of the library, and provider what they need.
	gone     []ast.Expr
	provider text
	list     ast.Node // that the option is in
	first    bool     // of those of its list and side
}

// interceptor plans an interceptor. A stats handler takes the place of those for calls and
// for streams.
func (f *file) interceptor(call *ast.CallExpr, fn *types.Func) {
	if fn.Signature().Results().Len() != 1 || !strings.Contains(fn.Name(), "Interceptor") {
		return // an option, or a function with a rule of its own or none
	}
	if f.spread(call) {
		return
	}
	name := functionName(fn)
	server := strings.Contains(fn.Name(), "Server")
	to := "otelgrpc.NewClientHandler"
	if server {
		to = "otelgrpc.NewServerHandler"
	}
	f.move(call, name, to)
	f.take(call.Fun)
	if call.Ellipsis.IsValid() {
		f.hold(call, "the options of the interceptor are a slice")
		return
	}
	var tracer ast.Expr
	options := call.Args
	if fn.Pkg().Path() != middlewarePath {
		tracer, options = call.Args[0], call.Args[1:]
	}
	for _, arg := range options {
		option, kind := f.optionCall(arg, fn.Pkg().Path())
		switch {
		case kind == "WithTracer":
			tracer = option.Args[0]
			continue
		case kind == "":
			if c, ok := ast.Unparen(arg).(*ast.CallExpr); ok && f.Callee(c) != nil {
				kind = f.Callee(c).Name()
				f.take(c.Fun)
			}
		}
		todo := "docs/instrumentation.md says what to do"
		if kind == "LogPayloads" {
			todo = "remove it; to keep a payload, set an attribute in the handler"
		}
		f.hold(arg, "the option "+kind+" has no counterpart in otelgrpc; "+todo)
		return
	}
	o := f.grpcOption(call)
	if o == nil || o.server != server {
		f.hold(call, "the interceptor is not an argument of an option of grpc.NewServer or grpc.NewClient, so fix can't tell where the stats handler belongs")
		return
	}
	o.gone = append(o.gone, call)
	if provider := f.given(tracer); provider != nil {
		o.provider = provider
	}
}

// grpcOption returns the option that an interceptor is an argument of.
func (f *file) grpcOption(call *ast.CallExpr) *grpcOption {
	outer, ok := f.Parent[call].(*ast.CallExpr)
	if !ok {
		return nil
	}
	var chain *ast.CallExpr
	if fn := f.Callee(outer); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == chainPath && slices.Contains(grpcChains, fn.Name()) {
		chain = outer
		if outer, ok = f.Parent[chain].(*ast.CallExpr); !ok {
			return nil
		}
	}
	server, known := grpcOptions[f.calls(outer)]
	if !known {
		return nil
	}
	for _, o := range f.grpc {
		if o.call == outer {
			return o
		}
	}
	o := &grpcOption{call: outer, server: server, chain: chain, list: f.Parent[outer]}
	switch list := o.list.(type) {
	case *ast.CallExpr:
		if list.Fun == outer {
			return nil
		}
	case *ast.CompositeLit:
	default:
		return nil
	}
	f.grpc = append(f.grpc, o)
	return o
}

// statsHandlers plans the lists of options: those of interceptors of a library go, or lose
// these, and one for each side of a function has the stats handler.
func (f *file) statsHandlers() {
	type place struct {
		block  ast.Node
		server bool
	}
	handled := make(map[place]*grpcOption)
	byList := make(map[ast.Node][]*grpcOption)
	for _, o := range f.grpc {
		at := place{f.block(o.list), o.server}
		if first := handled[at]; first != nil {
			f.part(o.call.Pos()).Join(f.part(first.call.Pos()))
			if first.provider == nil {
				first.provider = o.provider
			}
		} else {
			handled[at], o.first = o, true
			f.change(o.call, "grpc", grpcChanges+f.alone(o))
		}
		byList[o.list] = append(byList[o.list], o)
	}
	for list, options := range byList {
		f.replace(list, func(r *edit.Renderer) string { return f.grpcList(r, list, options) })
	}
}

// alone says what it means that a stats handler sees calls and streams.
func (f *file) alone(o *grpcOption) string {
	for _, other := range f.grpc {
		if other != o && other.server == o.server && f.block(other.list) == f.block(o.list) {
			return ""
		}
	}
	if strings.Contains(f.Callee(o.call).Name(), "Stream") {
		return "; unary calls have spans, too"
	}
	return "; streams have spans, too"
}

// block returns the innermost block around a node.
func (f *file) block(n ast.Node) ast.Node {
	for ; n != nil; n = f.Parent[n] {
		if _, ok := n.(*ast.BlockStmt); ok {
			return n
		}
	}
	return nil
}

// grpcList renders a list of options.
func (f *file) grpcList(r *edit.Renderer, list ast.Node, options []*grpcOption) string {
	element := func(e ast.Expr) string {
		i := slices.IndexFunc(options, func(o *grpcOption) bool { return o.call == ast.Unparen(e) })
		if i < 0 {
			return r.Text(e)
		}
		o := options[i]
		left := f.interceptorsLeft(r, o)
		switch {
		case !o.first:
			return left
		case left == "":
			return f.statsHandler(r, o)
		}
		return f.statsHandler(r, o) + f.separator(r, e) + left
	}
	switch list := list.(type) {
	case *ast.CallExpr:
		return f.relisted(r, list.Fun, list.Args, list.End(), element)
	case *ast.CompositeLit:
		return f.relisted(r, list.Type, list.Elts, list.End(), element)
	}
	return ""
}

// separator separates an element of a list from one that is added: on a line of its own where
// the element has one.
func (f *file) separator(r *edit.Renderer, e ast.Expr) string {
	before := bytes.TrimRight(r.Source.Src[:r.Offset(e.Pos())], " \t")
	if bytes.HasSuffix(before, []byte("\n")) {
		return ",\n"
	}
	return ", "
}

// relisted renders a list that follows head and goes to an end, with what stands between its
// elements. Those that are empty are left out.
func (f *file) relisted(r *edit.Renderer, head ast.Expr, elements []ast.Expr, end token.Pos, element func(ast.Expr) string) string {
	src := func(from, to token.Pos) string { return string(r.Source.Src[r.Offset(from):r.Offset(to)]) }
	var b strings.Builder
	b.WriteString(r.Text(head) + src(head.End(), elements[0].Pos()))
	separator, some := "", false
	for i, e := range elements {
		if text := element(e); text != "" {
			if some {
				b.WriteString(separator)
			}
			b.WriteString(text)
			some = true
			if i+1 < len(elements) {
				separator = src(e.End(), elements[i+1].Pos())
			}
		}
	}
	b.WriteString(src(elements[len(elements)-1].End(), end))
	return b.String()
}

// statsHandler renders the option of the stats handler.
func (f *file) statsHandler(r *edit.Renderer, o *grpcOption) string {
	otelgrpc := r.Pkg(opentelemetry.OTelGRPCPath)
	given := strings.Join(providerOption(r, otelgrpc, o.provider, nil), ", ")
	if o.server {
		return r.Pkg(grpcPath) + ".StatsHandler(" + otelgrpc + ".NewServerHandler(" + given + "))"
	}
	return r.Pkg(grpcPath) + ".WithStatsHandler(" + otelgrpc + ".NewClientHandler(" + given + "))"
}

// interceptorsLeft renders an option without the interceptors of the library, empty where
// there are no others.
func (f *file) interceptorsLeft(r *edit.Renderer, o *grpcOption) string {
	holder := o.call
	if o.chain != nil {
		holder = o.chain
	}
	if !slices.ContainsFunc(holder.Args, func(e ast.Expr) bool { return !slices.Contains(o.gone, ast.Unparen(e)) }) {
		return ""
	}
	text := f.relisted(r, holder.Fun, holder.Args, holder.End(), func(e ast.Expr) string {
		if slices.Contains(o.gone, ast.Unparen(e)) {
			return ""
		}
		return r.Text(e)
	})
	if o.chain != nil {
		text = r.Text(o.call.Fun) + "(" + text + ")"
	}
	return text
}
