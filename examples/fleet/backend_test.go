// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// backend is what spans are sent to, and read back from.
type backend struct {
	endpoints map[string]string // by protocol
	// read returns the spans of a trace, by span ID.
	read func(ctx context.Context, id trace.TraceID) (map[string]record, error)
}

// TestReceiver compares what the services recorded with what an OTLP receiver got.
func TestReceiver(t *testing.T) { compareWithBackend(t, newReceiver(t)) }

// TestJaeger compares it with what a Jaeger v2 has, which the variable JAEGER_BIN names, or
// the PATH.
func TestJaeger(t *testing.T) { compareWithBackend(t, startJaeger(t)) }

// compareWithBackend sends requests through the fleet, and their spans to a backend, by
// both protocols; each span there has to be what was recorded.
func compareWithBackend(t *testing.T, b backend) {
	for _, protocol := range []string{otlp.ProtocolHTTP, otlp.ProtocolGRPC} {
		t.Run(protocol, func(t *testing.T) {
			exporter, err := otlp.New(t.Context(), &otlp.Options{Protocol: protocol, Endpoint: b.endpoints[protocol]})
			if err != nil {
				t.Fatal(err)
			}
			memory := new(exporters.Memory)
			both := fanOut{memory, exporter}
			f, err := newFleet(t.Context(), both, func(string, http.Header) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, order := range orders {
				if err := f.send(t.Context(), order, "ticket-1"); err != nil {
					t.Error(err)
				}
			}
			recordEverything(t, both)
			if err := f.close(); err != nil { // which shuts the exporters down
				t.Error(err)
			}
			compareSpans(t, b, memory.Spans())
		})
	}
}

func compareSpans(t *testing.T, b backend, recorded exporters.Spans) {
	t.Helper()
	if len(recorded) != 5*len(orders)+2 {
		t.Errorf("%d spans are recorded, want %d", len(recorded), 5*len(orders)+2)
	}
	for _, root := range recorded.Roots() {
		id := root.SpanContext.TraceID()
		want := recordedSpans(recorded.InTrace(id).Stubs())
		got, err := readAll(t.Context(), b, id, len(want))
		if err != nil {
			t.Errorf("trace %s: %v", id, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("trace %s (-recorded +read):\n%s", id, diff)
		}
	}
}

// readAll reads a trace until it has n spans: a backend may take a moment.
func readAll(ctx context.Context, b backend, id trace.TraceID, n int) (got map[string]record, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if got, err = b.read(ctx, id); err == nil && len(got) >= n {
			return got, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return got, errors.Join(err, ctx.Err())
		}
	}
}

// recordEverything records a span with all that a span can have.
func recordEverything(t *testing.T, exporter sdktrace.SpanExporter) {
	t.Helper()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)).Tracer("everything")
	ctx, root := tracer.Start(t.Context(), "root", trace.WithSpanKind(trace.SpanKindProducer))
	linked := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{7}, SpanID: trace.SpanID{8}, TraceFlags: trace.FlagsSampled})
	_, span := tracer.Start(ctx, "everything", trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithLinks(trace.Link{SpanContext: linked, Attributes: []attribute.KeyValue{attribute.String("why", "batch")}}))
	span.SetAttributes(attribute.String("text", "Ada Ü"), attribute.Bool("flag", true), attribute.Int64("large", 1<<60), attribute.Float64("ratio", 0.25),
		attribute.StringSlice("texts", []string{"a", "b c"}), attribute.Int64Slice("numbers", []int64{1, -2}))
	span.AddEvent("retry", trace.WithAttributes(attribute.Int("attempt", 2)))
	span.RecordError(errors.New("out of stock"))
	span.SetStatus(codes.Error, "out of stock")
	span.End()
	root.SetStatus(codes.Ok, "")
	root.End()
}

// fanOut hands spans to all of its exporters.
type fanOut []sdktrace.SpanExporter

func (f fanOut) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	var errs []error
	for _, exporter := range f {
		errs = append(errs, exporter.ExportSpans(ctx, spans))
	}
	return errors.Join(errs...)
}

