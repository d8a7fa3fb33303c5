// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// lines is a logger that keeps what it is told.
type lines []string

func (l *lines) Error(msg string)                 { *l = append(*l, "ERROR "+msg) }
func (l *lines) Infof(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// OT2OTEL_RECORD records the spans of a tracer beside its reporter, as exporters do.
func TestRecording(t *testing.T) {
	for _, test := range []struct {
		explanation, name string
		sampled           bool
		want              []string // names of spans
		says              string
	}{
		{"a file", "spans.jsonl", true, []string{"child 3", "root 1"}, `jaeger: spans of "shop" go to memory and spans.jsonl (OT2OTEL_RECORD)`},
		{"a trace that is not sampled", "spans.jsonl", false, nil, "spans.jsonl (OT2OTEL_RECORD)"},
		{"no file", " ", true, nil, `go to memory; `},
		{"a folder that is not there", filepath.Join("missing", "spans.jsonl"), true, nil, `ERROR jaeger: OT2OTEL_RECORD="missing`},
	} {
		t.Run(test.explanation, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("OT2OTEL_RECORD", test.name)
			var log lines
			tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(test.sampled), jaeger.NewInMemoryReporter(), jaeger.TracerOptions.Logger(&log))
			root := tracer.StartSpan("root")
			ctx := opentracing.ContextWithSpan(context.Background(), root)
			child, _ := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "child")
			ext.SpanKindRPCClient.Set(child) // late
			child.Finish()
			root.Finish()
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
			if text := strings.Join(log, "\n"); !strings.Contains(text, test.says) {
				t.Errorf("the log is\n%s\nwant %s", text, test.says)
			}
			data, err := os.ReadFile("spans.jsonl")
			if err != nil && test.want != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(string(data)) {
				var span struct {
					Name     string
					SpanKind int
				}
				if err := json.Unmarshal([]byte(line), &span); err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(span.Name, " ", span.SpanKind))
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("recorded %v, want %v", got, test.want)
			}
		})
	}
}
