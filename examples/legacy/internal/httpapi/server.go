// SPDX-License-Identifier: Apache-2.0

// Package httpapi is the shop's public HTTP interface.
package httpapi

import (
	"net/http"
	"net/url"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"example.com/legacy-shop/internal/orders"
)

// API answers the shop's requests.
type API struct {
	tracer opentracing.Tracer
	orders *orders.Service
	totals map[string]orders.Money // by customer, for the report; nobody makes it yet
}

// New returns the interface to service.
func New(tracer opentracing.Tracer, service *orders.Service) *API {
	return &API{tracer: tracer, orders: service}
}

// Handler returns the routes behind the tracing and the recovering middleware.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /products/{id}", a.product)
	mux.HandleFunc("GET /orders/{id}", a.order)
	mux.HandleFunc("POST /orders", a.place)
	mux.HandleFunc("GET /report", a.report)

	return nethttp.Middleware(a.tracer, recoverPanics(mux),
		nethttp.MWComponentName("shop"),
		nethttp.MWSpanFilter(func(r *http.Request) bool { return r.URL.Path != "/healthz" }),
		nethttp.OperationNameFunc(func(r *http.Request) string { return r.Method + " " + r.URL.Path }),
		nethttp.MWURLTagFunc(func(u *url.URL) string { return u.Path }),
		nethttp.MWSpanObserver(func(span opentracing.Span, r *http.Request) {
			if ref := r.URL.Query().Get("ref"); ref != "" {
				span.SetTag("ref", ref)
			}
			ext.PeerService.Set(span, "browser")
		}),
	)
}
