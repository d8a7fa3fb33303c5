// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/jaeger"
	"github.com/ot2otel/ot2otel/internal/recording"
)

// NewTracer returns a tracer of a service, and its closer, which sends the spans that are
// left and ends sampler and reporter. The tracer is a *compat.Tracer: see the package's
// documentation for what it is made of. NewTracer touches no global.
//
// What is wrong goes to the Logger of the options, else to otel.Handle, and the rest works:
// without a sampler nothing is sampled, without a reporter spans are dropped, and without
// its formats the tracer speaks Jaeger's and W3C's. [Configuration.NewTracer] returns an
// error in its place.
//
// [Configuration.NewTracer]: https://pkg.go.dev/github.com/ot2otel/ot2otel/compat/jaegerclient/config#Configuration.NewTracer
func NewTracer(serviceName string, sampler Sampler, reporter Reporter, options ...TracerOption) (opentracing.Tracer, io.Closer) {
	return newTracer(compat.NewTracer, serviceName, sampler, reporter, options)
}

// Install is NewTracer, and sets the globals that compat.Install does: the tracer,
// OpenTelemetry's provider, and its propagator.
func Install(serviceName string, sampler Sampler, reporter Reporter, options ...TracerOption) (opentracing.Tracer, io.Closer) {
	return newTracer(compat.Install, serviceName, sampler, reporter, options)
}

// maker is [compat.NewTracer] or [compat.Install].
type maker func(trace.TracerProvider, *compat.Options) *compat.Tracer

func newTracer(makes maker, serviceName string, sampler Sampler, reporter Reporter, options []TracerOption) (opentracing.Tracer, io.Closer) {
	o := tracerOptions{injectors: map[any]Injector{}, extractors: map[any]Extractor{}}
	for _, option := range options {
		if option != nil {
			option(&o)
		}
	}
	var errs []error
	if isNil(sampler) {
		errs = append(errs, errors.New("jaeger: nil Sampler: nothing is sampled; pass one such as NewConstSampler(true)"))
		sampler = NewConstSampler(false)
	}
	if isNil(reporter) {
		errs = append(errs, errors.New("jaeger: nil Reporter: spans are dropped; pass one such as NewRemoteReporter"))
		reporter = NewNullReporter()
	}
	described, err := newResource(serviceName, o.tags)
	errs = append(errs, err)
	textMap, httpHeaders, err := o.propagators()
	errs = append(errs, err, unsupported("an Injector", o.injectors), unsupported("an Extractor", o.extractors))

	spans := &processor{reporter: reporter, sampler: sampler}
	providerOptions := []sdktrace.TracerProviderOption{
		sdktrace.WithSampler(jaeger.Priority(otelSampler(sampler))),
		sdktrace.WithResource(described),
		sdktrace.WithRawSpanLimits(o.limits()),
		sdktrace.WithSpanProcessor(spans),
	}
	recorded, err := recording.OfEnvironment("jaeger")
	errs = append(errs, err)
	if recorded != nil {
		providerOptions = append(providerOptions, sdktrace.WithSpanProcessor(recorded.Processor()))
	}
	if o.ids.low != nil || o.ids.high != nil {
		providerOptions = append(providerOptions, sdktrace.WithIDGenerator(o.ids))
	}
	tracer := makes(sdktrace.NewTracerProvider(providerOptions...), &compat.Options{
		TextMap: textMap, HTTPHeaders: httpHeaders, DecorateContext: decorate,
	})
	spans.tracer.Store(tracer)

	where, err := destinationsOf(reporter)
	errs = append(errs, err)
	if recorded != nil {
		where = append(where, recorded.Destination())
	}
	o.say(serviceName, where, errors.Join(errs...))
	return tracer, tracer
}

// propagators returns those for opentracing.TextMap and opentracing.HTTPHeaders. Where the
// environment names an unknown format, they speak the default ones. It notes those that the
// environment turns off.
func (o *tracerOptions) propagators() (textMap, httpHeaders propagation.TextMapPropagator, err error) {
	extract, note, err := jaeger.FormatsFromEnv()
	if err != nil {
		extract = []jaeger.Format{jaeger.FormatJaeger, jaeger.FormatTraceContext, jaeger.FormatBaggage}
	}
	if note != "" {
		o.note("%s", note)
	}
	for format, propagator := range map[opentracing.BuiltinFormat]*propagation.TextMapPropagator{
		opentracing.TextMap: &textMap, opentracing.HTTPHeaders: &httpHeaders,
	} {
		others, wrong := jaeger.NewFormats(&jaeger.FormatsOptions{Extract: extract, Jaeger: o.headers.format(format == opentracing.TextMap)})
		if wrong != nil {
			return nil, nil, wrong // not reached
		}
		*propagator = newForeignPropagator(o.injectors[format], o.extractors[format], others)
	}
	return textMap, httpHeaders, err
}

// limits returns the SDK's, which have those of the environment, with those of Jaeger.
func (o *tracerOptions) limits() sdktrace.SpanLimits {
	limits := sdktrace.NewSpanLimits()
	switch {
	case o.maxTagValueLength > 0:
		limits.AttributeValueLengthLimit = o.maxTagValueLength
	case limits.AttributeValueLengthLimit < 0: // none
		limits.AttributeValueLengthLimit = DefaultMaxTagValueLength
	}
	if o.maxLogsPerSpan > 0 {
		limits.EventCountLimit = o.maxLogsPerSpan
		o.note("MaxLogsPerSpan keeps the last events, not the first half of them")
	}
	return limits
}

// say says where spans go, and what is otherwise than it was, in one line.
func (o *tracerOptions) say(serviceName string, destinations []string, wrong error) {
	where := "nowhere"
	if len(destinations) > 0 {
		where = "to " + strings.Join(destinations, " and ")
	}
	if !o.longIDs {
		o.note("trace IDs have 128 bits")
	}
	if name := os.Getenv("OTEL_SERVICE_NAME"); name != "" && name != serviceName {
		o.note("OTEL_SERVICE_NAME is ignored, the service is named here")
	}
	if os.Getenv("OTEL_TRACES_SAMPLER") != "" {
		o.note("OTEL_TRACES_SAMPLER is ignored, the sampler is chosen here")
	}
	if exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter != "" && exporter != "otlp" {
		o.note("OTEL_TRACES_EXPORTER is ignored, the reporter is chosen here")
	}
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		o.note("OTEL_SDK_DISABLED is ignored, set JAEGER_DISABLED or Configuration.Disabled")
	}
	line := fmt.Sprintf("jaeger: spans of %q go %s; %s", serviceName, where, strings.Join(o.notes, "; "))
	if o.logger == nil {
		otel.Handle(errors.Join(wrong, errors.New(strings.TrimSuffix(line, "; "))))
		return
	}
	o.logger.Infof("%s", strings.TrimSuffix(line, "; "))
	if wrong != nil {
		o.logger.Error(wrong.Error())
	}
}

func isNil(value any) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
