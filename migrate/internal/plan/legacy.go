// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/types"
	"maps"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Legacy tells whether the tracer at a border stays one of OpenTracing, and is neither the
// program's nor one that OpenTelemetry's provider is made of: it records the spans of the
// code beyond the border by compat.ProviderOf.
func (rw *Run) Legacy(b *flow.Border) bool {
	return b.Kind == "Tracer" && b.In && rw.LegacyTracer(b.Src, b.File.Unit.Info.TypeOf(b.Expr))
}

// LegacyTracer is Legacy for a tracer of some type, wherever it is.
func (rw *Run) LegacyTracer(n *flow.Node, t types.Type) bool {
	pin := n.Pinned()
	switch {
	case pin == nil || opentelemetry.HasProvider(t):
		return false
	case n.Origin&flow.OriginMock != 0:
		return false // a test looks at its spans by their type
	case pin.Category == flow.RefusedSetUp:
		return n.Origin&flow.OriginOwnTracer != 0
	}
	return rw.Outside[pin] != opentelemetry.CompatPath && !rw.Provided().Comes(n)
}

// StartsLegacy tells whether spans that are started in a file may be recorded by a tracer that
// rewritten code gets by compat.ProviderOf.
func (rw *Run) StartsLegacy(f *source.File) bool {
	return rw.legacy.below[f.Unit.Path] && slices.ContainsFunc(rw.Providers, rw.On)
}

// legacySpan tells whether a span at a border may be one of a tracer that stays, which goes
// on to record it.
func (rw *Run) legacySpan(b *flow.Border) bool {
	return b.In && b.Kind == "Span" && (b.Src.Origin&flow.OriginOwnSpan != 0 || rw.Foreign[b.Src] != nil || rw.Unknown[b.Src] != nil)
}

// legacySpans are where tracers come that are not the program's, and spans of them.
type legacySpans struct {
	nodes map[*flow.Node]bool
	below map[string]bool // the packages whose contexts may have such spans
}

// follow adds where those of some nodes come.
func (l *legacySpans) follow(rw *Run, from []*flow.Node) {
	if l.nodes == nil {
		l.nodes, l.below = make(map[*flow.Node]bool), make(map[string]bool)
	}
	for n := range rw.ReachedFrom(from) {
		l.nodes[n] = true
		if f := rw.Files[rw.Fset.File(n.Pos())]; f != nil && !l.below[f.Unit.Path] {
			maps.Copy(l.below, rw.Reach[f.Unit.Path])
			l.below[f.Unit.Path] = true
		}
	}
}

// may tells whether one may come to a node of a file. Contexts bring any to what their code
// imports.
func (l *legacySpans) may(f *source.File, n *flow.Node) bool {
	return n != nil && (l.nodes[n] || n.Origin&flow.OriginContext != 0 && l.below[f.Unit.Path])
}

// FollowLegacy notes where tracers that stay come, and spans of them.
func (rw *Run) FollowLegacy() {
	var from, program, foreign []*flow.Node
	for _, b := range rw.Borders {
		if !rw.Legacy(b) && !rw.legacySpan(b) {
			continue
		}
		from = append(from, b.Dst)
		if !b.File.Test {
			program = append(program, b.Dst)
		}
		if pin := b.Src.Pinned(); pin == nil || !opentelemetry.IsCompat(rw.Outside[pin]) {
			foreign = append(foreign, b.Dst)
		}
	}
	rw.legacy, rw.stays, rw.foreign = legacySpans{}, legacySpans{}, legacySpans{}
	rw.foreign.follow(rw, foreign)
	rw.legacy.follow(rw, from)
	rw.stays.follow(rw, program)
}

// FollowSpans notes where tracers other than the program's come, and spans of them, from some
// nodes on: code below goes on with the provider of the span that it has.
func (rw *Run) FollowSpans(from []*flow.Node) {
	rw.legacy.follow(rw, from)
	rw.foreign.follow(rw, from)
}

// MayBeLegacy tells whether a tracer that stays, or a span of one or of a mock that isn't
// installed, may come to a node of a file.
func (rw *Run) MayBeLegacy(f *source.File, n *flow.Node) bool { return rw.legacy.may(f, n) }

// MayBeForeign is MayBeLegacy but for tracers that compat and its twins make.
func (rw *Run) MayBeForeign(f *source.File, n *flow.Node) bool { return rw.foreign.may(f, n) }

// MayStay is MayBeLegacy but for what tests bring.
func (rw *Run) MayStay(f *source.File, n *flow.Node) bool { return rw.stays.may(f, n) }

// MayBeBelow tells whether spans of a tracer that stays may be in the contexts of a file.
func (rw *Run) MayBeBelow(f *source.File) bool { return rw.stays.below[f.Unit.Path] }
