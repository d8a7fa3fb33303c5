// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// span is one as Jaeger shows it, whoever sent it.
type span struct {
	trace, id, parent, name string
	tags                    map[string]string
	logs                    []string
}

// describe returns all but random IDs. A parent that isn't among the names is a peer's.
func (s span) describe(names map[string]string) string {
	parent := s.parent
	if name, own := names[parent]; own {
		parent = "span " + name
	}
	var tags []string
	for _, key := range slices.Sorted(maps.Keys(s.tags)) {
		tags = append(tags, key+"="+s.tags[key])
	}
	return fmt.Sprintf("%s, child of %q, tags %s, logs %s", s.name, parent, strings.Join(tags, " "), strings.Join(s.logs, "; "))
}

// backend takes what Jaeger takes: Thrift and OTLP, over HTTP.
type backend struct {
	*httptest.Server
	mu      sync.Mutex
	process map[string]string
	spans   []span
}

func newBackend(t *testing.T) *backend {
	b := &backend{process: map[string]string{}}
	mux := http.NewServeMux()
	take := func(read func([]byte) error) http.HandlerFunc {
		return func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if err := read(body); err != nil {
				t.Error(err)
			}
		}
	}
	mux.Handle("POST /api/traces", take(b.takeThrift))
	mux.Handle("POST /v1/traces", take(b.takeOTLP))
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

func (b *backend) taken() (map[string]string, []span) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.process, b.spans
}

func (b *backend) takeThrift(body []byte) error {
	buffer := thrift.NewTMemoryBuffer()
	buffer.Write(body)
	var batch jaeger.Batch
	if err := batch.Read(context.Background(), thrift.NewTBinaryProtocolConf(buffer, nil)); err != nil {
		return err
	}
	b.process["service"] = batch.GetProcess().GetServiceName()
	maps.Copy(b.process, thriftTags(batch.GetProcess().GetTags()))
	for _, s := range batch.GetSpans() {
		taken := span{
			trace: fmt.Sprintf("%016x%016x", uint64(s.GetTraceIdHigh()), uint64(s.GetTraceIdLow())),
			id:    fmt.Sprintf("%016x", uint64(s.GetSpanId())), parent: fmt.Sprintf("%016x", uint64(s.GetParentSpanId())),
			name: s.GetOperationName(), tags: thriftTags(s.GetTags()),
		}
		for _, l := range s.GetLogs() {
			fields := thriftTags(l.GetFields())
			if fields["event"] == "text baggage" {
				// jaeger-client-go logs each baggage item on the span that sets it. compat
				// doesn't: it's the item that counts, which the peer gets.
				continue
			}
			taken.logs = append(taken.logs, describeLog(fields))
		}
		b.spans = append(b.spans, taken)
	}
	return nil
}

func thriftTags(tags []*jaeger.Tag) map[string]string {
	all := map[string]string{}
	for _, tag := range tags {
		switch tag.GetVType() {
		case jaeger.TagType_BOOL:
			all[tag.GetKey()] = fmt.Sprintf("bool %t", tag.GetVBool())
		case jaeger.TagType_LONG:
			all[tag.GetKey()] = fmt.Sprintf("int %d", tag.GetVLong())
		case jaeger.TagType_DOUBLE:
			all[tag.GetKey()] = fmt.Sprintf("float %v", tag.GetVDouble())
		default:
			all[tag.GetKey()] = fmt.Sprintf("text %s", tag.GetVStr())
		}
	}
	return all
}

func (b *backend) takeOTLP(body []byte) error {
	var export collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &export); err != nil {
		return err
	}
	for _, resource := range export.GetResourceSpans() {
		maps.Copy(b.process, otlpTags(resource.GetResource().GetAttributes()))
		if name, named := b.process["service.name"]; named {
			b.process["service"] = strings.TrimPrefix(name, "text ")
			delete(b.process, "service.name")
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				b.spans = append(b.spans, ofOTLP(s))
			}
		}
	}
	return nil
}

// ofOTLP returns a span as Jaeger's backend stores it: the kind and the status are tags.
func ofOTLP(s *otlp.Span) span {
	taken := span{
		trace: hex.EncodeToString(s.GetTraceId()), id: hex.EncodeToString(s.GetSpanId()), parent: hex.EncodeToString(s.GetParentSpanId()),
		name: s.GetName(), tags: otlpTags(s.GetAttributes()),
	}
	if taken.parent == "" {
		taken.parent = "0000000000000000"
	}
	if kind := s.GetKind(); kind > otlp.Span_SPAN_KIND_INTERNAL {
		taken.tags["span.kind"] = "text " + strings.ToLower(strings.TrimPrefix(kind.String(), "SPAN_KIND_"))
	}
	if s.GetStatus().GetCode() == otlp.Status_STATUS_CODE_ERROR {
		taken.tags["error"] = "bool true"
	}
	for _, event := range s.GetEvents() {
		fields := otlpTags(event.GetAttributes())
		if event.GetName() != "log" { // the name of what has none
			fields["event"] = "text " + event.GetName()
		}
		taken.logs = append(taken.logs, describeLog(fields))
	}
	return taken
}

func otlpTags(attributes []*common.KeyValue) map[string]string {
	all := map[string]string{}
	for _, kv := range attributes {
		switch v := kv.GetValue().GetValue().(type) {
		case *common.AnyValue_BoolValue:
			all[kv.GetKey()] = fmt.Sprintf("bool %t", v.BoolValue)
		case *common.AnyValue_IntValue:
			all[kv.GetKey()] = fmt.Sprintf("int %d", v.IntValue)
		case *common.AnyValue_DoubleValue:
			all[kv.GetKey()] = fmt.Sprintf("float %v", v.DoubleValue)
		case *common.AnyValue_StringValue:
			all[kv.GetKey()] = fmt.Sprintf("text %s", v.StringValue)
		}
	}
	return all
}

// describeLog returns the fields of a log.
func describeLog(fields map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		all = append(all, key+"="+fields[key])
	}
	return strings.Join(all, " ")
}
