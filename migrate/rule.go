// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"slices"
)

// A rule says what becomes of one OpenTracing symbol.
type rule struct {
	symbol string // as Symbol.String gives it
	name   string // for FixOptions.Only
	// call handles a call of the symbol, value any other mention of it. Either may be nil.
	call  func(*planner, *use)
	value func(*planner, *use)
	// category is why a use that no handler takes stays.
	category string
}

// Rules returns the names of the rules, for [FixOptions.Only], sorted.
func Rules() []string {
	// Those that begin at no use of a symbol.
	all := []string{"assertions", "comparisons", "nil-tests"}
	for _, r := range ruleTable() {
		all = append(all, r.name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func ruleTable() []rule {
	return slices.Concat(
		startRules(), finishRules(), tagRules(), logRules(), contextRules(),
		referenceRules(), propagationRules(), baggageRules(), globalRules(), typeRules(), mocktracerRules(),
	)
}

// ruleSet finds rules by symbol.
type ruleSet map[string]*rule

func newRuleSet() ruleSet {
	set := make(ruleSet)
	for _, r := range ruleTable() {
		set[r.symbol] = &r
	}
	return set
}

// rowsFor makes rows of one name, handlers and category.
func rowsFor(name string, call, value func(*planner, *use), category string, symbols ...string) []rule {
	out := make([]rule, len(symbols))
	for i, s := range symbols {
		out[i] = rule{symbol: s, name: name, call: call, value: value, category: cmp.Or(category, "unsupported")}
	}
	return out
}
