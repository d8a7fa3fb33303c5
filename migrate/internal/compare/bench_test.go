// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// requests are traces of ten spans each, with values of their own.
func requests(spans int) []*model {
	var roots []*model
	for i := range spans / 10 {
		child := func(name string, children ...*model) *model {
			return &model{name: name, kind: 1, service: "shop", zone: "eu", children: children,
				attributes: []attr{{"id", int64(i)}, {"component", "net/http"}, {"rows", int64(i % 7)}}, events: []event{{"log", []attr{{"message", "done"}}}}}
		}
		root := child("GET /orders", child("auth"), child("db.query", child("cache.get"), child("cache.get")), child("charge", child("POST /charge", child("retry"))), child("render"), child("log"))
		root.remote = true
		roots = append(roots, root)
	}
	return roots
}

// shapes are pairs of recordings that are hard in one way each.
func shapes(n int) map[string]func() (a, b []*model) {
	each := func(change func(m *model)) func() (a, b []*model) {
		return func() (a, b []*model) {
			a = requests(n)
			b = clone(a)
			for _, m := range all(b) {
				change(m)
			}
			return a, b
		}
	}
	return map[string]func() (a, b []*model){
		"same":                      each(func(*model) {}),
		"an attribute everywhere":   each(func(m *model) { m.attributes = m.attributes[1:] }),
		"a value everywhere":        each(func(m *model) { m.attributes[0].value = fmt.Sprint("other ", m.attributes[0].value) }),
		"all names":                 each(func(m *model) { m.name += "!" }),
		"all values and all names":  each(func(m *model) { m.name += "!"; m.attributes = []attr{{"fresh", m.name}} }),
		"no child":                  each(func(m *model) { m.children = nil }),
		"links to one span":         func() (a, b []*model) { return linkedTo(n, 1), linkedTo(n, 1) },
		"links that are crossed":    func() (a, b []*model) { return linkedTo(n, n/4), linkedTo(n, n/4-1) },
		"one trace that is cut":     func() (a, b []*model) { return sharing(n, n), sharing(n, 1) },
		"traces of several roots":   func() (a, b []*model) { return sharing(n, 4), sharing(n, 5) },
		"siblings":                  func() (a, b []*model) { return siblings(n, "a"), siblings(n, "b") },
		"siblings that are renamed": func() (a, b []*model) { return siblings(n, ""), renamed(siblings(n, "")) },
		"a chain":                   func() (a, b []*model) { return chained(n, ""), chained(n, "!") },
	}
}

// linkedTo makes n spans, half of which link to some of the others.
func linkedTo(n, some int) []*model {
	var roots []*model
	for range n / 2 {
		roots = append(roots, &model{name: "send"})
	}
	for i := range n / 2 {
		roots = append(roots, &model{name: "receive", links: []*link{{to: roots[i%some]}}})
	}
	return roots
}

// sharing makes n roots, so many of which share a trace.
func sharing(n, so int) []*model {
	var roots []*model
	for i := range n {
		roots = append(roots, &model{name: fmt.Sprint("root ", i%3), trace: 1 + i/so, remote: true})
	}
	return roots
}

func siblings(n int, value string) []*model {
	root := &model{name: "root"}
	for i := range n - 1 {
		m := &model{name: "child"}
		if value != "" {
			m.attributes = []attr{{"id", fmt.Sprint(value, i)}, {"same", true}}
		}
		root.children = append(root.children, m)
	}
	return []*model{root}
}

func renamed(roots []*model) []*model {
	for _, m := range all(roots) {
		m.name += "!"
	}
	return roots
}

func chained(n int, suffix string) []*model {
	var m *model
	for i := range n {
		of := &model{name: fmt.Sprint(i%5, suffix)}
		if m != nil {
			of.children = []*model{m}
		}
		m = of
	}
	return []*model{m}
}

// BenchmarkCompare reads and compares two recordings of 100,000 spans.
func BenchmarkCompare(b *testing.B) {
	for name, shape := range shapes(100_000) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			before, after := shape()
			textA, textB := write(r, before, stdouttrace), write(r, after, stdouttrace)
			b.SetBytes(int64(len(textA) + len(textB)))
			var reading, comparing time.Duration
			for b.Loop() {
				begin := time.Now()
				a, z := read(b, "a", textA), read(b, "b", textB)
				middle := time.Now()
				compare.Compare(a, z, nil)
				reading += middle.Sub(begin)
				comparing += time.Since(middle)
			}
			b.ReportMetric(reading.Seconds()/float64(b.N), "s/read")
			b.ReportMetric(comparing.Seconds()/float64(b.N), "s/compare")
		})
	}
}
