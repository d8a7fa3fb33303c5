// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// The table has one row for every symbol of the OpenTracing API, and no other.
func TestEverySymbolHasARule(t *testing.T) {
	known := make(map[string]bool)
	for _, s := range opentracing.Symbols() {
		known[s.String()] = true
	}
	count := make(map[string]int)
	for _, r := range table() {
		count[r.Symbol]++
		if !known[r.Symbol] && r.Symbol != "ext.spanKindTagName.Set" {
			t.Errorf("there is a rule for %s, which is no symbol", r.Symbol)
		}
		if r.Name == "" {
			t.Errorf("the rule for %s has no name", r.Symbol)
		}
		if _, ok := LookupCategory(r.Category.Name); !ok {
			t.Errorf("the rule for %s refuses as %q, which has no explanation", r.Symbol, r.Category)
		}
	}
	for symbol := range known {
		if n := count[symbol]; n != 1 {
			t.Errorf("%s has %d rules", symbol, n)
		}
	}
}
