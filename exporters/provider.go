// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// Factory makes an exporter that [Config] chooses by name. It is called once,
// by [NewProvider], and only if its name is chosen.
type Factory func(ctx context.Context) (sdktrace.SpanExporter, error)

// Config says how [NewProvider] sets a service up. The zero value, as nil,
// prints trees on standard output.
type Config struct {
	// ServiceName is the resource attribute service.name. "": that of
	// OTEL_SERVICE_NAME, else of OTEL_RESOURCE_ATTRIBUTES, else
	// unknown_service:<name of the executable>.
	ServiceName string
	// Resource describes the service further: resource.WithAttributes,
	// resource.WithDetectors, resource.WithHost … nil: the environment's
	// attributes and those of the SDK.
	Resource []resource.Option
	// BaseResource is a resource that the program has already. Its attributes
	// win over those of the environment and the SDK; Resource and ServiceName
	// win over it. Where its schema URL is not the SDK's, the resource has none.
	// nil: none.
	BaseResource *resource.Resource

	// Exporter names the exporters, by comma: otlp, console, tree, memory,
	// none, or a key of Factories. "": those of OTEL_TRACES_EXPORTER; if that
	// is empty too, otlp where OTLP is set and the environment has an endpoint
	// for it, else tree. If Memory or SpanExporters are set, "" means these
	// only. A program whose standard output is data says where its trees go,
	// here or by Output.
	Exporter string
	// OTLP makes the exporter otlp: otlp.FromEnv, of the package
	// exporters/otlp. With it, OTEL_EXPORTER_OTLP_ENDPOINT or
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT makes otlp the default. nil: choosing
	// otlp is an error. This package doesn't import it, so only programs that
	// want OTLP link gRPC.
	OTLP Factory
	// Factories make exporters of further names. They may not replace those
	// listed above. nil: none.
	Factories map[string]Factory
	// SpanExporters get every span too. Those of this package get it at once,
	// others by [Batch]. Shutdown of the provider shuts them down.
	SpanExporters []sdktrace.SpanExporter
	// Memory gets every span too. It is also what the name memory means; nil:
	// that name means the last 1000 spans, in a Memory that only a debugger
	// sees.
	Memory *Memory
	// Record names a file that every span is appended to, beside whatever else is
	// exported: one JSON line a span, as [Stdout] writes them, for ot2otel compare. A
	// span is in the file when its End returns, at the cost of one write. Several
	// providers and processes may share a file; remove it before a new recording.
	// Nothing is redacted, so a new file is its owner's only. "": the file of
	// OT2OTEL_RECORD, else none.
	Record string

	// Output is where console and tree write. nil: standard output.
	Output io.Writer
	// Tree are the options of the exporter tree. nil: its defaults.
	Tree *TreeOptions

	// Sampler decides which spans are recorded. nil: that of
	// OTEL_TRACES_SAMPLER, else the parent's decision, and every root.
	Sampler sdktrace.Sampler
	// Limits bound what a span can hold. nil, and each field that is 0: those
	// of OTEL_SPAN_…, OTEL_EVENT_… and OTEL_LINK_…, else the SDK's defaults
	// (128 events, say). Negative: no limit. To record none of something,
	// give sdktrace.WithRawSpanLimits in Options.
	Limits *sdktrace.SpanLimits
	// Batch are options of the SDK's batch processor. nil: those of OTEL_BSP_…,
	// else its defaults.
	Batch []sdktrace.BatchSpanProcessorOption
	// Processors see every span, in this order, before the exporters do.
	Processors []sdktrace.SpanProcessor
	// Options are given to the SDK's provider last, and win: ID generators,
	// say. nil: none.
	Options []sdktrace.TracerProviderOption

	// Quiet keeps the line at start away.
	Quiet bool
	// Log is where the line at start goes. nil: standard error.
	Log io.Writer
}

