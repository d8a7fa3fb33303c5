// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"go/types"
	"strings"
	"sync"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// HasProvider tells whether a type is a tracer of OpenTracing that has OpenTelemetry's
// tracers too, by its method TracerProvider: *compat.Tracer, or the MockTracer of a twin.
func HasProvider(t types.Type) bool {
	return isPointerTo(t, CompatPath, "Tracer") || IsTwinMock(t)
}

// IsTwinMock tells whether a type is *mocktracer.MockTracer of the twin, whose spans are
// those of both APIs.
func IsTwinMock(t types.Type) bool { return isPointerTo(t, MockTwinPath, "MockTracer") }

// IsTwinMockSpan tells whether a type is the twin's *mocktracer.MockSpan.
func IsTwinMockSpan(t types.Type) bool { return isPointerTo(t, MockTwinPath, "MockSpan") }

// IsTwinMockContext tells whether a type is the twin's mocktracer.MockSpanContext.
func IsTwinMockContext(t types.Type) bool {
	return isPointerTo(types.NewPointer(t), MockTwinPath, "MockSpanContext")
}

func isPointerTo(t types.Type, path, name string) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n := opentracing.NamedOf(p.Elem())
	return n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}

// KindConstant names the kind in package trace.
func KindConstant(kind string) string {
	switch kind {
	case "client":
		return "SpanKindClient"
	case "server":
		return "SpanKindServer"
	case "producer":
		return "SpanKindProducer"
	case "consumer":
		return "SpanKindConsumer"
	}
	return "SpanKindInternal"
}

// NewType names the OpenTelemetry type that takes the place of an OpenTracing one.
type NewType struct {
	Path, Name string
	Shown      string
}

// NewTypes returns the table of types that change. It is not to be changed.
func NewTypes() map[string]NewType { return newTypes() }

var newTypes = sync.OnceValue(func() map[string]NewType {
	return map[string]NewType{
		"opentracing.Span":               {TracePath, "Span", "trace.Span"},
		"opentracing.SpanContext":        {TracePath, "SpanContext", "trace.SpanContext"},
		"opentracing.Tracer":             {TracePath, "Tracer", "trace.Tracer"},
		"opentracing.StartSpanOption":    {TracePath, "SpanStartOption", "trace.SpanStartOption"},
		"opentracing.HTTPHeadersCarrier": {PropagationPath, "HeaderCarrier", "propagation.HeaderCarrier"},
		"opentracing.TextMapCarrier":     {PropagationPath, "MapCarrier", "propagation.MapCarrier"},
		"opentracing.TextMapReader":      {"", readerType, readerType},
		"opentracing.TextMapWriter":      {"", writerType, writerType},
		"opentracing.NoopTracer":         {NoopPath, "Tracer", "noop.Tracer"},
		"log.Field":                      {AttributePath, "KeyValue", "attribute.KeyValue"},
		"opentracing.Tags":               {"", "map[string]any", "map[string]any"},
		"opentracing.Tag":                {AttributePath, "KeyValue", "attribute.KeyValue"},
		"ext.StringTagName":              {AttributePath, "Key", "attribute.Key"},
		"ext.BoolTagName":                {AttributePath, "Key", "attribute.Key"},
		"ext.Uint16TagName":              {AttributePath, "Key", "attribute.Key"},
		"ext.Uint32TagName":              {AttributePath, "Key", "attribute.Key"},
		"ext.IPv4TagName":                {AttributePath, "Key", "attribute.Key"},
		opentracing.SpanKindEnum:         {TracePath, "SpanKind", "trace.SpanKind"},
	}
})

// readerType and writerType are the carriers' interfaces, written out.
const (
	readerType = "interface{ ForeachKey(handler func(key, val string) error) error }"
	writerType = "interface{ Set(key, val string) }"
)

// MakesOwnTracer tells whether obj is a function that makes a tracer whose spans
// OpenTelemetry knows.
func MakesOwnTracer(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	switch obj.Pkg().Path() {
	case CompatPath:
		return obj.Name() == "Install" || obj.Name() == "NewTracer"
	case BridgePath:
		return strings.HasPrefix(obj.Name(), "New")
	}
	return false
}

// ProvidesTracer tells whether f makes OpenTelemetry's provider of a tracer of OpenTracing.
func ProvidesTracer(f *types.Func) bool { return IsCompatFunc(f, "ProviderOf") }

// SetsProvider tells whether f makes a provider OpenTelemetry's global one.
func SetsProvider(f *types.Func) bool { return f.FullName() == OTelPath+".SetTracerProvider" }

// IsCompat tells whether a package is compat or one of its twins.
func IsCompat(path string) bool { return path == CompatPath || strings.HasPrefix(path, CompatPath+"/") }

// IsCompatFunc tells whether f is the function of compat, not a method, that has a name; a nil
// f is none.
func IsCompatFunc(f *types.Func, name string) bool {
	return f != nil && f.Name() == name && f.Pkg() != nil && f.Pkg().Path() == CompatPath && f.Signature().Recv() == nil
}

// SetsBoth tells whether f makes a tracer of OpenTracing the global one of both APIs.
func SetsBoth(f *types.Func) bool { return IsCompatFunc(f, "SetGlobalTracer") }

// TakesTracer tells whether f gives OpenTelemetry code a tracer of OpenTracing, which
// stays one.
func TakesTracer(f *types.Func) bool {
	return ProvidesTracer(f) || IsCompatFunc(f, "PropagatorOf") || SetsBoth(f) || f.FullName() == MockTwinPath+".Install"
}

// Methods are the names of the methods that the type of a kind has: "Span", "Tracer".
func Methods(kind string) []string {
	switch kind {
	case "Span":
		return []string{"AddEvent", "AddLink", "End", "IsRecording", "RecordError", "SetAttributes", "SetName", "SetStatus", "SpanContext", "TracerProvider"}
	case "Tracer":
		return []string{"Start"}
	}
	return nil
}
