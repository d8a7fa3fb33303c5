// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// Without any setting, traces are trees on standard output.
func ExampleNewProvider() {
	ctx := context.Background()
	provider, err := exporters.NewProvider(ctx, &exporters.Config{
		ServiceName: "shop",
		Quiet:       true, // else: exporters: shop: exporting to stdout via tree (default)
		Options:     []sdktrace.TracerProviderOption{sdktrace.WithIDGenerator(&counter{})},
	})
	if err != nil {
		panic(err)
	}
	at := trace.WithTimestamp(time.UnixMilli(1_700_000_000_000))
	_, span := provider.Tracer("shop").Start(ctx, "checkout", at)
	span.End(at)
	if err := provider.Shutdown(ctx); err != nil {
		panic(err)
	}
	// Output:
	// resource service.name=shop +3
	// checkout  0ns  00:13:20.000  trace 00000000000000000000000000000001
}

// In a test, spans go to memory and nowhere else.
func ExampleNewProvider_memory() {
	var mem exporters.Memory
	provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Memory: &mem, Quiet: true})
	if err != nil {
		panic(err)
	}
	_, span := provider.Tracer("shop").Start(context.Background(), "checkout")
	span.SetAttributes(attribute.String("span.kind", "client")) // late, repaired
	span.End()
	os.Stdout.WriteString(mem.String())
	// Output: checkout [client]
}

// cleanEnvironment unsets what the environment of the test may say.
func cleanEnvironment(t *testing.T) {
	t.Helper()
	plainTerminal(t)
	for _, name := range []string{
		"OTEL_TRACES_EXPORTER", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED",
		"OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_PROPAGATORS",
		"OT2OTEL_RECORD",
	} {
		t.Setenv(name, "")
		os.Unsetenv(name) // the SDK tells empty from unset; Setenv restores
	}
}

// given is an exporter of the user's, made by a factory.
type given struct {
	exporters.Memory
	stopped int
}

func (g *given) Shutdown(context.Context) error { g.stopped++; return nil }
func (g *given) String() string                 { return "http://localhost:4318/v1/traces (http/protobuf)" }

