// SPDX-License-Identifier: Apache-2.0

// Package client is the client application of the example: one of its handlers is
// traced, and calls the server application with the span in the request's headers.
// It is OpenTracing code; which tracer records it is decided in main.
package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/ot2otel/ot2otel/compat"
)

// Handler returns the client application: GET /order/{item}, which is traced, and
// GET /health, which isn't. It asks the server application at serverURL for prices.
// Spans are started by tracer; nil is the global one.
func Handler(tracer opentracing.Tracer, serverURL string) http.Handler {
	app := &application{tracing: compat.NewTracing(tracer, nil), serverURL: serverURL}
	mux := http.NewServeMux()
	mux.Handle("GET /order/{item}", app.tracing.Trace(http.HandlerFunc(app.order), "PathValue.item"))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "fine") })
	return mux
}

type application struct {
	tracing   *compat.Tracing
	serverURL string
}

func (a *application) order(w http.ResponseWriter, r *http.Request) {
	// Baggage goes with every call that this request makes.
	if span := a.tracing.GetSpan(r); span != nil { // nil where the request isn't traced
		span.SetBaggageItem("customer", r.URL.Query().Get("customer"))
	}

	price, err := a.askPrice(r.Context(), r.PathValue("item"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprintf(w, "%s: %s cents\n", r.PathValue("item"), price)
}

// askPrice is the RPC: a client span, injected into the request.
func (a *application) askPrice(ctx context.Context, item string) (price string, err error) {
	span, ctx := opentracing.StartSpanFromContextWithTracer(ctx, a.tracing.Tracer(), "ask price", ext.SpanKindRPCClient)
	defer span.Finish()
	defer func() {
		if err != nil {
			ext.LogError(span, err)
		}
	}()

	target := a.serverURL + "/prices/" + url.PathEscape(item)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	ext.HTTPMethod.Set(span, request.Method)
	ext.HTTPUrl.Set(span, target)
	if err := a.tracing.Inject(ctx, request.Header); err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	ext.HTTPStatusCode.Set(span, uint16(response.StatusCode))
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server application answers %s", response.Status)
	}
	return string(body), nil
}
