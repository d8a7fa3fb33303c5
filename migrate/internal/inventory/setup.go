// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A ForeignTracer is a place where a program makes a tracer of another library, or
// makes one that is not compat's the global one. Spans of rewritten code do not get
// there.
type ForeignTracer struct {
	// Pos is the place of the call.
	Pos token.Position
	// Function is what is called, as in "config.Configuration.NewTracer".
	Function string
	// Tracer says whose tracer it is: the import path of a library, or a type of the
	// module, as in "example.com/app/tracing.Tracer". It is empty where that is not known.
	Tracer string
}

// String names the call, and whose tracer it is.
func (t ForeignTracer) String() string { return SetUpText(t.Function, t.Tracer) }

func SetUpText(function, tracer string) string {
	if tracer == "" {
		return function
	}
	return function + ", a tracer of " + tracer
}

// SetsGlobal returns the function by which a call makes a tracer the global one, or nil.
func SetsGlobal(info *types.Info, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(info, call).(*types.Func)
	if f == nil || len(call.Args) != 1 || !IsGlobalSetter(f) {
		return nil
	}
	return f
}

// IsGlobalSetter tells whether a function makes a tracer the global one.
func IsGlobalSetter(f *types.Func) bool {
	switch opentracing.SymbolText(f) {
	case "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer":
		return true
	}
	return false
}

// ForeignSetUp returns the function that a call calls, if that makes a tracer of
// another library or installs one.
func ForeignSetUp(table []opentracing.Instrumentation, info *types.Info, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(info, call).(*types.Func)
	if f == nil || f.Pkg() == nil {
		return nil
	}
	if row, _ := opentracing.LookupInstrumentation(table, f.Pkg().Path()); row.Role != "tracer" {
		return nil
	}
	if recv := f.Signature().Recv(); recv != nil && (opentracing.IsTracer(recv.Type()) || f.Name() == "Tracer") {
		return nil // it asks a tracer or a span for something
	}
	for v := range f.Signature().Results().Variables() {
		if opentracing.IsTracer(v.Type()) || types.TypeString(v.Type(), nil) == "io.Closer" {
			return f
		}
	}
	return nil
}

// FunctionName names a function by its package's name, a method by its type, too.
func FunctionName(f *types.Func) string {
	name := f.Pkg().Name() + "."
	if recv := f.Signature().Recv(); recv != nil {
		if named := opentracing.NamedOf(recv.Type()); named != nil {
			name += named.Obj().Name() + "."
		}
	}
	return name + f.Name()
}
