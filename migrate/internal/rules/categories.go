// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/apitype"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/contexts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/propagation"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
)

// LookupCategory returns the category of a name.
func LookupCategory(name string) (*refusal.Category, bool) {
	all := Categories()
	i := slices.IndexFunc(all, func(c *refusal.Category) bool { return c.Name == name })
	if i < 0 {
		return &refusal.Category{}, false
	}
	return all[i], true
}

// RefusalsMarkdown returns the categories as headings of a guide, each with its
// name as the anchor.
func RefusalsMarkdown() string {
	var b strings.Builder
	for _, c := range Categories() {
		b.WriteString("### " + c.Name + "\n\n" + c.Title + ". " + c.Why + "\n\n" + c.Todo + "\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Categories lists every reason for which the rewriter leaves code as it is, by
// name. The slice is the caller's own.
func Categories() []*refusal.Category {
	all := slices.Concat(flow.Categories(), plan.Categories(), values.Categories(), spans.Categories(), contexts.Categories(), starts.Categories(),
		propagation.Categories(), apitype.Categories(), adapter.Categories())
	for _, l := range libraries() {
		all = append(all, l.Categories...)
	}
	slices.SortFunc(all, func(a, b *refusal.Category) int { return strings.Compare(a.Name, b.Name) })
	return all
}
