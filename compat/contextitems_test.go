// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
)

// itemsOf returns what a span context tells of its baggage.
func itemsOf(sc opentracing.SpanContext) map[string]string {
	items := map[string]string{}
	sc.ForeachBaggageItem(func(key, value string) bool {
		items[key] = value
		return true
	})
	return items
}

// TestManyItems sets items, of the same keys or of others, and looks at what four
// times as many cost: four times as much.
func TestManyItems(t *testing.T) {
	previous := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // what isn't sent is reported
	defer otel.SetErrorHandler(previous)
	for name, key := range map[string]func(int) string{
		"other keys":  func(i int) string { return "k" + strconv.Itoa(i) },
		"the same":    func(int) string { return "k" },
		"a few again": func(i int) string { return "k" + strconv.Itoa(i%100) },
	} {
		cost := func(n int) uint64 {
			tracer, _ := newRecorded(t, nil)
			sp := tracer.StartSpan("s")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range n {
				sp.SetBaggageItem(key(i), "v")
			}
			// Reading and sending them doesn't copy all for each either, nor do contexts.
			ctx := opentracing.ContextWithSpan(context.Background(), sp)
			child, _ := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "child")
			child.Finish()
			_, native := tracer.TracerProvider().Tracer("native").Start(ctx, "native")
			native.End()
			tracer.StartSpan("two", opentracing.ChildOf(child.Context()), opentracing.FollowsFrom(sp.Context())).Finish()
			baggage.FromContext(ctx)
			if err := NewTracing(tracer, nil).Inject(ctx, http.Header{}); err != nil {
				t.Error(err)
			}
			for i := range n {
				child.SetBaggageItem(key(i), "w")
				if i%(n/20) == 0 {
					child.Context().ForeachBaggageItem(func(string, string) bool { return false })
					baggage.FromContext(opentracing.ContextWithSpan(context.Background(), child))
				}
			}
			sp.BaggageItem(key(0))
			itemsOf(sp.Context())
			if err := tracer.Inject(sp.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{}); err != nil {
				t.Error(err)
			}
			runtime.ReadMemStats(&after)
			if items := sp.(*span).current().items; items.count > 2*n || name != "other keys" && items.count > 256 {
				t.Errorf("%s: %d items are held after %d", name, items.count, n)
			}
			sp.Finish()
			return after.TotalAlloc - before.TotalAlloc
		}
		cost(1000)
		if few, many := cost(1000), cost(4000); many > 6*few {
			t.Errorf("%s: 1000 items cost %d bytes, 4000 cost %d", name, few, many)
		}
	}
}

// TestItemsBeyondTheView sets more items than OpenTelemetry's baggage is made of.
func TestItemsBeyondTheView(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	sp := tracer.StartSpan("s").SetBaggageItem("first", "1")
	ctx := opentracing.ContextWithSpan(context.Background(), sp)
	reports := reportsOf(func() {
		for i := range 2 * maxViewed {
			sp.SetBaggageItem("k"+strconv.Itoa(i), "v")
			if i%100 == 0 {
				baggage.FromContext(ctx)
			}
		}
	})
	if len(reports) != 1 || !strings.Contains(reports[0], strconv.Itoa(maxViewed)) {
		t.Errorf("reports %q, want one that names the limit", reports)
	}
	if got := len(itemsOf(sp.Context())); got != 2*maxViewed+1 || sp.BaggageItem("k500") != "v" {
		t.Errorf("OpenTracing code sees %d items, and %q of one, want all", got, sp.BaggageItem("k500"))
	}
	viewed := baggage.FromContext(ctx)
	if viewed.Len() != maxViewed || viewed.Member("first").Value() != "1" {
		t.Errorf("OpenTelemetry code sees %d items, and %q of the first, want %d with it", viewed.Len(), viewed.Member("first").Value(), maxViewed)
	}
	sp.SetBaggageItem("first", "2").SetBaggageItem("k500", "w")
	if got := baggage.FromContext(ctx).Member("first").Value() + sp.BaggageItem("first") + sp.BaggageItem("k500"); got != "22w" {
		t.Errorf("items that are set again are %q, want 22w", got)
	}
}

// TestItemsAreKept compares the items of a span, and of contexts taken in between,
// with a plain map.
func TestItemsAreKept(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	sp := tracer.StartSpan("s", opentracing.ChildOf(tracer.StartSpan("p").SetBaggageItem("inherited", "1").SetBaggageItem("k3", "old").Context()))
	want := map[string]string{"inherited": "1", "k3": "old"}
	type snapshot struct {
		sc    opentracing.SpanContext
		items map[string]string
	}
	var taken []snapshot
	for i := range 300 {
		key, value := "k"+strconv.Itoa(i*7%90), strconv.Itoa(i)
		sp.SetBaggageItem(key, value)
		want[key] = value
		switch {
		case i%11 == 0:
			taken = append(taken, snapshot{sp.Context(), maps.Clone(want)})
		case i%17 == 0:
			if got := sp.BaggageItem(key); got != value {
				t.Errorf("BaggageItem(%s) = %s, want %s", key, got, value)
			}
		}
	}
	taken = append(taken, snapshot{sp.Context(), want}, snapshot{tracer.StartSpan("c", opentracing.ChildOf(sp.Context())).Context(), want})
	for i, s := range taken {
		if got := itemsOf(s.sc); !maps.Equal(got, s.items) {
			t.Errorf("context %d has %v, want %v", i, got, s.items)
		}
	}
	sp.SetBaggageItem("large", strings.Repeat("x", 10_000)) // beyond W3C's header, not beyond the process
	if got := itemsOf(sp.Context()); len(got["large"]) != 10_000 || len(got) != len(want)+1 {
		t.Errorf("%d items, and %d bytes of the large one", len(got), len(got["large"]))
	}
}

// TestItemsConcurrentSafe sets items while others read them: none is lost, and a
// context never changes.
func TestItemsConcurrentSafe(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	sp := tracer.StartSpan("s")
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			for i := range 40 {
				sp.SetBaggageItem(fmt.Sprintf("g%d-%d", g, i), "v")
			}
		})
		wg.Go(func() {
			for range 40 {
				sc := sp.Context()
				before := itemsOf(sc)
				child := tracer.StartSpan("c", opentracing.ChildOf(sc))
				if after := itemsOf(sc); !maps.Equal(before, after) || !maps.Equal(before, itemsOf(child.Context())) {
					t.Errorf("a context had %d items, then %d; its child %d", len(before), len(after), len(itemsOf(child.Context())))
				}
				child.Finish()
			}
		})
	}
	wg.Wait()
	if got := itemsOf(sp.Context()); len(got) != 240 {
		t.Errorf("%d items, want 240", len(got))
	}
}
