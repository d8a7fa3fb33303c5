// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector on loopback whose behaviour a fault decides.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	url string

	mu       sync.Mutex
	arrived  int
	requests int
	names    map[string]int // of spans
	messages []*tracepb.ResourceSpans

	// answer is what becomes of a request; nil takes it. It returns how many of
	// its spans are rejected, why, and whether it has answered by itself.
	answer func(request int, w http.ResponseWriter, r *http.Request) (rejected int64, why string, done bool)
	refuse error // of gRPC
	first  bool  // only the first call is refused

	stop    func()
	ended   chan struct{} // closed by end: for what hangs
	end     func()
	release chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{ended: make(chan struct{}), release: make(chan struct{}), names: make(map[string]int)}
	r.end = sync.OnceFunc(func() { close(r.ended) })
	t.Cleanup(r.end)
	return r
}

func (r *receiver) serveHTTP(t *testing.T, tls bool) {
	server := httptest.NewUnstartedServer(r)
	server.Config.ErrorLog = nullLog()
	if tls {
		server.StartTLS()
	} else {
		server.Start()
	}
	r.url, r.stop = server.URL, sync.OnceFunc(func() { r.end(); server.Close() })
	t.Cleanup(r.stop)
}

func (r *receiver) serveGRPC(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	r.url = "http://" + listener.Addr().String()
	r.stop = sync.OnceFunc(func() { server.Stop(); <-done })
	t.Cleanup(r.stop)
}

func (r *receiver) take(spans []*tracepb.ResourceSpans, rejected int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range spans {
		for _, scope := range resource.ScopeSpans {
			r.arrived += len(scope.Spans)
			for _, span := range scope.Spans {
				r.names[span.Name]++
			}
		}
		r.messages = append(r.messages, resource)
	}
	r.arrived -= int(rejected)
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.arrived
}

// text is all that has arrived.
func (r *receiver) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var text strings.Builder
	for _, message := range r.messages {
		text.WriteString(protojson.Format(message))
	}
	return text.String()
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	content, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.requests++
	number, answer := r.requests, r.answer
	r.mu.Unlock()
	var rejected int64
	var why string
	if answer != nil {
		var done bool
		if rejected, why, done = answer(number, w, req); done {
			return
		}
	}
	var message collector.ExportTraceServiceRequest
	decode := proto.Unmarshal
	if req.Header.Get("Content-Type") == "application/json" {
		decode = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal // IDs are wrong then
	}
	if err := decode(content, &message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.take(message.ResourceSpans, rejected)
	body, err := proto.Marshal(&collector.ExportTraceServiceResponse{
		PartialSuccess: &collector.ExportTracePartialSuccess{RejectedSpans: rejected, ErrorMessage: why}})
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf") // also for JSON, as some do
	_, _ = w.Write(body)
}

func (r *receiver) Export(_ context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	r.mu.Lock()
	r.requests++
	refused := r.refuse != nil && (r.requests == 1 || !r.first)
	r.mu.Unlock()
	if refused {
		return nil, r.refuse
	}
	r.take(req.ResourceSpans, 0)
	return &collector.ExportTraceServiceResponse{}, nil
}

// says answers every request with a status and a text.
func says(status int, text string, headers ...string) func(int, http.ResponseWriter, *http.Request) (int64, string, bool) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) (int64, string, bool) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		http.Error(w, text, status)
		return 0, "", true
	}
}

// hangs answers nothing until the client gives up or the fault releases it.
func (r *receiver) hangs(_ int, _ http.ResponseWriter, req *http.Request) (int64, string, bool) {
	select {
	case <-req.Context().Done():
		return 0, "", true
	case <-r.ended:
		return 0, "", true
	case <-r.release:
		return 0, "", false
	}
}

// deadURL is one at which nobody listens.
func deadURL(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}
