// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// changed returns two recordings of a service whose spans differ in a few ways.
func changed(t *testing.T) (a, b *compare.Recording) {
	t.Helper()
	before := []*model{{name: "GET /orders/{id}", kind: 2, service: "shop", zone: "eu", children: []*model{
		{name: "db.query", kind: 3, service: "shop", zone: "eu", attributes: []attr{{"db.rows", int64(1)}, {"peer", "a"}}, events: []event{{"found", []attr{{"id", "1"}}}}},
		{name: "render", kind: 1, service: "shop", zone: "eu"},
	}}}
	after := clone(before)
	query := after[0].children[0]
	query.attributes = []attr{{"db.rows", "1"}, {"peer", "b"}}
	query.events = []event{{"found", []attr{{"id", "2"}}}, {"cached", nil}}
	after[0].children[1].name = "render.html"
	for _, m := range all(after) {
		m.zone = "us"
	}
	r := rand.New(rand.NewPCG(1, 2))
	return read(t, "a", write(r, before, stdouttrace)), read(t, "b", write(r, after, collector))
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		explanation string
		rules       []string
		want        []string
	}{
		{"no rule", nil, []string{"span-renamed", "attribute-type db.rows", "attribute-value peer", "attribute-value found id", "event-new cached", "resource-value zone"}},
		{"kinds", []string{"attribute-value", "event-new", "span-renamed"}, []string{"attribute-type db.rows", "resource-value zone"}},
		{"a key", []string{"attribute:peer"}, []string{"span-renamed", "attribute-type db.rows", "attribute-value found id", "event-new cached", "resource-value zone"}},
		{"keys", []string{"attribute:d*s", "attribute:*d"}, []string{"span-renamed", "attribute-value peer", "event-new cached", "resource-value zone"}},
		{"values, but not types", []string{"value:*"}, []string{"span-renamed", "attribute-type db.rows", "event-new cached", "resource-value zone"}},
		{"an event", []string{"event:cached"}, []string{"span-renamed", "attribute-type db.rows", "attribute-value peer", "attribute-value found id", "resource-value zone"}},
		{"a resource", []string{"resource:zone"}, []string{"span-renamed", "attribute-type db.rows", "attribute-value peer", "attribute-value found id", "event-new cached"}},
		{"spans", []string{"span:db.*", "span:render*"}, []string{"resource-value zone"}},
		{"a span above others", []string{"span:GET *", "resource:*", "span:db.query"}, []string{"span-renamed"}},
		{"a pattern is of the whole name", []string{"span:db", "event:cach", "attribute:eer", "resource:zon"}, []string{"span-renamed", "attribute-type db.rows", "attribute-value peer", "attribute-value found id", "event-new cached", "resource-value zone"}},
	} {
		var opts compare.Options
		for _, text := range tt.rules {
			rule, err := compare.ParseRule(text)
			if err != nil {
				t.Fatal(err)
			}
			opts.Ignore = append(opts.Ignore, rule)
		}
		a, b := changed(t)
		missing := make(map[string]int)
		for _, w := range tt.want {
			missing[w]++
		}
		for _, d := range compare.Compare(a, b, &opts).Differences {
			text := strings.Join(strings.Fields(string(d.Kind)+" "+d.Event+" "+d.Key), " ")
			if missing[text]--; missing[text] == 0 {
				delete(missing, text)
			}
		}
		if diff := cmp.Diff(map[string]int{}, missing); diff != "" {
			t.Errorf("%s: missing or too many (-want +got):\n%s", tt.explanation, diff)
		}
	}
}

func TestParseRuleErrors(t *testing.T) {
	for _, text := range []string{"", "colour", "attribute", "colour:red", "attribute:", ":x", "Span:x", "span-lost:x"} {
		if _, err := compare.ParseRule(text); err == nil {
			t.Errorf("%q is a rule", text)
		}
	}
	for _, kind := range compare.Kinds() {
		if _, err := compare.ParseRule(string(kind)); err != nil {
			t.Error(err)
		}
	}
}
