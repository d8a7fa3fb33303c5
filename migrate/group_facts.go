// SPDX-License-Identifier: Apache-2.0

package migrate

// facts are what the sites and nodes of a group have to know of each other: one
// place decides what another one becomes.
type facts uint32

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
	// tagsUnseen says that code which isn't seen may put tags into a set; tagsKind, that
	// a set of tags may have a kind among them.
	tagsUnseen
	tagsKind
	// tagFails says that a tag which is kept in a variable may be an error tag.
	tagFails
	// asksRemote says that a span context which was extracted is compared with nil: one
	// with baggage alone is not valid, and is not nil.
	asksRemote

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

// conflict finds facts that do not go together: a tag that would need two types.
func conflict(g *group) *pin {
	if tagIsOption(g.facts) && g.facts&tagSet != 0 {
		return &pin{"tag-value", g.first(), "a tag that can be an option only is set later, too"}
	}
	if g.facts&tagOption != 0 && g.facts&tagFails != 0 {
		return &pin{"tag-value", g.first(), "a tag that may be an error tag is an option of a start"}
	}
	return nil
}
