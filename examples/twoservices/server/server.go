// SPDX-License-Identifier: Apache-2.0

// Package server is the server application of the example: every request to it is
// traced. It is OpenTracing code; which tracer records it is decided in main.
package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/ot2otel/ot2otel/compat"
)

// Handler returns the server application: GET /prices/{item}. Spans are started
// by tracer; nil is the global one.
func Handler(tracer opentracing.Tracer) http.Handler {
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"UserAgent"}})
	app := &application{tracing: tracing}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /prices/{item}", app.price)
	return tracing.TraceAll(mux)
}

type application struct{ tracing *compat.Tracing }

var errNoPrice = errors.New("no price for this item")

func (a *application) price(w http.ResponseWriter, r *http.Request) {
	item := r.PathValue("item")
	// The customer came as baggage, from the other application.
	span := a.tracing.GetSpan(r) // nil where the request isn't traced
	if span != nil {
		span.SetTag("customer", span.BaggageItem("customer"))
	}

	cents, err := a.lookUp(r.Context(), item)
	if err != nil {
		if span != nil {
			ext.LogError(span, err)
		}
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "%d", cents)
}

// lookUp is a call to a database, in a span of its own.
func (a *application) lookUp(ctx context.Context, item string) (cents int, err error) {
	span, _ := opentracing.StartSpanFromContextWithTracer(ctx, a.tracing.Tracer(), "look up price",
		ext.SpanKindRPCClient, opentracing.Tags{string(ext.DBType): "sql", string(ext.DBStatement): "SELECT cents FROM prices WHERE item = ?"})
	defer span.Finish()
	cents, found := prices[item]
	if !found {
		ext.LogError(span, errNoPrice, log.String("item", item))
		return 0, fmt.Errorf("look up %s: %w", strconv.Quote(item), errNoPrice)
	}
	span.LogFields(log.Event("row read"), log.Int("cents", cents))
	span.SetTag("rows", 1)
	return cents, nil
}

var prices = map[string]int{"tea": 350, "coffee": 420}
