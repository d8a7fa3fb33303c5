// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"slices"
	"testing"

	"github.com/ot2otel/ot2otel/migrate"
)

// goldenNames are the names of rules and categories that results of golden programs have,
// the latter with an example.
type goldenNames struct {
	rules      map[string]bool
	categories map[string]migrate.Refusal
}

func newGoldenNames() *goldenNames {
	return &goldenNames{make(map[string]bool), make(map[string]migrate.Refusal)}
}

func (n *goldenNames) add(result *migrate.Result) {
	for _, s := range result.Converted {
		n.rules[s.Rule] = true
	}
	for _, r := range result.Refusals {
		n.categories[r.Category] = r
	}
}

// elsewhere has the categories that no golden program is refused for, and why.
var elsewhere = map[string]string{
	"internal-error": "no program is known that has one",
	"not-selected":   "all rules are selected",
	"test-tracer":    "only tests bring one: see TestKept",
	"unknown-symbol": "the OpenTracing API of the golden programs has rules for all symbols",
}

// check holds the names of results to those that users can give or look up, and the
// categories to what is refused for them.
func (n *goldenNames) check(t *testing.T) {
	for rule := range n.rules {
		if rule != "adapters" && !slices.Contains(migrate.Rules(), rule) { // no rule goes without these
			t.Errorf("the rule %q can't be selected", rule)
		}
	}
	for category := range n.categories {
		if _, ok := migrate.LookupCategory(category); !ok {
			t.Errorf("code is refused as %s, which has no explanation", category)
		}
	}
	for _, c := range migrate.Categories() {
		if c.Title == "" || c.Why == "" || c.Todo == "" {
			t.Errorf("%s lacks its title, its reason or what to do", c.Name)
		}
		switch example, is := n.categories[c.Name]; {
		case is && elsewhere[c.Name] != "":
			t.Errorf("%s is refused as %s: %s", example.Pos, c.Name, example.Reason)
		case !is && elsewhere[c.Name] == "":
			t.Errorf("no golden program is refused as %s", c.Name)
		}
	}
}
