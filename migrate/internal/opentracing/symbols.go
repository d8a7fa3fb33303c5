// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"go/types"
	"strings"
	"sync"
)

// ReadsContext tells whether a function takes a span out of a context.
func (s Symbol) ReadsContext() bool {
	switch s.String() {
	case "opentracing.SpanFromContext", "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return true
	}
	return false
}

// Import paths of the OpenTracing Go API.
const (
	OpenTracingPath = "github.com/opentracing/opentracing-go"
	ExtPath         = OpenTracingPath + "/ext"
	LogPath         = OpenTracingPath + "/log"
	MocktracerPath  = OpenTracingPath + "/mocktracer"

	// JaegerPath is the import path of Jaeger's client.
	JaegerPath = "github.com/uber/jaeger-client-go"
)

// A SymbolKind says what sort of Go object a symbol is.
type SymbolKind string

// The kinds of symbols.
const (
	KindFunc   SymbolKind = "func"
	KindType   SymbolKind = "type"
	KindMethod SymbolKind = "method" // of a concrete type or of an interface
	KindField  SymbolKind = "field"
	KindConst  SymbolKind = "const"
	KindVar    SymbolKind = "var"
)

// An Area groups the symbols that serve one purpose, in OpenTracing's own words.
type Area string

// The areas of the OpenTracing API.
const (
	AreaStart       Area = "start"       // starting a span, and the options of it
	AreaReference   Area = "reference"   // ChildOf, FollowsFrom and what they are made of
	AreaFinish      Area = "finish"      // finishing a span, and the options of it
	AreaTag         Area = "tag"         // tags on a span, and the names in package ext
	AreaKind        Area = "kind"        // the span.kind tag
	AreaError       Area = "error"       // the error tag and logged errors
	AreaLog         Area = "log"         // logs on a span, and the fields of them
	AreaBaggage     Area = "baggage"     // baggage items
	AreaSpan        Area = "span"        // what else a live span does: its name, its context, its tracer
	AreaContext     Area = "context"     // spans in a context.Context
	AreaPropagation Area = "propagation" // Inject, Extract, formats, carriers and their errors
	AreaGlobal      Area = "global"      // the global tracer
	AreaNoop        Area = "noop"        // NoopTracer
	AreaType        Area = "type"        // the types Span, SpanContext and Tracer, as in signatures and fields
	AreaTest        Area = "test"        // package mocktracer
	AreaOther       Area = "other"       // a symbol that this version of ot2otel has no row for
)

// A Symbol is one exported symbol of the OpenTracing Go API.
type Symbol struct {
	Path string // import path of the package that declares it
	Name string // "StartSpan", or "Span.SetTag" for a method or field of a type
	Kind SymbolKind
	Area Area

	// Deprecated is true for what OpenTracing itself has deprecated.
	Deprecated bool
}

// String returns the symbol as a Go programmer would write it with the package's
// own name: "opentracing.Span.SetTag", "ext.LogError".
func (s Symbol) String() string { return PackageName(s.Path) + "." + s.Name }

