// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver takes OTLP over HTTP, as Jaeger does.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	paths    []string
	headers  []http.Header
	received []*trace.ResourceSpans
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var body io.Reader = request.Body
		if request.Header.Get("Content-Encoding") == "gzip" {
			unzipped, err := gzip.NewReader(body)
			if err != nil {
				t.Error(err)
				return
			}
			body = unzipped
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Error(err)
		}
		var export collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(data, &export); err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths = append(r.paths, request.URL.Path)
		r.headers = append(r.headers, request.Header.Clone())
		r.received = append(r.received, export.GetResourceSpans()...)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

// reset forgets what came so far.
func (r *receiver) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paths, r.headers, r.received = nil, nil, nil
}

// spans returns what came so far, by name.
func (r *receiver) spans() map[string]*trace.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	spans := make(map[string]*trace.Span)
	for _, resource := range r.received {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				spans[span.GetName()] = span
			}
		}
	}
	return spans
}

// resource returns the attributes of the last resource.
func (r *receiver) resource() map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.received) == 0 {
		return nil
	}
	return values(r.received[len(r.received)-1].GetResource().GetAttributes())
}

func values(attributes []*common.KeyValue) map[string]any {
	all := make(map[string]any)
	for _, kv := range attributes {
		switch v := kv.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			all[kv.GetKey()] = v.StringValue
		case *common.AnyValue_BoolValue:
			all[kv.GetKey()] = v.BoolValue
		case *common.AnyValue_IntValue:
			all[kv.GetKey()] = v.IntValue
		case *common.AnyValue_DoubleValue:
			all[kv.GetKey()] = v.DoubleValue
		}
	}
	return all
}
