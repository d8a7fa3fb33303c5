// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"

	"github.com/ot2otel/ot2otel/compat"
)

// netHTTP is traced by one line. The mux tells its patterns and path values, and
// the server itself recovers panics, outside of the tracing.
func netHTTP(tracing *compat.Tracing) http.Handler {
	shop := shop{tracing}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, shop.order(r, r.PathValue("id")))
	})
	mux.HandleFunc("POST /api/orders", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, refusal, http.StatusConflict)
	})
	mux.HandleFunc("GET /api/fail", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, shop.fail())
	})
	return tracing.TraceAll(mux)
}
