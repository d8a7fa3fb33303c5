// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// provide makes a tracer that stays OpenTracing the one of the code beyond a border:
//
//	server := NewServer(tracer)
//
// becomes
//
//	server := NewServer(compat.ProviderOf(tracer).Tracer("example.com/shop"))
func (p *File) provide(s *plan.Site, b *flow.Border) {
	s.Adapter, s.Provides = false, true
	p.Run.Providers = append(p.Run.Providers, s)
	name := edit.Quote(b.File.Unit.Path)
	rooted := func() bool { return b.Src.Origin&flow.OriginNoop != 0 && b.Dst.Find().Rooted }
	p.Wrap(s, b.Expr, func(r *edit.Renderer) string {
		tracer := r.Text(b.Expr)
		switch {
		case rooted():
			return r.Helper("tracerOrNoop") + "(" + tracer + ", " + name + ")"
		case b.Src.Origin&flow.OriginNil != 0:
			return r.Helper("tracerOf") + "(" + tracer + ", " + name + ")"
		}
		return r.Compat() + ".ProviderOf(" + tracer + ").Tracer(" + name + ")"
	})
}
