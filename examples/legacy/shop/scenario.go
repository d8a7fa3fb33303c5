// SPDX-License-Identifier: Apache-2.0

package shop

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// request is one call of the scenario.
type request struct {
	title  string
	method string
	path   string
	body   string
}

// scenario visits every corner of the shop once; the order matters, because the
// first look at a product fills the cache.
var scenario = []request{
	{title: "health check, not traced", method: http.MethodGet, path: "/healthz"},
	{title: "product, cache miss", method: http.MethodGet, path: "/products/book"},
	{title: "product, cache hit", method: http.MethodGet, path: "/products/book?ref=mail"},
	{title: "product that does not exist", method: http.MethodGet, path: "/products/unicorn"},
	{title: "order, paid", method: http.MethodPost, path: "/orders", body: `{
		"customer": "alice", "card": "4111", "gift": true, "discount": 0.25,
		"lines": [{"product": "book", "quantity": 2}, {"product": "pen", "quantity": 1}]}`},
	{title: "order that was paid", method: http.MethodGet, path: "/orders/order-1"},
	{title: "order, card declined", method: http.MethodPost, path: "/orders", body: `{
		"customer": "eve", "card": "4000", "lines": [{"product": "book", "quantity": 1}]}`},
	{title: "order, unknown coupon", method: http.MethodPost, path: "/orders", body: `{
		"customer": "bob", "card": "4111", "coupon": "SUMMER", "lines": [{"product": "pen", "quantity": 3}]}`},
	{title: "order, unknown product", method: http.MethodPost, path: "/orders", body: `{
		"customer": "bob", "card": "4111", "lines": [{"product": "unicorn", "quantity": 1}]}`},
	{title: "order, sold out", method: http.MethodPost, path: "/orders", body: `{
		"customer": "carol", "card": "4111", "lines": [{"product": "pen", "quantity": 1000}]}`},
	{title: "order without lines", method: http.MethodPost, path: "/orders", body: `{"customer": "alice"}`},
	{title: "report, which panics", method: http.MethodGet, path: "/report"},
}

// play makes the request and writes "METHOD path → status" to out.
func (r request) play(ctx context.Context, user *http.Client, out io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, r.method, "http://"+frontHost+r.path, strings.NewReader(r.body))
	if err != nil {
		return err
	}
	resp, err := user.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%-4s %-24s → %d  (%s)\n", r.method, r.path, resp.StatusCode, r.title)
	return err
}
