// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// StandIn returns the function of the OpenTracing API whose place a function of compat
// takes, with the same signature; any other object is itself.
func StandIn(obj types.Object) types.Object {
	f, ok := obj.(*types.Func)
	if !ok || f.Name() != "SpanFromContext" || f.Pkg() == nil || f.Pkg().Path() != opentelemetry.CompatPath {
		return obj
	}
	span := opentracing.NamedOf(f.Signature().Results().At(0).Type())
	if span == nil || span.Obj().Pkg() == nil {
		return obj
	}
	if api := span.Obj().Pkg().Scope().Lookup(f.Name()); api != nil {
		return api
	}
	return obj
}
