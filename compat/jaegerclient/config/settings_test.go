// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/zipkin"
	"github.com/ot2otel/ot2otel/internal/document"
)

var update = flag.Bool("update", false, "write the tables of docs/jaeger.md anew")

const settingsDocument = "../../../docs/jaeger.md"

// setting is a row of the tables of settings. All but becomes is found out.
type setting struct {
	name    string // for people; a variable's is its own
	with    string // variables that have to be set beside it
	set     string // the variables, separated by spaces
	change  func(*config.Configuration)
	options []config.Option
	becomes string
}

var variableSettings = []setting{
	{set: "JAEGER_SERVICE_NAME=orders", becomes: "`service.name` of the resource"},
	{set: "JAEGER_AGENT_HOST=agent", with: "JAEGER_SAMPLER_TYPE=remote", becomes: "OTLP to this host, port 4318; the host of the sampling server, port 5778"},
	{set: "JAEGER_AGENT_PORT=16831", becomes: "ignored: OTLP has a port of its own"},
	{set: "JAEGER_ENDPOINT=http://collector:14268/api/traces", becomes: "OTLP to this host: port 14268 is 4318, other ports stay; path `/v1/traces`. It has precedence over the agent"},
	{set: "JAEGER_USER=ada JAEGER_PASSWORD=secret", with: "JAEGER_ENDPOINT=http://collector:14268/api/traces", becomes: "the header `Authorization`, only with `JAEGER_ENDPOINT`; one without the other is an error"},
	{set: "JAEGER_REPORTER_LOG_SPANS=true", becomes: "the IDs of each span go to the logger, too"},
	{set: "JAEGER_REPORTER_MAX_QUEUE_SIZE=1000", becomes: "the size of the batch processor's queue"},
	{set: "JAEGER_REPORTER_FLUSH_INTERVAL=2s", becomes: "the delay of the batch processor; default 1s"},
	{set: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=true", becomes: "ignored: nothing is sent by UDP"},
	{set: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=10s", becomes: "ignored: nothing is sent by UDP"},
	{set: "JAEGER_SAMPLER_TYPE=remote", becomes: "the sampler: `const`, `probabilistic`, `ratelimiting` or `remote`, the default"},
	{set: "JAEGER_SAMPLER_PARAM=0", becomes: "its parameter. It is 0 where it isn't set, as it was: `const` alone samples nothing"},
	{set: "JAEGER_SAMPLING_ENDPOINT=http://server:5778/sampling", with: "JAEGER_SAMPLER_TYPE=remote", becomes: "the sampling server; it has precedence over the agent's host"},
	{set: "JAEGER_SAMPLER_MANAGER_HOST_PORT=http://server:5778/sampling", with: "JAEGER_SAMPLER_TYPE=remote", becomes: "the same, deprecated"},
	{set: "JAEGER_SAMPLER_MAX_OPERATIONS=50", with: "JAEGER_SAMPLER_TYPE=remote", becomes: "how many operations have a strategy of their own; default 2000"},
	{set: "JAEGER_SAMPLER_REFRESH_INTERVAL=30s", with: "JAEGER_SAMPLER_TYPE=remote", becomes: "the time between two requests to the sampling server; default 1m"},
	{set: "JAEGER_TAGS=region=eu,zone=${ZONE:none}", becomes: "attributes of the resource. An item without `=` is an error; the old client panics"},
	{set: "JAEGER_TRACEID_128BIT=true", becomes: "always 128 bits. Where it isn't true, the line at start says so"},
	{set: "JAEGER_DISABLED=true", becomes: "`opentracing.NoopTracer`"},
	{set: "JAEGER_RPC_METRICS=true", becomes: "ignored: use the metrics of otelhttp and otelgrpc"},
}

var fieldSettings = []setting{
	{name: "headers", change: func(c *config.Configuration) { c.Headers = &jaeger.HeadersConfig{JaegerDebugHeader: "x-debug"} }, becomes: "names of Jaeger's headers"},
	{name: "baggage_restrictions", change: func(c *config.Configuration) { c.BaggageRestrictions = &config.BaggageRestrictionsConfig{} }, becomes: "an error"},
	{name: "throttler", change: func(c *config.Configuration) { c.Throttler = &config.ThrottlerConfig{} }, becomes: "an error"},
	{name: "sampler.operationNameLateBinding", with: "JAEGER_SAMPLER_TYPE=remote", change: func(c *config.Configuration) { c.Sampler.OperationNameLateBinding = true }, becomes: "ignored: the sampler decides when a span starts, by its name then"},
	{name: "sampler.options", change: func(c *config.Configuration) {
		c.Sampler.Options = []jaeger.SamplerOption{jaeger.SamplerOptions.MaxOperations(9)}
	}, becomes: "more options of the remote sampler"},
	{name: "reporter.http_headers", with: "JAEGER_ENDPOINT=http://collector:14268/api/traces", change: func(c *config.Configuration) { c.Reporter.HTTPHeaders = map[string]string{"X-Tenant": "books"} }, becomes: "headers of OTLP, only with `collectorEndpoint`"},
}

var optionSettings = []setting{
	{name: "Logger", options: []config.Option{config.Logger(jaeger.NullLogger)}, becomes: "gets the line at start, and errors; without it, `otel.Handle` does. Adapters of the old client work, such as zap's"},
	{name: "Metrics", options: []config.Option{config.Metrics(new(strings.Builder))}, becomes: "any factory compiles; nothing is counted"},
	{name: "Reporter", options: []config.Option{config.Reporter(jaeger.NewInMemoryReporter())}, becomes: "gets the spans of both APIs"},
	{name: "Sampler", options: []config.Option{config.Sampler(jaeger.NewConstSampler(true))}, becomes: "decides on roots"},
	{name: "Observer", options: []config.Option{config.Observer(1)}, becomes: "an error"},
	{name: "ContribObserver", options: []config.Option{config.ContribObserver(1)}, becomes: "an error"},
	{name: "Gen128Bit", options: []config.Option{config.Gen128Bit(true)}, becomes: "always 128 bits. Where it isn't true, the line at start says so"},
	{name: "PoolSpans", options: []config.Option{config.PoolSpans(true)}, becomes: "ignored: it changes no span"},
	{name: "ZipkinSharedRPCSpan", options: []config.Option{config.ZipkinSharedRPCSpan(true)}, becomes: "ignored: a server's span has an ID of its own"},
	{name: "MaxTagValueLength", options: []config.Option{config.MaxTagValueLength(1024)}, becomes: "the length at which texts are cut; default 256"},
	{name: "NoDebugFlagOnForcedSampling", options: []config.Option{config.NoDebugFlagOnForcedSampling(false)}, becomes: "always true: `sampling.priority` doesn't set the debug flag"},
	{name: "Tag", options: []config.Option{config.Tag("region", "eu")}, becomes: "attribute of the resource"},
	{name: "Injector", options: []config.Option{config.Injector(opentracing.HTTPHeaders, zipkin.NewZipkinB3HTTPHeaderPropagator())}, becomes: "a format more. An error for any but `opentracing.HTTPHeaders` and `TextMap`"},
	{name: "Extractor", options: []config.Option{config.Extractor(opentracing.HTTPHeaders, zipkin.NewZipkinB3HTTPHeaderPropagator())}, becomes: "a format more, before the others. The same formats"},
	{name: "WithRandomNumber", options: []config.Option{config.WithRandomNumber(func() uint64 { return 7 })}, becomes: "makes span IDs and the right half of trace IDs"},
}

// outcome is what a configuration makes.
type outcome struct {
	config *config.Configuration
	env    []string // lines of OTelEnv
	said   []string // at start
}

func (s *setting) outcome(t *testing.T, changed bool) outcome {
	t.Helper()
	cfg, err := config.FromEnv()
	if err != nil {
		t.Fatalf("%s: %v", s.title(), err)
	}
	if changed && s.change != nil {
		s.change(cfg)
	}
	result := outcome{config: cfg, env: strings.Split(cfg.OTelEnv(), "\n")}
	runs := *cfg
	sampler := *cfg.Sampler
	sampler.Options = append(slices.Clone(sampler.Options), jaeger.SamplerOptions.SamplingStrategyFetcher(silent{}))
	runs.Sampler = &sampler
	logger := new(log.BytesBufferLogger)
	var options []config.Option
	if changed {
		options = slices.Clone(s.options)
	}
	_, closer, err := runs.NewTracer(append(options, config.Logger(logger))...)
	if err != nil {
		result.said = []string{"error: " + err.Error()}
		return result
	}
	if err := closer.Close(); err != nil {
		t.Errorf("%s: %v", s.title(), err)
	}
	for line := range strings.Lines(logger.String()) {
		line = strings.TrimSuffix(line, "\n")
		if text, ok := strings.CutPrefix(line, "INFO: jaeger: "); ok {
			result.said = append(result.said, strings.Split(text, "; ")...)
		}
		// What is said of the sampling server comes at any time.
		if text, ok := strings.CutPrefix(line, "ERROR: jaeger: "); ok && !strings.HasPrefix(text, "sampling strategy") {
			result.said = append(result.said, text)
		}
	}
	return result
}

func (s *setting) title() string {
	if s.name != "" {
		return s.name
	}
	var names []string
	for variable := range strings.FieldsSeq(s.set) {
		name, _, _ := strings.Cut(variable, "=")
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// measure returns the fields that a setting changes, and what is new of OTelEnv and of the
// line at start.
func (s *setting) measure(t *testing.T) (fields, env, said []string) {
	setenv(t, "JAEGER_SERVICE_NAME=shop JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 "+s.with)
	before := s.outcome(t, false)
	setenv(t, s.set)
	after := s.outcome(t, true)
	fields = changedFields(reflect.ValueOf(*before.config), reflect.ValueOf(*after.config), "")
	return fields, added(before.env, after.env), added(before.said, after.said)
}

func setenv(t *testing.T, variables string) {
	for variable := range strings.FieldsSeq(variables) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

func added(before, after []string) (lines []string) {
	for _, line := range after {
		if !slices.Contains(before, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// changedFields returns the fields that differ, those of the sampler and the reporter by
// their own names.
func changedFields(before, after reflect.Value, prefix string) (fields []string) {
	for i := range before.NumField() {
		name, was, is := before.Type().Field(i).Name, before.Field(i), after.Field(i)
		switch {
		case reflect.DeepEqual(was.Interface(), is.Interface()):
		case name == "Sampler", name == "Reporter":
			fields = append(fields, changedFields(was.Elem(), is.Elem(), name+".")...)
		default:
			fields = append(fields, prefix+name)
		}
	}
	return fields
}

// cell has texts in a cell of a table, as code where asCode is true.
func cell(texts []string, asCode bool) string {
	var cells []string
	for _, text := range texts {
		comment, isComment := strings.CutPrefix(text, "# ")
		switch {
		case isComment:
			text = comment
		case asCode:
			text = "`" + text + "`"
		}
		cells = append(cells, strings.ReplaceAll(text, "|", `\|`))
	}
	if len(cells) == 0 {
		return "–"
	}
	return strings.Join(cells, "<br>")
}

// TestSettingsTables finds out what becomes of each setting, and holds docs/jaeger.md to it.
func TestSettingsTables(t *testing.T) {
	known := make(map[string]bool) // variables, fields and options with a row
	var variables, fields, options strings.Builder
	variables.WriteString("| variable, with an example | field | in the twin | what `OTelEnv` prints | new at start |\n|---|---|---|---|---|\n")
	fields.WriteString("| in YAML | field | in the twin | what `OTelEnv` prints | new at start |\n|---|---|---|---|---|\n")
	options.WriteString("| option | in the twin | new at start |\n|---|---|---|\n")
	row := func(table *strings.Builder, s setting, format func(changed, env, said []string) string) {
		t.Run(s.title(), func(t *testing.T) {
			changed, env, said := s.measure(t)
			for _, name := range append(changed, strings.Split(s.title(), ", ")...) {
				known[name] = true
			}
			table.WriteString(format(changed, env, said))
		})
	}
	for _, s := range variableSettings {
		row(&variables, s, func(changed, env, said []string) string {
			return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", cell(strings.Fields(s.set), true), cell(changed, true), s.becomes, cell(env, true), cell(said, false))
		})
	}
	for _, s := range fieldSettings {
		row(&fields, s, func(changed, env, said []string) string {
			return fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", s.name, cell(changed, true), s.becomes, cell(env, true), cell(said, false))
		})
	}
	for _, s := range optionSettings {
		row(&options, s, func(_, _, said []string) string {
			return fmt.Sprintf("| `%s` | %s | %s |\n", s.name, s.becomes, cell(said, false))
		})
	}
	for _, pattern := range []struct{ file, of string }{{"environment.go", `"(JAEGER_\w+)"`}, {"options.go", `(?m)^func (\w+)\(.*\) Option \{`}} {
		source, err := os.ReadFile(pattern.file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern.of).FindAllStringSubmatch(string(source), -1)
		if len(found) < 15 {
			t.Errorf("%s has only %d settings", pattern.file, len(found))
		}
		for _, match := range found {
			if !known[match[1]] {
				t.Errorf("%s has no row", match[1])
			}
		}
	}
	empty, full := config.Configuration{Sampler: &config.SamplerConfig{}, Reporter: &config.ReporterConfig{}}, config.Configuration{Sampler: &config.SamplerConfig{}, Reporter: &config.ReporterConfig{}}
	for _, part := range []reflect.Value{reflect.ValueOf(&full).Elem(), reflect.ValueOf(full.Sampler).Elem(), reflect.ValueOf(full.Reporter).Elem()} {
		fill(part)
	}
	for _, name := range changedFields(reflect.ValueOf(empty), reflect.ValueOf(full), "") {
		if !known[name] {
			t.Errorf("the field %s has no row", name)
		}
	}
	document.Check(t, settingsDocument, "variables", variables.String(), *update)
	document.Check(t, settingsDocument, "fields", fields.String(), *update)
	document.Check(t, settingsDocument, "options", options.String(), *update)
}

// fill sets each field of a struct to something, but for pointers that are set.
func fill(part reflect.Value) {
	for _, field := range part.Fields() {
		switch {
		case field.Type() == reflect.TypeFor[time.Duration]():
			field.SetInt(1)
		case field.Kind() == reflect.Pointer && field.IsNil():
			field.Set(reflect.New(field.Type().Elem()))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		case field.Kind() == reflect.Map:
			field.Set(reflect.MakeMap(field.Type()))
		case field.Kind() == reflect.String:
			field.SetString("x")
		case field.CanInt():
			field.SetInt(1)
		case field.CanFloat():
			field.SetFloat(1)
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
		}
	}
}