// NewProvider returns a tracer provider of the SDK that exports as cfg and the
// environment say; what cfg says wins. nil is the zero Config.
//
// The names of exporters, in Config.Exporter or OTEL_TRACES_EXPORTER:
//
//   - tree, the default: [Tree] on standard output, a terminal or not. A trace
//     that a program prints looks the same whether it is piped or not; that is
//     what people expect of the default. For JSON lines say console.
//   - console: [Stdout] on standard output.
//   - otlp: to a collector or backend, as Config.OTLP makes it. It is the default
//     where Config.OTLP is set and the environment has an OTLP endpoint.
//   - memory: Config.Memory.
//   - none: nowhere, alone only. Spans are still made and their contexts
//     propagated.
//
// Config.Record, or OT2OTEL_RECORD, adds a recording to any of them, also to none. A
// file that can't be opened is an error. A write that fails later is reported once, to
// the error handler of OpenTelemetry: the recording ends there, and Shutdown returns how
// many spans it lacks.
//
// Exporters to the network are behind [Batch]; to standard output and memory,
// spans go at once. All are behind [LateSpanKind]. With OTEL_SDK_DISABLED=true
// no span is recorded, whatever else is said, and a trace that comes in goes on
// as it came: the next service has the caller's span as its parent.
//
// It writes one line to standard error, which says where spans go and, unless
// Config.Exporter does, what has chosen that, for example:
//
//	exporters: shop: exporting to http://localhost:4318/v1/traces via otlp (http/protobuf) (OTEL_EXPORTER_OTLP_ENDPOINT)
//
// It also names variables that look as if they had a say, and have none, and what to
// do instead: an OTLP endpoint where spans don't go by OTLP, those of Jaeger's
// client. OTEL_PROPAGATORS and JAEGER_PROPAGATION are for a propagator that the
// program sets, such as that of jaeger.NewFormats; the line says so.
//
// An unknown name, or one that can't be made, is an error which says what to
// fix; nothing is left running then. So is an OTEL_RESOURCE_ATTRIBUTES with a
// pair that is not key=value. A resource detector that fails costs only
// what it would have found, and goes to the error handler of OpenTelemetry. The
// line and the errors are printable, and what looks like a secret is REDACTED in
// them: a password in a URL, say. ctx bounds the detectors and factories. No global is set: otel.SetTracerProvider
// or compat.Install is up to the caller, and so is Shutdown, which sends and
// prints what is still held.
func NewProvider(ctx context.Context, cfg *Config) (*sdktrace.TracerProvider, error) {
	if cfg == nil {
		cfg = &Config{}
	}
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		cfg.say("tracing is off (OTEL_SDK_DISABLED=true)")
		return disabledProvider(ctx), nil
	}
	if err := checkResourceAttributes(); err != nil {
		return nil, err
	}
	destinations, chosen, err := cfg.destinations(ctx)
	if err != nil {
		return nil, err
	}
	res := cfg.resource(ctx)
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(res),
		sdktrace.WithSampler(cfg.Sampler), // nil leaves the environment's
	}
	if cfg.Limits != nil {
		options = append(options, sdktrace.WithRawSpanLimits(fullLimits(*cfg.Limits)))
	}
	for _, processor := range cfg.Processors {
		if processor != nil {
			options = append(options, sdktrace.WithSpanProcessor(LateSpanKind(processor)))
		}
	}
	texts := make([]string, 0, len(destinations))
	for _, d := range destinations {
		options = append(options, sdktrace.WithSpanProcessor(LateSpanKind(d.processor(cfg))))
		texts = append(texts, "to "+d.to+" via "+d.via)
	}
	if len(texts) == 0 {
		texts = append(texts, "nowhere (none)")
	}
	service, _ := res.Set().Value("service.name")
	why := ""
	if chosen != "Config.Exporter" { // who wrote the code knows
		why = " (" + chosen + ")"
	}
	cfg.say(printable.Text(printable.Clip(service.AsString())) + ": exporting " + strings.Join(texts, ", ") + why + cfg.unused(destinations))
	return sdktrace.NewTracerProvider(append(options, cfg.Options...)...), nil
}

