// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	if err := run(t.Context(), &out, false, true); err != nil {
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

// TestServeStaysUp uses the example while it is up, and interrupts it.
func TestServeStaysUp(t *testing.T) {
	tracer, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	defer func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(propagator)
	}()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, write, true, true)
		write.Close()
		ended <- err
	}()

	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatalf("it says no address: %v", <-ended)
	}
	_, address, _ := strings.Cut(lines.Text(), "client application: ")
	rest := make(chan string)
	go func() {
		var b strings.Builder
		for lines.Scan() {
			b.WriteString(lines.Text() + "\n")
		}
		rest <- b.String()
	}()
	if body := get(t, address); body != "tea: 350 cents\n" {
		t.Errorf("%s answers %q", address, body)
	}
	interrupt()
	printed := <-rest
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !strings.Contains(printed, "look up price") {
		t.Errorf("the trace of the call isn't printed after the interrupt:\n%s", printed)
	}
}

// TestAnotherTracer runs the same handlers on another tracer: the trace crosses
// both services in the same way, with baggage and errors.
func TestAnotherTracer(t *testing.T) {
	tests := []struct {
		path, body string
		failed     bool
	}{
		{path: "/order/tea?customer=ada", body: "tea: 350 cents\n"},
		{path: "/order/caviar?customer=ada", body: "the server application answers 500 Internal Server Error\n", failed: true},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			clientTracer, serverTracer := mocktracer.New(), mocktracer.New()
			back := httptest.NewServer(server.Handler(serverTracer))
			defer back.Close()
			front := httptest.NewServer(client.Handler(clientTracer, back.URL))
			defer front.Close()
			if body := get(t, front.URL+test.path); body != test.body {
				t.Errorf("answer %q, want %q", body, test.body)
			}
			http.DefaultClient.CloseIdleConnections()
			front.Close() // waits for the handlers
			back.Close()

			// Each is the parent of the one before.
			want := []string{"look up price", "GET /prices/{item}", "ask price", "GET /order/{item}"}
			spans := slices.Concat(serverTracer.FinishedSpans(), clientTracer.FinishedSpans())
			if len(spans) != len(want) {
				t.Fatalf("%d spans, want %q: %v", len(spans), want, spans)
			}
			for i, span := range spans {
				if span.OperationName != want[i] {
					t.Errorf("span %d is %q, want %q", i, span.OperationName, want[i])
				}
				parent := 0
				if i+1 < len(spans) {
					parent = spans[i+1].SpanContext.SpanID
				}
				if span.ParentID != parent || span.SpanContext.TraceID != spans[0].SpanContext.TraceID {
					t.Errorf("%q has the parent %d, want %d: %v", span.OperationName, span.ParentID, parent, spans)
				}
				if customer := span.BaggageItem("customer"); customer != "ada" {
					t.Errorf("%q has the customer %q in its baggage, want ada", span.OperationName, customer)
				}
				if failed := span.Tag("error") == true; failed != test.failed {
					t.Errorf("%q has failed: %t, want %t", span.OperationName, failed, test.failed)
				}
			}
		})
	}
}

// TestApplicationsKnowOpenTracingOnly looks at what the two applications import.
func TestApplicationsKnowOpenTracingOnly(t *testing.T) {
	for _, folder := range []string{"client", "server"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", folder, err)
		}
		for _, path := range files {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if strings.Contains(spec.Path.Value, "go.opentelemetry.io") || strings.Contains(spec.Path.Value, "/exporters") {
					t.Errorf("%s imports %s", path, spec.Path.Value)
				}
			}
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
