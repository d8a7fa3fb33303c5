// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	otjaeger "github.com/ot2otel/ot2otel/compat/jaeger"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/internal/destination"
)

// OTelEnv returns the variables of OpenTelemetry that stand for what NewTracer makes of the
// configuration in the environment that it is called in, a line for each, as a shell reads
// them, and a comment for what has none. An SDK that knows all of them behaves alike. Values
// may be secret: the header of a user and a password is there, and so are headers and
// attributes of the environment.
func (c Configuration) OTelEnv() string {
	var e otelEnv
	if c.Disabled {
		e.set("OTEL_SDK_DISABLED", "true")
		e.comment("OTEL_SDK_DISABLED: Go's SDK doesn't read it; don't install a provider")
	} else if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		e.set("OTEL_SDK_DISABLED", "false")
	}
	if exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter != "" && exporter != "otlp" {
		e.set("OTEL_TRACES_EXPORTER", "otlp")
	}
	e.set("OTEL_SERVICE_NAME", c.ServiceName)
	e.resource(&c)
	e.sampler(c.Sampler)
	e.reporter(c.Reporter)
	e.limits()
	e.propagators()
	if c.Headers != nil && *new(*c.Headers).ApplyDefaults() != *new(jaeger.HeadersConfig{}).ApplyDefaults() {
		e.comment("headers: no variable; set FormatsOptions.Jaeger of compat/jaeger.NewFormats")
	}
	if !c.Gen128Bit {
		e.comment("%s=false: no variable; trace IDs have 128 bits", env128Bit)
	}
	if c.RPCMetrics {
		e.comment("%s: no variable; otelhttp and otelgrpc have metrics", envRPCMetrics)
	}
	if c.BaggageRestrictions != nil {
		e.comment("baggage_restrictions: no variable, and nothing like it")
	}
	if c.Throttler != nil {
		e.comment("throttler: no variable, and nothing like it")
	}
	return e.String()
}

// otelEnv writes the lines.
type otelEnv struct{ strings.Builder }

func (e *otelEnv) set(variable, value string) {
	if value == "" {
		return
	}
	quoted := value
	if strings.ContainsFunc(value, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("_./:=,%@+-", c)
	}) {
		quoted = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	fmt.Fprintf(e, "%s=%s\n", variable, quoted)
}

func (e *otelEnv) comment(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(e, "# %s\n", strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' ' // it stays one line
		}
		return c
	}, text))
}

// escape encodes for the lists of OpenTelemetry's variables.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

func (e *otelEnv) resource(c *Configuration) {
	var items []string
	tagged := make(map[string]bool)
	for _, tag := range c.Tags {
		if tag.Key == "" || strings.TrimSpace(tag.Key) != tag.Key || strings.ContainsAny(tag.Key, ",=%") {
			e.comment("the tag %q: no variable can have its name", tag.Key)
			continue
		}
		items = append(items, tag.Key+"="+escape(fmt.Sprint(tag.Value)))
		tagged[tag.Key] = true
	}
	var ofEnvironment []string
	for item := range strings.SplitSeq(os.Getenv("OTEL_RESOURCE_ATTRIBUTES"), ",") {
		if key, _, ok := strings.Cut(item, "="); ok && !tagged[strings.TrimSpace(key)] {
			ofEnvironment = append(ofEnvironment, strings.TrimSpace(item))
		}
	}
	items = append(ofEnvironment, items...)
	e.set("OTEL_RESOURCE_ATTRIBUTES", strings.Join(items, ","))
	e.comment("the tags hostname, ip and client-uuid: no variable; use resource.WithHost and resource.WithService")
}

