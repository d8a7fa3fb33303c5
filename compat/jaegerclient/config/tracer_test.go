// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace/noop"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/ot2otel/ot2otel/compat"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

// all samples every trace.
var all = &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 1}

func TestNewTracerSends(t *testing.T) {
	backend := newReceiver(t)
	logger := new(log.BytesBufferLogger)
	cfg := config.Configuration{
		ServiceName: "shop",
		Sampler:     all,
		Tags:        []opentracing.Tag{{Key: "region", Value: "eu"}, {Key: "shard", Value: 7}},
		Reporter: &config.ReporterConfig{
			CollectorEndpoint: backend.URL + "/api/traces", User: "ada", Password: "secret",
			HTTPHeaders: map[string]string{"X-Tenant": "books"},
		},
	}
	tracer, closer, err := cfg.NewTracer(config.Logger(logger), config.Metrics(nil), config.Tag("region", "us"), config.Tag("ip", "192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	server := tracer.StartSpan("GET /", opentracing.Tag{Key: string(ext.SpanKind), Value: ext.SpanKindRPCServerEnum})
	client := tracer.StartSpan("ask", opentracing.ChildOf(server.Context()))
	ext.SpanKindRPCClient.Set(client) // after the start, as most code does
	client.SetTag("text", strings.Repeat("x", 300))
	client.LogKV("event", "retry", "attempt", 2)
	client.Finish()
	server.Finish()
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}

	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	resource := backend.resource()
	for key, want := range map[string]any{
		"service.name": "shop", "region": "eu", "shard": int64(7), "hostname": host, "ip": "192.0.2.1", "host.name": host, "telemetry.sdk.language": "go",
	} {
		if got := resource[key]; got != want {
			t.Errorf("resource: %s=%v, want %v", key, got, want)
		}
	}
	spans := backend.spans()
	root, child := spans["GET /"], spans["ask"]
	if root.GetKind() != otlp.Span_SPAN_KIND_SERVER || child.GetKind() != otlp.Span_SPAN_KIND_CLIENT {
		t.Errorf("kinds %v and %v, want server and client", root.GetKind(), child.GetKind())
	}
	if string(child.GetParentSpanId()) != string(root.GetSpanId()) || string(child.GetTraceId()) != string(root.GetTraceId()) {
		t.Error("the spans are not parent and child")
	}
	if got := values(root.GetAttributes()); got["sampler.type"] != "const" || got["sampler.param"] != true {
		t.Errorf("the root's attributes %v don't tell the sampler", got)
	}
	if got := values(child.GetAttributes()); len(got["text"].(string)) != jaeger.DefaultMaxTagValueLength || len(got) != 1 {
		t.Errorf("the child's attributes are %v, want a text of 256 characters alone", got)
	}
	if len(child.GetEvents()) != 1 || child.GetEvents()[0].GetName() != "retry" {
		t.Errorf("events %v", child.GetEvents())
	}
	if got := backend.headers[0]; backend.paths[0] != "/v1/traces" || got.Get("X-Tenant") != "books" || got.Get("Authorization") != "Basic YWRhOnNlY3JldA==" {
		t.Errorf("sent to %s with %v", backend.paths[0], got)
	}
	want := `INFO: jaeger: spans of "shop" go to ` + backend.URL + "/v1/traces by OTLP, in the place of " + backend.URL + "/api/traces by Thrift; trace IDs have 128 bits\n"
	if diff := cmp.Diff(want, logger.String()); diff != "" {
		t.Errorf("the line at start (-want +got):\n%s", diff)
	}
}

func TestEnvironmentHasPrecedence(t *testing.T) {
	configured, backend := newReceiver(t), newReceiver(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL+"/base")
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Tenant=films")
	cfg := config.Configuration{ServiceName: "shop", Sampler: all, Reporter: &config.ReporterConfig{
		CollectorEndpoint: configured.URL + "/api/traces", User: "ada", Password: "secret", HTTPHeaders: map[string]string{"X-Tenant": "books"},
	}}
	tracer, closer, err := cfg.NewTracer(config.Logger(jaeger.NullLogger), nil)
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("sent").Finish()
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	if len(configured.paths) != 0 || len(backend.paths) != 1 || backend.paths[0] != "/base/v1/traces" {
		t.Fatalf("sent to %v of the configuration and %v of the environment", configured.paths, backend.paths)
	}
	if got := backend.headers[0]; got.Get("X-Tenant") != "films" || got.Get("Authorization") != "" {
		t.Errorf("sent with %v, want the environment's headers alone", got)
	}
}

// TestNotes is about what the line at start says; nothing is ignored without it.
func TestNotes(t *testing.T) {
	for _, c := range []struct {
		explanation string
		cfg         config.Configuration
		options     []config.Option
		variable    string
		want        string
	}{
		{"an agent's port", config.Configuration{Reporter: &config.ReporterConfig{LocalAgentHostPort: "agent:6831"}}, nil, "",
			"go to http://agent:4318/v1/traces by OTLP, in the place of agent agent:6831 by Thrift"},
		{"nothing said of the reporter", config.Configuration{}, nil, "", "http://localhost:4318/v1/traces by OTLP, in the place of agent localhost:6831"},
		{"the environment has precedence", config.Configuration{}, nil, "OTEL_EXPORTER_OTLP_ENDPOINT=http://backend:1", "go to http://backend:1 (OTEL_EXPORTER_OTLP_ENDPOINT) by OTLP"},
		{"a reporter that drops", config.Configuration{}, []config.Option{config.Reporter(jaeger.NewNullReporter())}, "", "go nowhere"},
		{"two reporters", config.Configuration{}, []config.Option{config.Reporter(jaeger.NewCompositeReporter(jaeger.NewInMemoryReporter(), jaeger.NewLoggingReporter(jaeger.NullLogger)))}, "", "go to memory and the log"},
		{"short IDs", config.Configuration{}, nil, "", "trace IDs have 128 bits"},
		{"RPC metrics", config.Configuration{RPCMetrics: true}, nil, "", "rpc_metrics is ignored"},
		{"a factory of metrics", config.Configuration{}, []config.Option{config.Metrics(new(strings.Builder))}, "", "nothing is counted by *strings.Builder"},
		{"const without a param, as JAEGER_SAMPLER_TYPE alone has it", config.Configuration{Sampler: &config.SamplerConfig{Type: "Const"}}, nil, "", "the sampler const with param 0 samples nothing"},
		{"remote without a param", config.Configuration{Sampler: &config.SamplerConfig{}}, nil, "", "samples nothing until its server answers"},
		{"reconnecting", config.Configuration{Reporter: &config.ReporterConfig{DisableAttemptReconnecting: true}}, nil, "", "the settings for reconnecting are ignored"},
		{"forced sampling", config.Configuration{}, []config.Option{config.NoDebugFlagOnForcedSampling(false)}, "", "sampling.priority doesn't set the debug flag"},
		{"shared spans", config.Configuration{}, []config.Option{config.ZipkinSharedRPCSpan(true)}, "", "ZipkinSharedRPCSpan is ignored"},
		{"a name that OpenTelemetry's variable has", config.Configuration{}, nil, "OTEL_SERVICE_NAME=other", "OTEL_SERVICE_NAME is ignored"},
		{"a sampler that OpenTelemetry's variable has", config.Configuration{}, nil, "OTEL_TRACES_SAMPLER=always_off", "OTEL_TRACES_SAMPLER is ignored"},
		{"an exporter that OpenTelemetry's variable has", config.Configuration{}, nil, "OTEL_TRACES_EXPORTER=none", "OTEL_TRACES_EXPORTER is ignored"},
		{"formats of other clients of Jaeger, which the old one did not read", config.Configuration{}, nil, "JAEGER_PROPAGATION=jaeger",
			"; JAEGER_PROPAGATION turns off W3C's headers, and jaeger-client-go did not read it: OTEL_PROPAGATORS=jaeger,tracecontext,baggage turns them on"},
		{"formats of OpenTelemetry's variable, which it did not read either", config.Configuration{}, nil, "OTEL_PROPAGATORS=tracecontext,baggage", "; OTEL_PROPAGATORS turns off Jaeger's headers"},
		{"OpenTelemetry's way to turn it off", config.Configuration{}, nil, "OTEL_SDK_DISABLED=true", "OTEL_SDK_DISABLED is ignored, set JAEGER_DISABLED"},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			name, value, _ := strings.Cut(c.variable, "=")
			if name != "" {
				t.Setenv(name, value)
			}
			if c.cfg.Sampler == nil {
				c.cfg.Sampler = all
			}
			c.cfg.ServiceName = "shop"
			c.cfg.Sampler.Options = []jaeger.SamplerOption{jaeger.SamplerOptions.SamplingStrategyFetcher(silent{})}
			logger := new(log.BytesBufferLogger)
			_, closer, err := c.cfg.NewTracer(append(c.options, config.Logger(logger))...)
			if err != nil {
				t.Fatal(err)
			}
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
			var said []string // the remote sampler may have said something, before or after
			for line := range strings.Lines(logger.String()) {
				if strings.HasPrefix(line, "INFO: jaeger: spans of \"shop\" go ") {
					said = append(said, line)
				}
			}
			if len(said) != 1 || !strings.Contains(said[0], c.want) {
				t.Errorf("said %q, want one line with %q in\n%s", said, c.want, logger)
			}
		})
	}
}

