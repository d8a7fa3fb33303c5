// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"context"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
	otjaeger "github.com/ot2otel/ot2otel/compat/jaeger"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
)

func TestOTelEnv(t *testing.T) {
	cfg := config.Configuration{
		ServiceName: "Ada's shop",
		RPCMetrics:  true,
		Tags:        []opentracing.Tag{{Key: "region", Value: "eu, west"}, {Key: "shard", Value: 7}, {Key: "a=b", Value: 1}},
		Sampler:     &config.SamplerConfig{Param: 0.5, SamplingServerURL: "http://agent:5778/sampling", MaxOperations: 9},
		Reporter: &config.ReporterConfig{
			CollectorEndpoint: "http://collector:14268/api/traces", User: "ada", Password: "secret", HTTPHeaders: map[string]string{"X-Tenant": "books, old"},
			QueueSize: 50, BufferFlushInterval: 2 * time.Second, LogSpans: true, DisableAttemptReconnecting: true,
		},
		Headers:             &jaeger.HeadersConfig{JaegerDebugHeader: "x-debug"},
		BaggageRestrictions: &config.BaggageRestrictionsConfig{},
		Throttler:           &config.ThrottlerConfig{},
	}
	want := `OTEL_SERVICE_NAME='Ada'\''s shop'
# the tag "a=b": no variable can have its name
OTEL_RESOURCE_ATTRIBUTES=region=eu%2C%20west,shard=7
# the tags hostname, ip and client-uuid: no variable; use resource.WithHost and resource.WithService
OTEL_TRACES_SAMPLER=parentbased_jaeger_remote
OTEL_TRACES_SAMPLER_ARG=endpoint=http://agent:5778/sampling,pollingIntervalMs=60000,initialSamplingRate=0.5
# OTEL_TRACES_SAMPLER: Go's SDK doesn't know jaeger_remote; use sdktrace.ParentBased(jaegerremote.New(…)) of contrib
# JAEGER_SAMPLER_MAX_OPERATIONS=9: no variable; use jaegerremote.WithMaxOperations
# spans went to http://collector:14268/api/traces by Thrift
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces
OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_TRACES_HEADERS=Authorization=Basic%20YWRhOnNlY3JldA%3D%3D,X-Tenant=books%2C%20old
OTEL_BSP_MAX_QUEUE_SIZE=50
OTEL_BSP_MAX_EXPORT_BATCH_SIZE=50
OTEL_BSP_SCHEDULE_DELAY=2000
# JAEGER_REPORTER_LOG_SPANS: no variable of Go's SDK; add a second exporter, stdouttrace
# JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED and JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL: no variable; nothing is sent by UDP
OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=256
OTEL_PROPAGATORS=jaeger,tracecontext,baggage
# OTEL_PROPAGATORS: Go's SDK doesn't read it; set the propagator that compat/jaeger.NewFormats returns
# headers: no variable; set FormatsOptions.Jaeger of compat/jaeger.NewFormats
# JAEGER_TRACEID_128BIT=false: no variable; trace IDs have 128 bits
# JAEGER_RPC_METRICS: no variable; otelhttp and otelgrpc have metrics
# baggage_restrictions: no variable, and nothing like it
# throttler: no variable, and nothing like it
`
	if diff := cmp.Diff(want, cfg.OTelEnv()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		explanation string
		cfg         config.Configuration
		want        string
	}{
		{"disabled", config.Configuration{Disabled: true}, "OTEL_SDK_DISABLED=true\n"},
		{"nothing", config.Configuration{}, "initialSamplingRate=0.001\n"},
		{"the agent on localhost", config.Configuration{}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces\n"},
		{"all", config.Configuration{Sampler: &config.SamplerConfig{Type: "CONST", Param: 1}}, "OTEL_TRACES_SAMPLER=parentbased_always_on\n"},
		{"so many a second", config.Configuration{Sampler: &config.SamplerConfig{Type: "ratelimiting", Param: 2}}, "# OTEL_TRACES_SAMPLER: none limits traces a second; use compat/jaeger.NewRateLimitingSampler(2)\n"},
		{"an unknown sampler", config.Configuration{Sampler: &config.SamplerConfig{Type: "x\ny"}}, `# the sampler "x\ny" is unknown` + "\n"},
		{"a malformed agent", config.Configuration{Reporter: &config.ReporterConfig{LocalAgentHostPort: "agent"}}, `# OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger: agent "agent" is not host:port`},
	} {
		if got := c.cfg.OTelEnv(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.explanation, c.want, got)
		}
	}
}

