// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"

	"github.com/ot2otel/ot2otel/examples/twoservices/client"
	"github.com/ot2otel/ot2otel/examples/twoservices/server"
)

// TestOutput reads what a user sees: each trace crosses both services.
func TestOutput(t *testing.T) {
	tracer, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	defer func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(propagator)
	}()
	var out bytes.Buffer
	if err := run(t.Context(), &out, false); err != nil {
		t.Fatal(err)
	}
	printed := out.String()
	if got := len(regexp.MustCompile(`trace [0-9a-f]{32}`).FindAllString(printed, -1)); got != 2 {
		t.Errorf("%d traces are printed, want 2", got)
	}
	for _, line := range []string{
		`(?m)^GET /order/\{item\} +client-app`,
		`(?m)^└─ ask price +client-app`,
		`(?m)^   └─ GET /prices/\{item\} +server-app`,
		`(?m)^      └─ look up price +server-app`,
		`(?m)^! GET /order/\{item\} +client-app .*502`,
		`(?m)^      └─ ! look up price +server-app .*ERROR no price for this item`,
	} {
		if !regexp.MustCompile(line).MatchString(printed) {
			t.Errorf("no line like %s", line)
		}
	}
	for _, tag := range []string{
		"component=net/http", "http.method=GET", "PathValue.item=tea", "UserAgent=Go-http-client/1.1", "customer=ada", "customer=bob",
		"db.type=sql", `db.statement="SELECT cents FROM prices WHERE item = ?"`, "rows=1", "cents=350", "exception.message=\"no price for this item\"",
	} {
		if !strings.Contains(printed, tag) {
			t.Errorf("%s isn't printed", tag)
		}
	}
	if t.Failed() {
		t.Log(printed)
	}
}

// TestServeStaysUp interrupts the example.
func TestServeStaysUp(t *testing.T) {
	tracer, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	defer func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(propagator)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	if err := run(ctx, &out, true); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "client application: http://127.0.0.1:") || ctx.Err() == nil {
		t.Errorf("it ended before the interrupt, or said no address: %s", &out)
	}
}

// TestAnotherTracer runs the same handlers on another tracer.
func TestAnotherTracer(t *testing.T) {
	tracer := mocktracer.New()
	back := httptest.NewServer(server.Handler(tracer))
	defer back.Close()
	front := httptest.NewServer(client.Handler(tracer, back.URL))
	defer front.Close()
	response, err := http.Get(front.URL + "/order/tea?customer=ada")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if string(body) != "tea: 350 cents\n" {
		t.Errorf("answer %q", body)
	}
	http.DefaultClient.CloseIdleConnections()
	back.Close()
	front.Close() // waits for the handlers
	var names []string
	traces := map[int]bool{}
	for _, span := range tracer.FinishedSpans() {
		names = append(names, span.OperationName)
		traces[span.SpanContext.TraceID] = true
	}
	want := []string{"look up price", "GET /prices/{item}", "ask price", "GET /order/{item}"}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) || len(traces) != 1 {
		t.Errorf("spans %q in %d traces, want %q in 1", names, len(traces), want)
	}
}
