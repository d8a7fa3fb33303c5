// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"fmt"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// A test keeps its assertions, whichever API the code that it runs is on.
func Example() {
	mock := mocktracer.New()
	defer mocktracer.Install(mock)()

	legacy, ctx := opentracing.StartSpanFromContext(context.Background(), "order")
	_, native := otel.Tracer("stock").Start(ctx, "query", trace.WithSpanKind(trace.SpanKindClient))
	native.SetAttributes(attribute.Int("rows", 3))
	native.End()
	legacy.Finish()

	spans := mock.FinishedSpans()
	query, order := spans[0], spans[1]
	fmt.Println(query.OperationName, query.Tags(), query.ParentID == order.SpanContext.SpanID)
	fmt.Println(mocktracer.SpanOf(native) == query)
	// Output:
	// query map[rows:3 span.kind:client] true
	// true
}