func TestNewProviderChoosesExporters(t *testing.T) {
	otlp := func(context.Context) (sdktrace.SpanExporter, error) { return &given{}, nil }
	tests := []struct {
		explanation string
		env         string // OTEL_TRACES_EXPORTER
		set         map[string]string
		config      exporters.Config
		line        string // at start
		tree, json  bool   // what is on Output
		err         string
	}{
		{explanation: "nothing said: the tree", line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "an empty variable says nothing", env: " ", line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "tree", env: "tree", line: "svc: exporting to stdout via tree (OTEL_TRACES_EXPORTER)", tree: true},
		{explanation: "console", env: "console", line: "svc: exporting to stdout via console (OTEL_TRACES_EXPORTER)", json: true},
		{explanation: "several", env: "tree, console,,tree", line: "svc: exporting to stdout via tree, to stdout via console (OTEL_TRACES_EXPORTER)", tree: true, json: true},
		{explanation: "none", env: "none", line: "svc: exporting nowhere (none) (OTEL_TRACES_EXPORTER)"},
		{explanation: "memory that nobody reads", env: "memory",
			line: "svc: exporting to memory (the last 1000 spans; nothing reads them, set Config.Memory) via memory (OTEL_TRACES_EXPORTER)"},
		{explanation: "memory", env: "memory,tree", config: exporters.Config{Exporter: "memory,tree", Memory: &exporters.Memory{}},
			line: "svc: exporting to memory via memory, to stdout via tree", tree: true},
		{explanation: "otlp", env: "otlp", config: exporters.Config{OTLP: otlp},
			line: "svc: exporting to http://localhost:4318/v1/traces via otlp (http/protobuf) (OTEL_TRACES_EXPORTER)"},
		{explanation: "a name of the user's", env: "kafka", config: exporters.Config{Factories: map[string]exporters.Factory{"kafka": otlp}},
			line: "svc: exporting to http://localhost:4318/v1/traces via kafka (http/protobuf) (OTEL_TRACES_EXPORTER)"},
		{explanation: "the code wins over the environment", env: "otlp", config: exporters.Config{Exporter: "console"},
			line: "svc: exporting to stdout via console", json: true},
		{explanation: "an exporter given in code replaces the default and the environment", env: "tree",
			config: exporters.Config{SpanExporters: []sdktrace.SpanExporter{&given{}, nil}},
			line:   "svc: exporting to a given exporter via http://localhost:4318/v1/traces (http/protobuf)"},
		{explanation: "those of this package are told by their names",
			config: exporters.Config{SpanExporters: []sdktrace.SpanExporter{exporters.Tree(os.Stderr), &exporters.Memory{}}},
			line:   "svc: exporting to stderr via tree, to memory via memory"},
		{explanation: "unless a name is given in code too", config: exporters.Config{Exporter: "tree", SpanExporters: []sdktrace.SpanExporter{&given{}}},
			line: "svc: exporting to stdout via tree, to a given exporter via http://localhost:4318/v1/traces (http/protobuf)", tree: true},

		{explanation: "an endpoint in the environment, and OTLP to send it with", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting to http://localhost:4318/v1/traces via otlp (http/protobuf) (OTEL_EXPORTER_OTLP_ENDPOINT)"},
		{explanation: "an endpoint of traces wins", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting to http://localhost:4318/v1/traces via otlp (http/protobuf) (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)"},
		{explanation: "an empty endpoint is none", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "OTLP without an endpoint", config: exporters.Config{OTLP: otlp}, line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "the endpoint of metrics says nothing of spans", set: map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "an explicit variable wins over an endpoint", env: "tree", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting to stdout via tree (OTEL_TRACES_EXPORTER); not used: OTEL_EXPORTER_OTLP_ENDPOINT (no exporter is otlp)", tree: true},
		{explanation: "and so does the code", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp, Exporter: "tree"}, line: "svc: exporting to stdout via tree; not used: OTEL_EXPORTER_OTLP_ENDPOINT (no exporter is otlp)", tree: true},
		{explanation: "none wins without a word", env: "none", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{OTLP: otlp}, line: "svc: exporting nowhere (none) (OTEL_TRACES_EXPORTER)"},
		{explanation: "an endpoint without OTLP", set: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://joe:hunter2@collector:4318"},
			line: "svc: exporting to stdout via tree (default); not used: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT (to send spans there, set exporters.Config{OTLP: otlp.FromEnv})", tree: true},
		{explanation: "an endpoint and an exporter of the user's, which may read it", set: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
			config: exporters.Config{SpanExporters: []sdktrace.SpanExporter{&given{}}}, line: "svc: exporting to a given exporter via http://localhost:4318/v1/traces (http/protobuf)"},
		{explanation: "variables of Jaeger's client", set: map[string]string{"JAEGER_AGENT_HOST": "h", "JAEGER_AGENT_PORT": "6831", "JAEGER_SAMPLER_TYPE": "const", "JAEGER_PASSWORD": "hunter2"},
			line: "svc: exporting to stdout via tree (default); not used: JAEGER_AGENT_HOST, JAEGER_AGENT_PORT (use OTEL_EXPORTER_OTLP_ENDPOINT), JAEGER_PASSWORD (use OTEL_EXPORTER_OTLP_HEADERS), JAEGER_SAMPLER_TYPE (use OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG)", tree: true},
		{explanation: "what Kubernetes sets for a service named jaeger-agent is none of them", set: map[string]string{"JAEGER_AGENT_PORT": "tcp://10.0.0.1:6831", "JAEGER_AGENT_SERVICE_HOST": "10.0.0.1"},
			line: "svc: exporting to stdout via tree (default)", tree: true},
		{explanation: "propagators, which the code may read or not", env: "tree", set: map[string]string{"OTEL_PROPAGATORS": "b3"},
			line: "svc: exporting to stdout via tree (OTEL_TRACES_EXPORTER); for a propagator in code, such as jaeger.NewFormats: OTEL_PROPAGATORS", tree: true},
		{explanation: "those of Jaeger's clients are not among what isn't used", env: "tree", set: map[string]string{"JAEGER_PROPAGATION": "b3", "OTEL_PROPAGATORS": "b3", "JAEGER_TAGS": "a=b"},
			line: "svc: exporting to stdout via tree (OTEL_TRACES_EXPORTER); not used: JAEGER_TAGS (use OTEL_RESOURCE_ATTRIBUTES); for a propagator in code, such as jaeger.NewFormats: OTEL_PROPAGATORS, JAEGER_PROPAGATION", tree: true},

		{explanation: "otlp without its package", env: "otlp",
			err: "exporters: OTEL_TRACES_EXPORTER names otlp, and Config.OTLP is nil: " +
				"import github.com/ot2otel/ot2otel/exporters/otlp and set exporters.Config{OTLP: otlp.FromEnv}"},
		{explanation: "an unknown name", env: "tree,xml", config: exporters.Config{Factories: map[string]exporters.Factory{"kafka": otlp}},
			err: `exporters: OTEL_TRACES_EXPORTER names the unknown exporter "xml": known are otlp, console, tree, memory, none, kafka`},
		{explanation: "who says so", config: exporters.Config{Exporter: "stdout"},
			err: `exporters: Config.Exporter names the unknown exporter "stdout": use console`},
		{explanation: "the wrong case", env: "OTLP", err: `exporters: OTEL_TRACES_EXPORTER names the unknown exporter "OTLP": use otlp`},
		{explanation: "what is gone", env: "jaeger",
			err: `exporters: OTEL_TRACES_EXPORTER names the unknown exporter "jaeger": Jaeger takes OTLP, its own exporter is gone: use otlp`},
		{explanation: "none is alone", env: "none,tree", err: `exporters: OTEL_TRACES_EXPORTER="none,tree": none can't be together with others: leave it out`},
		{explanation: "a factory that fails", env: "otlp",
			config: exporters.Config{OTLP: func(context.Context) (sdktrace.SpanExporter, error) { return nil, errors.New("no certificate") }},
			err:    "exporters: otlp: no certificate"},
		{explanation: "a factory that does nothing", env: "otlp",
			config: exporters.Config{OTLP: func(context.Context) (sdktrace.SpanExporter, error) { return nil, nil }},
			err:    "exporters: otlp: its factory returned no exporter and no error"},
		{explanation: "a factory for a name that is taken", config: exporters.Config{Factories: map[string]exporters.Factory{"tree": otlp}},
			err: `exporters: Config.Factories holds "tree", which has its meaning already: use another name`},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("OTEL_TRACES_EXPORTER", tt.env)
			for name, value := range tt.set {
				t.Setenv(name, value)
			}
			stdout := captureStdout(t)
			var log bytes.Buffer
			config := tt.config
			config.ServiceName, config.Log = "svc", &log
			provider, err := exporters.NewProvider(context.Background(), &config)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			endSpans(provider, 1)
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			if got, want := log.String(), "exporters: "+tt.line+"\n"; got != want {
				t.Errorf("line at start: %q, want %q", got, want)
			}
			out := stdout()
			if got := strings.Contains(out, "op  "); got != tt.tree {
				t.Errorf("a tree on standard output: %v, want %v:\n%s", got, tt.tree, out)
			}
			if got := strings.Contains(out, `{"Name":"op"`); got != tt.json {
				t.Errorf("JSON on standard output: %v, want %v:\n%s", got, tt.json, out)
			}
		})
	}
}

