// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// collector takes spans of jaeger-client-go by Thrift over HTTP, and writes them to a file
// as OpenTelemetry's collector does: the kind, the error and the name of an event are no
// attributes there.
type collector struct {
	*httptest.Server
	file     *os.File
	exporter trace.SpanExporter
}

// newCollector starts a collector on loopback. Close stops it.
func newCollector(path string) (*collector, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(file))
	if err != nil {
		return nil, err
	}
	c := &collector{file: file, exporter: exporter}
	c.Server = httptest.NewServer(c)
	return c, nil
}

// Close stops the server and closes the file.
func (c *collector) Close() error {
	c.Server.Close()
	return c.file.Close()
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := c.receive(r.Context(), r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (c *collector) receive(ctx context.Context, body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	memory := thrift.NewTMemoryBufferLen(len(data))
	if _, err := memory.Write(data); err != nil {
		return err
	}
	batch := jaeger.NewBatch()
	if err := batch.Read(ctx, thrift.NewTBinaryProtocolConf(memory, nil)); err != nil {
		return fmt.Errorf("not a batch of spans: %w", err)
	}
	process := append(attributesOf(batch.Process.Tags), attribute.String("service.name", batch.Process.ServiceName))
	var stubs tracetest.SpanStubs
	for _, span := range batch.Spans {
		stub := stubOf(span)
		stub.Resource = resource.NewSchemaless(process...)
		stubs = append(stubs, stub)
	}
	return c.exporter.ExportSpans(ctx, stubs.Snapshots())
}

func stubOf(span *jaeger.Span) tracetest.SpanStub {
	stub := tracetest.SpanStub{
		Name: span.OperationName, SpanKind: oteltrace.SpanKindInternal,
		SpanContext: contextOf(span, span.SpanId), Parent: contextOf(span, span.ParentSpanId),
		StartTime: time.UnixMicro(span.StartTime), EndTime: time.UnixMicro(span.StartTime + span.Duration),
	}
	for _, kv := range attributesOf(span.Tags) {
		switch {
		case kv.Key == "span.kind":
			stub.SpanKind = map[string]oteltrace.SpanKind{"client": oteltrace.SpanKindClient, "server": oteltrace.SpanKindServer}[kv.Value.AsString()]
		case kv.Key == "error" && kv.Value.AsBool():
			stub.Status.Code = codes.Error
		default:
			stub.Attributes = append(stub.Attributes, kv)
		}
	}
	for _, log := range span.Logs {
		event := trace.Event{Name: "log", Time: time.UnixMicro(log.Timestamp)}
		for _, kv := range attributesOf(log.Fields) {
			if kv.Key == "event" {
				event.Name = kv.Value.AsString()
			} else {
				event.Attributes = append(event.Attributes, kv)
			}
		}
		stub.Events = append(stub.Events, event)
	}
	return stub
}

// contextOf returns the context of a span or of its parent, an invalid one for no parent.
func contextOf(span *jaeger.Span, spanID int64) oteltrace.SpanContext {
	if spanID == 0 {
		return oteltrace.SpanContext{}
	}
	config := oteltrace.SpanContextConfig{TraceFlags: oteltrace.TraceFlags(span.Flags) & oteltrace.FlagsSampled}
	binary.BigEndian.PutUint64(config.TraceID[:8], uint64(span.TraceIdHigh))
	binary.BigEndian.PutUint64(config.TraceID[8:], uint64(span.TraceIdLow))
	binary.BigEndian.PutUint64(config.SpanID[:], uint64(spanID))
	return oteltrace.NewSpanContext(config)
}

func attributesOf(tags []*jaeger.Tag) (attributes []attribute.KeyValue) {
	for _, tag := range tags {
		switch tag.VType {
		case jaeger.TagType_BOOL:
			attributes = append(attributes, attribute.Bool(tag.Key, tag.GetVBool()))
		case jaeger.TagType_LONG:
			attributes = append(attributes, attribute.Int64(tag.Key, tag.GetVLong()))
		case jaeger.TagType_DOUBLE:
			attributes = append(attributes, attribute.Float64(tag.Key, tag.GetVDouble()))
		default:
			attributes = append(attributes, attribute.String(tag.Key, tag.GetVStr()))
		}
	}
	return attributes
}
