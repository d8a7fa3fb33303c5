// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

const (
	grpcPath     = "google.golang.org/grpc"
	otelgrpcPath = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
)

// interceptors looks in one function for two instrumentations of one gRPC server or client.
func (d *pathFinder) interceptors() {
	ast.Inspect(d.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		f, ok := typeutil.Callee(d.info, call).(*types.Func)
		if !ok || f.Pkg() == nil || f.Pkg().Path() != grpcPath || !slices.Contains([]string{"NewServer", "NewClient", "Dial", "DialContext"}, f.Name()) {
			return true
		}
		c := optionFinder{pathFinder: d, table: opentracing.Instrumentations(), seen: make(map[ast.Expr]bool)}
		for _, arg := range call.Args {
			c.look(arg)
		}
		d.reportOptions(call, f, &c)
		return true
	})
}

// An optionFinder finds instrumentation among the options of a server or client.
type optionFinder struct {
	*pathFinder
	table []opentracing.Instrumentation
	seen  map[ast.Expr]bool // values of variables

	old, interceptor, handler *ast.CallExpr // the first of OpenTracing, and of otelgrpc
}

func (c *optionFinder) look(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if value := c.valueAt(c.info.ObjectOf(n), n.Pos()); value != nil && !c.seen[value] {
				c.seen[value] = true
				c.look(value)
			}
		case *ast.CallExpr:
			c.call(n)
		}
		return true
	})
}

func (c *optionFinder) call(call *ast.CallExpr) {
	f, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok || f.Pkg() == nil {
		return
	}
	first := func(at **ast.CallExpr) {
		if *at == nil {
			*at = call
		}
	}
	row, _ := opentracing.LookupInstrumentation(c.table, f.Pkg().Path())
	switch {
	case row.Role == "grpc" && strings.HasSuffix(f.Name(), "Interceptor"):
		first(&c.old)
	case f.Pkg().Path() == otelgrpcPath && strings.HasSuffix(f.Name(), "Interceptor"):
		first(&c.interceptor)
	case f.Pkg().Path() == otelgrpcPath && strings.HasSuffix(f.Name(), "Handler"):
		first(&c.handler)
	}
}

func (d *pathFinder) reportOptions(call *ast.CallExpr, f *types.Func, c *optionFinder) {
	remove, keep := c.old, c.handler
	if keep == nil {
		keep = c.interceptor
	}
	if remove == nil {
		remove = c.interceptor
	}
	if remove == nil || keep == nil || remove == keep {
		return
	}
	at := d.place(call)
	d.e.find(KindDoubled, d.e.rel(at.Filename), at.Line,
		fmt.Sprintf("grpc.%s gets %s and %s: each call has two spans", f.Name(), d.function(remove), d.function(keep)),
		fmt.Sprintf("remove %s in line %d, and the one for streams, and keep %s", d.function(remove), d.place(remove).Line, d.function(keep)))
}

// function names what a call calls as code has it.
func (d *pathFinder) function(call *ast.CallExpr) string {
	return types.ExprString(call.Fun)
}
