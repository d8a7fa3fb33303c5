// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// textMapCarrier returns a carrier that has Set or ForeachKey for a propagator.
func textMapCarrier(carrier any) propagation.TextMapCarrier {
	return keyCarrier{carrier}
}

// A keyCarrier is a carrier that knows its keys by ForeachKey only.
type keyCarrier struct{ carrier any }

func (c keyCarrier) Set(key, value string) {
	if w, ok := c.carrier.(interface{ Set(key, value string) }); ok {
		w.Set(key, value)
	}
}

func (c keyCarrier) each(visit func(key, value string) error) {
	if r, ok := c.carrier.(interface {
		ForeachKey(func(key, value string) error) error
	}); ok {
		_ = r.ForeachKey(visit)
	}
}

func (c keyCarrier) Get(key string) (found string) {
	c.each(func(k, v string) error {
		if strings.EqualFold(k, key) {
			found = v
		}
		return nil
	})
	return found
}

func (c keyCarrier) Keys() (keys []string) {
	c.each(func(k, _ string) error {
		keys = append(keys, k)
		return nil
	})
	return keys
}
