// SPDX-License-Identifier: Apache-2.0

package move

import (
	"go/token"
	"slices"
)

// A Hold is a reason for which code stays.
type Hold struct {
	Pos    token.Pos // in the old source; may be token.NoPos
	Reason string
}

// A Part is code of which one piece may hand values to another. It moves as a whole or not
// at all: what a test asserts of a span would be another type otherwise.
type Part struct {
	parent *Part
	holds  []Hold
	wanted bool
	needs  []*Part
}

// Root returns the part that stands for all that were joined.
func (p *Part) Root() *Part {
	for p.parent != nil {
		p = p.parent
	}
	return p
}

// Held returns why the part stays.
func (p *Part) Held() []Hold {
	p = p.Root()
	if len(p.needs) == 0 {
		return p.holds
	}
	var holds []Hold
	seen := map[*Part]bool{p: true}
	for list := []*Part{p}; len(list) > 0; list = list[1:] {
		holds = append(holds, list[0].holds...)
		for _, other := range list[0].needs {
			if other = other.Root(); !seen[other] {
				seen[other] = true
				list = append(list, other)
			}
		}
	}
	return holds
}

// Need has the part stay where another one does, which may move without it.
func (p *Part) Need(other *Part) {
	p = p.Root()
	p.needs = append(p.needs, other)
}

// Hold has the part stay, for a reason.
func (p *Part) Hold(pos token.Pos, reason string) {
	p = p.Root()
	if !slices.Contains(p.holds, Hold{pos, reason}) {
		p.holds = append(p.holds, Hold{pos, reason})
	}
}

// Join makes one part of two.
func (p *Part) Join(other *Part) {
	p, other = p.Root(), other.Root()
	if p == other {
		return
	}
	other.parent = p
	p.holds = append(p.holds, other.holds...)
	p.wanted = p.wanted || other.wanted
	p.needs = append(p.needs, other.needs...)
}

// Want notes whether the user's patterns name a package of the part.
func (p *Part) Want(wanted bool) { p.Root().wanted = p.Root().wanted || wanted }

// Wanted tells whether they do.
func (p *Part) Wanted() bool { return p.Root().wanted }

// Edits implements edit.Owner.
func (p *Part) Edits() bool { return len(p.Held()) == 0 && p.Wanted() }

// Adapting implements edit.Owner. There are no adapters here.
func (p *Part) Adapting() {}
