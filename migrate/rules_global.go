// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
)

func globalRules() []rule {
	return append(
		rowsFor("tracers", (*planner).globalTracer, nil, "method-value", "opentracing.GlobalTracer"),
		rowsFor("tracers", nil, nil, "set-up", "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer", "opentracing.IsGlobalTracerRegistered")...)
}

// globalTracer handles the global tracer as a value.
func (p *planner) globalTracer(u *use) {
	s := p.site(u, p.expr(u.call))
	p.edit(s, u.call, func(r *renderer) string { return p.tracerValue(r, u.call) })
}

// tracerValue renders the package's tracer as a value. A variable that is declared
// for it may have its very name.
func (p *planner) tracerValue(r *renderer, at ast.Expr) string {
	named := false
	switch stmt := p.statement(at).(type) {
	case *ast.AssignStmt:
		named = stmt.Tok == token.DEFINE
	case *ast.ValueSpec:
		named = true
	}
	if named {
		return r.pkg(otelPath) + ".Tracer(" + quote(p.file.unit.path) + ")"
	}
	return r.tracer()
}

// mocktracerRules refuses what only tests use.
func mocktracerRules() []rule {
	var out []rule
	for _, s := range Symbols() {
		if s.Path == MocktracerPath {
			out = append(out, rule{symbol: s.String(), name: "mocktracer", category: "mocktracer"})
		}
	}
	return out
}
