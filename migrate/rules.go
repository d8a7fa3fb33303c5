// SPDX-License-Identifier: Apache-2.0

package migrate

import "slices"

// A registry is the list of families.
type registry struct {
	spans       *spanRun
	contexts    *contextRun
	starts      *startRun
	baggage     *baggageRun
	adapters    *adapterRun
	testTracers *testRun
	propagation *propagationRun
	values      valueRun
}

func newRegistry(rw *rewriter) *registry {
	return &registry{
		spans: &spanRun{rewriter: rw}, contexts: &contextRun{rewriter: rw}, starts: &startRun{}, baggage: &baggageRun{rewriter: rw},
		adapters: newAdapterRun(rw), testTracers: newTestRun(rw), propagation: &propagationRun{rewriter: rw},
	}
}

// file makes the rules of a file. Each is built on those of the families below it.
func (r *registry) file(p *planner) []fileRules {
	starts := r.starts.file(newContextFile(r.spans.file(newValueFile(p)), r.contexts))
	contexts := newSpanContextFile(starts)
	return []fileRules{
		starts.valueFile, contexts, starts.spanFile, starts.contextFile, starts, newBaggageFile(starts), newPropagationFile(starts),
		newTypeFile(contexts), r.adapters.file(starts), r.testTracers.file(starts), mocktracerFile{},
	}
}

// claims returns what the families know of functions outside of the code.
func (r *registry) claims() []claim { return slices.Concat(spanContextClaims, mocktracerClaims) }

// all returns the families of a run.
func (r *registry) all() []family {
	return []family{r.values, r.spans, r.contexts, r.starts, r.baggage, r.adapters, r.testTracers, r.propagation}
}

// ruleTable returns the rows of all families.
func ruleTable() (all []rule) {
	rw := newRewriter(nil, nil, &FixOptions{})
	for _, rules := range newRegistry(rw).file(newPlanner(rw, &sourceFile{unit: &unit{}})) {
		all = append(all, rules.rows()...)
	}
	return all
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
