// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

var thorough = flag.Bool("thorough", false, "plant differences in many more trees")

// randomForest makes trees of few names and values, so that many spans are alike.
func randomForest(r *rand.Rand) []*model {
	names := []string{"GET /orders", "db.query", "cache.get", "render", "charge"}
	keys := []string{"id", "http.method", "rows", "peer"}
	value := func() any {
		return []any{"a", "b", int64(1), int64(2), 1.0, 1.5, true, []string{"x"}, []string{}, nil}[r.IntN(10)]
	}
	attributes := func() []attr {
		var list []attr
		for _, key := range keys {
			if r.IntN(3) == 0 {
				list = append(list, attr{key, value()})
			}
		}
		return list
	}
	var span func(depth int) *model
	span = func(depth int) *model {
		m := &model{name: names[r.IntN(len(names))], kind: 1 + r.IntN(3), attributes: attributes(), service: "shop", zone: "eu", scope: "opentracing-shim"}
		if r.IntN(4) == 0 {
			m.status, m.description = "error", []string{"", "unexpected EOF"}[r.IntN(2)]
		}
		for range r.IntN(3) {
			m.events = append(m.events, event{[]string{"log", "exception", "retry"}[r.IntN(3)], attributes()})
		}
		if depth > 0 {
			for range r.IntN(4) {
				m.children = append(m.children, span(depth-1))
			}
		}
		return m
	}
	var roots []*model
	for range 1 + r.IntN(6) {
		root := span(r.IntN(4))
		root.remote = r.IntN(3) == 0
		roots = append(roots, root)
		if r.IntN(3) == 0 { // the same once more
			roots = append(roots, clone([]*model{root})[0])
		}
	}
	for i := range r.IntN(3) { // traces of several roots
		for range 1 + r.IntN(3) {
			roots[r.IntN(len(roots))].trace = i + 1
		}
	}
	spans := all(roots)
	for range r.IntN(5) {
		from := spans[r.IntN(len(spans))]
		l := &link{attributes: attributes()}
		if r.IntN(3) > 0 {
			l.to = spans[r.IntN(len(spans))]
		}
		from.links = append(from.links, l)
	}
	return roots
}

// planted is a change of a forest in one way; it returns false where the forest has no
// place for it.
type planted struct {
	kind  compare.Kind
	name  string
	plant func(r *rand.Rand, roots []*model) ([]*model, bool)
}

// inSpan plants a change in a random span for which it can.
func inSpan(change func(r *rand.Rand, m *model) bool) func(r *rand.Rand, roots []*model) ([]*model, bool) {
	return func(r *rand.Rand, roots []*model) ([]*model, bool) {
		for _, m := range shuffled(r, all(roots)) {
			if change(r, m) {
				return roots, true
			}
		}
		return roots, false
	}
}

// beneath plants a change in a random span and one of its children.
func beneath(change func(r *rand.Rand, roots *[]*model, parent *model, i int) bool) func(r *rand.Rand, roots []*model) ([]*model, bool) {
	return func(r *rand.Rand, roots []*model) ([]*model, bool) {
		for _, m := range shuffled(r, all(roots)) {
			for i := range m.children {
				if change(r, &roots, m, i) {
					return roots, true
				}
			}
		}
		return roots, false
	}
}

func linked(roots []*model, to *model) bool {
	return slices.ContainsFunc(all(roots), func(m *model) bool {
		return slices.ContainsFunc(m.links, func(l *link) bool { return l.to == to })
	})
}