func (e *otelEnv) sampler(sc *SamplerConfig) {
	if sc == nil {
		sc = &SamplerConfig{Param: defaultSamplingRate}
	}
	const variable, argument = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"
	param := strconv.FormatFloat(sc.Param, 'g', -1, 64)
	switch strings.ToLower(sc.Type) {
	case jaeger.SamplerTypeConst:
		if sc.Param != 0 {
			e.set(variable, "parentbased_always_on")
		} else {
			e.set(variable, "parentbased_always_off")
		}
	case jaeger.SamplerTypeProbabilistic:
		e.set(variable, "parentbased_traceidratio")
		e.set(argument, param)
		e.comment("%s: the same share, but other traces than Jaeger's clients choose", variable)
	case jaeger.SamplerTypeRateLimiting:
		e.comment("%s: none limits traces a second; use compat/jaeger.NewRateLimitingSampler(%s)", variable, param)
	case jaeger.SamplerTypeRemote, "":
		e.set(variable, "parentbased_jaeger_remote")
		e.set(argument, fmt.Sprintf("endpoint=%s,pollingIntervalMs=%d,initialSamplingRate=%s",
			cmp.Or(sc.SamplingServerURL, jaeger.DefaultSamplingServerURL), max(cmp.Or(sc.SamplingRefreshInterval, time.Minute).Milliseconds(), 1), param))
		e.comment("%s: Go's SDK doesn't know jaeger_remote; use sdktrace.ParentBased(jaegerremote.New(…)) of contrib", variable)
		if sc.MaxOperations > 0 {
			e.comment("%s=%d: no variable; use jaegerremote.WithMaxOperations", envSamplerMaxOperations, sc.MaxOperations)
		}
	default:
		e.comment("the sampler %q is unknown", sc.Type)
	}
}

func (e *otelEnv) reporter(rc *ReporterConfig) {
	if rc == nil {
		rc = &ReporterConfig{}
	}
	address, err := destination.OfAgent(rc.LocalAgentHostPort)
	headers := map[string]string{}
	if rc.CollectorEndpoint != "" {
		address, err = destination.OfCollector(rc.CollectorEndpoint)
		maps.Copy(headers, address.Headers)
		maps.Copy(headers, rc.HTTPHeaders)
		if rc.User != "" && rc.Password != "" {
			maps.Copy(headers, destination.BasicAuth(rc.User, rc.Password))
		}
	}
	if err = destination.Counting(err); err == nil {
		e.comment("spans went to %s by Thrift", address.Was)
		err = e.exporter(address, headers)
	}
	if err != nil {
		e.comment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: %v", err)
	}
	queue := destination.QueueSize(rc.QueueSize)
	if rc.QueueSize > 0 || os.Getenv(destination.QueueVariable) != "" {
		e.set(destination.QueueVariable, strconv.Itoa(queue))
	}
	e.set("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", strconv.Itoa(min(destination.BatchSize, queue)))
	e.set(destination.IntervalVariable, strconv.FormatInt(max(destination.FlushInterval(rc.BufferFlushInterval).Milliseconds(), 1), 10))
	e.keep("OTEL_BSP_EXPORT_TIMEOUT")
	if rc.LogSpans {
		e.comment("%s: no variable of Go's SDK; add a second exporter, stdouttrace", envLogSpans)
	}
	if rc.DisableAttemptReconnecting || rc.AttemptReconnectInterval != 0 {
		e.comment("%s and %s: no variable; nothing is sent by UDP", envReconnectDisabled, envReconnectInterval)
	}
}

// exporter writes where spans are sent, by the environment or else the address.
func (e *otelEnv) exporter(address destination.Address, headers map[string]string) error {
	var items []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		items = append(items, name+"="+escape(headers[name]))
	}
	variables, err := destination.Variables(address, strings.Join(items, ","))
	for _, v := range variables {
		e.set(v.Name, v.Value)
	}
	return err
}

// limits writes the limits of spans: the SDK's, and Jaeger's length of texts where the
// environment has none.
func (e *otelEnv) limits() {
	length := sdktrace.NewSpanLimits().AttributeValueLengthLimit
	if length < 0 {
		length = jaeger.DefaultMaxTagValueLength
	}
	e.set("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", strconv.Itoa(length))
	e.keep("OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT",
		"OTEL_SPAN_LINK_COUNT_LIMIT", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT")
}

// keep writes variables of the environment that mean the same to the SDK.
func (e *otelEnv) keep(variables ...string) {
	for _, variable := range variables {
		e.set(variable, os.Getenv(variable))
	}
}

// propagators writes the formats of headers.
func (e *otelEnv) propagators() {
	const variable = "OTEL_PROPAGATORS"
	formats, note, err := otjaeger.FormatsFromEnv()
	if err != nil {
		e.comment("%s: %v", variable, err)
		return
	}
	names := make([]string, len(formats))
	for i, format := range formats {
		names[i] = string(format)
	}
	e.set(variable, cmp.Or(strings.Join(names, ","), "none"))
	if note != "" {
		e.comment("%s", note)
	}
	e.comment("%s: Go's SDK doesn't read it; set the propagator that compat/jaeger.NewFormats returns", variable)
}
