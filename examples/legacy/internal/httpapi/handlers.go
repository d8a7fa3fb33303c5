// SPDX-License-Identifier: Apache-2.0

package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"

	"example.com/legacy-shop/internal/orders"
	"example.com/legacy-shop/internal/store"
)

func (a *API) product(w http.ResponseWriter, r *http.Request) {
	if span := opentracing.SpanFromContext(r.Context()); span != nil {
		span.SetOperationName(r.Pattern)
		span.SetTag("product.id", r.PathValue("id"))
	}
	product, err := a.orders.Product(r.Context(), r.PathValue("id"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	reply(w, http.StatusOK, product)
}

func (a *API) order(w http.ResponseWriter, r *http.Request) {
	span := opentracing.SpanFromContext(r.Context())
	if span != nil {
		span.SetOperationName(r.Pattern).SetTag("order.id", r.PathValue("id"))
	}
	order, err := a.orders.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if span != nil {
		span.SetTag("order.status", order.Status)
	}
	reply(w, http.StatusOK, order)
}

func (a *API) place(w http.ResponseWriter, r *http.Request) {
	span, ctx := opentracing.StartSpanFromContextWithTracer(r.Context(), a.tracer, "decode")
	var request orders.Request
	err := json.NewDecoder(r.Body).Decode(&request)
	if err != nil {
		ext.LogError(span, err, otlog.String("content_type", r.Header.Get("Content-Type")))
		span.Finish()
		http.Error(w, "the body is not an order: "+err.Error(), http.StatusBadRequest)
		return
	}
	span.Finish()

	order, err := a.orders.Place(opentracing.ContextWithSpan(ctx, opentracing.SpanFromContext(r.Context())), request)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	reply(w, http.StatusCreated, order)
}

// report isn't finished: it panics, and the middleware has to answer.
func (a *API) report(w http.ResponseWriter, r *http.Request) {
	span, ctx := opentracing.StartSpanFromContext(r.Context(), "report.render")
	defer span.Finish()
	for _, order := range a.orders.All(ctx) {
		span.LogKV("event", "order", "id", order.ID)
		a.totals[order.Customer] += order.Total
	}
	reply(w, http.StatusOK, a.totals)
}

// fail answers with the status that fits err and leaves the reason in the span.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, store.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, store.ErrSoldOut):
		status = http.StatusConflict
	case errors.Is(err, orders.ErrInvalid):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, orders.ErrDeclined):
		status = http.StatusPaymentRequired
	}
	span := opentracing.SpanFromContext(r.Context())
	if span == nil {
		http.Error(w, err.Error(), status)
		return
	}
	span.LogFields(otlog.Event("failed"), otlog.Message(err.Error()), otlog.Int("status", status))
	http.Error(w, err.Error(), status)
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