// silent is a sampling server that has no strategy.
type silent struct{}

func (silent) Fetch(string) ([]byte, error) { return nil, errors.New("no strategy") }

func TestNewTracerErrors(t *testing.T) {
	for _, c := range []struct {
		explanation string
		cfg         config.Configuration
		options     []config.Option
		variable    string
		want        string
	}{
		{"no name", config.Configuration{}, nil, "", "config: no service name: set ServiceName, or JAEGER_SERVICE_NAME"},
		{"a throttler", config.Configuration{ServiceName: "shop", Throttler: &config.ThrottlerConfig{}}, nil, "", "throttler is not supported"},
		{"restrictions of baggage", config.Configuration{ServiceName: "shop", BaggageRestrictions: &config.BaggageRestrictionsConfig{}}, nil, "", "baggage_restrictions is not supported"},
		{"an observer", config.Configuration{ServiceName: "shop"}, []config.Option{config.Observer(1)}, "", "the option Observer is not supported"},
		{"another observer", config.Configuration{ServiceName: "shop"}, []config.Option{config.ContribObserver(1)}, "", "the option ContribObserver is not supported"},
		{"a format that compat doesn't have", config.Configuration{ServiceName: "shop"}, []config.Option{config.Injector(opentracing.Binary, nil)}, "", "Injector of the format 0 is not supported"},
		{"an unknown sampler", config.Configuration{ServiceName: "shop", Sampler: &config.SamplerConfig{Type: "adaptive"}}, nil, "", `sampler type (JAEGER_SAMPLER_TYPE) "adaptive" is not a sampler`},
		{"a share above 1", config.Configuration{ServiceName: "shop", Sampler: &config.SamplerConfig{Type: "probabilistic", Param: 1.5}}, nil, "", "sampler param (JAEGER_SAMPLER_PARAM): jaeger: the sampling rate 1.5"},
		{"a malformed agent", config.Configuration{ServiceName: "shop", Sampler: all, Reporter: &config.ReporterConfig{LocalAgentHostPort: "agent"}}, nil, "", `agent "agent" is not host:port`},
		{"a malformed collector", config.Configuration{ServiceName: "shop", Sampler: all, Reporter: &config.ReporterConfig{CollectorEndpoint: "agent"}}, nil, "", "is not a URL of http or https"},
		{"an unknown protocol in the environment", config.Configuration{ServiceName: "shop", Sampler: all}, nil, "OTEL_EXPORTER_OTLP_PROTOCOL=udp", `OTEL_EXPORTER_OTLP_PROTOCOL="udp"`},
		{"an unknown format in the environment", config.Configuration{ServiceName: "shop", Sampler: all}, nil, "OTEL_PROPAGATORS=xray", `OTEL_PROPAGATORS="xray"`},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			name, value, _ := strings.Cut(c.variable, "=")
			if name != "" {
				t.Setenv(name, value)
			}
			tracer, closer, err := c.cfg.NewTracer(append(c.options, config.Logger(jaeger.NullLogger))...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if tracer != nil || closer != nil {
				t.Error("there is a tracer beside the error")
			}
		})
	}
}

