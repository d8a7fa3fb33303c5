// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // what senders may use
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// receiver takes OTLP on loopback and keeps what came.
type receiver struct {
	collector.UnimplementedTraceServiceServer

	mu       sync.Mutex
	spans    []*tracepb.ResourceSpans
	headers  map[string]string // x-key, of the last request
	path     string
	encoding string

	refuse  error  // what gRPC answers
	partial string // the message of a partial success
}

func (r *receiver) keep(spans []*tracepb.ResourceSpans, header, path, encoding string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = append(r.spans, spans...)
	r.headers = map[string]string{"x-key": header}
	r.path, r.encoding = path, encoding
}

// names returns "service/span" of all spans, in the order in which they came.
func (r *receiver) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, resource := range r.spans {
		service := ""
		for _, kv := range resource.Resource.GetAttributes() {
			if kv.Key == "service.name" {
				service = kv.Value.GetStringValue()
			}
		}
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				names = append(names, service+"/"+span.Name+"/"+strings.TrimPrefix(span.Kind.String(), "SPAN_KIND_"))
			}
		}
	}
	return names
}

// ServeHTTP takes OTLP/HTTP, protobuf and JSON.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	content, err := io.ReadAll(body)
	var message collector.ExportTraceServiceRequest
	if err == nil {
		if req.Header.Get("Content-Type") == "application/json" {
			// OTLP writes IDs in hex where protojson has base64: names are enough.
			err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(content, &message)
		} else {
			err = proto.Unmarshal(content, &message)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.keep(message.ResourceSpans, req.Header.Get("X-Key"), req.URL.Path, req.Header.Get("Content-Encoding"))
}

// Export takes OTLP/gRPC.
func (r *receiver) Export(ctx context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	encoding, _ := ctx.Value(compressionKey{}).(*string)
	if r.refuse != nil {
		return nil, r.refuse
	}
	r.keep(req.ResourceSpans, strings.Join(md.Get("x-key"), ","), "", *encoding)
	if r.partial != "" {
		return &collector.ExportTraceServiceResponse{PartialSuccess: &collector.ExportTracePartialSuccess{
			RejectedSpans: 1, ErrorMessage: r.partial}}, nil
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// compressionKey is where a call's context holds its compression, which gRPC
// tells to nobody but a stats handler.
type compressionKey struct{}

type compressions struct{}

func (compressions) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, compressionKey{}, new(string))
}

func (compressions) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if header, ok := s.(*stats.InHeader); ok {
		*ctx.Value(compressionKey{}).(*string) = header.Compression
	}
}

func (compressions) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (compressions) HandleConn(context.Context, stats.ConnStats)                       {}

func (r *receiver) serveHTTP(t *testing.T) string {
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

// serveGRPC returns host:port.
func (r *receiver) serveGRPC(t *testing.T, network, address string) string {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.StatsHandler(compressions{}))
	collector.RegisterTraceServiceServer(server, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() { server.Stop(); <-done })
	return listener.Addr().String()
}

// deadAddress returns an address of loopback on which nobody listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// cleanEnvironment unsets what the environment of the test may say.
func cleanEnvironment(t *testing.T, set map[string]string) {
	t.Helper()
	for _, line := range os.Environ() {
		if name, value, _ := strings.Cut(line, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, value) // for its cleanup
			os.Unsetenv(name)
		}
	}
	t.Setenv("NO_PROXY", "*")
	for name, value := range set {
		t.Setenv(name, value)
	}
}
