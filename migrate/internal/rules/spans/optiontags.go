// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// An OptionTags is a set of tags that is used as an option, other than at a start.
type OptionTags struct {
	Site *plan.Site
	Tags *flow.Node
	At   ast.Expr
	Room bool // for several options
}

// settle refuses tags that can't be an option: an option has what is in them when it is
// made.
func (o *OptionTags) settle(p *File, tags *tagsFlow) {
	late := slices.ContainsFunc(tags.changes, func(c tagsChange) bool {
		return p.EnclosingFunc(o.At) != c.p.EnclosingFunc(c.at) || c.at.Pos() > o.At.Pos() || p.repeated(c.at, o.At, tags.places)
	})
	switch {
	case tags.facts&flow.SetsStatus != 0:
		o.Site.Deny(flow.RefusedOptionValue, o.At.Pos(), "the tags may include an error tag, which is not an option in OpenTelemetry")
	case tags.facts&flow.TagsKind != 0 && !o.Room:
		o.Site.Deny(flow.RefusedOptionValue, o.At.Pos(), "the tags may include a span kind, which is a separate option in OpenTelemetry, and only one option fits here")
	case late:
		o.Site.Deny(flow.RefusedOptionValue, o.At.Pos(), "the code may change the tags after they become an option")
	}
}

// tagsTaken notes delete(tags, k) and clear(tags).
func (p *File) tagsTaken(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if ok && p.Info.Types[id].IsBuiltin() && (id.Name == "delete" || id.Name == "clear") && opentracing.IsTags(p.Info.TypeOf(call.Args[0])) {
		p.tagsChanged(call.Args[0], call)
	}
}
