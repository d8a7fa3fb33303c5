// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// listTracer can't be compared.
type listTracer struct {
	opentracing.Tracer
	_ []string
}

func TestSameTracer(t *testing.T) {
	mock, other := mocktracer.New(), mocktracer.New()
	list := listTracer{Tracer: mock}
	for _, test := range []struct {
		name   string
		tracer trace.Tracer
		legacy opentracing.Tracer
		want   bool
	}{
		{"of that tracer", ProviderOf(mock).Tracer("a"), mock, true},
		{"of another one", ProviderOf(other).Tracer("a"), mock, false},
		{"OpenTelemetry's", noop.Tracer{}, mock, false},
		{"no tracer", nil, mock, false},
		{"a tracer, compared with none", noop.Tracer{}, nil, false},
		{"neither", nil, nil, true},
		{"tracers that can't be compared", ProviderOf(list).Tracer("a"), list, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := SameTracer(test.tracer, test.legacy); got != test.want {
				t.Errorf("SameTracer = %t; want %t", got, test.want)
			}
		})
	}
}
