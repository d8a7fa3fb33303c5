// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"strings"
	"testing"
)

// A kind that is compared with values of any type keeps its type: a mock's tags have it.
func TestFixComparedKinds(t *testing.T) {
	texts, result := fixModule(t, `
-- shop.go --
package shop

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

func Sell(ctx context.Context, kind any) {
	span, _ := opentracing.StartSpanFromContext(ctx, "sell", ext.SpanKindRPCServer)
	defer span.Finish()
}
-- kinds/kinds.go --
package kinds

import "github.com/opentracing/opentracing-go/ext"

func IsServer(kind any) bool {
	switch kind {
	case ext.SpanKindProducerEnum:
		return true
	}
	return kind == ext.SpanKindRPCServerEnum
}
-- shop_test.go --
package shop

import (
	"context"
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

func TestSell(t *testing.T) {
	mock := mocktracer.New()
	t.Cleanup(mocktracer.Install(mock))
	Sell(context.Background(), ext.SpanKindConsumerEnum)
	opentracing.StartSpan("test", opentracing.Tags{"span.kind": ext.SpanKindConsumerEnum}).Finish()
	for _, want := range []map[string]any{{"span.kind": ext.SpanKindRPCServerEnum}} {
		if got := mock.FinishedSpans()[0].Tags(); !reflect.DeepEqual(got, want) {
			t.Errorf("tags %v", got)
		}
	}
}
`)
	for name, kept := range map[string][]string{
		"shop.go":      {"trace.WithSpanKind(trace.SpanKindServer)"},
		"shop_test.go": {"Sell(context.Background(), ext.SpanKindConsumerEnum)", `{"span.kind": ext.SpanKindRPCServerEnum}`, "trace.WithSpanKind(trace.SpanKindConsumer)"},
	} {
		for _, text := range kept {
			if !strings.Contains(texts[name], text) {
				t.Errorf("%s has no %s:\n%s", name, text, texts[name])
			}
		}
	}
	if len(result.Refusals) != 4 || texts["kinds/kinds.go"] != "" {
		t.Errorf("%d uses stay, want 4, with kinds.go as it is:\n%s", len(result.Refusals), texts["kinds/kinds.go"])
	}
	for _, r := range result.Refusals {
		if r.Category != "tag-name-value" {
			t.Errorf("%s stays for another reason: %s: %s", r.Symbol, r.Category, r.Reason)
		}
	}
}
