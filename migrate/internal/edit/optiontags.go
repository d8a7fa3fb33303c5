// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"strings"
)

// Spreads tells whether one of several options is a slice of them.
func Spreads(options []string) bool {
	for _, o := range options {
		if strings.HasSuffix(o, "...") {
			return true
		}
	}
	return false
}

// SpreadLast joins options of which some are slices, as "options...", to such as may be
// arguments of one call.
func (r *Renderer) SpreadLast(options []string) []string {
	if !Spreads(options) || len(options) == 1 {
		return options
	}
	var all, single []string
	plain := func() {
		if len(single) > 0 {
			all = append(all, List("[]"+r.Trace("SpanStartOption")+"{", single, "}"))
			single = nil
		}
	}
	leads := strings.HasSuffix(options[0], "...")
	for _, o := range options {
		if several, ok := strings.CutSuffix(o, "..."); ok {
			plain()
			all = append(all, several)
			continue
		}
		single = append(single, o)
	}
	switch {
	case leads && len(all) == 1:
		return []string{List("append("+all[0]+", ", single, ")") + "..."}
	case len(all) == 2 && len(single) == 0 && !leads:
		return []string{"append(" + all[0] + ", " + all[1] + "...)..."}
	}
	plain()
	return []string{List(r.Pkg("slices")+".Concat(", all, ")") + "..."}
}

// OptionSlice renders a slice of options of which some are slices themselves.
func (r *Renderer) OptionSlice(typ string, options []string) string {
	if !Spreads(options) {
		return List(typ+"{", options, "}")
	}
	return strings.TrimSuffix(r.SpreadLast(options)[0], "...")
}
