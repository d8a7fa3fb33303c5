// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// Every request is traced; its span is named after the route.
func ExampleTracing_TraceAll() {
	tracer := mocktracer.New() // any opentracing.Tracer: in production, compat.Install's
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"UserAgent"}})

	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "order", r.PathValue("id"))
	})
	handler := tracing.TraceAll(mux) // http.ListenAndServe(addr, handler)

	request := httptest.NewRequest(http.MethodGet, "http://shop.example/orders/7?token=secret", nil)
	request.Header.Set("User-Agent", "curl/8")
	handler.ServeHTTP(httptest.NewRecorder(), request)

	for _, span := range tracer.FinishedSpans() {
		fmt.Println(span.OperationName)
		for _, tag := range []string{"component", "http.method", "http.url", "http.status_code", "span.kind", "UserAgent"} {
			fmt.Println(" ", tag, "=", span.Tag(tag))
		}
	}
	// Output:
	// GET /orders/{id}
	//   component = net/http
	//   http.method = GET
	//   http.url = http://shop.example/orders/7
	//   http.status_code = 200
	//   span.kind = server
	//   UserAgent = curl/8
}

// Only some handlers are traced, with attributes of their own.
func ExampleTracing_Trace() {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)

	order := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	health := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", tracing.Trace(order, "PathValue.id", "Header.X-Request-Id"))
	mux.Handle("GET /health", health) // not traced

	for _, target := range []string{"/orders/7", "/health"} {
		request := httptest.NewRequest(http.MethodGet, target, nil)
		request.Header.Set("X-Request-Id", "r1")
		mux.ServeHTTP(httptest.NewRecorder(), request)
	}

	for _, span := range tracer.FinishedSpans() {
		fmt.Println(span.OperationName, span.Tag("PathValue.id"), span.Tag("Header.X-Request-Id"))
	}
	// Output:
	// GET /orders/{id} 7 r1
}

// A handler adds what it knows to the span of its request.
func ExampleTracing_GetSpan() {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)

	handler := tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if span := tracing.GetSpan(r); span != nil { // nil where the request isn't traced
			span.SetTag("customer", "alice")
			span.LogKV("event", "order placed", "items", 3)
		}

		// A child of the request's span.
		child, _ := opentracing.StartSpanFromContextWithTracer(r.Context(), tracer, "reserve stock")
		child.Finish()
	}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/orders", nil))

	spans := tracer.FinishedSpans()
	child, request := spans[0], spans[1]
	fmt.Println(request.OperationName, request.Tag("customer"), request.Logs()[0].Fields[0].ValueString)
	fmt.Println(child.OperationName, "is a child:", child.ParentID == request.SpanContext.SpanID)
	// Output:
	// POST alice order placed
	// reserve stock is a child: true
}

// A trace goes on in another service: Inject writes the active span into the
// headers of a request, and the other side's TraceAll finds it there.
func ExampleTracing_Inject() {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)

	backend := httptest.NewServer(tracing.TraceAll(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	defer backend.Close()

	frontend := tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, backend.URL, nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if err := tracing.Inject(r.Context(), request.Header); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
	}))
	frontend.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil))

	spans := tracer.FinishedSpans()
	inner, outer := spans[0], spans[1]
	fmt.Println("one trace:", inner.SpanContext.TraceID == outer.SpanContext.TraceID)
	fmt.Println("its parent is the caller:", inner.ParentID == outer.SpanContext.SpanID)
	// Output:
	// one trace: true
	// its parent is the caller: true
}
