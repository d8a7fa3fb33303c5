// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// rest finds the mentions that have no rule. Those of spans say that the stage before is not
// done; others hold what they are part of, unless a rule has said why that stays.
func (f *file) rest() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || f.taken[id] {
			return true
		}
		obj := f.Info.Uses[id]
		if obj == nil || obj.Pkg() == nil || !leaves(obj.Pkg().Path()) {
			return true
		}
		if _, is := obj.(*types.PkgName); is || f.literalKey(id) {
			return true
		}
		name := nameOf(obj)
		if isSpans(obj) && !f.Source.Test {
			if !f.run.related[f.Source.Unit.Path] {
				return true
			}
			f.run.spans = append(f.run.spans, Span{f.Source, id.Pos(), name})
			return true
		}
		reason := name + " has no rule"
		switch {
		case insteadOf[name] != "":
			reason = name + " has no counterpart in exporters.Memory; " + insteadOf[name]
		case isFormat(obj):
			reason = name + " is a format of OpenTracing; it goes when the Inject or Extract beside it does"
		case isSpans(obj):
			reason = "the test uses " + name + " of OpenTracing"
		case opentracing.SymbolText(obj) == "opentracing.Tracer":
			reason = "fix can't tell which tracer this is, or something needs one of OpenTracing"
		}
		if p := f.part(id.Pos()); !f.run.held[p.Root()] {
			p.Hold(id.Pos(), reason)
		}
		f.move(id, name, "")
		return true
	})
	for _, spec := range f.Source.Syntax.Imports {
		path := source.SpecOf(spec).Path
		if spec.Name != nil && spec.Name.Name == "." && leaves(path) {
			f.holdAll(spec, "the import of "+path+" is a dot")
		}
	}
}

// insteadOf says what to write in the place of what tests have of mocktracer, and
// exporters.Memory has not.
var insteadOf = map[string]string{
	"mocktracer.MockSpan.BaggageItem": "baggage is of a context, not of a span; assert what the code records, or baggage.FromContext(ctx) in the code that gets it",
	"mocktracer.MockSpan.Context":     "write span.SpanContext, which is OpenTelemetry's",
	"mocktracer.MockTracer.Inject":    "write otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))",
	"mocktracer.MockTracer.Extract":   "write otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(header))",
	"mocktracer.MockTracer.StartSpan": "write otel.Tracer(name).Start(ctx, operation)",
}

// relatedPackages returns the packages that the user names, those that they import, and those
// that import one.
func (rw *Run) relatedPackages() map[string]bool {
	wanted, related := make(map[string]bool), make(map[string]bool)
	for _, u := range rw.Units {
		if u.Wanted {
			wanted[u.Path] = true
			maps.Copy(related, rw.Reach[u.Path])
		}
	}
	for _, u := range rw.Units {
		related[u.Path] = related[u.Path] || source.Overlap(rw.Reach[u.Path], wanted)
	}
	return related
}

// literalKey tells whether an identifier is the key of a field in a literal, which is a part
// of that.
func (f *file) literalKey(id *ast.Ident) bool {
	kv, ok := f.Parent[id].(*ast.KeyValueExpr)
	if !ok || kv.Key != id {
		return false
	}
	v, ok := f.Info.Uses[id].(*types.Var)
	return ok && v.IsField()
}

// holdAll holds all of a file.
func (f *file) holdAll(at ast.Node, reason string) {
	for _, m := range f.run.Moves {
		if m.File == f.Source {
			m.Part.Hold(at.Pos(), reason)
		}
	}
}

// spanFunctions are those of compat that join spans of the two APIs.
var spanFunctions = []string{
	"SpanFromContext", "StartSpanFromContext", "ContextWithSpanContext", "OTelSpan", "OpenTracingSpan", "OTelSpanContext",
}

// isSpans tells whether something is of spans of OpenTracing, and not of set-ups.
func isSpans(obj types.Object) bool {
	if obj.Pkg().Path() == opentelemetry.CompatPath {
		return slices.Contains(spanFunctions, obj.Name())
	}
	symbol := opentracing.SymbolText(obj)
	return symbol != "" && !strings.HasPrefix(symbol, "mocktracer.") && !opentracing.IsOfSetUps(symbol)
}

// isFormat tells whether something is a format of Inject and Extract.
func isFormat(obj types.Object) bool {
	switch opentracing.SymbolText(obj) {
	case "opentracing.HTTPHeaders", "opentracing.TextMap", "opentracing.Binary":
		return true
	}
	return false
}

// nameOf names something as a person does.
func nameOf(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		return functionName(fn)
	}
	return obj.Pkg().Name() + "." + obj.Name()
}
