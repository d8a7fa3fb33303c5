// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"cmp"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A Cause is one reason at one place, with the uses of OpenTracing that it keeps:
// a flow group is rewritten as a whole, so one use can hold many others back.
type Cause struct {
	// Pos is where the reason lies.
	Pos token.Position
	// Category is the stable name of the reason, a key of Categories.
	Category string
	// Reason is one sentence for a reader.
	Reason string
	// Uses are the uses that stay, in source order. There is one at least.
	Uses []Refusal
}

// Causes groups the refusals by what they are due to: those that hold back most
// first, then in source order of what they hold back.
func (r *Result) Causes() []Cause {
	type key struct {
		file             string
		line             int
		category, reason string
	}
	var all []*Cause
	known := make(map[key]*Cause)
	symbols := make(map[*Cause]string) // of the use that is the reason itself
	for _, refusal := range r.Refusals {
		pos := refusal.Pos
		if refusal.Cause.IsValid() {
			pos = refusal.Cause
		}
		k := key{pos.Filename, pos.Line, refusal.Category, refusal.Reason}
		c := known[k]
		if c == nil {
			c = &Cause{Pos: pos, Category: refusal.Category, Reason: refusal.Reason}
			known[k] = c
			all = append(all, c)
		}
		if !refusal.Cause.IsValid() {
			symbols[c] = refusal.Symbol
		}
		c.Uses = append(c.Uses, refusal)
	}
	slices.SortStableFunc(all, func(a, b *Cause) int { return cmp.Compare(len(b.Uses), len(a.Uses)) })
	causes := make([]Cause, len(all))
	for i, c := range all {
		if symbol := symbols[c]; !strings.Contains(c.Reason, symbol) {
			c.Reason = symbol + ": " + c.Reason
		}
		causes[i] = *c
	}
	return causes
}

// Places lists the lines of the uses, a file at a time: "shop/shop.go:12,17". name
// gives the name by which a file is shown; nil leaves it as it is.
func (c *Cause) Places(name func(file string) string) []string {
	var places []string
	last, line := "", 0
	for _, u := range c.Uses {
		switch {
		case u.Pos.Filename != last:
			last = u.Pos.Filename
			shown := last
			if name != nil {
				shown = name(last)
			}
			places = append(places, shown+":"+strconv.Itoa(u.Pos.Line))
		case u.Pos.Line != line:
			places[len(places)-1] += "," + strconv.Itoa(u.Pos.Line)
		}
		line = u.Pos.Line
	}
	return places
}
