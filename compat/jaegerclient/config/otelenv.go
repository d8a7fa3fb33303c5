// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/internal/destination"
)

// OTelEnv returns the variables of OpenTelemetry that stand for the configuration, a line
// for each, as a shell reads them, and a comment for what has none. An SDK that knows all
// of them behaves alike. Values may be secret: the header of a user and a password is there.
func (c Configuration) OTelEnv() string {
	var e otelEnv
	if c.Disabled {
		e.set("OTEL_SDK_DISABLED", "true")
		e.comment("OTEL_SDK_DISABLED: Go's SDK doesn't read it; don't install a provider")
	}
	e.set("OTEL_SERVICE_NAME", c.ServiceName)
	e.resource(&c)
	e.sampler(c.Sampler)
	e.reporter(c.Reporter)
	e.set("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", strconv.Itoa(jaeger.DefaultMaxTagValueLength))
	e.set("OTEL_PROPAGATORS", "jaeger,tracecontext,baggage")
	e.comment("OTEL_PROPAGATORS: Go's SDK doesn't read it; set the propagator that compat/jaeger.NewFormats returns")
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
	for _, tag := range c.Tags {
		if tag.Key == "" || strings.TrimSpace(tag.Key) != tag.Key || strings.ContainsAny(tag.Key, ",=%") {
			e.comment("the tag %q: no variable can have its name", tag.Key)
			continue
		}
		items = append(items, tag.Key+"="+escape(fmt.Sprint(tag.Value)))
	}
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
	if err != nil {
		e.comment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: %v", err)
	} else {
		e.comment("spans went to %s by Thrift", address.Was)
	}
	e.set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address.URL)
	e.set("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")
	var items []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		items = append(items, name+"="+escape(headers[name]))
	}
	e.set("OTEL_EXPORTER_OTLP_TRACES_HEADERS", strings.Join(items, ","))
	batch := destination.BatchSize
	if rc.QueueSize > 0 {
		e.set("OTEL_BSP_MAX_QUEUE_SIZE", strconv.Itoa(rc.QueueSize))
		batch = min(batch, rc.QueueSize)
	}
	e.set("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", strconv.Itoa(batch))
	interval := rc.BufferFlushInterval
	if interval <= 0 {
		interval = time.Second
	}
	e.set("OTEL_BSP_SCHEDULE_DELAY", strconv.FormatInt(max(interval.Milliseconds(), 1), 10))
	if rc.LogSpans {
		e.comment("%s: no variable of Go's SDK; add a second exporter, stdouttrace", envLogSpans)
	}
	if rc.DisableAttemptReconnecting || rc.AttemptReconnectInterval != 0 {
		e.comment("%s and %s: no variable; nothing is sent by UDP", envReconnectDisabled, envReconnectInterval)
	}
}
