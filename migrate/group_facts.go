// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/token"
	"slices"
)

// facts are what the sites and nodes of a group have to know of each other: one
// place decides what another one becomes.
type facts uint16

const (
	setsErrorTrue facts = 1 << iota // an error tag without a description
	setsErrorText                   // with one
	setsErrorFalse
	setsErrorMaybe // true or false, by a value
	// fieldsOpen says that a field which is made apart from its log may name the
	// event, hold its error, or be nothing.
	fieldsOpen
	// fieldsRenamed says that such a field has another name in an exception.
	fieldsRenamed
	// nameError says that a tag's name may be "error".
	nameError
	// A tag that is kept in a variable is an option of a start, is set later, or may
	// be an option only: a kind, or one among options of other sorts.
	tagOption
	tagSet
	tagOnlyOption
	// kindText says that a kind may be a text which trace.SpanKind has not.
	kindText

	setsStatus = setsErrorTrue | setsErrorText | setsErrorFalse | setsErrorMaybe
)

// collectFacts notes what the sites and nodes of each group say.
func (rw *rewriter) collectFacts() {
	for _, g := range rw.list {
		for _, s := range g.sites {
			g.facts |= s.facts
		}
		for _, n := range g.nodes {
			g.facts |= n.facts
			if n.origin&originNil != 0 && n.obj != nil && openTracingType(n.obj.Type()) == kindType {
				g.facts |= kindText // "" is none
			}
		}
	}
}

// knownOf returns what the group of a node knows.
func (rw *rewriter) knownOf(n *node) facts { return rw.groups[n.find()].facts }

// factsOf returns what the groups of a site know.
func (rw *rewriter) factsOf(s *site) facts {
	all := s.facts
	for _, n := range s.nodes {
		all |= rw.groups[n.find()].facts
	}
	return all
}

// refuseOverruled refuses false error tags that a package below may overrule on a
// span it gets by the context, and those of that package: either alone would change
// what the other means.
func (rw *rewriter) refuseOverruled() {
	var early, late []*site
	for _, s := range rw.sites {
		if s.facts&(setsErrorFalse|setsErrorMaybe) != 0 {
			early = append(early, s)
		}
		if s.facts&(setsErrorTrue|setsErrorText|setsErrorMaybe) != 0 && slices.ContainsFunc(s.nodes, (*node).fromContext) {
			late = append(late, s)
		}
	}
	for _, e := range early {
		below := map[string]bool{e.file.unit.path: true}
		rw.reachable(e.file.unit.pkg, below)
		for _, l := range late {
			if l == e || !below[l.file.unit.path] {
				continue
			}
			if e.final && l.facts&(setsErrorText|setsErrorMaybe) == 0 {
				continue // an error that comes before is replaced
			}
			for _, s := range []*site{e, l} {
				s.deny("error-false", e.pos, "the error tag may be false here and true on a span from the context, and OpenTelemetry's Ok is final")
			}
		}
	}
}

func (n *node) fromContext() bool { return n.origin&originContext != 0 }

// conflict finds facts that do not go together: a tag that would need two types, or
// an error tag that is false at one place and true at another:
// the SDK's Ok is final, so the order of the two would matter. It doesn't where the
// span ends right after the false one, unless a description would be lost.
func (g *group) conflict() *pin {
	if tagIsOption(g.facts) && g.facts&tagSet != 0 {
		return &pin{"tag-value", g.first(), "a tag that can be an option only is set later, too"}
	}
	var at token.Pos
	var early, final facts
	statuses := 0
	for _, n := range g.nodes {
		early |= n.facts
	}
	for _, s := range g.sites {
		statuses += s.statuses
		if s.final {
			final |= s.facts
		} else {
			early |= s.facts
		}
		if s.facts&(setsErrorMaybe|setsErrorFalse) != 0 {
			at = s.pos
		}
	}
	if early&setsErrorText != 0 {
		early |= final
	}
	failed := g.facts&(setsErrorTrue|setsErrorText) != 0 || final&setsErrorMaybe != 0
	if failed && early&setsErrorFalse != 0 || early&setsErrorMaybe != 0 && statuses > 1 {
		return &pin{"error-false", at, "the error tag is set to false here and to true elsewhere, and OpenTelemetry's Ok is final"}
	}
	return nil
}