func plants() []planted {
	fresh := func() *model {
		return &model{name: "fresh", kind: 1, service: "shop", zone: "eu"}
	}
	return []planted{
		{compare.SpanLost, "a leaf", beneath(func(r *rand.Rand, roots *[]*model, parent *model, i int) bool {
			if len(parent.children[i].children) > 0 || linked(*roots, parent.children[i]) {
				return false
			}
			parent.children = slices.Delete(parent.children, i, i+1)
			return true
		})},
		{compare.SpanLost, "a span between others", beneath(func(r *rand.Rand, roots *[]*model, parent *model, i int) bool {
			lost := parent.children[i]
			if len(lost.children) == 0 || linked(*roots, lost) {
				return false
			}
			parent.children = append(slices.Delete(parent.children, i, i+1), lost.children...)
			return true
		})},
		{compare.SpanLost, "a trace", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			for i, root := range roots {
				if len(roots) > 1 && !slices.ContainsFunc(all([]*model{root}), func(m *model) bool { return linked(roots, m) }) {
					return slices.Delete(roots, i, i+1), true
				}
			}
			return roots, false
		}},
		{compare.SpanNew, "a leaf", inSpan(func(r *rand.Rand, m *model) bool { m.children = append(m.children, fresh()); return true })},
		{compare.SpanNew, "a trace", func(r *rand.Rand, roots []*model) ([]*model, bool) { return append(roots, fresh()), true }},
		{compare.SpanNew, "a span between others", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.children) == 0 {
				return false
			}
			between := fresh()
			between.children = m.children
			m.children = []*model{between}
			return true
		})},
		{compare.SpanNew, "a span above a root", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			above := fresh()
			i := r.IntN(len(roots))
			above.children, above.remote, above.trace = []*model{roots[i]}, roots[i].remote, roots[i].trace
			roots[i].remote, roots[i].trace = false, 0
			roots[i] = above
			return roots, true
		}},
		{compare.SpanRenamed, "", inSpan(func(r *rand.Rand, m *model) bool { m.name = "renamed"; return true })},
		{compare.SpanMoved, "beneath another span", beneath(func(r *rand.Rand, roots *[]*model, parent *model, i int) bool {
			moved := parent.children[i]
			for _, to := range shuffled(r, all(*roots)) {
				if to != parent && !slices.Contains(all([]*model{moved}), to) {
					to.children = append(to.children, moved)
					parent.children = slices.Delete(parent.children, i, i+1)
					return true
				}
			}
			return false
		})},
		{compare.SpanMoved, "a child that becomes a root", beneath(func(r *rand.Rand, roots *[]*model, parent *model, i int) bool {
			*roots = append(*roots, parent.children[i])
			parent.children = slices.Delete(parent.children, i, i+1)
			return true
		})},
		{compare.SpanParent, "", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			i := r.IntN(len(roots))
			roots[i].remote = !roots[i].remote
			return roots, true
		}},
		{compare.SpanTrace, "cut in two", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			for _, root := range shuffled(r, roots) {
				if root.trace != 0 && slices.ContainsFunc(roots, func(m *model) bool { return m != root && m.trace == root.trace }) {
					root.trace = 0
					return roots, true
				}
			}
			return roots, false
		}},
		{compare.SpanTrace, "joined", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			i, j := r.IntN(len(roots)), r.IntN(len(roots))
			if i == j || roots[i].trace != 0 {
				return roots, false
			}
			if roots[j].trace == 0 {
				roots[j].trace = 1000
			}
			roots[i].trace = roots[j].trace
			return roots, true
		}},
		{compare.SpanKind, "", inSpan(func(r *rand.Rand, m *model) bool { m.kind = 1 + m.kind%3; return true })},
		{compare.Status, "code", inSpan(func(r *rand.Rand, m *model) bool { m.status = "ok"; return true })},
		{compare.Status, "description", inSpan(func(r *rand.Rand, m *model) bool {
			if m.status != "error" {
				return false
			}
			m.description += "!"
			return true
		})},
		{compare.SpanService, "", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			spans := all(roots)
			spans[r.IntN(len(spans))].service = "another"
			return roots, len(spans) > 1 // else it is the resource that has changed
		}},
		{compare.DroppedCount, "", inSpan(func(r *rand.Rand, m *model) bool { m.dropped++; return true })},
		{compare.AttributeLost, "", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.attributes) == 0 {
				return false
			}
			m.attributes = m.attributes[1:]
			return true
		})},
		{compare.AttributeNew, "", inSpan(func(r *rand.Rand, m *model) bool {
			m.attributes = append(m.attributes, attr{"fresh", true})
			return true
		})},
		{compare.AttributeType, "", inSpan(func(r *rand.Rand, m *model) bool {
			for i, a := range m.attributes {
				if v, ok := a.value.(int64); ok {
					m.attributes[i].value = []any{fmt.Sprint(v), float64(v)}[r.IntN(2)]
					return true
				}
			}
			return false
		})},
		{compare.AttributeValue, "", inSpan(func(r *rand.Rand, m *model) bool {
			for i, a := range m.attributes {
				if v, ok := a.value.(string); ok {
					m.attributes[i].value = v + "!"
					return true
				}
			}
			return false
		})},
		{compare.AttributeValue, "of an event", inSpan(func(r *rand.Rand, m *model) bool {
			for i, e := range m.events {
				for j, a := range e.attributes {
					if v, ok := a.value.(string); ok {
						attributes := slices.Clone(e.attributes)
						attributes[j].value = v + "!"
						m.events[i].attributes = attributes
						return true
					}
				}
			}
			return false
		})},
		{compare.AttributeNew, "of a link", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.links) == 0 {
				return false
			}
			m.links[0].attributes = append(slices.Clone(m.links[0].attributes), attr{"fresh", true})
			return true
		})},
		{compare.EventLost, "", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.events) == 0 {
				return false
			}
			m.events = m.events[1:]
			return true
		})},
		{compare.EventNew, "", inSpan(func(r *rand.Rand, m *model) bool { m.events = append(m.events, event{name: "fresh"}); return true })},
		{compare.EventRenamed, "", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.events) == 0 {
				return false
			}
			m.events[0].name = "renamed"
			return true
		})},
		{compare.EventMoved, "", beneath(func(r *rand.Rand, roots *[]*model, parent *model, i int) bool {
			child := parent.children[i]
			if len(child.events) == 0 {
				return false
			}
			parent.events = append(parent.events, child.events[0])
			child.events = child.events[1:]
			return true
		})},
		{compare.EventOrder, "", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.events) < 2 || cmp.Equal(m.events[0], m.events[1], cmp.AllowUnexported(event{}, attr{})) {
				return false
			}
			m.events[0], m.events[1] = m.events[1], m.events[0]
			return true
		})},
		{compare.LinkLost, "", inSpan(func(r *rand.Rand, m *model) bool {
			if len(m.links) == 0 {
				return false
			}
			m.links = m.links[1:]
			return true
		})},
		{compare.LinkNew, "", inSpan(func(r *rand.Rand, m *model) bool {
			m.links = append(m.links, &link{attributes: []attr{{"fresh", true}}})
			return true
		})},
		{compare.LinkMoved, "", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			spans := shuffled(r, all(roots))
			for _, m := range spans {
				for _, l := range m.links {
					i := slices.IndexFunc(spans, func(to *model) bool {
						return l.to != nil && to.name == l.to.name && len(to.children) != len(l.to.children)
					})
					if i >= 0 {
						l.to = spans[i]
						return roots, true
					}
				}
			}
			return roots, false
		}},
		{compare.ResourceValue, "", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			for _, m := range all(roots) {
				m.zone = "us"
			}
			return roots, true
		}},
		{compare.ResourceValue, "the service", func(r *rand.Rand, roots []*model) ([]*model, bool) {
			for _, m := range all(roots) {
				m.service = "another"
			}
			return roots, true
		}},
	}
}