// captureStdout puts a file in place of os.Stdout, and returns what reads it.
func captureStdout(t *testing.T) func() string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	t.Cleanup(func() { os.Stdout = stdout; file.Close() })
	return func() string {
		content, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
}

func TestNewProviderShutsDownWhatItMadeBeforeAnError(t *testing.T) {
	cleanEnvironment(t)
	made := &given{}
	_, err := exporters.NewProvider(context.Background(), &exporters.Config{
		Exporter:  "kafka,xml",
		Factories: map[string]exporters.Factory{"kafka": func(context.Context) (sdktrace.SpanExporter, error) { return made, nil }},
	})
	if err == nil || made.stopped != 1 {
		t.Errorf("error %v, shut down %d times; want an error and 1", err, made.stopped)
	}
}

func TestNewProviderResource(t *testing.T) {
	failing := resource.StringDetector("", "found", func() (string, error) { return "", errors.New("no metadata server") })
	tests := []struct {
		explanation string
		env         map[string]string
		config      exporters.Config
		want        map[string]string // attributes of the resource
		reports     string
	}{
		{"the name of the executable", nil, exporters.Config{},
			map[string]string{"service.name": "unknown_service:exporters.test", "telemetry.sdk.language": "go"}, ""},
		{"OTEL_RESOURCE_ATTRIBUTES", map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "service.name=attr,zone=a%20b"}, exporters.Config{},
			map[string]string{"service.name": "attr", "zone": "a b"}, ""},
		{"OTEL_SERVICE_NAME wins", map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "service.name=attr", "OTEL_SERVICE_NAME": "env"}, exporters.Config{},
			map[string]string{"service.name": "env"}, ""},
		{"the code wins", map[string]string{"OTEL_SERVICE_NAME": "env"}, exporters.Config{ServiceName: "code"},
			map[string]string{"service.name": "code"}, ""},
		{"options", nil, exporters.Config{Resource: []resource.Option{
			resource.WithAttributes(attribute.String("service.version", "1.2")),
			resource.WithDetectors(resource.StringDetector("", "found", func() (string, error) { return "it", nil }))}},
			map[string]string{"service.version": "1.2", "found": "it"}, ""},
		{"a resource that is there already wins over the environment, options over it, and other schema URLs cost nothing",
			map[string]string{"OTEL_SERVICE_NAME": "env", "OTEL_RESOURCE_ATTRIBUTES": "zone=a,rack=1"},
			exporters.Config{
				BaseResource: resource.NewWithAttributes("https://example.com/schema", attribute.String("service.name", "base"), attribute.String("zone", "b"), attribute.String("host", "h")),
				Resource:     []resource.Option{resource.WithAttributes(attribute.String("zone", "c"))}},
			map[string]string{"service.name": "base", "zone": "c", "rack": "1", "host": "h", "telemetry.sdk.language": "go"}, ""},
		{"the code's name wins over it", nil, exporters.Config{ServiceName: "code", BaseResource: resource.NewSchemaless(attribute.String("service.name", "base"))},
			map[string]string{"service.name": "code"}, ""},
		{"a detector that fails beside it is reported", nil, exporters.Config{
			BaseResource: resource.NewWithAttributes("https://example.com/schema", attribute.String("service.name", "base")),
			Resource:     []resource.Option{resource.WithDetectors(failing)}},
			map[string]string{"service.name": "base"}, "no metadata server"},
		{"a detector that fails costs nothing else", nil, exporters.Config{ServiceName: "shop", Resource: []resource.Option{resource.WithDetectors(failing)}},
			map[string]string{"service.name": "shop", "telemetry.sdk.language": "go", "found": ""}, "no metadata server"},
		{"an empty pair is reported and costs nothing else", map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "zone=a,"}, exporters.Config{ServiceName: "shop"},
			map[string]string{"service.name": "shop", "zone": "a"}, "missing value: []"},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			handled := captureHandled(t)
			var mem exporters.Memory
			config := tt.config
			config.Memory, config.Quiet = &mem, true
			provider, err := exporters.NewProvider(context.Background(), &config)
			if err != nil {
				t.Fatal(err)
			}
			endSpans(provider, 1)
			got := make(map[string]string)
			for key := range tt.want {
				value, _ := mem.Spans()[0].Resource.Set().Value(attribute.Key(key))
				got[key] = value.AsString()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("resource (-want +got):\n%s", diff)
			}
			if text := strings.Join(handled.take(), "\n"); !strings.Contains(text, tt.reports) || tt.reports == "" && text != "" {
				t.Errorf("reported %q, want %q", text, tt.reports)
			}
		})
	}
}