// TestOTelEnvOfEnvironment is about what the environment says in the place of the
// configuration: who pastes the lines sends spans where the program does.
func TestOTelEnvOfEnvironment(t *testing.T) {
	for _, c := range []struct {
		explanation, variables string
		want                   []string // instead of what it is without the variables
	}{
		{"another address", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318"}},
		{"another protocol, which has a port of its own", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
			[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://agent:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}},
		{"an address that is not one, an error of NewTracer", "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318",
			[]string{`# OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger: OTEL_EXPORTER_OTLP_ENDPOINT "collector:4318" is not a URL of http or https with a host; use one, or unset it`}},
		{"a protocol that is not one", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=udp",
			[]string{`# OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger: OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="udp" is not a protocol: use http/protobuf or grpc`}},
		{"more of the exporter", "OTEL_EXPORTER_OTLP_TIMEOUT=5000 OTEL_EXPORTER_OTLP_TRACES_HEADERS=X-Tenant=films",
			[]string{"OTEL_EXPORTER_OTLP_TRACES_HEADERS=X-Tenant=films", "OTEL_EXPORTER_OTLP_TIMEOUT=5000"}},
		{"formats that the old client did not read", "JAEGER_PROPAGATION=jaeger", []string{"OTEL_PROPAGATORS=jaeger",
			"# JAEGER_PROPAGATION turns off W3C's headers, and jaeger-client-go did not read it: OTEL_PROPAGATORS=jaeger,tracecontext,baggage turns them on"}},
		{"a format that is not one, an error of NewTracer", "OTEL_PROPAGATORS=xray",
			[]string{`# OTEL_PROPAGATORS: jaeger: OTEL_PROPAGATORS="xray": "xray" is not a known format; use a list of tracecontext, baggage, jaeger, b3, b3multi, ottrace, none`}},
		{"batches", "OTEL_BSP_MAX_QUEUE_SIZE=50 OTEL_BSP_SCHEDULE_DELAY=7 OTEL_BSP_EXPORT_TIMEOUT=9",
			[]string{"OTEL_BSP_MAX_QUEUE_SIZE=50", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=50", "OTEL_BSP_SCHEDULE_DELAY=7", "OTEL_BSP_EXPORT_TIMEOUT=9"}},
		{"a queue that is not a number, which the twin doesn't take", "OTEL_BSP_MAX_QUEUE_SIZE=x", []string{"OTEL_BSP_MAX_QUEUE_SIZE=2048"}},
		{"attributes, of which tags have precedence", "OTEL_RESOURCE_ATTRIBUTES=region=us,tier=a", []string{"OTEL_RESOURCE_ATTRIBUTES=tier=a,region=eu"}},
		{"limits", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=9 OTEL_SPAN_EVENT_COUNT_LIMIT=3",
			[]string{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=9", "OTEL_SPAN_EVENT_COUNT_LIMIT=3"}},
		{"what the twin ignores, and others don't", "OTEL_SDK_DISABLED=true OTEL_TRACES_EXPORTER=none OTEL_TRACES_SAMPLER=always_off OTEL_SERVICE_NAME=other",
			[]string{"OTEL_SDK_DISABLED=false", "OTEL_TRACES_EXPORTER=otlp"}},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			cfg := config.Configuration{ServiceName: "shop", Sampler: &config.SamplerConfig{Type: "const", Param: 1},
				Reporter: &config.ReporterConfig{LocalAgentHostPort: "agent:6831"}, Tags: []opentracing.Tag{{Key: "region", Value: "eu"}}}
			before := strings.Split(cfg.OTelEnv(), "\n")
			setenv(t, c.variables)
			if diff := cmp.Diff(c.want, added(before, strings.Split(cfg.OTelEnv(), "\n"))); diff != "" {
				t.Errorf("new lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMalformedAgentWithEndpoint does what the error of a malformed agent asks for.
func TestMalformedAgentWithEndpoint(t *testing.T) {
	setenv(t, "JAEGER_SERVICE_NAME=shop JAEGER_SAMPLER_TYPE=const JAEGER_AGENT_HOST=::1")
	cfg, err := config.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	const asks = "or set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	if _, _, err := cfg.NewTracer(config.Logger(jaeger.NullLogger)); err == nil || !strings.HasSuffix(err.Error(), asks) || !strings.Contains(cfg.OTelEnv(), asks) {
		t.Errorf("error %v, and the variables\n%s", err, cfg.OTelEnv())
	}
	const endpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces"
	setenv(t, endpoint)
	_, closer, err := cfg.NewTracer(config.Logger(jaeger.NullLogger))
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	if got := cfg.OTelEnv(); !strings.Contains(got, "\n"+endpoint+"\n") || strings.Contains(got, asks) {
		t.Errorf("the variables\n%s", got)
	}
}

// TestOTelEnvBehavesAlike records the same spans with the twin in an environment, and with a
// plain SDK that knows nothing but the variables, as a shell reads them.
func TestOTelEnvBehavesAlike(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell: install a POSIX sh")
	}
	backend := newReceiver(t)
	reporter := &config.ReporterConfig{CollectorEndpoint: backend.URL + "/api/traces", User: "ada", Password: "s e'c=r,t",
		HTTPHeaders: map[string]string{"X-Tenant": "books, old"}, QueueSize: 5000, BufferFlushInterval: time.Hour}
	sampleAll := &config.SamplerConfig{Type: "const", Param: 1}
	for _, c := range []struct {
		explanation string
		sampler     *config.SamplerConfig
		least, most int // of 1000
		environment []string
	}{
		{"all", sampleAll, 1000, 1000, nil},
		{"none", &config.SamplerConfig{Type: "const"}, 0, 0, nil},
		{"half of them", &config.SamplerConfig{Type: "probabilistic", Param: 0.5}, 430, 570, nil},
		{"the environment has precedence", sampleAll, 1000, 1000, []string{
			"OTEL_EXPORTER_OTLP_ENDPOINT=" + backend.URL + "/base", "OTEL_EXPORTER_OTLP_HEADERS=X-Tenant=films%2C%20new", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
			"JAEGER_PROPAGATION=jaeger", "OTEL_RESOURCE_ATTRIBUTES=region=us, tier=a%2Cb", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=100",
			"OTEL_BSP_SCHEDULE_DELAY=7", "OTEL_SPAN_EVENT_COUNT_LIMIT=1",
		}},
		{"the variable of traces has precedence over that", sampleAll, 1000, 1000, []string{
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + backend.URL + "/traces",
			"OTEL_PROPAGATORS=none", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=50",
		}},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			for _, variable := range c.environment {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			cfg := config.Configuration{ServiceName: "Ada's shop $HOME", Sampler: c.sampler, Reporter: reporter,
				Tags: []opentracing.Tag{{Key: "region", Value: "eu, 100 %=west; $(x)"}, {Key: "zone", Value: "ü"}}}
			tracer, closer, err := cfg.NewTracer(config.Logger(jaeger.NullLogger))
			if err != nil {
				t.Fatal(err)
			}
			before := recordedBy(t, backend, tracer)
			if err := closer.Close(); err != nil {
				t.Fatal(err)
			}
			before.take(backend)

			environment := filepath.Join(t.TempDir(), "environment")
			if err := os.WriteFile(environment, []byte(cfg.OTelEnv()), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, variable := range c.environment {
				name, _, _ := strings.Cut(variable, "=")
				t.Setenv(name, "")
			}
			out, err := exec.CommandContext(t.Context(), shell, "-c", `set -a; . "$0"; exec env -0`, environment).Output()
			if err != nil {
				t.Fatal(err)
			}
			for variable := range strings.SplitSeq(string(out), "\x00") {
				if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "OTEL_") {
					t.Setenv(name, value)
				}
			}
			exporter, err := otlptracehttp.New(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			described, err := resource.New(context.Background(), resource.WithFromEnv(), resource.WithTelemetrySDK())
			if err != nil {
				t.Fatal(err)
			}
			provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
			formats, err := otjaeger.NewFormats(nil)
			if err != nil {
				t.Fatal(err)
			}
			plain := compat.NewTracer(provider, &compat.Options{HTTPHeaders: formats})
			after := recordedBy(t, backend, plain)
			if err := plain.Close(); err != nil {
				t.Fatal(err)
			}
			after.take(backend)

			if before.spans < c.least || before.spans > c.most || after.spans < c.least || after.spans > c.most {
				t.Errorf("%d and %d spans of 1000, want %d to %d", before.spans, after.spans, c.least, c.most)
			}
			before.spans, after.spans = 0, 0
			if diff := cmp.Diff(before, after, cmp.AllowUnexported(recording{})); diff != "" {
				t.Errorf("the plain SDK (-twin +plain):\n%s", diff)
			}
		})
	}
}

// recording is what a backend and a peer get of a tracer.
type recording struct {
	spans    int
	paths    []string
	resource map[string]any
	text     int // the longest attribute
	events   int // the most of a span
	sent     map[string]string
	headers  []string // names of a request to a peer
}

// recordedBy makes a thousand traces.
func recordedBy(t *testing.T, backend *receiver, tracer opentracing.Tracer) *recording {
	t.Helper()
	backend.reset()
	header := http.Header{}
	for range 1000 {
		root := tracer.StartSpan("root").SetTag("text", strings.Repeat("x", 300)).SetBaggageItem("who", "ada")
		if err := tracer.Inject(root.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
			t.Fatal(err)
		}
		root.LogKV("event", "first")
		root.LogKV("event", "second")
		root.Finish()
	}
	return &recording{headers: slices.Sorted(maps.Keys(header))}
}

// take notes what the backend received.
func (r *recording) take(backend *receiver) {
	r.resource = backend.resource()
	r.paths = slices.Compact(slices.Clone(backend.paths))
	for _, key := range []string{"hostname", "ip", "client-uuid", "host.name"} {
		delete(r.resource, key) // those have no variable
	}
	r.sent = map[string]string{}
	for _, header := range backend.headers {
		for _, name := range []string{"Authorization", "X-Tenant", "Content-Type", "Content-Encoding"} {
			r.sent[name] = header.Get(name)
		}
	}
	for _, resource := range backend.received {
		for _, scope := range resource.GetScopeSpans() {
			r.spans += len(scope.GetSpans())
			for _, span := range scope.GetSpans() {
				text, _ := values(span.GetAttributes())["text"].(string)
				r.text = max(r.text, len(text))
				r.events = max(r.events, len(span.GetEvents()))
			}
		}
	}
}