func (f fanOut) Shutdown(ctx context.Context) error {
	var errs []error
	for _, exporter := range f {
		errs = append(errs, exporter.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

// receiver takes OTLP and keeps it.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	mu    sync.Mutex
	spans map[string]record
}

func newReceiver(t *testing.T) backend {
	r := &receiver{spans: make(map[string]record)}
	overHTTP := httptest.NewServer(r)
	t.Cleanup(overHTTP.Close)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	overGRPC := grpc.NewServer()
	collector.RegisterTraceServiceServer(overGRPC, r)
	go func() { _ = overGRPC.Serve(listener) }() // ends by Stop
	t.Cleanup(overGRPC.Stop)
	return backend{
		endpoints: map[string]string{otlp.ProtocolHTTP: overHTTP.URL + "/v1/traces", otlp.ProtocolGRPC: "http://" + listener.Addr().String()},
		read:      r.trace,
	}
}

func (r *receiver) trace(_ context.Context, id trace.TraceID) (map[string]record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	spans := make(map[string]record)
	for key, span := range r.spans {
		if span.Trace == id.String() {
			spans[key] = span
		}
	}
	return spans, nil
}

// Export takes OTLP over gRPC.
func (r *receiver) Export(_ context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	data, err := otlpJSON(request)
	if err != nil {
		return nil, err
	}
	spans, err := readSpans(data)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.spans, spans)
	return &collector.ExportTraceServiceResponse{}, nil
}

// ServeHTTP takes OTLP over HTTP.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	var export collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &export)
	}
	if err == nil {
		_, err = r.Export(request.Context(), &export)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

const jaegerConfig = `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}
  telemetry:
    logs: {level: error}
    metrics: {level: none}
extensions:
  jaeger_storage: {backends: {memory: {memory: {max_traces: 1000}}}}
  jaeger_query:
    storage: {traces: memory}
    http: {endpoint: %s}
    grpc: {endpoint: %s}
receivers:
  otlp: {protocols: {http: {endpoint: %s}, grpc: {endpoint: %s}}}
exporters:
  jaeger_storage_exporter: {trace_storage: memory}
`

// startJaeger starts a Jaeger v2 on loopback.
func startJaeger(t *testing.T) backend {
	binary := os.Getenv("JAEGER_BIN")
	if binary == "" {
		var err error
		if binary, err = exec.LookPath("jaeger"); err != nil {
			t.Skip("no Jaeger: put the program jaeger of a release of Jaeger v2 on the PATH, or its path into JAEGER_BIN")
		}
	}
	query, queryGRPC, overHTTP, overGRPC := freeAddress(t), freeAddress(t), freeAddress(t), freeAddress(t)
	config := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, jaegerConfig, query, queryGRPC, overHTTP, overGRPC), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary, "--config", config)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Start(); err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	b := backend{
		endpoints: map[string]string{otlp.ProtocolHTTP: "http://" + overHTTP + "/v1/traces", otlp.ProtocolGRPC: "http://" + overGRPC},
		read: func(ctx context.Context, id trace.TraceID) (map[string]record, error) {
			return readFromJaeger(ctx, "http://"+query+"/api/v3/traces/"+id.String())
		},
	}
	waitFor(t, "http://"+query+"/api/v3/services")
	return b
}

// freeAddress returns an address of loopback that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// waitFor waits until a URL is answered.
func waitFor(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		_, err := get(ctx, url)
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("Jaeger doesn't start: %v", err)
		}
	}
}

func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %.200s", url, response.Status, body)
	}
	return body, err
}

// readFromJaeger reads a trace by Jaeger's API v3, whose answer has OTLP's JSON in "result".
func readFromJaeger(ctx context.Context, url string) (map[string]record, error) {
	body, err := get(ctx, url)
	if err != nil {
		return nil, err
	}
	var answer struct{ Result json.RawMessage }
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	return readSpans(answer.Result)
}