// captureHandled collects what goes to the error handler of OpenTelemetry.
func captureHandled(t *testing.T) *reports {
	t.Helper()
	var r reports
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(r.report))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	return &r
}

func TestNewProviderSDKOptions(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	t.Setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1")
	attributes := trace.WithAttributes(attribute.Int("a", 1), attribute.Int("b", 2))

	var mem exporters.Memory
	provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Memory: &mem, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("t").Start(context.Background(), "op", attributes)
	span.End()
	if got := mem.String(); got != "" {
		t.Errorf("OTEL_TRACES_SAMPLER=always_off: %q, want nothing", got)
	}

	limits := sdktrace.NewSpanLimits()
	limits.AttributeCountLimit = 5
	var seen recordingProcessor
	for _, config := range []*exporters.Config{
		{Sampler: sdktrace.AlwaysSample()},
		{Sampler: sdktrace.AlwaysSample(), Limits: &limits, Processors: []sdktrace.SpanProcessor{nil, &seen}},
		{Options: []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.AlwaysSample())}},
	} {
		config.Memory, config.Quiet = &mem, true
		provider, err := exporters.NewProvider(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		_, span := provider.Tracer("t").Start(context.Background(), "op", attributes)
		span.End()
	}
	if got, want := mem.String(), "op a=1\nop a=1 b=2\nop a=1\n"; got != want {
		t.Errorf("with a sampler, with limits, with an option of the SDK:\n%s\nwant\n%s", got, want)
	}
	if diff := cmp.Diff([]string{"start op", "end op"}, seen.calls); diff != "" {
		t.Errorf("the processor's calls (-want +got):\n%s", diff)
	}
}

