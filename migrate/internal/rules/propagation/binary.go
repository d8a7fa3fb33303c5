// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// binaryWriter tells whether an Inject writes opentracing.Binary to a carrier that is
// a writer where it is written out.
func (p *File) binaryWriter(call *ast.CallExpr) bool {
	return p.SymbolOf(call.Args[1]) == "opentracing.Binary" && syntax.HasMethod(p.Info.TypeOf(call.Args[2]), "Write")
}

// placeBinary rewrites an Inject of the binary format: it goes on returning an error.
func (p *File) placeBinary(s *plan.Site, call *ast.CallExpr, by propagator, ctx func(r *edit.Renderer) string) {
	p.Take(s, p.UseOf(call.Args[1]))
	denyOwnFormat(s, by, call.Args[1])
	p.Edit(s, call, func(r *edit.Renderer) string {
		return r.Helper("injectBinary") + "(" + ctx(r) + ", " + by.text(r) + ", " + r.Text(call.Args[2]) + ")"
	})
}

// binaryReader renders the carrier of an Extract from opentracing.Binary.
func (p *File) binaryReader(s *plan.Site, by propagator, format, carrier ast.Expr) func(r *edit.Renderer) string {
	if !syntax.HasMethod(p.Info.TypeOf(carrier), "Read") {
		s.Deny(RefusedBinaryFormat, format.Pos(), "the carrier of the binary format is not an io.Reader or io.Writer that is visible here")
		return nil
	}
	p.Take(s, p.UseOf(format))
	denyOwnFormat(s, by, format)
	return func(r *edit.Renderer) string { return r.Helper("binaryCarrier") + "(" + r.Text(carrier) + ")" }
}

// denyOwnFormat refuses the binary format of a tracer that stays, and is not one of compat.
func denyOwnFormat(s *plan.Site, by propagator, format ast.Expr) {
	if by.foreign {
		s.Deny(RefusedBinaryFormat, format.Pos(), "a tracer that stays OpenTracing may be used here, and it has its own binary format")
	}
}
