// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutput reads what a user sees: one trace for each order, of both APIs.
func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `order tea: 11
order caviar: catalog: no price for "caviar": 404 Not Found

trace ID
order
└─ catalog.Price  item=tea  price=11
   ├─ GET /prices  http.status_code=200  span.kind=client
   │  └─ serve prices  customer=ada  span.kind=server
   └─ discount  customer=ada
trace ID
order  error=true
└─ catalog.Price  error=true  item=caviar
   └─ GET /prices  http.status_code=404  span.kind=client
      └─ serve prices  customer=ada  span.kind=server
9 spans in 2 traces
`
	got := regexp.MustCompile(`(?m)^trace [0-9a-f]{16}$`).ReplaceAllString(out.String(), "trace ID")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
