// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"log"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
	jaegerlog "github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

// A set-up of jaeger-client-go works with other import lines, and says what is otherwise.
func Example() {
	cfg := config.Configuration{
		ServiceName: "shop",
		Sampler:     &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 1},
		Reporter:    &config.ReporterConfig{LocalAgentHostPort: "agent:6831"},
	}
	logger := new(jaegerlog.BytesBufferLogger) // most programs have jaeger.StdLogger
	tracer, closer, err := cfg.NewTracer(config.Logger(logger))
	if err != nil {
		log.Fatal(err)
	}
	defer closer.Close()
	tracer.StartSpan("order") // or opentracing.SetGlobalTracer(tracer)
	fmt.Print(logger)
	// Output:
	// INFO: jaeger: spans of "shop" go to http://agent:4318/v1/traces by OTLP, in the place of agent agent:6831 by Thrift; trace IDs have 128 bits
}

func ExampleConfiguration_OTelEnv() {
	cfg := config.Configuration{
		ServiceName: "shop",
		Tags:        []opentracing.Tag{{Key: "region", Value: "eu"}},
		Sampler:     &config.SamplerConfig{Type: jaeger.SamplerTypeProbabilistic, Param: 0.1},
		Reporter:    &config.ReporterConfig{CollectorEndpoint: "http://collector:14268/api/traces"},
		Gen128Bit:   true,
	}
	fmt.Print(cfg.OTelEnv())
	// Output:
	// OTEL_SERVICE_NAME=shop
	// OTEL_RESOURCE_ATTRIBUTES=region=eu
	// # the tags hostname, ip and client-uuid: no variable; use resource.WithHost and resource.WithService
	// OTEL_TRACES_SAMPLER=parentbased_traceidratio
	// OTEL_TRACES_SAMPLER_ARG=0.1
	// # OTEL_TRACES_SAMPLER: the same share, but other traces than Jaeger's clients choose
	// # spans went to http://collector:14268/api/traces by Thrift
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces
	// OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf
	// OTEL_BSP_MAX_EXPORT_BATCH_SIZE=100
	// OTEL_BSP_SCHEDULE_DELAY=1000
	// OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=256
	// OTEL_PROPAGATORS=jaeger,tracecontext,baggage
	// # OTEL_PROPAGATORS: Go's SDK doesn't read it; set the propagator that compat/jaeger.NewFormats returns
}