// Every destination sees the late kind: exporters and processors.
func TestNewProviderRepairsLateKinds(t *testing.T) {
	cleanEnvironment(t)
	var mem, behind exporters.Memory
	custom := &given{}
	var out sink
	provider, err := exporters.NewProvider(context.Background(), &exporters.Config{
		Exporter: "memory,tree,console", Memory: &mem, Output: &out, Quiet: true,
		SpanExporters: []sdktrace.SpanExporter{custom},
		Processors:    []sdktrace.SpanProcessor{sdktrace.NewSimpleSpanProcessor(&behind)},
		Options:       []sdktrace.TracerProviderOption{sdktrace.WithIDGenerator(&counter{})},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.SetAttributes(attribute.String("span.kind", "Producer"))
	span.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"memory": mem.String(), "a processor": behind.String(), "a given exporter": custom.Memory.String()} {
		if got != "op [producer]\n" {
			t.Errorf("%s got %q", name, got)
		}
	}
	text := out.text()
	for _, part := range []string{"  producer  ", `"SpanKind":4`} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	if custom.stopped != 1 {
		t.Errorf("the given exporter was shut down %d times, want once", custom.stopped)
	}
}

// Limits say what they say; what they leave out is the default, or the environment's.
func TestNewProviderLimits(t *testing.T) {
	attributes := func(n int) (kvs []attribute.KeyValue) {
		for i := range n {
			kvs = append(kvs, attribute.String(fmt.Sprint("k", i), "value"))
		}
		return kvs
	}
	link := trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})}
	// What is left of 150 of each: attributes, events, links, attributes of an
	// event and of a link, and how long a value is.
	tests := []struct {
		explanation string
		env         string // OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT
		limits      sdktrace.SpanLimits
		want        [6]int
	}{
		{"none: the SDK's", "", sdktrace.SpanLimits{}, [6]int{128, 128, 128, 128, 128, 5}},
		{"attributes", "", sdktrace.SpanLimits{AttributeCountLimit: 140}, [6]int{140, 128, 128, 128, 128, 5}},
		{"events", "", sdktrace.SpanLimits{EventCountLimit: 1000}, [6]int{128, 150, 128, 128, 128, 5}},
		{"links", "", sdktrace.SpanLimits{LinkCountLimit: 3}, [6]int{128, 128, 3, 128, 128, 5}},
		{"attributes of events", "", sdktrace.SpanLimits{AttributePerEventCountLimit: 3}, [6]int{128, 128, 128, 3, 128, 5}},
		{"attributes of links", "", sdktrace.SpanLimits{AttributePerLinkCountLimit: 3}, [6]int{128, 128, 128, 128, 3, 5}},
		{"the length of values", "", sdktrace.SpanLimits{AttributeValueLengthLimit: 3}, [6]int{128, 128, 128, 128, 128, 3}},
		{"negative: none", "", sdktrace.SpanLimits{AttributeCountLimit: -1, EventCountLimit: -1, LinkCountLimit: -1,
			AttributePerEventCountLimit: -1, AttributePerLinkCountLimit: -1, AttributeValueLengthLimit: -1}, [6]int{150, 150, 150, 150, 150, 5}},
		{"the environment's beside one of the code's", "7", sdktrace.SpanLimits{EventCountLimit: 3}, [6]int{7, 3, 128, 128, 128, 5}},
		{"the code wins over the environment", "7", sdktrace.SpanLimits{AttributeCountLimit: 9}, [6]int{9, 128, 128, 128, 128, 5}},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			if tt.env != "" {
				t.Setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", tt.env)
			}
			var mem exporters.Memory
			provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Memory: &mem, Quiet: true, Limits: &tt.limits})
			if err != nil {
				t.Fatal(err)
			}
			_, span := provider.Tracer("t").Start(context.Background(), "op")
			span.SetAttributes(attributes(150)...)
			link.Attributes = attributes(150)
			for range 150 {
				span.AddEvent("e", trace.WithAttributes(attributes(150)...))
				span.AddLink(link)
			}
			span.End()
			s := mem.Spans()[0]
			got := [6]int{len(s.Attributes), len(s.Events), len(s.Links), len(s.Events[0].Attributes), len(s.Links[0].Attributes), len(s.Attributes[0].Value.AsString())}
			if got != tt.want {
				t.Errorf("kept %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNewProviderDisabled(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("OTEL_SDK_DISABLED", "True")
	t.Setenv("OTEL_TRACES_EXPORTER", "nonsense")
	var log bytes.Buffer
	var mem exporters.Memory
	ctx := context.Background()
	provider, err := exporters.NewProvider(ctx, &exporters.Config{Memory: &mem, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	provider.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(&mem))
	endSpans(provider, 1)
	for _, flags := range []trace.TraceFlags{trace.FlagsSampled, 0} {
		remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: flags, Remote: true})
		_, span := provider.Tracer("t").Start(trace.ContextWithSpanContext(ctx, remote), "op")
		if got := span.SpanContext(); !got.Equal(remote) || span.IsRecording() {
			t.Errorf("a span below %v is %v, recording: %t; want the parent, not recording", remote, got, span.IsRecording())
		}
		span.End()
	}
	if got := mem.String(); got != "" {
		t.Errorf("recorded %q", got)
	}
	for range 2 {
		if err := errors.Join(provider.ForceFlush(ctx), provider.Shutdown(ctx)); err != nil {
			t.Errorf("ForceFlush and Shutdown: %v", err)
		}
	}
	if want := "exporters: tracing is off (OTEL_SDK_DISABLED=true)\n"; log.String() != want {
		t.Errorf("line at start: %q, want %q", log.String(), want)
	}
}

func TestNewProviderSetsNoGlobal(t *testing.T) {
	cleanEnvironment(t)
	before := otel.GetTracerProvider()
	if _, err := exporters.NewProvider(context.Background(), &exporters.Config{Exporter: "none", Quiet: true}); err != nil {
		t.Fatal(err)
	}
	if otel.GetTracerProvider() != before {
		t.Error("the global tracer provider was replaced")
	}
}