// disabledProvider returns a provider that was shut down: its tracers start no
// spans and pass the span context of their parent on. A sampler that never samples
// would send on a new span ID that nobody exports.
func disabledProvider(ctx context.Context) *sdktrace.TracerProvider {
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(resource.Empty()))
	_ = provider.Shutdown(ctx) // there is nothing in it that could fail
	return provider
}

// fullLimits returns limits with the default for every one that is not given.
func fullLimits(limits sdktrace.SpanLimits) sdktrace.SpanLimits {
	defaults := sdktrace.NewSpanLimits()
	for _, limit := range []struct{ given, def *int }{
		{&limits.AttributeValueLengthLimit, &defaults.AttributeValueLengthLimit},
		{&limits.AttributeValueDepthLimit, &defaults.AttributeValueDepthLimit},
		{&limits.AttributeCountLimit, &defaults.AttributeCountLimit},
		{&limits.EventCountLimit, &defaults.EventCountLimit},
		{&limits.LinkCountLimit, &defaults.LinkCountLimit},
		{&limits.AttributePerEventCountLimit, &defaults.AttributePerEventCountLimit},
		{&limits.AttributePerLinkCountLimit, &defaults.AttributePerLinkCountLimit},
	} {
		if *limit.given == 0 {
			*limit.given = *limit.def
		}
	}
	return limits
}

// say writes the line at start. That it can't be written is no reason to fail.
func (c *Config) say(text string) {
	if c.Quiet {
		return
	}
	w := c.Log
	if w == nil {
		w = os.Stderr
	}
	_, _ = fmt.Fprintf(w, "exporters: %s\n", text)
}

// resource describes the service.
func (c *Config) resource(ctx context.Context) *resource.Resource {
	name := "unknown_service:go"
	if path, err := os.Executable(); err == nil {
		name = "unknown_service:" + baseName(path)
	}
	found, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", name)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(),
	)
	// That schema URLs differ is its only error, and costs nothing but the URL.
	base, _ := resource.Merge(found, c.BaseResource)
	options := append([]resource.Option{resource.WithDetectors(foundResource{base})}, c.Resource...)
	if c.ServiceName != "" {
		options = append(options, resource.WithAttributes(attribute.String("service.name", c.ServiceName)))
	}
	res, moreErr := resource.New(ctx, options...)
	if err = errors.Join(err, moreErr); err != nil {
		otel.Handle(fmt.Errorf("exporters: resource: %w", printable.Error(err)))
	}
	if res == nil {
		res = resource.Empty()
	}
	return res
}

// foundResource is a detector that has found its resource before.
type foundResource struct{ *resource.Resource }

func (f foundResource) Detect(context.Context) (*resource.Resource, error) { return f.Resource, nil }

// checkResourceAttributes refuses a variable that the SDK would report on as it
// is, to its own error handler: the rest of a value with a comma in it, say of a
// key. An empty pair does no harm.
func checkResourceAttributes() error {
	const name = "OTEL_RESOURCE_ATTRIBUTES"
	for i, pair := range strings.Split(os.Getenv(name), ",") {
		if strings.TrimSpace(pair) != "" && !strings.Contains(pair, "=") {
			return fmt.Errorf("exporters: %s: pair %d is not key=value: separate pairs by commas, and write a comma in a value as %%2C", name, i+1)
		}
	}
	return nil
}

// baseName is filepath.Base for paths of either kind of slash.
func baseName(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// shutdown ends what was made before something else failed.
func shutdown(ctx context.Context, made []destination) error {
	var errs []error
	for _, d := range made {
		if d.own {
			errs = append(errs, d.exporter.Shutdown(ctx))
		}
	}
	return errors.Join(errs...)
}
