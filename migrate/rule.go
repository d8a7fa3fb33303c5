// SPDX-License-Identifier: Apache-2.0

package migrate

import "cmp"

// A rule says what becomes of one OpenTracing symbol.
type rule struct {
	symbol string // as Symbol.String gives it
	name   string // for FixOptions.Only
	// call handles a call of the symbol, value any other mention of it. Either may be nil.
	call  func(*use)
	value func(*use)
	// category is why a use that no handler takes stays.
	category string
}

// ruleSet finds rules by symbol.
type ruleSet map[string]*rule

func newRuleSet(all []fileRules) ruleSet {
	set := make(ruleSet)
	for _, rules := range all {
		for _, r := range rules.rows() {
			set[r.symbol] = &r
		}
	}
	return set
}

// rowsFor makes rows of one name, handlers and category.
func rowsFor(name string, call, value func(*use), category string, symbols ...string) []rule {
	out := make([]rule, len(symbols))
	for i, s := range symbols {
		out[i] = rule{symbol: s, name: name, call: call, value: value, category: cmp.Or(category, "unsupported")}
	}
	return out
}
