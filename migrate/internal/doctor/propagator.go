// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// newFormats are the lines of MIGRATION.md that read and write the headers of a fleet.
const newFormats = "formats, err := jaeger.NewFormats(nil); tracer := compat.Install(provider, &compat.Options{TextMap: formats})"

// formatPackages have the headers of others than W3C.
var formatPackages = [...]string{
	opentelemetry.CompatPath + "/jaeger",
	opentelemetry.JaegerTwinPath,
	"go.opentelemetry.io/contrib/propagators",
}

// judgePropagators looks for code that sets W3C's headers alone while something else in the
// repository says that peers have others.
func (e *examiner) judgePropagators() {
	shown := e.otherHeaders()
	if shown == "" {
		return
	}
	var files []string
	for _, pkg := range e.program.Roots {
		if !e.program.InModule(pkg) || source.IsTestMain(pkg) {
			continue
		}
		for path := range pkg.Imports {
			if slices.ContainsFunc(formatPackages[:], func(of string) bool { return path == of || strings.HasPrefix(path, of+"/") }) {
				return // it knows more formats, and where it sets them is not asked
			}
		}
		if importsSetter(pkg) {
			files = append(files, pkg.GoFiles...)
		}
	}
	for _, name := range source.SortedSet(files) {
		if source.IsTestFile(name) {
			continue
		}
		for _, at := range settersIn(name) {
			e.find(KindPropagators, e.rel(filepath.Clean(name)), at.Line,
				fmt.Sprintf("it reads and writes W3C's headers alone: a request of a peer with other headers starts a new trace, and %s", shown), newFormats)
		}
	}
}

func importsSetter(pkg *packages.Package) bool {
	return pkg.Imports[opentelemetry.CompatPath] != nil || pkg.Imports[opentelemetry.OTelPath] != nil
}

// otherHeaders says by what the repository shows that peers have other headers than W3C's,
// "" if nothing does.
func (e *examiner) otherHeaders() string {
	byJaeger := ""
	for _, set := range e.settings {
		if isJaegers(set.image) || !set.known && set.name == propagatorsVariable {
			continue
		}
		place := fmt.Sprintf("%s:%d", set.file, set.line)
		switch set.name {
		case propagatorsVariable, propagationVariable:
			for name := range strings.SplitSeq(strings.ToLower(set.value), ",") {
				switch strings.TrimSpace(name) {
				case "jaeger", "b3", "b3multi", "ottrace":
					return fmt.Sprintf("%s has %s=%s", place, set.name, set.value)
				}
			}
		default:
			byJaeger = cmp.Or(byJaeger, fmt.Sprintf("%s in %s is of Jaeger's client", set.name, place))
		}
	}
	for _, m := range e.modules {
		if line := m.requires(opentracing.JaegerPath); line > 0 && byJaeger == "" {
			byJaeger = fmt.Sprintf("%s:%d requires Jaeger's client", m.name, line)
		}
	}
	return byJaeger
}

// settersIn returns where a file sets W3C's headers alone.
func settersIn(name string) (places []token.Position) {
	source.EachCall(name, func(call *ast.CallExpr, at token.Position, nameOf func(ast.Expr) string) {
		only := false
		switch nameOf(call.Fun) {
		case opentelemetry.CompatPath + ".Install", opentelemetry.CompatPath + ".NewTracer":
			only = len(call.Args) == 2 && hasNoTextMap(call.Args[1])
		case opentelemetry.OTelPath + ".SetTextMapPropagator":
			only = len(call.Args) == 1 && isW3C(call.Args[0], nameOf)
		}
		if only {
			places = append(places, at)
		}
	})
	return places
}

// hasNoTextMap tells whether options are nil, or a literal without the field TextMap.
func hasNoTextMap(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.UnaryExpr:
		lit, ok := e.X.(*ast.CompositeLit)
		return ok && !slices.ContainsFunc(lit.Elts, func(elt ast.Expr) bool {
			kv, ok := elt.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, ok := kv.Key.(*ast.Ident)
			return !ok || key.Name == "TextMap"
		})
	}
	return false
}

// isW3C tells whether a propagator is one of W3C's, or made of these.
func isW3C(e ast.Expr, nameOf func(ast.Expr) string) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		name := nameOf(e.Type)
		return name == opentelemetry.PropagationPath+".TraceContext" || name == opentelemetry.PropagationPath+".Baggage"
	case *ast.UnaryExpr:
		return isW3C(e.X, nameOf)
	case *ast.CallExpr:
		return nameOf(e.Fun) == opentelemetry.PropagationPath+".NewCompositeTextMapPropagator" &&
			!slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !isW3C(arg, nameOf) })
	}
	return false
}
