// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"

	"github.com/ot2otel/ot2otel/compat"
)

// gorillaRouter is traced around the router too: gorilla/mux runs its middlewares
// for routes only, so what isn't found would have no span.
func gorillaRouter(tracing *compat.Tracing) http.Handler {
	return tracing.TraceAll(gorillaMux(tracing))
}

// gorillaMux is traced by TraceAll as the last middleware, behind one that tells
// the route.
func gorillaMux(tracing *compat.Tracing) *mux.Router {
	router := mux.NewRouter()
	router.Use(handlers.RecoveryHandler(), gorillaRoute, tracing.TraceAll)
	gorillaRoutes(router, shop{tracing})
	return router
}

// gorillaRoute tells pattern and path values in the way of net/http, as gorilla/mux
// doesn't.
func gorillaRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route, err := mux.CurrentRoute(r).GetPathTemplate(); err == nil {
			r.Pattern = route
		}
		for name, value := range mux.Vars(r) {
			r.SetPathValue(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

func gorillaRoutes(router *mux.Router, shop shop) {
	api := router.PathPrefix("/api").Subrouter()
	api.HandleFunc("/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, shop.order(r, mux.Vars(r)["id"]))
	}).Methods(http.MethodGet)
	api.HandleFunc("/orders", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, refusal, http.StatusConflict)
	}).Methods(http.MethodPost)
	api.HandleFunc("/fail", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, shop.fail())
	}).Methods(http.MethodGet)
}
