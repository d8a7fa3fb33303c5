// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/apitype"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/baggage"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/contexts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/mocktracer"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/propagation"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spancontext"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/testtracer"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// libraries returns the families for libraries that are built on OpenTracing. A new one is a
// folder, and a line here.
func libraries() []plan.Library {
	return []plan.Library{
		mocktracer.Library(),
	}
}

// A registry has the families of one run.
type registry struct {
	values      values.Run
	spans       *spans.Run
	contexts    *contexts.Run
	starts      *starts.Run
	baggage     *baggage.Run
	adapters    *adapter.Run
	testTracers *testtracer.Run
	propagation *propagation.Run
	libraries   []plan.Library
}

// New returns the families for one run.
func New(rw *plan.Run) plan.Families { return newRegistry(rw) }

func newRegistry(rw *plan.Run) *registry {
	return &registry{
		spans: &spans.Run{Run: rw}, contexts: &contexts.Run{Run: rw}, starts: &starts.Run{}, baggage: &baggage.Run{Run: rw},
		adapters: adapter.NewRun(rw), testTracers: testtracer.NewRun(rw), propagation: propagation.NewRun(rw),
		libraries: libraries(),
	}
}

// File makes the rules of a file. Each of the API's is built on those of the families below
// it.
func (r *registry) File(p *plan.File) []plan.Rules {
	values := values.NewFile(p)
	spans := r.spans.File(values)
	contexts := contexts.NewFile(spans, r.contexts)
	starts := r.starts.File(contexts)
	spanContexts := spancontext.NewFile(starts)
	all := []plan.Rules{
		values, spanContexts, spans, contexts, starts, baggage.NewFile(starts), r.propagation.File(starts),
		apitype.NewFile(spanContexts), r.adapters.File(starts), r.testTracers.File(starts),
	}
	for _, l := range r.libraries {
		all = append(all, l.Rules(p))
	}
	return all
}

// All returns the families of a run.
func (r *registry) All() []plan.Family {
	return []plan.Family{r.values, r.spans, r.contexts, r.starts, r.baggage, r.adapters, r.testTracers, r.propagation}
}

// Claims returns what the families know of functions outside of the code.
func (r *registry) Claims() []flow.Claim {
	all := slices.Clone(spancontext.Claims)
	for _, l := range r.libraries {
		all = append(all, l.Claims...)
	}
	return all
}

// table returns the rows of all families.
func table() (all []plan.Rule) {
	rw := plan.New(nil, nil, &plan.Options{}, New)
	for _, rules := range newRegistry(rw).File(plan.NewFile(rw, &source.File{Unit: &source.Unit{}})) {
		all = append(all, rules.Rows()...)
	}
	return all
}

// Names returns the names of the rules that a user may select, sorted.
func Names() []string {
	// Those that begin at no use of a symbol.
	all := []string{"assertions", "comparisons", "nil-tests"}
	for _, r := range table() {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
