// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// named is a network exporter with a name of its own.
type named struct {
	exporters.Memory
	name string
	err  error
}

func (n *named) String() string { return n.name }
func (n *named) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return n.err
}
func (n *named) Shutdown(context.Context) error { return n.err }

// Whatever an exporter says of a failure, reports are printable, short and
// without secrets, and wrap what it said.
func TestBatchReportsAreSafe(t *testing.T) {
	tests := []struct {
		explanation string
		says, want  string
	}{
		{"control characters", "\x1b[2J\nforged: line", `\x1b[2J\nforged: line`},
		{"secrets", "https://joe:hunter2@h?api_key=hunter2: 401", "https://REDACTED@h?api_key=REDACTED 401"},
		{"4 MB", strings.Repeat("x", 4<<20), strings.Repeat("x", 1000-len(" … (4194304 bytes)")) + " … (4194304 bytes)"},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				why := errors.New(strings.Replace(tt.says, ": 401", " 401", 1))
				r := &reports{}
				provider := batched(&named{name: "\x1b[1mhttp://joe:hunter2@h", err: why}, r)
				endSpans(provider, 1)
				err := provider.Shutdown(context.Background())
				want := []string{`exporters: dropped 1 span of 1 for \x1b[1mhttp://REDACTED@h: 1 refused: ` + tt.want}
				if diff := cmp.Diff(want, r.take()); diff != "" {
					t.Errorf("reports (-want +got):\n%s", diff)
				}
				for _, err := range append(r.errs, err) {
					if !errors.Is(err, why) {
						t.Errorf("%v doesn't wrap the exporter's error", err)
					}
				}
				if want := `exporters: dropped 1 span for \x1b[1mhttp://REDACTED@h: 1 refused: ` + tt.want + "; " + tt.want; err.Error() != want {
					t.Errorf("Shutdown = %v, want %s", err, want)
				}
			})
		})
	}
}

// What NewProvider prints, reports and returns quotes no secret of the settings,
// and drives no terminal.
func TestNewProviderTellsNoSecret(t *testing.T) {
	leak := errors.New("dial https://joe:hunter2@h/?token=hunter2:\n\x1b[2J")
	failing := func(context.Context) (sdktrace.SpanExporter, error) { return nil, leak }
	detector := resource.WithDetectors(resource.StringDetector("", "found", func() (string, error) { return "", leak }))
	tests := []struct {
		explanation string
		env         map[string]string
		config      exporters.Config
		want        string // in what is said
		fails       bool
	}{
		{"an exporter that is named by its URL", nil,
			exporters.Config{Exporter: "own", Factories: map[string]exporters.Factory{"own": func(context.Context) (sdktrace.SpanExporter, error) {
				return &named{name: "http://joe:hunter2@h/api?api_key=hunter2 (own\x1b[2J)"}, nil
			}}}, `exporting to http://REDACTED@h/api?api_key=REDACTED via own (own\x1b[2J)`, false},
		{"a given exporter", nil, exporters.Config{SpanExporters: []sdktrace.SpanExporter{&named{name: "http://joe:hunter2@h"}}},
			"via http://REDACTED@h", false},
		{"the name of a service that sounds like one", nil, exporters.Config{ServiceName: "auth", Exporter: "none"}, "exporters: auth: exporting nowhere (none)", false},
		{"a service with a terminal in its name", nil, exporters.Config{ServiceName: "\x1b[2Jshop\n", Exporter: "none"}, `exporters: \x1b[2Jshop\n: exporting`, false},
		{"a factory that fails", nil, exporters.Config{Exporter: "own", Factories: map[string]exporters.Factory{"own": failing}},
			`exporters: own: dial https://REDACTED@h/?token=REDACTED\n\x1b[2J`, true},
		{"a URL for the name of an exporter", map[string]string{"OTEL_TRACES_EXPORTER": "http://joe:hunter2@h"}, exporters.Config{},
			`names the unknown exporter "http://REDACTED@h"`, true},
		{"none beside it", map[string]string{"OTEL_TRACES_EXPORTER": "none,http://joe:hunter2@h"}, exporters.Config{},
			`OTEL_TRACES_EXPORTER="none,http://REDACTED@h": none can't be together with others`, true},
		{"a detector that fails", nil, exporters.Config{Exporter: "none", Resource: []resource.Option{detector}},
			`exporters: resource: error detecting resource: found: dial https://REDACTED@h/?token=REDACTED\n\x1b[2J`, false},
		{"the rest of a key with a comma", map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "zone=a,api_key=abc,hunter2"}, exporters.Config{Exporter: "none"},
			"exporters: OTEL_RESOURCE_ATTRIBUTES: pair 3 is not key=value: separate pairs by commas, and write a comma in a value as %2C", true},
		{"a key without a name", map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "hunter2"}, exporters.Config{Exporter: "none", Resource: []resource.Option{resource.WithFromEnv()}},
			"exporters: OTEL_RESOURCE_ATTRIBUTES: pair 1 is not key=value", true},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			handled := captureHandled(t)
			var log bytes.Buffer
			tt.config.Log = &log
			provider, err := exporters.NewProvider(context.Background(), &tt.config)
			said := log.String() + strings.Join(handled.take(), "\n")
			if err != nil {
				said += err.Error()
			} else if err := provider.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			if (err != nil) != tt.fails {
				t.Errorf("error %v", err)
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("said %s\nwant %s", said, tt.want)
			}
			if strings.Contains(said, "hunter2") || strings.Contains(said, "\x1b") {
				t.Errorf("said %q", said)
			}
		})
	}
}
