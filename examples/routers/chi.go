// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/ot2otel/ot2otel/compat"
)

// chiRouter is traced around the router too.
func chiRouter(tracing *compat.Tracing) http.Handler {
	return tracing.TraceAll(chiMux(tracing))
}

// chiMux is traced by TraceAll as the last middleware, behind those that copy the
// request, as RequestID does. chi tells its patterns and path values in the way of
// net/http.
func chiMux(tracing *compat.Tracing) *chi.Mux {
	router := chi.NewRouter()
	router.Use(middleware.RequestID, middleware.Recoverer, tracing.TraceAll)
	chiRoutes(router, shop{tracing})
	return router
}

func chiRoutes(router chi.Router, shop shop) {
	router.Route("/api", func(api chi.Router) {
		api.Get("/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, shop.order(r, chi.URLParam(r, "id")))
		})
		api.Post("/orders", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, refusal, http.StatusConflict)
		})
		api.Get("/fail", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, shop.fail())
		})
	})
}
