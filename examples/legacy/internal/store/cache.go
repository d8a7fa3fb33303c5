// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// cache keeps products that were looked up before.
type cache struct {
	mu    sync.Mutex
	items map[string]*Product
}

func newCache() *cache { return &cache{items: make(map[string]*Product)} }

func (c *cache) get(ctx context.Context, id string) (*Product, bool) {
	span, _ := opentracing.StartSpanFromContext(ctx, "cache.get", opentracing.Tag{Key: string(ext.Component), Value: "cache"})
	defer span.Finish()
	c.mu.Lock()
	defer c.mu.Unlock()
	product, ok := c.items[id]
	span.SetTag("hit", ok)
	if !ok {
		span.LogFields(log.String("event", "miss"), log.Lazy(func(e log.Encoder) {
			e.EmitInt("cache.size", len(c.items))
		}))
	}
	return product, ok
}

func (c *cache) put(ctx context.Context, id string, product *Product) {
	if opentracing.SpanFromContext(ctx) == nil {
		return // not worth it for jobs that nobody watches
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[id] = product
}