// PackageName returns the name of the package at an OpenTracing import path.
func PackageName(path string) string {
	if path == OpenTracingPath {
		return "opentracing"
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// IsOpenTracing reports whether path is one of the four packages of the
// OpenTracing Go API. Instrumentation and tracers built on it are not.
func IsOpenTracing(path string) bool {
	switch path {
	case OpenTracingPath, ExtPath, LogPath, MocktracerPath:
		return true
	}
	return false
}

// Symbols returns the table of the OpenTracing Go API (v1.2.0): one row per
// exported function, type, method, field, constant and variable of
// [OpenTracingPath], [ExtPath], [LogPath] and [MocktracerPath]. The slice is the
// caller's own.
func Symbols() []Symbol {
	var all []Symbol
	for _, t := range [][]Symbol{openTracingSymbols(), extSymbols(), logSymbols(), mocktracerSymbols()} {
		all = append(all, t...)
	}
	return all
}

// rows makes table rows of one package, kind and area from names.
func rows(path string, kind SymbolKind, area Area, names ...string) []Symbol {
	out := make([]Symbol, len(names))
	for i, name := range names {
		out[i] = Symbol{Path: path, Name: name, Kind: kind, Area: area}
	}
	return out
}

type symbolKey struct{ path, name string }

var symbolIndex = sync.OnceValue(func() map[symbolKey]*Symbol {
	all := Symbols()
	index := make(map[symbolKey]*Symbol, len(all))
	for i := range all {
		index[symbolKey{all[i].Path, all[i].Name}] = &all[i]
	}
	return index
})

// LookupSymbol returns the row for a name in one of the packages of the
// OpenTracing API, as "StartSpan" or "Span.SetTag".
func LookupSymbol(path, name string) (Symbol, bool) {
	if s := symbolIndex()[symbolKey{path, name}]; s != nil {
		return *s, true
	}
	return Symbol{}, false
}

// SymbolOf returns the row of the symbol that obj is, and whether obj belongs to
// the OpenTracing API at all. An instantiated or promoted method is the method
// that was declared: embedding opentracing.Span in a struct makes its SetTag
// "Span.SetTag". An object of the API without a row (of a later version, say) is
// returned with [AreaOther].
//
// obj may come from source or from export data. SymbolOf is safe for concurrent
// use.
func SymbolOf(obj types.Object) (Symbol, bool) {
	if obj == nil || obj.Pkg() == nil || !IsOpenTracing(obj.Pkg().Path()) {
		return Symbol{}, false
	}
	name, kind := symbolName(obj)
	if name == "" {
		return Symbol{}, false // a local, a parameter, a package name, or unexported
	}
	if s, ok := LookupSymbol(obj.Pkg().Path(), name); ok {
		return s, true
	}
	return Symbol{Path: obj.Pkg().Path(), Name: name, Kind: kind, Area: AreaOther}, true
}

// SymbolText returns the text of the symbol that obj is, or "".
func SymbolText(obj types.Object) string {
	if s, ok := SymbolOf(obj); ok {
		return s.String()
	}
	return ""
}

// symbolName returns the table name of an exported package-level object, method
// or field, and "" for everything else.
func symbolName(obj types.Object) (string, SymbolKind) {
	if !obj.Exported() {
		return "", ""
	}
	switch obj := obj.(type) {
	case *types.Func:
		recv := obj.Origin().Signature().Recv()
		if recv == nil {
			return obj.Name(), KindFunc
		}
		if owner := NamedOf(recv.Type()); owner != nil {
			return owner.Obj().Name() + "." + obj.Name(), KindMethod
		}
		// A method of an interface literal in the API: there is none today.
		return "", ""
	case *types.TypeName:
		return packageLevel(obj), KindType
	case *types.Const:
		return packageLevel(obj), KindConst
	case *types.Var:
		if !obj.IsField() {
			return packageLevel(obj), KindVar
		}
		if owner := fieldOwner(obj.Origin()); owner != "" {
			return owner + "." + obj.Name(), KindField
		}
	}
	return "", ""
}

func packageLevel(obj types.Object) string {
	if obj.Pkg().Scope().Lookup(obj.Name()) != obj {
		return ""
	}
	return obj.Name()
}

// NamedOf returns the named type that t or *t is.
func NamedOf(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// fieldOwner returns the name of the package-level struct type that declares
// field; a field object does not know it. The API has a dozen structs.
func fieldOwner(field *types.Var) string {
	scope := field.Pkg().Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range st.Fields() {
			if f == field {
				return name
			}
		}
	}
	return ""
}

// IsOfSetUps tells whether a symbol is one that set-ups of tracers have. All others are of
// spans.
func IsOfSetUps(symbol string) bool {
	switch symbol {
	case "opentracing.Tracer", "opentracing.NoopTracer", "opentracing.SetGlobalTracer", "opentracing.GlobalTracer",
		"opentracing.InitGlobalTracer", "opentracing.IsGlobalTracerRegistered",
		"opentracing.Tag", "opentracing.Tag.Key", "opentracing.Tag.Value", "opentracing.Tags",
		"opentracing.BuiltinFormat", "opentracing.HTTPHeaders", "opentracing.TextMap", "opentracing.Binary":
		return true
	}
	return false
}
