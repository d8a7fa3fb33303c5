// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// StandIn returns the function or method of the OpenTracing API whose place one of compat
// takes, with the same signature: SpanFromContext, or StartSpan of the twin's MockTracer. Any
// other object is itself.
func StandIn(obj types.Object) types.Object {
	f, ok := obj.(*types.Func)
	if !ok || f.Pkg() == nil {
		return obj
	}
	recv := f.Signature().Recv()
	switch {
	case recv == nil && f.Name() == "SpanFromContext" && f.Pkg().Path() == opentelemetry.CompatPath:
	case recv != nil && f.Name() == "StartSpan" && opentelemetry.IsTwinMock(recv.Type()):
	default:
		return obj
	}
	span := opentracing.NamedOf(f.Signature().Results().At(0).Type())
	if span == nil || span.Obj().Pkg() == nil {
		return obj
	}
	api := span.Obj().Pkg()
	found := api.Scope().Lookup(f.Name())
	if tracer := api.Scope().Lookup("Tracer"); recv != nil && tracer != nil {
		found, _, _ = types.LookupFieldOrMethod(tracer.Type(), false, api, f.Name())
	}
	if found == nil {
		return obj
	}
	return found
}
