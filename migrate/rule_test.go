// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Every name that a rule gives its sites can be given to FixOptions.Only.
func TestRulesHaveAllNames(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	always := []string{"adapters"} // which no rule goes without
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\brule(?::| =) +"([a-z-]+)"`).FindAllSubmatch(src, -1) {
			if name := string(m[1]); !slices.Contains(always, name) && !slices.Contains(Rules(), name) {
				t.Errorf("%s: the rule %q can't be selected", file, name)
			}
		}
	}
}

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
	}
	for symbol := range known {
		if n := count[symbol]; n != 1 {
			t.Errorf("%s has %d rules", symbol, n)
		}
	}
}
