// SPDX-License-Identifier: Apache-2.0

package orders

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ot2otel/ot2otel/compat/mocktracer"

	"example.com/migration/stage2/payments"
	"example.com/migration/stage2/stock"
)

func TestShop(t *testing.T) {
	tracer := mocktracer.New()
	mocktracer.Install(tracer)
	gateway := httptest.NewServer(payments.Gateway(tracer))
	defer gateway.Close()
	shop := &Shop{
		Stock:    stock.New(tracer.TracerProvider().Tracer("example.com/migration/stage2/orders"), map[string]int{"tea": 2}),
		Payments: &payments.Client{Tracer: tracer, URL: gateway.URL},
	}
	for _, tc := range []struct {
		query  string
		status int
		spans  []string // in the order in which they end
		failed bool
	}{
		{"item=tea&count=1&card=4111", http.StatusOK, []string{"stock.take", "gateway.charge", "charge", "take order"}, false},
		{"item=tea&count=1&card=expired", http.StatusPaymentRequired, []string{"stock.take", "gateway.charge", "charge", "take order"}, true},
		{"item=tea&count=1&card=4111", http.StatusConflict, []string{"stock.take", "take order"}, true},
	} {
		tracer.Reset()
		answer := httptest.NewRecorder()
		shop.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/?"+tc.query, nil))
		if answer.Code != tc.status {
			t.Errorf("%s: status %d, want %d", tc.query, answer.Code, tc.status)
		}
		spans := tracer.FinishedSpans()
		if len(spans) != len(tc.spans) {
			t.Errorf("%s: %d spans, want %d", tc.query, len(spans), len(tc.spans))
			continue
		}
		for i, span := range spans {
			if span.OperationName != tc.spans[i] {
				t.Errorf("%s: span %d is %q, want %q", tc.query, i, span.OperationName, tc.spans[i])
			}
		}
		order := spans[len(spans)-1]
		if failed := order.Tag("error") == true; failed != tc.failed {
			t.Errorf("%s: the tag error is %v, want %v", tc.query, failed, tc.failed)
		}
		if got := spans[0].ParentID; got != order.SpanContext.SpanID {
			t.Errorf("%s: the parent of %s is %d, want %d", tc.query, spans[0].OperationName, got, order.SpanContext.SpanID)
		}
	}
}
