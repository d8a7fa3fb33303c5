// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

// A Rule says what becomes of one OpenTracing symbol.
type Rule struct {
	Symbol string // as Symbol.String gives it
	Name   string // for FixOptions.Only
	// Call handles a call of the symbol, value any other mention of it. Either may be nil.
	Call  func(*Use)
	Value func(*Use)
	// Category is why a use that no handler takes stays.
	Category *refusal.Category
}

// ruleSet finds rules by symbol.
type ruleSet map[string]*Rule

// newRuleSet has the rules of the symbols that some code uses, which are few of all.
func newRuleSet(all []Rules, uses []*Use) ruleSet {
	set := make(ruleSet)
	for _, u := range uses {
		set[u.Sym.String()] = nil
	}
	for _, rules := range all {
		for _, r := range rules.Rows() {
			if _, used := set[r.Symbol]; used {
				rule := r // the others need no memory
				set[r.Symbol] = &rule
			}
		}
	}
	return set
}

// RowsFor makes rows of one name, handlers and category.
func RowsFor(name string, call, value func(*Use), category *refusal.Category, symbols ...string) []Rule {
	out := make([]Rule, len(symbols))
	for i, s := range symbols {
		out[i] = Rule{Symbol: s, Name: name, Call: call, Value: value, Category: cmp.Or(category, RefusedUnsupported)}
	}
	return out
}

// Options are those of one run that rules and groups ask for; FixOptions explains them.
type Options struct {
	Tests, BreakTests bool
	Only              []string
	RecordErrors      bool
	FollowsFrom       string
	ShortTraceIDs     bool
	MaxAdapters       int
}
