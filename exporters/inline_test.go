// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// What a line leaves out, because it says it elsewhere.
func TestSaidAlready(t *testing.T) {
	long := strings.Repeat("x", longestWord+1)
	tests := []struct {
		explanation string
		name        string
		kv          attribute.KeyValue
		want        bool
	}{
		{"the method is the first word", "GET /orders/{id}", attribute.String("http.request.method", "GET"), true},
		{"the name is the method", "GET", attribute.String("http.method", "GET"), true},
		{"another method", "GET /orders/{id}", attribute.String("http.method", "POST"), false},
		{"a part of a word", "GETTER", attribute.String("http.method", "GET"), false},
		{"the route", "GET /orders/{id}", attribute.String("http.route", "/orders/{id}"), true},
		{"the route is the name", "/orders/{id}", attribute.String("http.route", "/orders/{id}"), true},
		{"a part of the path", "GET /orders/{id}", attribute.String("http.route", "/orders"), false},
		{"a slash", "GET /orders", attribute.String("http.route", "/"), false},
		{"a path beyond the route", "GET /orders/{id}", attribute.String("url.path", "/orders/7"), false},
		{"an empty value", "GET /orders", attribute.String("http.route", ""), false},
		{"the statement", "SELECT 1", attribute.String("db.statement", "SELECT 1"), true},
		{"another statement", "SELECT 1", attribute.String("db.statement", "SELECT 1 FROM x"), false},
		{"the table", "SELECT shop.orders", attribute.String("db.collection.name", "orders"), true},
		{"a part of the table", "SELECT old_orders", attribute.String("db.sql.table", "orders"), false},
		{"the method of an RPC", "shop.Prices/Get", attribute.String("rpc.method", "Get"), true},
		{"its service", "/shop.Prices/Get", attribute.String("rpc.service", "shop.Prices"), true},
		{"the queue", "orders publish", attribute.String("messaging.destination.name", "orders"), true},
		{"the scope is the component", "x", attribute.String("component", "net/http"), true},
		{"another component", "x", attribute.String("component", "gin"), false},
		{"the kind", "x", attribute.String("span.kind", "client"), true},
		{"another kind", "x", attribute.String("span.kind", "server"), false},
		{"the status as the error's type", "x", attribute.String("error.type", "503"), true},
		{"another type of error", "x", attribute.String("error.type", "timeout"), false},
		{"an attribute of the application", "charge acme", attribute.String("tenant", "acme"), false},
		{"a number", "retry 3", attribute.Int("db.operation", 3), false},
		{"a long text that is the name", long, attribute.String("db.statement", long), true},
		{"a long text that isn't", long + " y", attribute.String("db.statement", long), false},
	}
	for _, tt := range tests {
		stub := tracetest.SpanStub{Name: tt.name, SpanKind: trace.SpanKindClient, Attributes: []attribute.KeyValue{tt.kv, attribute.Int("http.response.status_code", 503)}}
		stub.InstrumentationScope.Name = "net/http"
		if got := saidAlready(stub.Snapshot(), tt.kv); got != tt.want {
			t.Errorf("%s: saidAlready(%q, %s) = %v, want %v", tt.explanation, tt.name, appendAttribute(nil, tt.kv), got, tt.want)
		}
	}
}

// A name and a value that repeat a character cost no time to compare.
func TestSaidAlreadyIsLinear(t *testing.T) {
	if hasWord(strings.Repeat("a ", 1<<20), strings.Repeat("a ", longestWord/2)[:longestWord-1]+"b", " ") {
		t.Error("found what isn't there")
	}
}