// Two recordings of the same trees are the same, whatever their IDs, times, order and
// formats are; and a planted difference is found, and nothing else.
func TestPlantedDifferences(t *testing.T) {
	count := 12
	if *thorough {
		count = 300
	}
	for seed := range uint64(count) {
		r := rand.New(rand.NewPCG(seed, 1))
		roots := randomForest(r)
		a := write(r, roots, format(r.IntN(int(formats))))
		b := write(r, shuffled(r, clone(roots)), format(r.IntN(int(formats))))
		if got := compare.Compare(read(t, "a", a), read(t, "b", b), nil); len(got.Differences) > 0 {
			t.Fatalf("seed %d: the same trees differ: %+v\na:\n%sb:\n%s", seed, got.Differences, a, b)
		}
		for _, p := range plants() {
			changed, ok := p.plant(r, clone(roots))
			if !ok {
				continue
			}
			b := write(r, shuffled(r, changed), format(r.IntN(int(formats))))
			got := compare.Compare(read(t, "a", a), read(t, "b", b), nil)
			if len(got.Differences) != 1 || got.Differences[0].Kind != p.kind || got.Differences[0].Count != 1 {
				t.Errorf("seed %d: planted one %s %s, found", seed, p.kind, p.name)
				for _, d := range got.Differences {
					t.Errorf("\t%+v", d)
				}
			}
		}
	}
}
