// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// work makes spans with all that a span can have.
func work(provider trace.TracerProvider, rows int) {
	tracer := provider.Tracer("shop")
	remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled, Remote: true})
	ctx, root := tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), remote), "GET /orders", trace.WithSpanKind(trace.SpanKindServer))
	for range 2 {
		_, child := tracer.Start(ctx, "db.query", trace.WithSpanKind(trace.SpanKindClient), trace.WithLinks(
			trace.Link{SpanContext: root.SpanContext(), Attributes: []attribute.KeyValue{attribute.Int("l", 1)}}, trace.Link{SpanContext: remote}))
		child.SetAttributes(
			attribute.Int("rows", rows), attribute.Float64("share", 1), attribute.Bool("cached", true), attribute.String("text", "a\"\n\x1b"),
			attribute.StringSlice("ss", []string{"a"}), attribute.IntSlice("is", []int{1, 1 << 62}), attribute.Float64Slice("fs", []float64{1, 2.5, 1e30}),
			attribute.BoolSlice("bs", []bool{true}), attribute.ByteSlice("bytes", []byte{1, 2}), attribute.Slice("any", attribute.IntValue(1), attribute.StringValue("a")),
			attribute.Map("map", attribute.Int("k", 1)), attribute.StringSlice("none", nil), attribute.KeyValue{Key: "empty"})
		child.AddEvent("found", trace.WithAttributes(attribute.Int("n", 1)))
		child.RecordError(errors.New("unexpected EOF"))
		child.SetStatus(codes.Error, "unexpected EOF")
		child.End()
	}
	root.SetStatus(codes.Ok, "")
	root.End()
}

// What OT2OTEL_RECORD records of a program in two runs is the same; what an OTLP exporter
// sends of it, written by protojson, is the same, too; and a change is found.
func TestCompareRecordings(t *testing.T) {
	dir := t.TempDir()
	record := func(name string, rows int, more ...sdktrace.SpanExporter) (file string) {
		t.Helper()
		file = filepath.Join(dir, name)
		t.Setenv("OT2OTEL_RECORD", file)
		provider, err := exporters.NewProvider(t.Context(), &exporters.Config{ServiceName: "shop", Memory: &exporters.Memory{}, SpanExporters: more, Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		work(provider, rows)
		if err := provider.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		return file
	}

	var mu sync.Mutex
	var lines bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var request coltrace.ExportTraceServiceRequest
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = proto.Unmarshal(body, &request)
		}
		line, jsonErr := protojson.Marshal(&request)
		if err = errors.Join(err, jsonErr); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		lines.Write(append(line, '\n'))
	}))
	defer server.Close()
	sent, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(server.URL+"/v1/traces"))
	if err != nil {
		t.Fatal(err)
	}
	before := record("before.jsonl", 3, sent)
	otlp := filepath.Join(dir, "otlp.jsonl")
	if err := os.WriteFile(otlp, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}

	command := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), stdio{out: &out, err: &errs}, append([]string{"compare"}, args...)); code != want || errs.Len() > 0 {
			t.Errorf("compare %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
		}
		return out.String()
	}
	after := record("after.jsonl", 3)
	for _, args := range [][]string{{before, after}, {before, otlp}, {otlp, after, "-scope"}} {
		if said := command(exitOK, args...); !strings.HasPrefix(said, "no differences: ") || strings.Count(said, "3 spans in 1 trace") != 2 {
			t.Errorf("compare says %s", said)
		}
	}

	var result compare.Result
	if err := json.Unmarshal([]byte(command(exitFindings, "-format=json", otlp, record("changed.jsonl", 4))), &result); err != nil {
		t.Fatal(err)
	}
	want := []compare.Difference{{Kind: compare.AttributeValue, Count: 2, Span: []string{"GET /orders", "db.query"}, Key: "rows", A: "int 3", B: "int 4"}}
	if diff := cmp.Diff(want, result.Differences, cmpopts.IgnoreFields(compare.Difference{}, "LineA", "LineB")); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}
