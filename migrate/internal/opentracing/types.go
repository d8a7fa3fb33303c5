// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"go/types"
)

// IsMockTracer tells whether a type is *mocktracer.MockTracer.
func IsMockTracer(t types.Type) bool {
	n := NamedOf(t)
	return n != nil && OpenTracingType(n) == "mocktracer.MockTracer"
}

// InterfaceKind returns which of OpenTracing's interfaces an interface is or
// embeds, as in "Span", or "".
func InterfaceKind(t types.Type) string {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return ""
	}
	kind := ""
	for m := range iface.Methods() {
		if m.Pkg() == nil || m.Pkg().Path() != OpenTracingPath || m.Name() == "Set" || m.Name() == "ForeachKey" {
			continue // the latter are a carrier's
		}
		for _, name := range []string{"Span", "Tracer", "SpanContext", "StartSpanOption"} {
			tn, ok := m.Pkg().Scope().Lookup(name).(*types.TypeName)
			if ok && types.Implements(iface, tn.Type().Underlying().(*types.Interface)) {
				return name
			}
		}
		kind = "Tracer" // an extension of it
	}
	return kind
}

// IsNoop tells whether a type is opentracing.NoopTracer, or a pointer to it.
func IsNoop(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return OpenTracingType(t) == "opentracing.NoopTracer"
}

// DeclaresTracer tells whether a type is one of OpenTracing's own for a tracer.
func DeclaresTracer(t types.Type) bool { return SoftKind(t) == "Tracer" || IsNoop(t) }

// OpenTracingType returns the name of the OpenTracing type that t is, as
// "opentracing.Span", or "".
func OpenTracingType(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !IsOpenTracing(n.Obj().Pkg().Path()) {
		return ""
	}
	return PackageName(n.Obj().Pkg().Path()) + "." + n.Obj().Name()
}

// SoftKind returns "Span", "Tracer" or "SpanContext" for just these types.
func SoftKind(t types.Type) string {
	switch OpenTracingType(t) {
	case "opentracing.Span":
		return "Span"
	case "opentracing.Tracer":
		return "Tracer"
	case "opentracing.SpanContext":
		return "SpanContext"
	}
	return ""
}

// IsCarrierInterface tells whether a type is one of the interfaces that OpenTracing
// knows carriers by. What satisfies it goes on to do so.
func IsCarrierInterface(t types.Type) bool {
	switch OpenTracingType(t) {
	case "opentracing.TextMapReader", "opentracing.TextMapWriter":
		return true
	}
	return false
}

// EmbedsOpenTracing tells whether an interface has methods that OpenTracing declares.
func EmbedsOpenTracing(t *types.Interface) bool {
	for m := range t.Methods() {
		if m.Pkg() != nil && IsOpenTracing(m.Pkg().Path()) {
			return true
		}
	}
	return false
}

// IsTracer tells whether t has the methods of opentracing.Tracer, by name: the API's
// own type need not be known where t is.
func IsTracer(t types.Type) bool {
	methods := types.NewMethodSet(t)
	for _, name := range []string{"StartSpan", "Inject", "Extract"} {
		if methods.Lookup(nil, name) == nil {
			return false
		}
	}
	return true
}
