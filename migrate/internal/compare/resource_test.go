// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// A resource that has changed is known by its service, and told once.
func TestResources(t *testing.T) {
	span := func(id, service, zone string) string {
		return `{"Name":"a","SpanContext":{"TraceID":"01000000000000000000000000000000","SpanID":"` + id + `00000000000000"},` +
			`"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"` + service + `"}},{"Key":"zone","Value":{"Type":"STRING","Value":"` + zone + `"}},` +
			`{"Key":"process.pid","Value":{"Type":"INT64","Value":1` + id + `}}]}` + "\n"
	}
	a := span("10", "shop", "eu") + span("11", "cart", "eu") + span("12", "shop", "eu")
	b := span("20", "cart", "us") + span("21", "shop", "us") + span("22", "shop", "us")
	got := compare.Compare(read(t, "a", a), read(t, "b", b), nil).Differences
	want := []compare.Difference{
		{Kind: compare.ResourceValue, Count: 1, Service: `"cart"`, Key: "zone", A: `string "eu"`, B: `string "us"`, LineA: 2, LineB: 1},
		{Kind: compare.ResourceValue, Count: 1, Service: `"shop"`, Key: "zone", A: `string "eu"`, B: `string "us"`, LineA: 1, LineB: 2},
	}
	for i := range got {
		got[i].Span = nil // empty
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}
