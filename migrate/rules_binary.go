// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

// binaryWriter tells whether an Inject writes opentracing.Binary to a carrier that is
// a writer where it is written out.
func (p *propagationFile) binaryWriter(call *ast.CallExpr) bool {
	return p.symbolOf(call.Args[1]) == "opentracing.Binary" && hasMethod(p.info.TypeOf(call.Args[2]), "Write")
}

// placeBinary rewrites an Inject of the binary format: it goes on returning an error.
func (p *propagationFile) placeBinary(s *site, call *ast.CallExpr, ctx func(r *renderer) string) {
	p.take(s, p.useOf(call.Args[1]))
	p.edit(s, call, func(r *renderer) string {
		return r.helper("injectBinary") + "(" + ctx(r) + ", " + r.text(call.Args[2]) + ")"
	})
}

// binaryReader renders the carrier of an Extract from opentracing.Binary.
func (p *propagationFile) binaryReader(s *site, format, carrier ast.Expr) func(r *renderer) string {
	if !hasMethod(p.info.TypeOf(carrier), "Read") {
		s.deny("binary-format", format.Pos(), "the carrier of the binary format is not written out as a reader or writer")
		return nil
	}
	p.take(s, p.useOf(format))
	return func(r *renderer) string { return r.helper("binaryCarrier") + "(" + r.text(carrier) + ")" }
}