func TestDisabled(t *testing.T) {
	before := opentracing.GlobalTracer()
	cfg := config.Configuration{Disabled: true} // even without a name
	tracer, closer, err := cfg.NewTracer()
	if _, noop := tracer.(*opentracing.NoopTracer); !noop || err != nil || closer.Close() != nil {
		t.Errorf("%T, %v, want a no-op", tracer, err)
	}
	if closer, err = cfg.InitGlobalTracer("shop"); err != nil || closer.Close() != nil {
		t.Error(err)
	}
	if opentracing.GlobalTracer() != before {
		t.Error("a disabled tracer became the global one")
	}
}

func TestInitGlobalTracer(t *testing.T) {
	tracerBefore, providerBefore, propagatorBefore := opentracing.GlobalTracer(), otel.GetTracerProvider(), otel.GetTextMapPropagator()
	t.Cleanup(func() {
		opentracing.SetGlobalTracer(tracerBefore)
		otel.SetTracerProvider(noop.NewTracerProvider())
		otel.SetTextMapPropagator(propagatorBefore)
		_ = providerBefore // the default can't be set again
	})
	spans := jaeger.NewInMemoryReporter()
	closer, err := (config.Configuration{Sampler: all}).InitGlobalTracer("shop", config.Reporter(spans), config.Logger(jaeger.NullLogger))
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()

	legacy, ctx := opentracing.StartSpanFromContext(context.Background(), "legacy")
	ctx, native := otel.Tracer("").Start(ctx, "native")
	header := http.Header{}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
	native.End()
	legacy.Finish()
	if spans.SpansSubmitted() != 2 {
		t.Fatalf("%d spans, want those of both APIs", spans.SpansSubmitted())
	}
	first, second := spans.GetSpans()[0].(*jaeger.Span), spans.GetSpans()[1].(*jaeger.Span)
	if first.OperationName() != "native" || first.SpanContext().ParentID() != second.SpanContext().SpanID() {
		t.Errorf("%q has the parent %s, want the span %s", first.OperationName(), first.SpanContext().ParentID(), second.SpanContext().SpanID())
	}
	sc := native.SpanContext()
	if got := header.Get("uber-trace-id"); got != sc.TraceID().String()+":"+sc.SpanID().String()+":0:1" {
		t.Errorf("native code sends uber-trace-id %q", got)
	}
	if got := header.Get("traceparent"); !strings.Contains(got, sc.SpanID().String()) {
		t.Errorf("native code sends traceparent %q", got)
	}
	if _, ok := opentracing.GlobalTracer().(*compat.Tracer); !ok {
		t.Errorf("the tracer is a %T", opentracing.GlobalTracer())
	}
}
