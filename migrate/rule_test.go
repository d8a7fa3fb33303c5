// SPDX-License-Identifier: Apache-2.0

package migrate

import "testing"

// The table has one row for every symbol of the OpenTracing API, and no other.
func TestEverySymbolHasARule(t *testing.T) {
	known := make(map[string]bool)
	for _, s := range Symbols() {
		known[s.String()] = true
	}
	count := make(map[string]int)
	for _, r := range ruleTable() {
		count[r.symbol]++
		if !known[r.symbol] && r.symbol != "ext.spanKindTagName.Set" {
			t.Errorf("there is a rule for %s, which is no symbol", r.symbol)
		}
		if r.name == "" {
			t.Errorf("the rule for %s has no name", r.symbol)
		}
		if _, ok := LookupCategory(r.category); !ok {
			t.Errorf("the rule for %s refuses as %q, which has no explanation", r.symbol, r.category)
		}
	}
	for symbol := range known {
		if n := count[symbol]; n != 1 {
			t.Errorf("%s has %d rules", symbol, n)
		}
	}
}
