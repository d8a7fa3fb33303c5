// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"maps"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Legacy tells whether the tracer at a border stays one of OpenTracing, and is neither the
// program's nor one that OpenTelemetry's provider is made of: it records the spans of the
// code beyond the border by compat.ProviderOf.
func (rw *Run) Legacy(b *flow.Border) bool {
	pin := b.Src.Pinned()
	switch {
	case b.Kind != "Tracer" || !b.In || pin == nil || opentelemetry.HasProvider(b.File.Unit.Info.TypeOf(b.Expr)):
		return false
	case b.Src.Origin&flow.OriginMock != 0:
		return false // a test looks at its spans by their type
	case pin.Category == flow.RefusedSetUp:
		return b.Src.Origin&flow.OriginOwnTracer != 0
	}
	return rw.Outside[pin] != opentelemetry.CompatPath && !rw.Provided().Comes(b.Src)
}

// FollowLegacy notes where such tracers come, and spans of them.
func (rw *Run) FollowLegacy() {
	var from []*flow.Node
	for _, b := range rw.Borders {
		if rw.Legacy(b) {
			from = append(from, b.Dst)
		}
	}
	rw.legacy, rw.belowLegacy = make(map[*flow.Node]bool), make(map[string]bool)
	rw.FollowSpans(from)
}

// FollowSpans notes where tracers other than the program's come, and spans of them, from some
// nodes on: code below goes on with the provider of the span that it has.
func (rw *Run) FollowSpans(from []*flow.Node) {
	for n := range rw.ReachedFrom(from) {
		rw.legacy[n] = true
		if f := rw.Files[rw.Fset.File(n.Pos())]; f != nil && !rw.belowLegacy[f.Unit.Path] {
			maps.Copy(rw.belowLegacy, rw.Reach[f.Unit.Path])
			rw.belowLegacy[f.Unit.Path] = true
		}
	}
}

// MayBeLegacy tells whether a tracer that stays, or a span of one or of a mock that isn't
// installed, may come to a node of a file.
// Contexts bring any to what their code imports.
func (rw *Run) MayBeLegacy(f *source.File, n *flow.Node) bool {
	return n != nil && (rw.legacy[n] || n.Origin&flow.OriginContext != 0 && rw.belowLegacy[f.Unit.Path])
}
