// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/internal/document"
)

// TestGRPCTable compares the table in docs/instrumentation.md with what go-grpc and
// otelgrpc record of a call that works and of one that fails.
func TestGRPCTable(t *testing.T) {
	record := func(side grpcSide, failure error) map[trace.SpanKind]*exporters.Span {
		byKind := make(map[trace.SpanKind]*exporters.Span)
		t.Run(fmt.Sprint(side, failure), func(t *testing.T) {
			tracer, memory := install(t)
			client := dialGRPC(t, tracer, side, side, &grpcService{failure: failure})
			ctx, end := grpcRoots[0].start(t.Context(), t)
			if err := grpcCalls[0].call(ctx, client); (err != nil) != (failure != nil) {
				t.Fatal(err)
			}
			end()
			for _, span := range grpcSpans(t, memory, side, side, grpcCalls[0].messages) {
				if span.SpanKind != trace.SpanKindInternal {
					byKind[span.SpanKind] = span
				}
			}
			if len(byKind) != 2 {
				t.Fatalf("spans of %d kinds\n%s", len(byKind), memory)
			}
		})
		return byKind
	}
	old, now := grpcSide{old: true}, grpcSide{new: true}
	failures := []error{nil, status.Error(grpccodes.NotFound, "no such order"), status.Error(grpccodes.Internal, "out of stock")}
	var table strings.Builder
	table.WriteString("| | otgrpc of go-grpc | otelgrpc |\n|---|---|---|\n")
	recorded := make(map[grpcSide][]map[trace.SpanKind]*exporters.Span)
	for _, side := range []grpcSide{old, now} {
		for _, failure := range failures {
			recorded[side] = append(recorded[side], record(side, failure))
		}
	}
	if t.Failed() {
		return
	}
	for _, kind := range []trace.SpanKind{trace.SpanKindClient, trace.SpanKindServer} {
		row := func(what string, cell func(calls []map[trace.SpanKind]*exporters.Span) string) {
			fmt.Fprintf(&table, "| %s: %s | %s | %s |\n", kind, what, cell(recorded[old]), cell(recorded[now]))
		}
		row("name", func(calls []map[trace.SpanKind]*exporters.Span) string { return "`" + calls[0][kind].Name + "`" })
		row("attributes", func(calls []map[trace.SpanKind]*exporters.Span) string { return grpcAttributes(calls[0][kind]) })
		for i, failure := range failures[1:] {
			code := status.Code(failure).String()
			row("status of "+code, func(calls []map[trace.SpanKind]*exporters.Span) string {
				return strings.TrimSpace(calls[i+1][kind].Status.Code.String() + " " + calls[i+1][kind].Status.Description)
			})
		}
		row("more attributes of NotFound", func(calls []map[trace.SpanKind]*exporters.Span) string {
			failed := *calls[1][kind]
			failed.Attributes = slices.DeleteFunc(slices.Clone(failed.Attributes), func(kv attribute.KeyValue) bool {
				return slices.ContainsFunc(calls[0][kind].Attributes, func(worked attribute.KeyValue) bool {
					return worked == kv || strings.HasSuffix(string(kv.Key), ".port") && worked.Key == kv.Key
				})
			})
			return grpcAttributes(&failed)
		})
		row("events of NotFound", func(calls []map[trace.SpanKind]*exporters.Span) string {
			var events []string
			for _, event := range calls[1][kind].Events {
				events = append(events, "`"+event.Name+"`")
			}
			return orDash(events)
		})
	}
	document.Check(t, "../docs/instrumentation.md", "grpc", table.String(), *updateDocs)
}

// grpcAttributes writes the attributes of a span, ports without their numbers.
func grpcAttributes(span *exporters.Span) string {
	var attributes []string
	for _, kv := range span.Attributes {
		text := fmt.Sprintf("`%s` %s", kv.Key, strings.ToLower(kv.Value.Type().String()))
		if !strings.HasSuffix(string(kv.Key), ".port") {
			text += fmt.Sprintf(" `%s`", kv.Value.String())
		}
		attributes = append(attributes, text)
	}
	slices.Sort(attributes)
	return orDash(attributes)
}

func orDash(texts []string) string {
	if len(texts) == 0 {
		return "–"
	}
	return strings.Join(texts, ", ")
}
