// SPDX-License-Identifier: Apache-2.0

// Package legacy is a service whose code knows OpenTracing only. The fleet runs it twice:
// on jaeger-client-go, and on its twin.
package legacy

import (
	"context"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// Handler answers a request by asking the services that its path names, one by the other;
// next is their URL by name.
func Handler(tracer opentracing.Tracer, next func(path string) (name, url string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parent, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		span := tracer.StartSpan("serve", ext.RPCServerOption(parent))
		defer span.Finish()
		span.SetTag("user", span.BaggageItem("user"))
		ctx := opentracing.ContextWithSpan(r.Context(), span)
		if err := ask(ctx, tracer, next, r.URL.Path); err != nil {
			ext.LogError(span, err)
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
}

func ask(ctx context.Context, tracer opentracing.Tracer, next func(path string) (name, url string), path string) error {
	name, url := next(path)
	if url == "" {
		return nil // the last service
	}
	span, ctx := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "ask "+name, ext.SpanKindRPCClient)
	defer span.Finish()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(request.Header)); err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	ext.HTTPStatusCode.Set(span, uint16(response.StatusCode))
	return response.Body.Close()
}
