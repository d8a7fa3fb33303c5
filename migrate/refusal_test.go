// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every category that the code names has an explanation, and every one that is
// explained is named.
func TestCategoriesAreExplained(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	engine := regexp.MustCompile(`^(flow|rule|rules|group|rewrite|fix|analyzer)(_[a-z]+)?\.go$`)
	for _, f := range files {
		if !engine.MatchString(f) {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(string(data))
	}
	for _, c := range Categories() {
		if c.Title == "" || c.Why == "" || c.Todo == "" {
			t.Errorf("%s lacks its title, its reason or what to do", c.Name)
		}
		if !regexp.MustCompile(`"` + c.Name + `"`).MatchString(text.String()) {
			t.Errorf("%s is explained, but nothing is refused for it", c.Name)
		}
	}
	named := regexp.MustCompile(`(?:deny|hold|opRefuse|refuse)\((?:[a-z]+, |u, )?"([a-z-]+)"|pin\{(?:category: )?"([a-z-]+)"|category: +"([a-z-]+)"`)
	for _, m := range named.FindAllStringSubmatch(text.String(), -1) {
		name := m[1] + m[2] + m[3]
		if _, ok := LookupCategory(name); !ok {
			t.Errorf("code is refused as %s, which has no explanation", name)
		}
	}
	for _, r := range ruleTable() {
		if _, ok := LookupCategory(r.category); !ok {
			t.Errorf("the rule for %s refuses as %q, which has no explanation", r.symbol, r.category)
		}
	}
}
