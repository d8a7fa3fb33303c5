// SPDX-License-Identifier: Apache-2.0

// Package native is the same service as package legacy, written for OpenTelemetry.
package native

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// service is the code of the service.
type service struct {
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	next       func(path string) (name, url string)
}

// Handler answers a request by asking the services that its path names, one by the other;
// next is their URL by name.
func Handler(provider trace.TracerProvider, propagator propagation.TextMapPropagator, next func(path string) (name, url string)) http.Handler {
	return &service{provider.Tracer("fleet"), propagator, next}
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := s.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := s.tracer.Start(ctx, "serve", trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	span.SetAttributes(attribute.String("user", baggage.FromContext(ctx).Member("user").Value()))
	if err := s.ask(ctx, r.URL.Path); err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func (s *service) ask(ctx context.Context, path string) error {
	name, url := s.next(path)
	if url == "" {
		return nil // the last service
	}
	ctx, span := s.tracer.Start(ctx, "ask "+name, trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	s.propagator.Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	span.SetAttributes(attribute.Int("http.status_code", response.StatusCode))
	return response.Body.Close()
}
